"""What a result is made of besides the terms: what was measured, what was claimed not to count, and what was reported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from exporter.sla.incidents.incident import Incident
from exporter.sla.lane import Lane
from exporter.timeline.exclusion import Category
from exporter.timeline.spans import Span, Spans


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's word that an exclusion counts.

    Attributes:
        by: Name of the person.
        at: Milliseconds since the epoch.
    """

    by: str
    at: int


@dataclass(frozen=True, slots=True)
class Claim:
    """One occurrence of an exclusion, whether it counts or not.

    Attributes:
        ident: Of the exclusion.
        name: For people.
        category: Why.
        span: When; milliseconds since the epoch.
        entered_at: When the record first had it, milliseconds; None where it was in a file before anybody looked.
        author: Who entered it; empty for one from a file.
        reason: For people.
        endpoints: Names of those it covers; None for the whole service.
        approvals: Who approved of it.
    """

    ident: str
    name: str
    category: Category
    span: Span
    entered_at: int | None = None
    author: str = ""
    reason: str = ""
    endpoints: frozenset[str] | None = None
    approvals: tuple[Approval, ...] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """Slices in a row that have the same events.

    Attributes:
        start: Of the first, milliseconds since the epoch.
        count: How many, >= 1.
        good: Good events of each.
        bad: Bad ones of each.
    """

    start: int
    count: int
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class Period:
    """What is judged: a calendar period, or the part of one in which a version was in force.

    Attributes:
        span: All of it; milliseconds since the epoch.
        until: Up to where it is over and known; the end of `span` once it is over.
        calendar: The calendar period; None where that is `span`.
        part: Share of the calendar period's fee, allowances and caps that this part has.
    """

    span: Span
    until: int
    calendar: Span | None = None
    part: Fraction = Fraction(1)

    @property
    def whole(self) -> Span:
        """The calendar period."""
        return self.calendar or self.span

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.until >= self.span[1]

    @property
    def elapsed(self) -> Span:
        """The part that is over."""
        return self.span[0], min(self.until, self.span[1])


@dataclass(frozen=True, slots=True)
class Record:
    """A value of a measure that was written down.

    Attributes:
        at: What time it is about, milliseconds since the epoch.
        by: Who wrote it.
        group: Of what; empty for all.
        value: Exact.
        weight: Of it, > 0: such as a number of cases.
        evidence: Where it is from, in words.
        entered_at: When it was written down, milliseconds.
        number: Its place in the ledger, from 1; 0 where it has none.
        withdrawn_by: Who has withdrawn it, so that it counts for nothing; empty where nobody has.
        withdrawn: Why, in words.
    """

    at: int
    by: str
    group: str
    value: Fraction
    weight: Fraction = Fraction(1)
    evidence: str = ""
    entered_at: int = 0
    number: int = 0
    withdrawn_by: str = ""
    withdrawn: str = ""


class Successor(NamedTuple):
    """A later version of the agreement, in force while incidents were still followed.

    Attributes:
        version: As written.
        sha256: Of its terms.
        people: Names of the people of each party.
    """

    version: str
    sha256: str
    people: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one target's service, from before the period to after it, so that outages on its edges are whole.

    Attributes:
        span: What it covers; milliseconds since the epoch.
        lanes: What was measured, by endpoint.
        claims: Exclusions that cover anything of it, in order of their starts.
        hours: When it is promised; None for always.
        reported: Instants at which somebody reported an outage, ascending.
        interval: Milliseconds from one probe to the next, the longest of its endpoints: how far off an edge may be; 0 where
            that is not known.
        slices: Its events, for a target over them; ascending. A slice of which nothing is known is in none.
        unit: Parts of an event that they are counted in, >= 1: a Prometheus tells no whole ones.
        incidents: For a target of answers: those that began in the period; lanes are then named `service/endpoint`.
        records: For a target of what is recorded, in order.
        volume: The values of its ceiling's measure, in order.
        later: For a target of answers: later versions, whose people may answer, too.
    """

    span: Span
    lanes: Mapping[str, Lane] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    hours: Spans | None = None
    reported: tuple[int, ...] = ()
    interval: int = 0
    slices: tuple[Slice, ...] = ()
    unit: int = 1
    incidents: tuple[Incident, ...] = ()
    records: tuple[Record, ...] = ()
    volume: tuple[Record, ...] = ()
    later: tuple[Successor, ...] = ()

    @property
    def promised(self) -> Spans:
        """The time in which it is promised."""
        return Spans([self.span]) if self.hours is None else self.hours
