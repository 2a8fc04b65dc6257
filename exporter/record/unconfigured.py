"""An SLO asked of somebody else's samples, with no configuration and no store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from exporter.errors import UsageError
from exporter.record.backfill import series as rows_of
from exporter.record.durations import Judging
from exporter.record.prometheus import Advance, nothing, read
from exporter.record.prometheus_api import PrometheusApi
from exporter.record.samples import Labels, Samples
from exporter.slo import answer
from exporter.slo.objective import Objective
from exporter.slo.question import question as slo_question
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.past import Member, Past
from exporter.timeline.policy import Policy
from exporter.units import EARLIEST, SECOND

SLO_NAME = "availability"
DEFAULT_INTERVAL = 15 * SECOND
"""Taken where a series has too few samples to show its own."""

DEFAULT_TIMEOUT = 5 * SECOND
MIN_BAD = 3


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of every series of a query.

    Attributes:
        query: PromQL.
        objective: 0 < x < 1.
        window: Milliseconds, > 0.
        at: End of the window, milliseconds since the epoch.
        unknown: How watched unknown time counts: `ignore`, `down` or `up`.
        interval: Milliseconds between samples; None for each series' own, the median distance.
        staleness: Milliseconds for which a sample speaks, >= `interval`; None for
            2 x interval + 5 s.
        step: As of `read`.
    """

    query: str
    objective: Fraction
    window: int
    at: int
    unknown: str = "ignore"
    interval: int | None = None
    staleness: int | None = None
    step: int | None = None

    def __post_init__(self) -> None:
        if self.at - self.window < EARLIEST:
            msg = "the window begins before the year 1; ask for a shorter one, or for a later instant"
            raise UsageError(msg)
        if self.interval and self.staleness and self.staleness < self.interval:
            msg = "--staleness is shorter than --interval: the state would be unknown between samples"
            raise UsageError(msg)

    def policy(self, samples: Samples) -> Policy:
        """What the samples of a series are judged by."""
        interval = self.interval or samples.interval or DEFAULT_INTERVAL
        staleness = self.staleness or 2 * interval + DEFAULT_TIMEOUT
        return Policy(interval, DEFAULT_TIMEOUT, staleness)


class Answered(NamedTuple):
    """One series' answer.

    Attributes:
        answer: Whose `service` is the series as PromQL writes it.
        labels: Of the series.
        policy: What its samples were judged by.
        samples: How many there are in the window.
    """

    answer: answer.Answer
    labels: Mapping[str, str]
    policy: Policy
    samples: int


class Answers(NamedTuple):
    """What a query's series answer.

    Attributes:
        answered: In order of the labels; at least one.
        step: As of `Read`.
    """

    answered: Sequence[Answered]
    step: int | None


def ask(api: PrometheusApi, question: Question, advance: Advance = lambda _: None) -> Answers:
    """Ask the question of each series that the query gives.

    What a sample before the window says of the window's start is read too.

    Raises:
        UsageError: The query cannot be read, or a value is neither 1 nor 0.
        UptimeError: The server does not answer as it should, or there are no samples.
    """
    start = question.at - question.window
    inside = read(api, question.query, (start, question.at), step=question.step, advance=advance)
    longest = max((question.policy(each).staleness for each in inside.series), default=0)
    before = read(api, question.query, (start - longest, start), step=inside.step)
    found = _joined(before.series, inside.series)
    if not inside.series:
        raise nothing(api, question.query, (start, question.at))
    counts = {each.labels: len(each) for each in inside.series}
    answered = [
        Answered(_ask(question, found[each.labels], policy), dict(each.labels), policy, counts[each.labels])
        for each in inside.series
        for policy in (question.policy(each),)
    ]
    return Answers(answered, inside.step)


def _joined(*parts: Sequence[Samples]) -> Mapping[Labels, Samples]:
    found = dict[Labels, Samples]()
    for part in parts:
        for samples in part:
            found.setdefault(samples.labels, Samples(samples.labels)).extend(samples)
    return found


def _ask(question: Question, samples: Samples, policy: Policy) -> answer.Answer:
    """Put the question to one series; all that this module knows of figures."""
    first = question.at - question.window - policy.staleness
    history = EndpointHistory()
    rows = rows_of((past for past in samples if past.at > first), Judging(policy, policy))
    history.load(rows, ())
    objective = Objective(question.objective, question.window, question.unknown, policy.interval, MIN_BAD)
    asked = slo_question(objective, Past(history, [Member(history, history, name=str(samples))]))
    settled = min(question.at, samples[-1].at)
    return answer.ask(str(samples), SLO_NAME, asked, at=question.at, settled_until=settled)
