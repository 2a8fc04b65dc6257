"""kill -9 of the real daemon while it probes real servers, twenty times at random moments."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

from exporter.record.histories import load
from exporter.store.reader import SqliteReader
from exporter.timeline.row import Row
from exporter.timeline.tally import State, tally
from exporter.units import parse_instant
from tests.support.daemon import Daemon
from tests.support.processes import wait_for
from tests.support.target import Target

DEATHS = 20
TIMEOUT = 1_000
"""Milliseconds that the endpoint which gets into trouble has for an answer."""

CONFIG = """
services:
  - name: shop
    endpoints:
      - {{name: web, url: "{web}", interval: 300ms, timeout: 1s, retry_interval: 100ms, down_after: 2}}
      - {{name: steady, url: "{steady}", interval: 200ms, timeout: 20s}}
    slos:
      - {{name: both, objective: 99, window: 1h}}
      - {{name: steady, objective: 99.99, window: 1h, endpoints: [steady]}}
"""

Results = Mapping[str, Sequence[tuple[int, State]]]
StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]


@contextmanager
def opened(path: Path) -> Iterator[SqliteReader]:
    with closing(SqliteReader.open(path)) as reader:
        yield reader


def results(rows: Sequence[Row]) -> list[tuple[int, State]]:
    return [(at, row.vote) for row in rows for at in range(row.at, row.last + 1, max(1, row.step))]


def committed(path: Path) -> Results:
    """Every result that the store has, by endpoint, one by one."""
    with opened(path) as reader:
        return {each.id: results(reader.rows(each.number)) for each in reader.endpoints()}


def end_of_record(path: Path) -> int:
    with opened(path) as reader:
        mark = reader.mark()
    assert mark is not None
    return mark.at


def now() -> int:
    return time.time_ns() // 1_000_000


class Life:
    """What happened to the servers and the daemon, as the test saw it.

    Attributes:
        troubles: Spans in which `web` was not well.
        seen: What the store had committed right before each death.
        ends: Where the record ended at each death.
    """

    def __init__(self, web: Target, steady: Target, chance: random.Random) -> None:
        self.web = web
        self.steady = steady
        self.chance = chance
        self.troubles: list[tuple[int, int]] = []
        self.seen: list[Results] = []
        self.ends: list[int] = []

    def die(self, daemon: Daemon) -> None:
        """Let it live for a random number of probes, perhaps with some trouble, and kill it."""
        self.probes(daemon, self.chance.randint(0, 4))
        trouble = self.chance.choice([self.web.fail, self.web.hang, self.web.go_away, None])
        began = now()
        if trouble is not None:
            trouble()
        self.probes(daemon, self.chance.randint(1, 4))
        self.seen.append(committed(daemon.storage))
        daemon.kill()
        self.ends.append(end_of_record(daemon.storage))
        if trouble is not None:
            self.web.come_back()
            self.web.recover()
            self.troubles.append((began - TIMEOUT - 200, now()))

    def probes(self, daemon: Daemon, number: int) -> None:
        """Wait until the steady server was asked so many times more."""
        wanted = self.steady.requests + number
        wait_for(lambda: self.steady.requests >= wanted, "the steady endpoint is probed")
        assert daemon.process.status() is None, daemon.process.output


def test_kill_9_twenty_times_loses_nothing_committed_and_invents_nothing(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 -- shown where the test fails
    life = Life(start_target(), start_target(), random.Random(seed))
    config = CONFIG.format(web=life.web.url, steady=life.steady.url)
    for _ in range(DEATHS):
        life.die(start_daemon(config, measured=False))  # who is killed could not tell what it ran
    daemon = start_daemon(config)
    wait_for(
        lambda: any(at > life.ends[-1] for at, _ in committed(daemon.storage)["steady"]),
        "the last life is recorded",
    )
    daemon.wait_for_value(1, "uptime_endpoint_up", uptime_service="shop", uptime_endpoint="web")
    answers = [daemon.sli(f"shop/{slo}") for slo in ("both", "steady")]
    assert daemon.stop() == 0

    final = committed(daemon.storage)
    nothing_is_lost_or_doubled(life, final)
    nothing_is_invented(life, final)
    the_time_away_is_unknown(life, daemon.storage, final)
    for answer in answers:
        window = [parse_instant(answer["window"][edge]) for edge in ("start", "end")]
        assert round(sum(answer["seconds"].values()) * 1000) == window[1] - window[0] == 3_600_000
    assert answers[1]["seconds"]["down"] == 0
    assert answers[1]["sli"] == 1


def nothing_is_lost_or_doubled(life: Life, final: Results) -> None:
    for before in life.seen:
        for name, found in before.items():
            assert set(found) <= set(final[name]), "a committed result is gone"
    for found in final.values():
        assert all(one[0] < other[0] for one, other in pairwise(found)), "a result is there twice"


def nothing_is_invented(life: Life, final: Results) -> None:
    assert {vote for _, vote in final["steady"]} == {State.UP}
    assert len(final["steady"]) <= life.steady.requests, "a result without a probe"
    for at, vote in final["web"]:
        troubled = any(start <= at <= end for start, end in life.troubles)
        assert vote == State.UP or troubled, f"a failure at {at}, when all was well"


def the_time_away_is_unknown(life: Life, storage: Path, final: Results) -> None:
    with opened(storage) as reader:
        known = load(reader)["shop"]
        absences = reader.absences()
    assert list(absences)[: len(life.ends)] == life.ends
    assert len(absences) == DEATHS
    for each in known:
        for end in life.ends:
            back = next((at for at, _ in final[each.stored.id] if at >= end), None)
            if back is not None:
                away = tally(each.history, end, back)
                assert (away.up, away.down) == (0, 0)
        if each.stored.id == "steady":
            assert tally(each.history, life.ends[0] - 3_600_000, now()).down == 0
