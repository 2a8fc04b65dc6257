"""Results that wait until the anchors have answered that the prober itself is connected (ruling 11).

Where all anchors are dead, a failure says nothing about its endpoint. A result is therefore recorded once a check
of the anchors that began after it ended was good. A check that is not good makes inconclusive whatever touches the
time from the beginning of the last good check to the beginning of the next one. Nothing that was recorded is ever
undone: what waits is not done yet, for the record, its settled instants and the counters.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import NamedTuple

from exporter.engine.anchors import Checks
from exporter.engine.live import Health
from exporter.engine.slot import Slot
from exporter.log import log
from exporter.probes.result import Outcome, Result
from exporter.timeline.policy import Policy
from exporter.timeline.spans import FOREVER
from exporter.units import format_instant

BLIND = "the prober was blind: too few of its connectivity anchors answered"
"""What an inconclusive result says then, for people."""

LONGEST_END = 2.0
"""Seconds for which a clean stop waits for a last check."""


class Sight(NamedTuple):
    """What the checks so far say of the prober.

    Attributes:
        since: Instant at which the last good check began; at first that of the start.
        checks: How many have begun.
        begun: Instant at which the latest one began.
        under_way: Whether it has not answered yet.
        blind: Whether the last one that answered was not good.
        clear: Instant at which the first good check after a blind time began: what a probe found that
            began no later tells nothing.
    """

    since: int
    checks: int = 0
    begun: int = -FOREVER
    under_way: bool = False
    blind: bool = False
    clear: int = -FOREVER

    def begin(self, at: int) -> "Sight":
        """A check begins."""
        return self._replace(checks=self.checks + 1, begun=at, under_way=True)

    def answer(self, *, good: bool) -> "Sight":
        """It answers."""
        if not good:
            return self._replace(under_way=False, blind=True)
        clear = self.begun if self.blind else self.clear
        return self._replace(since=self.begun, under_way=False, blind=False, clear=clear)

    def restart(self, at: int) -> "Sight":
        """The clock went back to the instant `at`; the check under way is dropped."""
        return Sight(since=at, checks=self.checks, blind=self.blind)

    def tells_nothing(self, began: int) -> bool:
        """Whether a probe that began at an instant, and ends now, is already known to tell nothing.

        While blind that is every one but those which began after the check under way: it may be good.
        """
        if self.blind:
            return not (self.under_way and began > self.begun)
        return began <= self.clear


class Held(NamedTuple):
    """A result that waits.

    Attributes:
        slot: Whose it is.
        at: Instant of its probe.
        step: As `Slot.step` was.
        event: As `Slot.event` was.
        policy: As `Slot.policy` was.
        result: What was found.
        checks: How many checks had begun when it ended: only a later one says whether it counts.
    """

    slot: Slot
    at: int
    step: int
    event: bool
    policy: Policy
    result: Result
    checks: int


Record = Callable[[Held, Result, int | None], None]
"""Records a result as what it turned out to be; the number is the instant of the next one of its endpoint that waits."""


class Waiting:
    """Holds results until the anchors have answered.

    Args:
        checks: Of the anchors.
        health: Told whether the prober is connected.
        look: The present instant.
        record: What to do with what waits no longer.
    """

    def __init__(self, checks: Checks, health: Health, look: Callable[[], int], record: Record) -> None:
        self._checks = checks
        self._health = health
        self._look = look
        self._record = record
        self._held: dict[Slot, list[Held]] = {}
        self._sight = Sight(0)
        self._empty: asyncio.Future[None] | None = None

    def start(self) -> None:
        """Check from now on."""
        self._sight = Sight(self._look())
        self._checks.start(self._begun, self._answered)

    def take(self, slot: Slot, at: int, result: Result) -> None:
        """Take the result of the slot's probe, which began at the instant `at`."""
        held = Held(slot, at, slot.step, slot.event, slot.policy, result, self._sight.checks)
        if self._sight.tells_nothing(at):
            self._record(held, _told_nothing(result), None)
            return
        self._held.setdefault(slot, []).append(held)
        if result.outcome is Outcome.FAILURE:
            self._checks.hurry()

    def drop(self) -> set[Slot]:
        """Forget what waits, and check no more; whose results that were."""
        self._checks.stop()
        dropped, self._held = set(self._held), {}
        return dropped

    def forget(self, slots: Iterable[Slot]) -> None:
        """Forget what waits of slots that are gone."""
        for slot in slots:
            self._held.pop(slot, None)

    async def close(self) -> None:
        """Ask a last time, and let what is not answered by then tell nothing: others are to vouch for what comes."""
        await self.end()
        held, self._held = self._held, {}
        for slot in held:
            following = [each.at for each in held[slot][1:]]
            for each, follows in zip(held[slot], [*following, None], strict=True):
                self._record(each, _told_nothing(each.result), follows)
        self._health.connected = self._health.blind_since = None

    def restart(self, at: int) -> None:
        """Go on from the instant `at`, to which the clock went back."""
        self._sight = self._sight.restart(at)
        if self._health.blind_since is not None:
            self._health.blind_since = min(self._health.blind_since, at)
        self._checks.start(self._begun, self._answered)

    async def end(self) -> None:
        """Ask a last time about what waits, but not for long; what is not answered by then stays undone."""
        if self._held:
            self._empty = asyncio.get_running_loop().create_future()
            self._checks.hurry(at_once=True)
            await asyncio.wait([self._empty], timeout=LONGEST_END)
        self._checks.stop()

    def _begun(self) -> None:
        self._sight = self._sight.begin(self._look())

    def _answered(self, good: bool) -> None:
        self._sight = self._sight.answer(good=good)
        self._tell(good)
        for slot, held in list(self._held.items()):
            count = sum(each.checks < self._sight.checks for each in held) if good else len(held)
            rest = held[count:]
            if rest:
                self._held[slot] = rest
            else:
                del self._held[slot]
            following = [each.at for each in held[1:]]
            for each, follows in zip(held[:count], [*following, None], strict=False):
                self._record(each, each.result if good else _told_nothing(each.result), follows)
        if self._empty is not None and not self._empty.done():
            if self._held:
                self._checks.hurry(at_once=True)
            else:
                self._empty.set_result(None)

    def _tell(self, good: bool) -> None:
        """Say it where that changes."""
        health, since = self._health, self._sight.since
        if good and health.blind_since is not None:
            seconds = (since - health.blind_since) / 1000
            log().info("prober_connected", since=format_instant(since), blind_seconds=seconds)
        if not good and health.blind_since is None:
            log().warning("prober_blind", since=format_instant(since))
        health.connected = good
        health.blind_since = None if good else health.blind_since or since


def _told_nothing(result: Result) -> Result:
    """What is recorded instead of a result that was found while blind."""
    return Result(Outcome.INCONCLUSIVE, None, BLIND, duration=result.duration)
