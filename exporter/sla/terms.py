"""What parties have agreed on, as the arithmetic needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from exporter.sla.incidents.answers import AnswerTerms
from exporter.sla.incidents.heard import Hearing
from exporter.sla.incidents.severity import SeverityRule
from exporter.timeline.exclusion import Category
from exporter.timeline.rule import ALL, Rule
from exporter.units import DAY

FOLLOWED = 31 * DAY
"""Milliseconds after a period for which its incidents are followed: they may still be answered, and repaired; and how far ahead deadlines are looked for."""

PARTIES = ("provider", "customer")


class Starts(StrEnum):
    """Where the clock of an outage starts."""

    DETECTED = "detected"
    REPORTED = "reported"


class Rounding(StrEnum):
    """How the length of each outage is rounded."""

    EXACT = "exact"
    DOWN = "whole_minutes_down"
    UP = "whole_minutes_up"


class Denominator(StrEnum):
    """What downtime is divided by: the agreed time of the period, all of it, or thirty days whatever it has."""

    AGREED_TIME = "agreed_time"
    CALENDAR_TIME = "calendar_time"
    THIRTY_DAYS = "30d"


class Unknown(StrEnum):
    """How time counts of which nothing is known."""

    UP = "up"
    DOWN = "down"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Recognition:
    """When exclusions of a category count.

    Attributes:
        notice: Milliseconds >= 0 by which one must have been entered before it starts.
        allowance: Milliseconds a period may have of them, the first ones; None for any.
        agreed_by: The party of which a named person must have approved; empty for none.
    """

    notice: int = 0
    allowance: int | None = None
    agreed_by: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """How downtime is made of what was measured; the rules are applied in the order of `sla.downtime`.

    Attributes:
        combine: Of a service's endpoints; by weight cannot be.
        starts: Where the clock starts.
        smallest_outage: Milliseconds >= 0 below which an outage does not count.
        rounding: Of each outage.
        denominator: What downtime is divided by.
        unknown: How time counts of which nothing is known.
        minimum_coverage: Share of the agreed time that must be known, else nothing can be said; 0 to 1.
        hearing: How entries of incidents are taken.
    """

    combine: Rule = ALL
    starts: Starts = Starts.DETECTED
    smallest_outage: int = 0
    rounding: Rounding = Rounding.EXACT
    denominator: Denominator = Denominator.AGREED_TIME
    unknown: Unknown = Unknown.UP
    minimum_coverage: Fraction = Fraction(0)
    hearing: Hearing = field(default_factory=Hearing)


class Judged(StrEnum):
    """What is made of slices: the mean of their error rates, downtime of bad ones, or all of their events together."""

    MEAN = "mean_error_rate"
    BAD = "bad_slices"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class SliceTerms:
    """A measure over events in slices of time.

    Attributes:
        length: Milliseconds of a slice, > 0; slices begin at its multiples.
        judged: What is made of them.
        above: Error rate above which a slice is bad, 0 <= x < 1; 1 where all of its events must be bad. For `bad_slices`.
        minimum: Events below which a slice is not bad, >= 1. For `bad_slices`.
        empty_is_good: Whether a slice without events counts as good, or not at all.
    """

    length: int
    judged: Judged
    above: Fraction = Fraction(0)
    minimum: int = 1
    empty_is_good: bool = True


@dataclass(frozen=True, slots=True)
class Queries:
    """What a Prometheus is asked for the events of slices.

    Attributes:
        good: Query for the good events of a slice, to be evaluated at its end.
        total: Likewise for all of them.
        delay: Milliseconds after the end of a slice at which it is asked about, >= 0.
    """

    good: str
    total: str
    delay: int


class Take(StrEnum):
    """What is made of the values of a group that were written down in a period."""

    MEAN = "mean"
    SUM = "sum"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class RecordedTerms:
    """A measure that people or programs write down.

    Attributes:
        measure: Its name.
        least: What it must reach; None for no such bound.
        most: What it may reach; None likewise.
        take: What is made of a group's values.
        groups: Names of those that there are, in order; none for those of which something was written down.
    """

    measure: str
    least: Fraction | None = None
    most: Fraction | None = None
    take: Take = Take.MEAN
    groups: tuple[str, ...] = ()

    def holds(self, value: Fraction) -> bool:
        """Whether a value is what was promised."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A volume above which nothing is promised.

    Attributes:
        measure: Name of a recorded measure, of which all values of a period are added up.
        more_than: That it may come to.
    """

    measure: str
    more_than: Fraction


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that is promised.

    Attributes:
        name: Unique in the agreement.
        service: Name of the service; empty for all that the agreement is about, of answers and of what is recorded.
        endpoints: Names of those that it is about, in order; none for all of the service's.
        agreed: What the figure must reach, 0 < x <= 1.
        hours: Name of the hours in which it is promised; empty for always.
        credit: Name of the rule by which a miss costs; empty where it does not.
        slices: Where it is about events; None for time.
        threshold: Nanoseconds > 0 that a good probe may take, where the events are probes; None where that is not asked.
        queries: Where the events are those that a Prometheus has counted, for slices of that length; else None.
        measure: Instead of what the targets have in common; None for that.
        answers: Where it is about answers to incidents: what share of them is in time.
        recorded: Where it is about something that is written down: in what share of its groups it is what was promised.
        ceiling: A volume above which it is suspended; None for none.
    """

    name: str
    service: str
    endpoints: tuple[str, ...]
    agreed: Fraction
    hours: str = ""
    credit: str = ""
    slices: SliceTerms | None = None
    threshold: int | None = None
    queries: Queries | None = None
    measure: Measure | None = None
    answers: AnswerTerms | None = None
    recorded: RecordedTerms | None = None
    ceiling: Ceiling | None = None

    @property
    def is_of_time(self) -> bool:
        """Whether it is about the time in which a service is up."""
        return self.slices is None and self.answers is None and self.recorded is None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the targets of an agreement have in common.

    Attributes:
        measure: How downtime is made, where a target does not say it.
        recognised: The categories that do not count, and when.
        people: Names of the people of each party.
        targets: In order.
        severities: Rules of how severe an outage is, the severest first.
    """

    measure: Measure
    targets: tuple[Target, ...]
    recognised: Mapping[Category, Recognition] = field(default_factory=dict)
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)
    severities: tuple[SeverityRule, ...] = ()

    def measure_of(self, target: Target) -> Measure:
        """How downtime is made for a target."""
        return target.measure or self.measure
