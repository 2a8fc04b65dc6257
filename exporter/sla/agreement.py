"""A whole agreement, as its document says it: one version of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from exporter.sla.credit import CreditTerms
from exporter.sla.incidents.escalation import EscalationStep
from exporter.sla.rhythm import Rhythm
from exporter.sla.termination import TerminationRule
from exporter.sla.terms import PARTIES, Target, Terms
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import When
from exporter.timeline.spans import FOREVER, Span
from exporter.timeline.zones import first_instant, zone


class Kind(StrEnum):
    """Who promises what to whom."""

    CUSTOMER = "customer"
    INTERNAL = "internal"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Party:
    """One side.

    Attributes:
        name: Of it.
        contact: Where it is reached.
        people: Names of those who may speak for it.
        automation: Names of programs that may write of incidents for it, but answer nothing.
    """

    name: str
    contact: str = ""
    people: tuple[str, ...] = ()
    automation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """A party's approval of the text.

    Attributes:
        by: Name of one of its people.
        on: Day.
    """

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class ContractTerm:
    """How long an agreement lasts.

    Attributes:
        start: First day.
        end: Last day; None for none.
        notice: Milliseconds before the end by which notice is to be given; None where none is agreed.
        renewal: Milliseconds by which it goes on where nobody gives notice; None where it then ends.
    """

    start: date
    end: date | None = None
    notice: int | None = None
    renewal: int | None = None


@dataclass(frozen=True, slots=True)
class Reviews:
    """When the parties look at it together.

    Attributes:
        every: Calendar unit; empty where that is not agreed.
        participants: Names of people.
        triggers: What else calls for one, as text.
        held: Days on which there was one.
        rules: What else calls for one, by how the last periods were.
    """

    every: str = ""
    participants: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    held: tuple[date, ...] = ()
    rules: tuple[TerminationRule, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """What is written when a period closes, and while it runs.

    Attributes:
        formats: Some of `sla.formats.FORMATS`.
        folder: Where to, relative to the folder of the store; empty where nothing is written by itself.
        also: How often while it runs; None for never.
    """

    formats: tuple[str, ...] = ()
    folder: str = ""
    also: Rhythm | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement.

    Attributes:
        name: Of the agreement, over all of its versions.
        version: As written.
        start: Instant from which it replaces the version before, milliseconds since the epoch.
        title: For people.
        kind: Of it.
        period: What is judged: calendar periods.
        prorate: Whether a part of a period costs its part of the fee.
        terms: What is promised, and how it is measured.
        credits: What a miss costs.
        hours: Named hours; each covers what is outside of them, as exclusions do.
        purpose: Why there is one.
        assumptions: What it takes for granted.
        parties: By `provider` and `customer`.
        approved: By party; both have to be there, else it is a draft.
        contract: Its term; None where it says none.
        reviews: When it is looked at.
        scope_in: Names of services that it is about.
        scope_out: What it is not about, and why.
        responsibilities: By party, as text.
        rests_on: Names of agreements with others that it needs.
        channels: How long an answer may take, milliseconds, by the name of what it was reported by.
        report: What is written when a period closes.
        termination: What gives a party the right to leave.
        escalation: Who is to be told when an incident goes on, the first step first.
        document: The whole text with what it extends filled in: maps, lists and text.
        sha256: Of the document without its approvals, in canonical form.
        origins: By top-level key, where it stands: `file:line`.
    """

    name: str
    version: str
    start: int
    title: str
    kind: Kind
    period: Calendar
    prorate: bool
    terms: Terms
    credits: CreditTerms
    hours: Mapping[str, When] = field(default_factory=dict)
    purpose: str = ""
    assumptions: tuple[str, ...] = ()
    parties: Mapping[str, Party] = field(default_factory=dict)
    approved: Mapping[str, Signature] = field(default_factory=dict)
    contract: ContractTerm | None = None
    reviews: Reviews = Reviews()
    scope_in: tuple[str, ...] = ()
    scope_out: Mapping[str, str] = field(default_factory=dict)
    responsibilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rests_on: tuple[str, ...] = ()
    channels: Mapping[str, int] = field(default_factory=dict)
    report: ReportTerms = ReportTerms()
    termination: tuple[TerminationRule, ...] = ()
    escalation: tuple[EscalationStep, ...] = ()
    document: Mapping[str, object] = field(default_factory=dict)
    sha256: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def services(self) -> tuple[str, ...]:
        """Names of all services that it is about: of its scope, and of its targets."""
        return tuple(
            dict.fromkeys([*self.scope_in, *(each.service for each in self.terms.targets if each.service)])
        )

    def services_of(self, target: Target) -> tuple[str, ...]:
        """Names of the services that one of its targets is about."""
        return (target.service,) if target.service else self.services

    def may_write(self, name: str) -> bool:
        """Whether somebody, or a program, may write of its incidents."""
        return any(name in (*party.people, *party.automation) for party in self.parties.values())

    @property
    def is_draft(self) -> bool:
        """Whether a party has not approved it yet."""
        return not all(party in self.approved for party in PARTIES)


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a period in which one version is in force.

    Attributes:
        agreement: The version.
        span: Within the period.
    """

    agreement: Agreement
    span: Span


def ends(agreement: Agreement) -> int:
    """The instant at which a version ends by its own term; after every other where it says no end, or goes on by itself."""
    contract = agreement.contract
    if contract is None or contract.end is None or contract.renewal is not None:
        return FOREVER
    return after(contract.end, agreement.period.zone)


def after(last: date, name: str) -> int:
    """The first instant after a local day."""
    return first_instant(datetime.combine(last + timedelta(days=1), time()), zone(name))


def in_force(versions: Sequence[Agreement], at: int) -> Agreement | None:
    """The version of an agreement that holds at an instant, drafts aside; None before the first."""
    approved = [each for each in versions if not each.is_draft and each.start <= at]
    held = max(approved, key=lambda each: each.start, default=None)
    return held if held is not None and at < ends(held) else None


def by_name(agreements: Sequence[Agreement]) -> Mapping[str, Sequence[Agreement]]:
    """All versions of each agreement."""
    found = dict[str, list[Agreement]]()
    for each in agreements:
        found.setdefault(each.name, []).append(each)
    return found


def ever_held(agreements: Sequence[Agreement], name: str) -> list[Agreement]:
    """The versions of one of several agreements, drafts aside."""
    return [each for each in agreements if each.name == name and not each.is_draft]


def segments(versions: Sequence[Agreement], span: Span) -> list[Segment]:
    """The parts of a span by the version that holds in each, in order; what is before the first is in none.

    Args:
        versions: Of one agreement, in any order; drafts hold nowhere.
        span: Milliseconds since the epoch.
    """
    start, end = span
    approved = sorted((each for each in versions if not each.is_draft), key=lambda each: each.start)
    untils = [each.start for each in approved[1:]] + [end]
    spans = [
        (each, (max(start, each.start), min(end, until, ends(each))))
        for each, until in zip(approved, untils, strict=True)
    ]
    return [Segment(each, span) for each, span in spans if span[0] < span[1]]
