"""`python -m exporter` is `uptime-slo-exporter`."""

from exporter.cli.main import main

if __name__ == "__main__":
    main()
