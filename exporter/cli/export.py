"""`export`: the record as results one by one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

import click

from exporter.cli.options import config_option, format_option, storage_option

if TYPE_CHECKING:
    from exporter.record.csv_file import EndpointName
    from exporter.record.export import Told
    from exporter.store.base import StoredEndpoint
    from exporter.timeline.spans import Span

Chosen = Sequence[tuple["EndpointName", "StoredEndpoint"]]

BAR_STEP = 10_000
"""Results after which the bar moves."""

_EPILOG = """\b
Examples:
  uptime-slo-exporter export --out history.csv
  uptime-slo-exporter export --service shop --from 2026-10-01T00:00:00Z --to 2026-11-01T00:00:00Z
  uptime-slo-exporter export --endpoint shop/web --format openmetrics --out history.om
  promtool tsdb create-blocks-from openmetrics history.om data/

\b
`backfill --csv` reads what this writes. The column kind says what is an event of
an SLI (beat), what is none (extra: a retry or a first probe), and where the
daemon went away (absence: nothing is known from then to the next result).
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--service",
    "--endpoint",
    "chosen",
    multiple=True,
    metavar="SERVICE[/ENDPOINT]",
    help="Only this service or endpoint; repeats.",
)
@click.option(
    "--from", "from_", metavar="TIME", help="Start, RFC 3339 or seconds; the first result if not given."
)
@click.option("--to", "to", metavar="TIME", help="End, not part of it; the last result if not given.")
@click.option("--out", metavar="FILE", help="Where to write; standard output if not given.")
@config_option
@storage_option
@format_option("csv", "openmetrics")
def command(  # noqa: PLR0917 -- one argument an option
    chosen: tuple[str, ...],
    from_: str | None,
    to: str | None,
    out: str | None,
    config_files: tuple[str, ...],
    storage: str,
    format_: str,
) -> None:
    """Write every result that the record has, also beside a running daemon.

    Endpoints that are no longer configured are named by their ids.
    """
    from pathlib import Path  # noqa: PLC0415

    from exporter.cli.configured import load  # noqa: PLC0415
    from exporter.cli.parsed import parsed  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.output.exports import write_csv, write_openmetrics  # noqa: PLC0415
    from exporter.record.export import count, named, told  # noqa: PLC0415
    from exporter.store.reader import SqliteReader  # noqa: PLC0415
    from exporter.units import parse_instant  # noqa: PLC0415

    span = _span(parsed("--from", from_, parse_instant), parsed("--to", to, parse_instant))
    config = load(config_files, storage)
    store = SqliteReader.open(Path(storage))
    now = SystemClock().wall()
    try:
        wanted = _choose(named(store, config), chosen)
        with (
            _sink(out) as sink,
            _bar(out, lambda: sum(count(store, each, span) for _, each in wanted)) as advance,
        ):
            results = ((name, _moving(told(store, each, span, now), advance)) for name, each in wanted)
            if format_ == "csv":
                write_csv(results, sink)
            else:
                write_openmetrics(results, sink)
    finally:
        store.close()


def _span(start: int | None, end: int | None) -> "Span":
    """The span that was asked for, all of time where nothing was.

    Raises:
        UsageError: It ends before it starts.
    """
    from exporter.errors import UsageError  # noqa: PLC0415 -- `--help` needs none of this
    from exporter.timeline.spans import FOREVER  # noqa: PLC0415

    span = (-FOREVER if start is None else start, FOREVER if end is None else end)
    if span[0] >= span[1]:
        msg = "--from has to be before --to"
        raise UsageError(msg)
    return span


def _choose(known: Chosen, chosen: Sequence[str]) -> Chosen:
    """The endpoints that the user named, all where none is named.

    Raises:
        UsageError: The record has nothing of that name.
    """
    from difflib import get_close_matches  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.errors import UsageError  # noqa: PLC0415

    names = {each for name, _ in known for each in (name[0], "/".join(name))}
    for wanted in chosen:
        if wanted not in names:
            close = get_close_matches(wanted, names, n=1)
            hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(sorted(names)) or 'none'}"
            msg = f"the record has no service or endpoint `{wanted}`; {hint}"
            raise UsageError(msg)
    return [each for each in known if not chosen or each[0][0] in chosen or "/".join(each[0]) in chosen]


@contextmanager
def _sink(path: str | None) -> Iterator[TextIO]:
    """Open where it is written to.

    Raises:
        UptimeError: It cannot be written.
    """
    import sys  # noqa: PLC0415 -- `--help` needs none of this
    from pathlib import Path  # noqa: PLC0415

    from exporter.errors import UptimeError  # noqa: PLC0415

    if path is None:
        yield sys.stdout
        return
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        msg = f"{path} cannot be written: {error.strerror}"
        raise UptimeError(msg) from error


@contextmanager
def _bar(out: str | None, total: Callable[[], int]) -> Iterator[Callable[[int], object]]:
    """A bar where somebody watches and the results go elsewhere; only then is `total` asked."""
    import sys  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.progress import advancing  # noqa: PLC0415

    if out is None or not sys.stderr.isatty():
        yield lambda _: None
    else:
        with advancing(total(), f"Writing {out}") as advance:
            yield advance


def _moving(results: "Iterable[Told]", advance: Callable[[int], object]) -> "Iterator[Told]":
    """Hand results on and move the bar."""
    for number, each in enumerate(results, 1):
        yield each
        if number % BAR_STEP == 0:
            advance(BAR_STEP)
