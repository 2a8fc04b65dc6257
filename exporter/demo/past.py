"""The past that stories tell, as results: the same at every start, up to when it is."""

from collections.abc import Iterator
from random import Random

from exporter.demo.stories import BLIND_AGO, BLIND_FOR, LATENCY_THRESHOLD, Story
from exporter.probes.result import Reason
from exporter.record.csv_file import Past
from exporter.timeline.tally import State
from exporter.units import DAY, HOUR, NANOSECONDS

NIGHTS_AGO = 6
"""The night in which the job did not tell of itself."""

LAST_NIGHT = 20 * HOUR
"""How long ago the job was done last."""


def past_of(story: Story, now: int, days: int) -> list[Past]:
    """The results of a story's endpoint, in order of their instants, up to now.

    Args:
        story: What happened.
        now: Milliseconds since the epoch.
        days: How many of the last ones.
    """
    chance = Random(story.service)  # noqa: S311 -- believable, and the same each time
    count = days * DAY // story.step
    reasons = _reasons(story, count)
    slow = _slow(story, count, chance)
    found = []
    for number in range(count, 0, -1):
        at = now - number * story.step
        if BLIND_AGO - BLIND_FOR < now - at <= BLIND_AGO:
            found.append(Past(at, State.UNKNOWN, "", 0))
        elif (reason := reasons.get(number)) is not None:
            found.append(Past(at, State.DOWN, reason, 0))
        else:
            some = chance.random()
            took = LATENCY_THRESHOLD * (1 + some) if number in slow else story.usual * (1 + 1.5 * some**8)
            found.append(Past(at, State.UP, "", 0, int(took * NANOSECONDS) + 1))  # longer than the threshold
    return found


def nights(now: int, days: int) -> Iterator[Past]:
    """What is known of a job that tells of itself each night, in order: once it did not, and was late an hour later."""
    for ago in range(days - 1, -1, -1):
        at = now - LAST_NIGHT - ago * DAY
        if ago != NIGHTS_AGO:
            yield Past(at, State.UP, "", 0)
        elif ago < days - 1:  # else nobody expected it
            yield Past(at + HOUR, State.DOWN, Reason.MISSED.value, 0)


def _reasons(story: Story, count: int) -> dict[int, str]:
    """Why results failed, by their number before now."""
    found = {}
    for ago, lasts, reason in story.outages:
        first = ago // story.step
        for number in range(first, max(0, first - lasts // story.step), -1):
            if number <= count:
                found[number] = reason
    return found


def _slow(story: Story, count: int, chance: Random) -> set[int]:
    """Numbers before now of the results that took longer than the threshold."""
    if story.slowness is None:
        return set()
    usual, ago, lasts = story.slowness
    found = {number for number in range(1, count + 1) if chance.randrange(usual) == 0}
    first = ago // story.step
    return found | set(range(first, first - lasts // story.step, -1))
