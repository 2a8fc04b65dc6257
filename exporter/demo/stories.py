"""What happened to each service in the last 30 days, by how long ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from random import Random
from typing import NamedTuple

from exporter.units import DAY, HOUR, MINUTE, SECOND

BLIND_AGO, BLIND_FOR = 8 * DAY + 9 * HOUR, HOUR
"""When the prober itself had no network: nothing is known of anybody."""

MAINTENANCE_AGO, MAINTENANCE_FOR = 5 * DAY + 3 * HOUR, 2 * HOUR
"""The window that was announced for the warehouse."""

LATENCY_THRESHOLD = 300
"""Milliseconds that a good answer of the search may take."""


class Outage(NamedTuple):
    """A span in which everything failed.

    Attributes:
        ago: Milliseconds before now at which it began.
        lasts: Milliseconds.
        reason: Why probes failed.
    """

    ago: int
    lasts: int
    reason: str


class Slowness(NamedTuple):
    """How many answers took longer than the threshold.

    Attributes:
        usual: One in so many, at any time.
        ago: Milliseconds before now at which all answers began to be slow.
        lasts: Milliseconds for which they were.
    """

    usual: int
    ago: int
    lasts: int


@dataclass(frozen=True, slots=True)
class Story:
    """A service with one endpoint, and its past.

    Attributes:
        service: Its name.
        tells: What there is to see, in a line.
        outages: In any order.
        step: Milliseconds from one past result to the next.
        usual: Milliseconds that an answer takes at least; hardly one takes more than twice as long.
        slowness: How often it takes longer than a threshold; None for never.
    """

    service: str
    tells: str
    outages: Sequence[Outage] = ()
    step: int = MINUTE
    usual: int = 20
    slowness: Slowness | None = None


def _leak() -> Sequence[Outage]:
    """Single failures that come more and more often, until one in ninety: on their own nobody minds them."""
    began, count = 18 * DAY, 142
    chance = Random("leak")  # noqa: S311 -- believable, and the same each time
    ago = (began - began * isqrt(10**12 * number // count) // 10**6 for number in range(1, count))
    return [Outage(each + chance.randrange(20 * MINUTE), MINUTE, "timeout") for each in ago]


def _flaps() -> Sequence[Outage]:
    """Short outages, several a day, since four days."""
    chance = Random("flaps")  # noqa: S311 -- likewise
    return [
        Outage(4 * DAY - number * 4 * HOUR - chance.randrange(3 * HOUR), (1 + number % 4) * MINUTE, "reset")
        for number in range(23)
    ]


STORIES = (
    Story(
        "website",
        "healthy, with nearly all of the budget left; its certificate ends in nine days",
        (Outage(21 * DAY + 5 * HOUR, 3 * MINUTE, "timeout"),),
    ),
    Story(
        "checkout",
        "healthy so far; it breaks while you watch, until a page fires",
        (Outage(26 * DAY + 2 * HOUR, 12 * MINUTE, "status"),),
        usual=60,
    ),
    Story(
        "search",
        "a latency SLO: an answer within 300 ms is good; it gets slow while you watch",
        (Outage(19 * DAY, 9 * MINUTE, "status"),),
        step=15 * SECOND,
        usual=90,
        slowness=Slowness(320, 3 * DAY, 2 * HOUR),
    ),
    Story("mail", "a slow leak: no outage, but one failure after the other; the long tier fires", _leak()),
    Story(
        "billing",
        "one bad week: the budget is overspent, and stays so until it leaves the window",
        (
            Outage(16 * DAY + 7 * HOUR, 47 * MINUTE, "status"),
            Outage(15 * DAY + 2 * HOUR, 95 * MINUTE, "refused"),
            Outage(13 * DAY + 14 * HOUR, 22 * MINUTE, "timeout"),
            Outage(11 * DAY + 5 * HOUR, 38 * MINUTE, "status"),
        ),
    ),
    Story(
        "warehouse",
        "80 minutes down within announced maintenance, which cost no budget",
        (Outage(MAINTENANCE_AGO - 10 * MINUTE, 80 * MINUTE, "refused"),),
    ),
    Story("vpn", "flapping: two dozen short outages in four days, counted in slices of a minute", _flaps()),
)
"""All that are probed; `backup` is told of."""

SECURED = "website"
"""Speaks TLS."""

BACKUP = "backup"
BACKUP_TELLS = "a nightly job that tells of itself; six nights ago it did not"
