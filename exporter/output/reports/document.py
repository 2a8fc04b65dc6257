"""The JSON document that reports are made of: what `sla.wire.result_json` gives, and what the record adds.

Figures are per cent as decimal text, six places, cut off; lengths milliseconds; None where there is nothing to say it of.
Keys may come in any order, as in canonical JSON. All that the record adds may be missing: reports then say so.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

Instant = int | str
"""RFC 3339, or milliseconds since the epoch as evidence has it."""


class Credited(TypedDict):
    """An earlier issue, and what it credited: a share of the fee of a period, exact, such as `1/10`."""

    number: int
    sha256: str
    share: str


class Version(TypedDict):
    """A version of the agreement, and from when on it is in force."""

    version: str
    start: Instant
    terms_sha256: str


class VersionChanges(Version):
    """A version, and what it says otherwise than the one before, in lines of text."""

    changes: Sequence[str]


class Issue(TypedDict):
    """What was said, and when.

    Attributes:
        number: From 1 on, for each agreement; None of what is not issued.
        at: When it was issued, or written.
        known_until: Up to where the record went then.
        previous_sha256: Hash of the issue before, of whatever period; None for the first.
        replaces: Number of the latest issue of the same period before it; None for the first.
        changes: What is different from that one, in lines of text.
        before: Earlier issues of the year that credited anything, for its cap.
        replaced_by: The version that took over where what is judged ends.
    """

    number: int | None
    at: Instant
    known_until: NotRequired[Instant]
    previous_sha256: NotRequired[str | None]
    replaces: NotRequired[int | None]
    changes: NotRequired[Sequence[str]]
    before: NotRequired[Sequence[Credited]]
    replaced_by: NotRequired[Version | None]


class Correction(TypedDict):
    """Somebody changed by hand what was measured.

    Attributes:
        at: When it was entered.
        author: By whom.
        what: The change.
    """

    at: Instant
    author: str
    what: str


class ConfigChange(TypedDict):
    """What is watched, or how, became different.

    Attributes:
        at: When.
        what: The change.
    """

    at: Instant
    what: str


class Monitor(TypedDict, total=False):
    """How it was measured, within the period.

    Attributes:
        site: Name of where the monitor stands.
        version: Of its program.
        interval_ms: From one probe to the next, by endpoint.
        blind: Spans in which it saw nothing though it ran.
        stopped: Spans in which it did not run.
        restarts: How often it was started anew.
        corrections: By hand, in order.
        config_changes: In order.
    """

    site: str
    version: str
    interval_ms: Mapping[str, int]
    blind: Sequence[Sequence[Instant]]
    stopped: Sequence[Sequence[Instant]]
    restarts: int
    corrections: Sequence[Correction]
    config_changes: Sequence[ConfigChange]


class TrendTarget(TypedDict):
    """A target in an earlier period: what was promised, what was reached, as the agreed figure, and the verdict."""

    promised: str
    agreed: str | None
    verdict: str


class TrendPeriod(TypedDict):
    """A period, as its latest issue has it.

    Attributes:
        label: Which, such as `2026-10`.
        verdict: Of all.
        targets: By name.
        credit_amount: Decimal text; None where no fee is agreed.
    """

    label: str
    verdict: str
    targets: Mapping[str, TrendTarget]
    credit_amount: str | None


class Software(TypedDict):
    """What made the document."""

    name: str
    version: str


class Whole(TypedDict):
    """The calendar period that the judged one is, or is a part of."""

    start: Instant
    end: Instant


class PeriodPart(TypedDict):
    """What was judged; `state` is `closed` or `running`, `until` up to where it is over, `label` as `month/Europe/Berlin`."""

    label: str
    start: str
    end: str
    seconds: int
    state: str
    until: str
    whole: Whole


class Outage(TypedDict):
    """A stretch in which it was down; `ignored` is the rule by which nothing of it counts, or empty."""

    start: str
    end: str
    length_ms: int
    counted_ms: int
    ignored: str


class Approval(TypedDict):
    """Who agreed to an exclusion, and when."""

    by: str
    at: Instant


class Exclusion(TypedDict):
    """What was claimed not to count, and what became of that; see `sla.claims.Ruling`."""

    id: str
    name: str
    category: str
    span: Sequence[int]
    entered_at: int | None
    author: str
    reason: str
    endpoints: Sequence[str] | None
    approvals: Sequence[Approval]
    counts_ms: int
    excused_ms: int
    why: str
    late: bool


class CreditShare(TypedDict):
    """What a target costs; see `sla.credit.CreditLine`."""

    rule: str
    percent: str
    of: str
    percent_of_fee: str
    amount: str | None
    why: str


class CreditLine(CreditShare):
    """The same, among the lines of all targets."""

    target: str


class NextStep(TypedDict):
    """What comes next in a period that runs: after so many milliseconds more, so many per cent."""

    after_ms: int
    percent: str


class Clock(TypedDict):
    """How long one task of an incident took; see `sla.incidents.answers.Clock`."""

    task: str
    limit_ms: int
    start: str
    stop: str | None
    elapsed_ms: int
    due: str | None
    met: bool | None


class Step(TypedDict):
    """A step of the escalation that was due."""

    to: str
    after_ms: int
    at: str


class Other(TypedDict):
    """An incident, whether or not a target is about it; see `sla.others`."""

    id: str
    severity: str
    ignored: str
    disputed: bool
    paused: Sequence[tuple[str, str | None]]
    escalated: Sequence[Step]


class Handled(Other):
    """An incident as a target looks at it; see `sla.answered.Handled`."""

    met: bool | None
    clocks: Sequence[Clock]


class Entry(TypedDict):
    """What was written down of an incident; see `sla.incidents.incident.Entry`."""

    at: int
    by: str
    act: str
    text: str
    entered_at: int
    span: tuple[int, int | None] | None
    value: str
    due: str
    withdrawn_by: str
    withdrawn: str


class Incident(TypedDict):
    """An incident, as evidence has it; see `sla.incidents.incident.Incident`."""

    id: str
    service: str
    kind: str
    start: int
    end: int | None
    title: str
    channel: str
    reported_at: int | None
    opened_by: str
    entries: Sequence[Entry]
    merged: Sequence[str]
    split_from: str
    opened_at: int


class Group(TypedDict):
    """What a measure comes to for a group; see `sla.recorded.Group`."""

    name: str
    value: str | None
    holds: bool | None
    count: int


class Target(TypedDict):
    """What became of a target; see `sla.evaluate.TargetResult`. `base_ms` counts what `base_unit` says."""

    name: str
    service: str
    endpoints: Sequence[str]
    hours: str
    agreed: str
    verdict: str
    base_ms: int
    base_unit: str
    counted_ms: int
    allowed_ms: int | None
    figures: Mapping[str, str | None]
    bridge_ms: Mapping[str, int]
    coverage: str | None
    unknown_ms: int
    resolution_ms: int
    outages: Sequence[Outage]
    exclusions: Sequence[Exclusion]
    incidents: Sequence[Handled]
    groups: Sequence[Group]
    suspended: str
    credit: CreditShare | None
    next_step: NextStep | None


class Credit(TypedDict):
    """What is owed for the period; see `sla.credit.Credit`."""

    percent: str
    amount: str | None
    currency: str
    capped: str
    claim_by: str | None
    lines: Sequence[CreditLine]
    before_percent: str


class IssueName(TypedDict):
    """An issue of another agreement."""

    number: int
    sha256: str


class Owes(TypedDict):
    """What another agreement owes for one of its periods; `issue` is the one that says just that, if any does."""

    version: str
    start: str
    end: str
    verdict: str
    percent: str
    amount: str | None
    currency: str
    claim_by: str | None
    issue: IssueName | None


class RestsOn(TypedDict):
    """An agreement that this one rests on; see `record.agreements.resting`."""

    agreement: str
    known: bool
    shared_ms: Mapping[str, int]
    credit_percent_without: str
    credit_amount_without: str | None
    owes: Sequence[Owes]


class Action(TypedDict):
    """A corrective action that is still to be done."""

    incident: str
    name: str
    due: str
    overdue: bool
    by: str
    text: str


class Document(TypedDict):
    """A period result. Terms are maps, lists and text; of evidence only incidents and values are read here."""

    agreement: str
    version: str
    title: str
    kind: str
    terms_sha256: str
    period: PeriodPart
    verdict: str
    targets: Sequence[Target]
    credit: Credit
    others: NotRequired[Sequence[Other]]
    terms: Mapping[str, object]
    evidence: NotRequired[Mapping[str, Mapping[str, Any]]]
    issue: NotRequired[Issue]
    monitor: NotRequired[Monitor]
    trend: NotRequired[Sequence[TrendPeriod]]
    termination: NotRequired[Sequence[str]]
    reviews: NotRequired[Sequence[str]]
    versions: NotRequired[Sequence[VersionChanges]]
    rests_on: NotRequired[Sequence[RestsOn]]
    actions: NotRequired[Sequence[Action]]
    software: NotRequired[Software]
    sha256: NotRequired[str]
