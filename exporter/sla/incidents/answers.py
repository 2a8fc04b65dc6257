"""What was promised of answers to incidents, and whether it was kept: clocks for response, update and repair.

A clock runs in the time in which answers are due, but while everybody waits for the customer. What a program wrote
stops none: only people of the provider answer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from exporter.sla.incidents.clock import deadline, elapsed
from exporter.sla.incidents.incident import ANSWERS, Incident
from exporter.timeline.spans import Span, Spans


class Task(StrEnum):
    """What is to be done."""

    RESPOND = "respond"
    UPDATE = "update"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True)
class AnswerTerms:
    """What is promised of incidents.

    Attributes:
        severities: Names of those that it is about; none for all.
        channel: By which they were reported; empty for any, and for outages.
        limits: Milliseconds > 0 for each task.
    """

    severities: tuple[str, ...] = ()
    channel: str = ""
    limits: tuple[tuple[Task, int], ...] = ()

    def is_about(self, incident: Incident, severity: str) -> bool:
        """Whether an incident of a severity is among them."""
        by_severity = not self.severities or severity in self.severities
        return by_severity and (not self.channel or incident.channel == self.channel)


@dataclass(frozen=True, slots=True)
class Clock:
    """How long one task took.

    Attributes:
        incident: Its ident.
        task: What was to be done.
        limit: Milliseconds that it may take.
        start: When its clock started, milliseconds since the epoch.
        stop: When it was done; None where it is not.
        elapsed: Milliseconds that the clock has run, of updates in the longest gap.
        due: The last instant at which it is in time; None where the clock never runs for so long, as far as its hours are known.
        met: Whether it was; None while nobody knows.
    """

    incident: str
    task: Task
    limit: int
    start: int
    stop: int | None
    elapsed: int
    due: int | None
    met: bool | None


def clocks(
    terms: AnswerTerms,
    incident: Incident,
    people: frozenset[str],
    promised: Spans,
    until: int,
    *,
    from_report: bool = False,
) -> Iterator[Clock]:
    """The clock of each task of an incident; none of what nobody had to do: as nobody reported it, or as it was over before that was due.

    Args:
        terms: Say what is to be done.
        incident: It.
        people: Who may answer: those of the provider.
        promised: When answers are due, as far ahead as that is known.
        until: How far the incident is known, milliseconds since the epoch.
        from_report: Whether clocks start when it was reported, not when it began.
    """
    start = incident.reported_at if from_report else incident.start
    if start is None or start >= until:
        return
    case = _Case(
        start,
        [each.at for each in incident.of(*ANSWERS) if each.by in people and each.at <= until],
        promised - incident.paused,
        incident.open(until) & Spans([(start, until)]),
        [max(start, at) for at in incident.closings() if at <= until],
        incident.is_open(until),
        until,
    )
    for task, limit in terms.limits:
        took, began, stop, running = _TASKS[task](case, limit)
        if task is Task.REPAIR or stop is None or took > limit or case.is_answered(task):
            met = False if took > limit else None if stop is None else True
            yield Clock(incident.ident, task, limit, began, stop, took, deadline(running, began, limit), met)


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of an incident.

    Attributes:
        start: When its clocks started.
        answers: Instants at which people of the provider answered, ascending.
        running: When clocks run.
        open: When it was to be repaired, from the start on.
        closings: Instants at which it was over, ascending; after all but the last one it was opened again.
        is_open: Whether it still is.
        until: How far that is known.
    """

    start: int
    answers: Sequence[int]
    running: Spans
    open: Spans
    closings: Sequence[int]
    is_open: bool
    until: int

    def is_answered(self, task: Task) -> bool:
        """Whether anybody had answered before it was first over; of updates, before it was over for good."""
        if not self.answers or not self.closings:
            return bool(self.answers)
        return self.answers[0] <= (self.closings[0] if task is Task.RESPOND else self.closings[-1])


Ran = tuple[int, int, int | None, Spans]
"""How long a clock ran, from when and to when, and when it runs at all."""


def _responded(case: _Case, _limit: int) -> Ran:
    """To the first answer of a person, or until it was first over by itself."""
    ends = [*case.answers[:1], *case.closings[:1]]
    stop = max(case.start, min(ends)) if ends else None
    took = elapsed(case.running, (case.start, case.until if stop is None else stop))
    return took, case.start, stop, case.running


def _updated(case: _Case, limit: int) -> Ran:
    """The first gap between updates that was too long, or else the last one while it goes on, or the longest; reopened, it begins anew."""
    gaps = [gap for span in case.open or [(case.start, case.start)] for gap in _gaps(span, case.answers)]
    lengths = [elapsed(case.running, gap) for gap in gaps]
    late = next((number for number, took in enumerate(lengths) if took > limit), None)
    longest = len(gaps) - 1 if case.is_open else lengths.index(max(lengths))
    number = longest if late is None else late
    start, end = gaps[number]
    goes_on = case.is_open and number == len(gaps) - 1
    return lengths[number], start, None if goes_on else end, case.running


def _gaps(span: Span, answers: Sequence[int]) -> Iterator[Span]:
    """From the start of a span to the first answer in it, and so on to its end."""
    return pairwise([span[0], *(at for at in answers if span[0] < at < span[1]), span[1]])


def _repaired(case: _Case, _limit: int) -> Ran:
    """All of the time in which it was to be repaired, also where it was reopened."""
    took = sum(elapsed(case.running, span) for span in case.open)
    between = Spans((end, start) for (_, end), (start, _) in pairwise(case.open))
    stop = None if case.is_open else case.closings[-1]
    return took, case.start, stop, case.running - between


_TASKS: Mapping[Task, Callable[[_Case, int], Ran]] = MappingProxyType(
    {Task.RESPOND: _responded, Task.UPDATE: _updated, Task.REPAIR: _repaired}
)


def of_two(longest: Sequence[Clock], shortest: Sequence[Clock]) -> Iterator[Clock]:
    """Clocks of an incident of which nobody knows when it ended: where the two say otherwise, nobody knows whether it was in time.

    Args:
        longest: As if it had ended as late as it may have.
        shortest: As if it had ended as early.
    """
    verdicts = {each.task: each.met for each in shortest}
    for each in longest:
        yield each if verdicts.get(each.task) is each.met else replace(each, met=None)
