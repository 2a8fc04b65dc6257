"""`status`: the running daemon's SLOs as a table."""

import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

import click

from exporter.cli.options import format_option
from exporter.errors import UptimeError, UsageError
from exporter.peer import cause, is_loopback
from exporter.units import SECOND, describe_duration, describe_share, format_percent

DEFAULT_URL = "http://localhost:9895"
TIMEOUT = 30
"""Seconds that an answer may take."""

COLUMNS = ("SERVICE", "SLO", "IS", "SLI", "OBJECTIVE", "SEEN", "BUDGET LEFT", "BURN 1h")
NO_VALUE = "-"
COLOURS = {"good": "green", "bad": "red", "unknown": "yellow", "excluded": "yellow"}


@click.command()
@click.option("--url", default=DEFAULT_URL, show_default=True, help="Where the daemon listens.")
@format_option("table", "json")
def command(url: str, format_: str) -> None:
    r"""Show the running daemon's SLOs, worst first.

    \b
    Examples:
      uptime-slo-exporter status
      uptime-slo-exporter status --url https://uptime.example.com/ --format json
    """
    text = fetch(url)
    if format_ == "json":
        click.echo(text.rstrip("\n"))
        return
    rows = [row(slo) for slo in sorted(parse(text, url), key=worst_first)]
    if not rows:
        click.echo("The daemon watches no SLO.")
    elif sys.stdout.isatty():
        _print_rich(rows)
    else:
        _print_plain(rows)


def fetch(url: str) -> str:
    """Get the list of SLOs from a daemon.

    Raises:
        UsageError: The URL is none.
        UptimeError: It does not answer, or not with success.
    """
    host = _host(url)
    import requests  # noqa: PLC0415 -- costs a quarter of a second

    with requests.Session() as session:
        session.trust_env = not is_loopback(host)  # a proxy would ask its own localhost
        try:
            answer = session.get(f"{url.rstrip('/')}/api/v1/slos", timeout=TIMEOUT)
        except requests.RequestException as error:
            msg = f"no daemon answers at {url}: {cause(error)}; start it with `run`, or say where it is with --url"
            raise UptimeError(msg) from error
    if not answer.ok:
        msg = f"{url} answers {answer.status_code} {answer.reason}; is it an uptime-slo-exporter?"
        raise UptimeError(msg)
    return answer.content.decode(errors="replace")


def parse(text: str, url: str) -> list[dict[str, Any]]:
    """Read the list; its numbers become exact, so that flooring them floors what was sent.

    Raises:
        UptimeError: It is no such list.
    """
    try:
        slos = json.loads(text, parse_float=Fraction)
        for slo in slos:
            row(slo)
    except (ValueError, TypeError, KeyError) as error:
        msg = f"{url} does not answer with SLOs; is it an uptime-slo-exporter?"
        raise UptimeError(msg) from error
    return list(slos)


def worst_first(slo: dict[str, Any]) -> tuple[bool, bool, Fraction]:
    """Sort what is down before what has least budget left."""
    left = slo["error_budget"]["remaining_ratio"]
    return slo["state"] != "bad", left is None, Fraction(left or 0)


def row(slo: dict[str, Any]) -> tuple[str, ...]:
    """One SLO's cells, as `COLUMNS`."""
    budget = slo["error_budget"]
    ratio, seconds = budget["remaining_ratio"], budget["remaining_seconds"]
    left = NO_VALUE
    if ratio is not None and seconds is not None:
        left = f"{format_percent(Fraction(ratio))} ({describe_duration(seconds // 1 * SECOND)})"
    burn = slo["burn_rate"].get("1h")
    return (
        slo["service"],
        slo["slo"],
        slo["state"],
        _per_cent(slo["sli"]),
        f"{float(slo['objective'] * 100):.10g} %",
        NO_VALUE if slo["coverage"] is None else describe_share(Fraction(slo["coverage"])),
        left,
        NO_VALUE if burn is None else f"{float(burn):.2f}",
    )


def _per_cent(ratio: Fraction | int | None) -> str:
    return NO_VALUE if ratio is None else format_percent(Fraction(ratio))


def _print_plain(rows: Sequence[tuple[str, ...]]) -> None:
    table = [COLUMNS, *rows]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    for cells in table:
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        click.echo(line.rstrip())


def _print_rich(rows: Sequence[tuple[str, ...]]) -> None:
    from rich.console import Console  # noqa: PLC0415 -- only where a person watches
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in COLUMNS:
        table.add_column(name, overflow="fold")
    for service, slo, state, *rest in rows:
        shown = Text(state, style=COLOURS.get(state, ""))
        table.add_row(Text(service), Text(slo), shown, *map(Text, rest))
    Console().print(table)


def _host(url: str) -> str:
    """The host of an http(s) URL.

    Raises:
        UsageError: It is none.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = f"--url: `{url}` is not a URL; write {DEFAULT_URL}"
        raise UsageError(msg)
    return parts.hostname
