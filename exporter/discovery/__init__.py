"""Finding targets while the daemon runs: files, URLs and DNS, in Prometheus' format."""
