"""`run`: the daemon."""

import click

from exporter.cli.options import complete_files, config_option, storage_option

_EPILOG = """\b
Examples:
  uptime-slo-exporter run
  uptime-slo-exporter run --config.file 'conf.d/*.yml' --storage /var/lib/uptime/uptime.db
  uptime-slo-exporter run --web.listen-address 127.0.0.1:9895 --log.format json
  uptime-slo-exporter run --web.config.file web.yml

\b
SIGHUP lets it read the configuration again; SIGTERM and Ctrl-C stop it. What it has seen stays in the store.
"""


@click.command(epilog=_EPILOG)
@config_option
@storage_option
@click.option(
    "--web.listen-address",
    "listen_address",
    default=":9895",
    show_default=True,
    metavar="ADDRESS",
    help="Where to serve metrics and pages; `:9895` is every address of this machine.",
)
@click.option(
    "--web.config.file",
    "web_config_file",
    default="",
    metavar="FILE",
    help="TLS, users, rate limit and headers, in the format that all Prometheus exporters share.",
    shell_complete=complete_files,
)
@click.option(
    "--web.enable-admin-api",
    "admin_api",
    is_flag=True,
    help="Let users of --web.config.file change the record over HTTP.",
)
@click.option(
    "--web.enable-lifecycle",
    "lifecycle",
    is_flag=True,
    help="Let POST /-/reload read the configuration again; SIGHUP always does.",
)
@click.option(
    "--probe.enable-commands",
    "commands",
    is_flag=True,
    help="Let probes of type command run programs of this machine.",
)
@click.option(
    "--config.enable-auto-reload",
    "auto_reload",
    is_flag=True,
    help="Read the configuration again whenever a file of it has changed.",
)
@click.option(
    "--config.auto-reload-interval",
    "auto_reload_interval",
    default="30s",
    show_default=True,
    metavar="DURATION",
    help="How often it is looked whether one has.",
)
@click.option(
    "--web.external-url",
    "external_url",
    default="",
    metavar="URL",
    help="Where users reach it through a reverse proxy; its path prefixes every route.",
)
@click.option(
    "--log.level",
    "log_level",
    type=click.Choice(["debug", "info", "warn", "error"]),
    default="info",
    show_default=True,
    help="The least that is logged.",
)
@click.option(
    "--log.format",
    "log_format",
    type=click.Choice(["logfmt", "json"]),
    default="logfmt",
    show_default=True,
    help="How log lines look; they go to standard error.",
)
def command(  # noqa: PLR0917 -- one argument an option
    config_files: tuple[str, ...],
    storage: str,
    listen_address: str,
    web_config_file: str,
    admin_api: bool,
    lifecycle: bool,
    commands: bool,
    auto_reload: bool,
    auto_reload_interval: str,
    external_url: str,
    log_level: str,
    log_format: str,
) -> None:
    """Probe all endpoints on their beats, keep the record, and serve metrics and pages."""
    import asyncio  # noqa: PLC0415 -- `--help` needs none of this
    import os  # noqa: PLC0415
    import sys  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.loop import loop_factory  # noqa: PLC0415
    from exporter.cli.parsed import parsed_length  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.log import configure  # noqa: PLC0415
    from exporter.service import Settings, run  # noqa: PLC0415

    configure(log_level, log_format)
    sys.setswitchinterval(0.0005)  # TLS in threads else holds the beats up by 5 ms at a time
    settings = Settings(
        config_files,
        Path(storage),
        listen_address,
        external_url,
        os.environ,
        web_config_file=web_config_file,
        admin_api=admin_api,
        lifecycle=lifecycle,
        commands=commands,
        watch_every=(parsed_length("--config.auto-reload-interval", auto_reload_interval) or 0)
        if auto_reload
        else 0,
    )
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(run(settings, SystemClock()))
