"""Five weeks of a shop, for agreements of calendar months."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from exporter.record.agreements.evidence import Sources
from exporter.record.corrections import adding
from exporter.record.histories import load
from exporter.record.wanted import Wanted
from exporter.store.base import LogEntry
from exporter.store.reader import SqliteReader
from exporter.units import DAY, HOUR, MINUTE, format_instant, parse_instant
from tests.support.past import Past, steady

OCTOBER = parse_instant("2026-10-01T00:00:00Z")
NOVEMBER = parse_instant("2026-11-01T00:00:00Z")
NOW = NOVEMBER + 5 * DAY
STEP = 10 * MINUTE
SHOP = """
services:
  - name: shop
    endpoints:
      - {name: web, url: "http://127.0.0.1/", interval: 10m}
      - {name: db, url: "tcp://127.0.0.1:5432", interval: 10m}
      - {name: job, url: "heartbeat://job?every=24h&grace=1h", token: let-me-tell}
    slos: [{objective: 99, window: 1d, endpoints: [web]}]
"""


def made_past(folder: Path) -> Past:
    """Five weeks, in which the web was down for an hour on the second of October and over the end of the month."""
    past = Past.of(folder, SHOP)
    past.store.write_bytes(_store())
    return past


@cache
def _store() -> bytes:
    """The record of that, brought in once: many tests begin with it."""
    with TemporaryDirectory() as folder:
        return _brought_in(Past.of(Path(folder), SHOP)).store.read_bytes()


def _brought_in(made: Past) -> Past:
    start, first, last = OCTOBER - 7 * DAY, OCTOBER + DAY, NOVEMBER - HOUR
    made.bring(steady("S", start, NOW, STEP), "shop,db")
    made.bring(
        [
            *steady("S", start, first, STEP),
            *steady("F", first, first + HOUR, STEP),
            *steady("S", first + HOUR, last, STEP),
            *steady("F", last, NOVEMBER + 2 * HOUR, STEP),
            *steady("S", NOVEMBER + 2 * HOUR, NOW, STEP),
        ],
        "shop,web",
    )
    return made


def sources(past: Past, log: tuple[LogEntry, ...] = ()) -> Sources:
    store = SqliteReader.open(past.store)
    try:
        return Sources(past.config, load(store), (*store.exclusion_log(), *log), NOW)
    finally:
        store.close()


def entered(past: Past, category: str, start: int, end: int, at: int) -> LogEntry:
    wanted = Wanted(
        category=category,
        reason="a move",
        services=("shop",),
        start=format_instant(start),
        end=format_instant(end),
    )
    return adding(wanted, past.config, (), author="mara", now=at).entry
