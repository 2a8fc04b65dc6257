"""`status`: the running daemon's SLOs as a table."""

import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import click

from exporter.cli.daemon_url import DEFAULT_URL, Place, Tls, parse_place
from exporter.cli.options import complete_files, format_option
from exporter.errors import UptimeError
from exporter.peer import cause, is_loopback
from exporter.units import SECOND, describe_duration, describe_share, format_percent

TIMEOUT = 30
"""Seconds that an answer may take."""

UNAUTHORIZED = 401

COLUMNS = ("SERVICE", "SLO", "IS", "SLI", "OBJECTIVE", "SEEN", "BUDGET LEFT", "BURN 1h")
NO_VALUE = "-"
COLOURS = {"good": "green", "bad": "red", "unknown": "yellow", "excluded": "yellow"}


_EPILOG = """\b
Examples:
  uptime-slo-exporter status
  uptime-slo-exporter status --url https://uptime.example.com/ --format json
  uptime-slo-exporter status --url https://localhost:9895 --ca-file ca.pem \\
      --user mara --password-file password.txt
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--url",
    default=DEFAULT_URL,
    show_default=True,
    help="Where the daemon listens; may have a user and a password, which nothing shows.",
)
@click.option("--user", metavar="NAME", help="Who asks, where the daemon has users.")
@click.option(
    "--password-file", metavar="FILE", help="Its first line is the password.", shell_complete=complete_files
)
@click.option(
    "--ca-file",
    metavar="FILE",
    help="Whom to trust with the daemon's certificate; default those whom this machine trusts.",
    shell_complete=complete_files,
)
@click.option(
    "--cert-file",
    metavar="FILE",
    help="Certificate and key to show, where the daemon asks for one.",
    shell_complete=complete_files,
)
@click.option("--key-file", metavar="FILE", help="The key by itself.", shell_complete=complete_files)
@format_option("table", "json")
def command(  # noqa: PLR0917 -- one argument an option
    url: str,
    user: str | None,
    password_file: str | None,
    ca_file: str | None,
    cert_file: str | None,
    key_file: str | None,
    format_: str,
) -> None:
    """Show the running daemon's SLOs, worst first."""
    place = parse_place(url, user=user, password_file=password_file)
    url = place.url
    text = fetch(place, Tls(ca_file, cert_file, key_file))
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


def fetch(place: Place, tls: Tls) -> str:
    """Get the list of SLOs from a daemon.

    Raises:
        UsageError: A file of TLS cannot be used.
        UptimeError: The daemon does not answer, or not with success.
    """
    import requests  # noqa: PLC0415 -- costs a quarter of a second

    url = place.url
    with requests.Session() as session:
        session.trust_env = not is_loopback(place.host)  # a proxy would ask its own localhost
        session.auth = None if place.auth is None else requests.auth.HTTPBasicAuth(*place.auth)
        session.cert = tls.client()
        try:
            answer = session.get(
                f"{url.rstrip('/')}/api/v1/slos", timeout=TIMEOUT, verify=tls.authority() or True
            )
        except requests.exceptions.SSLError as error:
            raise UptimeError(_untrusted(url, error)) from error
        except requests.RequestException as error:
            msg = f"no daemon answers at {url}: {cause(error)}; start it with `run`, or say where it is with --url"
            raise UptimeError(msg) from error
    if answer.status_code == UNAUTHORIZED:
        what = "does not know this user with this password" if place.auth else "wants to know who asks"
        msg = f"{url} {what}; give --user and --password-file"
        raise UptimeError(msg)
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


def _untrusted(url: str, error: BaseException) -> str:
    """What is wrong with the TLS of a connection, in one line."""
    said = cause(error)
    if "verify failed" in said.lower():
        return f"the certificate of {url} is not trusted: {said}; name its authority with --ca-file"
    return f"no TLS with {url}: {said}; if it wants a certificate, give --cert-file"
