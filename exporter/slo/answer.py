"""An SLO's answer as the JSON object that `sli`, `status` and the API show; floats begin here."""

from typing import TypedDict

from exporter.slo.figures import Figures, bounds, figures
from exporter.slo.question import Question
from exporter.slo.ratio import number
from exporter.timeline.past import Counts
from exporter.units import format_instant


class Window(TypedDict):
    """First instant, and the first one beyond, as RFC 3339."""

    start: str
    end: str


class Seconds(TypedDict):
    """What was measured, before the SLO's `unknown` policy; the four add up to the window."""

    up: float
    down: float
    excluded: float
    unknown: float


class Events(TypedDict):
    """Events in the window: beats, whatever the method, and of a latency SLO as its threshold judged them.

    Those that a source has counted may be parts of one.
    """

    good: float
    bad: float
    excluded: float


class SliceCounts(TypedDict):
    """Slices that ended in the window."""

    good: int
    bad: int


class Bounds(TypedDict):
    """The SLI if unknown time had been up, or down."""

    best: float | None
    worst: float | None


class Budget(TypedDict):
    """The error budget: of the window, or of the whole calendar period."""

    allowed_seconds: float
    remaining_seconds: float | None
    remaining_ratio: float | None


class Answer(TypedDict):
    """One SLO at one instant; `unknown` names the policy that the SLI followed.

    `period` is the whole calendar period that the budget is for, `pace` its spent share by
    the share of it that is over; both are null for a rolling window. `slices` is null
    but for timeslices. `kept_from` is null unless the window begins before what is kept.
    """

    service: str
    slo: str
    method: str
    window: Window
    period: Window | None
    seconds: Seconds
    events: Events
    slices: SliceCounts | None
    sli: float | None
    bounds: Bounds
    coverage: float | None
    objective: float
    met: bool | None
    error_budget: Budget
    pace: float | None
    burn_rate: dict[str, float | None]
    at: str
    settled_until: str | None
    kept_from: str | None
    unknown: str


def answer(
    service: str, slo: str, question: Question, found: Figures, *, settled_until: int | None = None
) -> Answer:
    """Put figures into the form that leaves the program.

    Args:
        service: Name of the service.
        slo: Name of the SLO.
        question: What was asked.
        found: Its figures.
        settled_until: Before this instant (milliseconds since the epoch) nothing changes any
            more but by corrections; None where nothing is settled.
    """
    objective = question.objective
    best, worst = bounds(question, found)
    period = None if isinstance(objective.window, int) else objective.window.period(found.end)
    whole = period if period == found.budget else None
    counts = counts_of(question, found)
    pruned = (each.history for each in question.past.members if each.history.first == each.history.kept_from)
    kept_from = max((each.kept_from for each in pruned), default=found.start)
    return {
        "service": service,
        "slo": slo,
        "method": objective.method,
        "window": _window(found.start, found.end),
        "period": _window(*whole) if whole else None,
        "seconds": _seconds_of(found),
        "events": events(counts, question.past.unit),
        "slices": {"good": found.good, "bad": found.bad} if objective.method == "timeslices" else None,
        "sli": number(found.sli),
        "bounds": {"best": number(best), "worst": number(worst)},
        "coverage": number(found.coverage),
        "objective": float(objective.ratio),
        "met": found.met,
        "error_budget": {
            "allowed_seconds": found.allowed[0] / (found.allowed[1] * 1000),
            "remaining_seconds": None
            if found.remaining is None
            else found.remaining[0] / (found.remaining[1] * 1000),
            "remaining_ratio": number(found.remaining_ratio),
        },
        "pace": number(found.pace) if whole else None,
        "burn_rate": dict(zip(objective.plan.windows, map(number, found.burn), strict=True)),
        "at": format_instant(found.end),
        "settled_until": None if settled_until is None else format_instant(settled_until),
        "kept_from": format_instant(kept_from) if kept_from > found.start else None,
        "unknown": objective.unknown,
    }


def ask(
    service: str,
    slo: str,
    question: Question,
    *,
    at: int,
    window: int | None = None,
    settled_until: int | None = None,
) -> Answer:
    """Put an SLO to its past: all figures of the window that ends at an instant.

    Args:
        service: Name of the service.
        slo: Name of the SLO.
        question: The SLO and whom it asks.
        at: Milliseconds since the epoch.
        window: Milliseconds, in place of the SLO's own window; None for that.
        settled_until: As of `answer`.
    """
    return answer(service, slo, question, figures(question, at, window), settled_until=settled_until)


def events(counts: Counts, unit: int) -> Events:
    """Counts in units of 1/unit as what leaves the program; whole ones as integers."""
    good, bad, excluded = (each / unit if each % unit else each // unit for each in counts)
    return {"good": good, "bad": bad, "excluded": excluded}


def counts_of(question: Question, found: Figures) -> Counts:
    """The events of an answer's window."""
    first, last = question.past.counts(found.start), question.past.counts(found.end)
    return Counts(*(after - before for before, after in zip(first, last, strict=True)))


def _window(start: int, end: int) -> Window:
    return {"start": format_instant(start), "end": format_instant(end)}


def _seconds_of(found: Figures) -> Seconds:
    unit = 1000 * found.scale
    return {
        "up": found.tally.up / unit,
        "down": found.tally.down / unit,
        "excluded": found.tally.excluded / unit,
        "unknown": found.tally.unknown / unit,
    }
