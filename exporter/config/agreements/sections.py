"""What an agreement's document may say: one model for each kind of map in it."""

from typing import Annotated

from pydantic import Field, WithJsonSchema

from exporter.config.agreements.fields import (
    Amount,
    Channels,
    Days,
    Factor,
    Names,
    Rate,
    Reasons,
    Severities,
    Sha256,
    Texts,
)
from exporter.config.choices import Combine, OneOf, Unit, Unknown
from exporter.config.fields import (
    Count,
    Delay,
    Duration,
    Items,
    Maps,
    Name,
    Nanoseconds,
    Share,
    Shown,
)
from exporter.config.sections import CalendarSection, PromqlSection, Section, key
from exporter.config.times import Day
from exporter.sla.agreement import Kind
from exporter.sla.credit import Together
from exporter.sla.incidents.heard import Pauses
from exporter.sla.rhythm import Rhythm
from exporter.sla.terms import PARTIES, Denominator, Judged, Rounding, Starts, Take

_VERSION = {"type": ["string", "number"]}
PartyName = Annotated[str, OneOf(*PARTIES)]


class PeriodSection(CalendarSection):
    """The calendar periods that are judged."""

    partial: Annotated[str, OneOf("prorate", "whole")] | None = key(
        "What a part of a period costs: its part of the fee, or all of it. Default prorate."
    )


class PartySection(Section):
    """One side."""

    name: Annotated[Shown, Field(description="Of it.")]
    contact: Shown | None = key("Where it is reached.")
    people: Texts | None = key("Names of those who may speak for it.")
    automation: Texts | None = key(
        "Names of programs that may write of incidents, but whose answers stop no clock."
    )


class PartiesSection(Section):
    """Both sides."""

    provider: Annotated[PartySection, Field(description="Who promises.")]
    customer: Annotated[PartySection, Field(description="To whom.")]


class SignatureSection(Section):
    """A party's approval."""

    by: Annotated[Shown, Field(description="One of the people of that party.")]
    on: Annotated[Day, Field(description="Day.")]


class ApprovedSection(Section):
    """What stands beside the text and is no part of what is frozen."""

    provider: SignatureSection | None = key("Of the provider.")
    customer: SignatureSection | None = key("Of the customer.")
    sha256: Sha256 | None = key("Of the text: it can no longer be changed. Default: not frozen.")
    reviewed: Days | None = key("Days on which the parties have looked at it together.")


class TermSection(Section):
    """How long it lasts."""

    since: Day = Field(alias="from", description="First day.")
    until: Day | None = Field(default=None, alias="to", description="Last day. Default: no end.")
    notice: Duration | None = key("Before the end, by which notice is to be given.")
    renewal: Duration | None = key("By which it goes on where nobody gives notice.")


class ReviewsSection(Section):
    """When the parties look at it together."""

    every: Unit | None = key("Calendar unit.")
    participants: Texts | None = key("Names of people.")
    triggers: Items | None = key("What else calls for a review: text, or a rule as `termination` has it.")


class ScopeSection(Section):
    """What it is about."""

    within: Texts | None = Field(default=None, alias="in", description="Names of services.")
    out: Reasons | None = key("What it is not about, and why.")


class ResponsibilitiesSection(Section):
    """Who does what."""

    provider: Texts | None = key("Of the provider.")
    customer: Texts | None = key("Of the customer.")


class RoundSection(Section):
    """How figures are rounded."""

    outage: Annotated[str, OneOf(*Rounding)] | None = key("The length of each outage. Default exact.")
    figure: Annotated[str, OneOf("exact")] | None = key("Never rounded. Default exact.")


class MeasureSection(Section):
    """How downtime is made of what was measured."""

    combine: Combine | None = key("How a service's endpoints are one. Default all: down if any is down.")
    starts: Annotated[str, OneOf(*Starts)] | None = key(
        "Where the clock of an outage starts. Default detected."
    )
    smallest_outage: Delay | None = key("Shorter ones do not count. Default 0s.")
    round: RoundSection | None = key("How figures are rounded. Default: not at all.")
    denominator: Annotated[str, OneOf(*Denominator)] | None = key(
        "What downtime is divided by. Default agreed_time."
    )
    unknown: Unknown | None = key("How time counts of which nothing is known. Default up.")
    minimum_coverage: Rate | None = key("Per cent that must be known, else nothing can be said. Default 0.")
    pauses: Annotated[str, OneOf(*Pauses)] | None = key(
        "Who must write down that the customer is waited for: either party, or both. Default either."
    )
    written_within: Delay | None = key(
        "An answer that is written down later than this after it was given counts from when it was written. Default: never."
    )


class RecognitionSection(Section):
    """When exclusions of a category count."""

    notice: Delay | None = key("By which one must have been entered before it starts. Default 0s.")
    allowance: Delay | None = key("What a period may have of them. Default: any.")
    agreed_by: PartyName | None = key("The party that must have approved. Default: nobody.")


class LatencyTargetSection(Section):
    """How many probes must be fast."""

    threshold: Annotated[Nanoseconds, Field(description="That a good probe may take.")]
    share: Annotated[Share, Field(description="Per cent of probes that must be good.")]


class SlicesSection(Section):
    """A measure over events in slices of time."""

    length: Annotated[Duration, Field(description="Of a slice; divides a day.")]
    judge: Annotated[str, OneOf(Judged.MEAN, Judged.BAD), Field(description="What is made of them.")]
    errors_above: Rate | None = key("A slice is bad if more per cent of its events are. For bad_slices.")
    errors_from: Share | None = key("Only 100%: a slice is bad if all of its events are. For bad_slices.")
    at_least: Count | None = key("Events that a bad slice has at least. For bad_slices. Default 1.")
    empty: Annotated[str, OneOf("good", "ignore")] | None = key(
        "What a slice without events is. Default good."
    )


class CeilingSection(Section):
    """A volume above which nothing is promised."""

    recorded: Annotated[
        Name, Field(description="Name of a measure, of which all values of a period are added up.")
    ]
    more_than: Annotated[Amount, Field(description="What it may come to.")]


class TargetSection(Section):
    """One thing that is promised."""

    name: Annotated[Name, Field(description="Unique in the agreement.")]
    service: Name | None = key(
        "Name of the service. Required but of answers and recorded measures, where the default is all of the agreement's."
    )
    endpoints: Items | None = key("Names of its endpoints. Default: all but heartbeats.")
    hours: Name | None = key("Name of the hours in which it is promised. Default: always.")
    credit: Name | None = key("Name of one of `credits`. Default: a miss costs nothing.")
    availability: Share | None = key("Per cent of the time, or of slices or events.")
    share: Share | None = key("Per cent of the events of `promql`.")
    latency: LatencyTargetSection | None = key("Instead of availability: how many probes must be fast.")
    slices: SlicesSection | None = key("Where availability is over events in slices of time.")
    promql: PromqlSection | None = key("Events that a Prometheus has counted.")
    measure: Maps | None = key("Keys over those of the agreement's `measure`.")
    severity: Names | None = key(
        "Of the incidents that answers are to: one of `severities`, or a list of them. Default: any."
    )
    channel: Name | None = key(
        "By which they are reported: one of `channels`, which has the time for the response."
    )
    respond: Duration | None = key("Until a person answers an incident.")
    update_every: Duration | None = key("From one update to the next, until it is repaired.")
    repair: Duration | None = key("Until it is repaired.")
    clock: Name | None = key("When that runs: always, or the name of hours. Default always.")
    recorded: Name | None = key("Name of a measure that is written down.")
    at_least: Amount | None = key("What it must reach.")
    at_most: Amount | None = key("What it may come to.")
    take: Annotated[str, OneOf(*Take)] | None = key("What is made of the values of a group. Default mean.")
    groups: Names | None = key(
        "Those of which values must be written down, each of them. Default: those of which some are."
    )
    suspended_above: CeilingSection | None = key("A volume above which nothing is promised in that period.")


class FeeSection(Section):
    """What is paid for a period."""

    amount: Annotated[Amount, Field(description="Exact, such as 2400.00.")]
    currency: Annotated[Shown, Field(description="Code of ISO 4217, such as EUR.")]
    shares: Maps | None = key("Per cent of the fee by service. Default: each is all of it.")


class StepSection(Section):
    """A range of figures, and what it costs."""

    below: Rate | None = key("Upper edge, itself not in it.")
    at_or_below: Rate | None = key("Upper edge, itself in it.")
    above: Rate | None = key("Lower edge, itself not in it. Default: none.")
    at_or_above: Rate | None = key("Lower edge, itself in it. Default: none.")
    credit: Annotated[Share, Field(description="Per cent of the fee.")]


class ClockSection(Section):
    """Clock days or hours that were down for too long."""

    longer_than: Annotated[Delay, Field(description="Downtime that one may have.")]


class CreditSection(Section):
    """What a miss costs; one kind of rule."""

    of: Annotated[str, OneOf("fee", "service")] | None = key("Whose fee shares are of. Default fee.")
    steps: Items | None = key("By the figure that was reached.")
    per: Duration | None = key("For each so much downtime.")
    per_shortfall: Share | None = key("For each so many per cent that the figure falls short.")
    begun: bool | None = key("Whether one that has begun counts as a whole. Default false.")
    pro_rata: Factor | None = key("The share of the time in which it was down, so many times over.")
    per_day: ClockSection | None = key("For each day that was down for too long.")
    per_hour: ClockSection | None = key("For each clock hour that was down for too long.")
    days: Count | None = key("The fee of so many days.")
    each_miss: Share | None = key("Per cent for each incident, or group, that missed what was promised.")
    credit: Share | None = key("Per cent of the fee for each. Of a day or hour: its own fee.")


class CapSection(Section):
    """What credits may come to."""

    period: Share | None = key("Per cent of the fee of the period. Default: no cap.")
    year: Share | None = key("Per cent of the fee of the year. Default: no cap.")


class ClaimSection(Section):
    """Until when credits may be claimed."""

    within: Annotated[Duration, Field(description="After the period's end.")]
    since: Annotated[str, OneOf("period_end")] | None = Field(
        default=None, alias="from", description="What that is counted from. Default period_end."
    )


class CreditRulesSection(Section):
    """What holds for all credits."""

    combine: Annotated[str, OneOf(*Together)] | None = key("Of several misses. Default sum.")
    cap: CapSection | None = key("What they may come to.")
    claim: ClaimSection | None = key("Until when they may be claimed. Default: for ever.")


class TerminationSection(Section):
    """What gives a party the right to leave, or calls for a review; one of three."""

    missed: Count | None = key("So many missed periods.")
    of: Count | None = key(
        "Of the last so many, with `missed`. Default: of all that are known, twelve at most."
    )
    consecutive: Count | None = key("So many missed periods in a row.")
    below: Share | None = key("A figure below so many per cent, once.")
    target: Name | None = key("The target that it is about. Default: the agreement, or any target.")


class EscalationSection(Section):
    """Who is to be told when an incident goes on."""

    after: Annotated[Duration, Field(description="For which it has been open.")]
    to: Annotated[Shown, Field(description="Whom, and how.")]
    severity: Names | None = key("Of which incidents. Default: all.")


class ReportSection(Section):
    """What is written when a period closes, and while it runs."""

    formats: Texts | None = key("Of html, md, csv and json.")
    to: Shown | None = key("Folder. Default: nothing is written by itself.")
    also: Annotated[str, OneOf(*Rhythm)] | None = key(
        "How often the report of the running period is written, too. Default: never."
    )


class AgreementSection(Section):
    """One version of an agreement."""

    name: Annotated[Name, Field(description="Of the agreement, over all of its versions.")]
    version: Annotated[Name, WithJsonSchema(_VERSION), Field(description="Of this text.")]
    since: Annotated[Day, Field(alias="from", description="Day from which it replaces the version before.")]
    kind: Annotated[str, OneOf(*Kind), Field(description="Who promises what to whom.")]
    period: Annotated[PeriodSection, Field(description="What is judged: calendar periods.")]
    parties: Annotated[PartiesSection, Field(description="Both sides.")]
    targets: Annotated[Items, Field(description="What is promised; at least one.")]
    title: Shown | None = key("For people. Default: the name.")
    extends: Shown | None = key("Another document: its keys are those of this one where this has none.")
    purpose: Shown | None = key("Why there is one.")
    assumptions: Texts | None = key("What it takes for granted.")
    approved: ApprovedSection | None = key("By whom, and when. Default: a draft.")
    term: TermSection | None = key("How long it lasts.")
    reviews: ReviewsSection | None = key("When the parties look at it together.")
    scope: ScopeSection | None = key("What it is about, and what not.")
    responsibilities: ResponsibilitiesSection | None = key("Who does what.")
    rests_on: Texts | None = key("Names of agreements with others that it needs.")
    hours: Maps | None = key("Named hours in which something is promised.")
    measure: Maps | None = key("How downtime is made of what was measured.")
    severities: Severities | None = key("Rules of how severe an outage is, the severest first.")
    channels: Channels | None = key("By which people report, and how long an answer may take.")
    exclusions: Maps | None = key("Categories that do not count, and when.")
    fee: FeeSection | None = key("What is paid for a period.")
    credits: Maps | None = key("Named rules of what a miss costs.")
    credit_rules: CreditRulesSection | None = key("What holds for all credits.")
    termination: Items | None = key("What gives a party the right to leave.")
    escalation: Items | None = key("Who is to be told when an incident goes on.")
    report: ReportSection | None = key("What is written when a period closes, and while it runs.")
