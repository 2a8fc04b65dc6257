"""Connectivity anchors that follow a script, and the rule of ruling 11 applied to a log of all that happened."""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from exporter.config.model import Anchor, Connectivity
from exporter.engine.anchors import Anchor as Checked
from exporter.probes.base import Finished, Probed
from exporter.probes.result import Outcome, Reason, Result
from exporter.probes.tcp import TcpSettings
from exporter.timeline.tally import State

AnchorAnswers = Callable[[str, int], tuple[bool, int]]
"""By anchor and the instant at which its check starts: whether it answers, and after how many milliseconds."""


class Ended(NamedTuple):
    """A probe of an endpoint, which began at `at`, ended."""

    name: str
    at: int
    vote: State
    event: bool


class AnchorBegan(NamedTuple):
    at: int


class AnchorEnded(NamedTuple):
    good: bool


Log = list[Ended | AnchorBegan | AnchorEnded]


def anchors(hosts: Sequence[str] = ("a",), quorum: int = 1, interval: int = 1_000) -> Connectivity:
    """Anchors with a timeout of 0.8 s."""
    found = tuple(Anchor(f"tcp://{host}:53", TcpSettings()) for host in hosts)
    return Connectivity(found, quorum, interval, timeout=800)


class AnchorProber:
    """Is the prober of all anchors: an answer at once comes before `begin()` returns."""

    def __init__(self, answers: AnchorAnswers, wall: Callable[[], int], log: Log, finished: Finished) -> None:
        self._answers = answers
        self._wall = wall
        self._log = log
        self._finished = finished

    def begin(self, endpoint: Probed) -> None:
        assert isinstance(endpoint, Checked)
        self._log.append(AnchorBegan(self._wall()))
        good, took = self._answers(endpoint.check.place.host, self._wall())
        limit = endpoint.check.timeout // 1_000_000
        if took > limit:
            good, took = False, limit
        if took:
            loop = asyncio.get_running_loop()
            endpoint.attempt = loop.call_later(took / 1000, self._end, endpoint, good)
        else:
            self._end(endpoint, good)

    def cancel(self, endpoint: Probed) -> None:
        if endpoint.attempt is not None:
            endpoint.attempt.cancel()
            endpoint.attempt = None

    def _end(self, endpoint: Probed, good: bool) -> None:
        endpoint.attempt = None
        self._log.append(AnchorEnded(good))
        found = Result(Outcome.SUCCESS) if good else Result(Outcome.FAILURE, Reason.TIMEOUT)
        self._finished(endpoint, found)


class Check(NamedTuple):
    """A check of all anchors: its places in the log, and its instant.

    Attributes:
        answered: Where it was decided; None where it was not.
        good: Whether a quorum had answered.
    """

    began: int
    at: int
    answered: int | None
    good: bool


def checks(log: Log, connectivity: Connectivity) -> list[Check]:
    """The checks that a log shows."""
    spare = len(connectivity.anchors) - connectivity.quorum
    found = list[Check]()
    good = bad = 0
    for index, each in enumerate(log):
        if isinstance(each, AnchorBegan) and (not found or found[-1].answered is not None):
            found.append(Check(index, each.at, None, good=False))
            good = bad = 0
        elif isinstance(each, AnchorEnded):
            good, bad = good + each.good, bad + (not each.good)
            if good >= connectivity.quorum or bad > spare:
                found[-1] = found[-1]._replace(answered=index, good=good >= connectivity.quorum)
    return found


class Blind(NamedTuple):
    """From the beginning of the last good check (its place in the log) to that of the next one (its instant)."""

    since: int
    until: int | None


def blind(found: Sequence[Check]) -> list[Blind]:
    """The times for which the prober was blind; the last one may be open."""
    out = list[Blind]()
    since = -1
    for check in found:
        if check.answered is None:
            continue
        is_open = bool(out) and out[-1].until is None
        if check.good:
            since = check.began
            if is_open:
                out[-1] = out[-1]._replace(until=check.at)
        elif not is_open:
            out.append(Blind(since, None))
    return out


def told(log: Log, connectivity: Connectivity) -> list[Ended]:
    """Ruling 11, result by result: what the record has of a log; what waits is left out.

    A result that touches a blind time is inconclusive; any other is what it was, once a check that began
    after it ended was good.
    """
    found = checks(log, connectivity)
    times = blind(found)
    running = found[-1] if found and found[-1].answered is None else None
    out = list[Ended]()
    for index, each in enumerate(log):
        if not isinstance(each, Ended):
            continue
        if any(
            index > time.since
            and (
                each.at <= time.until
                if time.until is not None
                else running is None or each.at <= running.at  # else the check may be good
            )
            for time in times
        ):
            out.append(each._replace(vote=State.UNKNOWN))
        elif any(check.good and check.began > index for check in found):
            out.append(each)
    return out
