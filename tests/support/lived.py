"""A store as daemons leave it that came and went, with an import after them."""

from collections.abc import Sequence
from pathlib import Path

from exporter.store.base import ClosedRow, Commit, EndpointKey, Mark, OpenRow
from exporter.store.writer import SqliteWriter
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State
from exporter.units import HOUR, MINUTE, SECOND, parse_instant

CONFIG = """
services:
  - name: shop
    endpoints: [{name: web, url: "http://127.0.0.1/", down_after: 2}]
    slos:
      - {name: availability, objective: 99, window: 6h}
      - {name: beats, objective: 99, window: 6h, method: events}
      - {name: slices, objective: 99, window: 6h, method: timeslices, slice: 5m, slice_objective: 90}
exclusions:
  - {name: patching, category: maintenance, services: [shop], timezone: UTC, from: 2026-01-01, duration: 30m,
     rrule: "FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0", reason: nightly patches}
"""
"""Has a nightly exclusion from 02:00 to 02:30."""
START = parse_instant("2026-01-02T00:00:00Z")
END = "2026-01-02T06:00:00Z"
POLICY = Policy(15 * SECOND, 5 * SECOND, 35 * SECOND, 2)
WEB = EndpointKey("shop", "web")
BEAT = 15 * SECOND


def row(at: int, last: int, vote: State = State.UP, reason: str = "") -> Row:
    step = BEAT if last > at else 0
    return Row(START + at, step, START + last, vote, reason, event=True, policy=POLICY)


def live(store: SqliteWriter, number: int, rows: Sequence[Row], mark: int) -> None:
    """Commit rows as a daemon would that went away at `mark`."""
    opened = [OpenRow(number, each) for each in rows]
    closed = [ClosedRow(number, each.at, each.last) for each in rows]
    store.commit(Commit(Mark(START + mark, {}), [], opened))
    store.commit(Commit(Mark(START + mark, {}), closed, []))


def leave(folder: Path) -> None:
    """Write `uptime.yml` and the store of two daemons' lives, and `past.csv` with what is to be imported after them.

    The first lived from 00:00 to 01:00, the second from 01:10 to 03:00; the file has 03:30 to 06:00.
    """
    (folder / "uptime.yml").write_text(CONFIG)
    store = SqliteWriter.open(folder / "uptime.db")
    number = store.begin(START, {WEB: "http"})[WEB]
    first = [
        row(0, 20 * MINUTE - BEAT),
        row(20 * MINUTE, 20 * MINUTE, State.DOWN, "timeout"),
        row(20 * MINUTE + BEAT, HOUR - BEAT),
    ]
    live(store, number, first, HOUR)
    store.begin(START + HOUR + 10 * MINUTE, {WEB: "http"})
    second = [
        row(HOUR + 10 * MINUTE + BEAT, 2 * HOUR + 10 * MINUTE - BEAT),
        row(2 * HOUR + 10 * MINUTE, 2 * HOUR + 12 * MINUTE - BEAT, State.DOWN, "dns"),
        row(2 * HOUR + 12 * MINUTE, 3 * HOUR),
    ]
    live(store, number, second, 3 * HOUR)
    store.close()
    results = ["success,"] * 40 + ["failure,timeout", "failure,status"] + ["success,"] * 558
    lines = (
        f"{(START + 3 * HOUR + 30 * MINUTE + BEAT * place) // SECOND},shop,web,{said}"
        for place, said in enumerate(results)
    )
    (folder / "past.csv").write_text("\n".join(["timestamp,service,endpoint,result,reason", *lines, ""]))
