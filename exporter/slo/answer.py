"""An SLO's answer as the JSON object that `sli`, `status` and the API show; floats begin here."""

from typing import TypedDict

from exporter.slo.figures import Figures, figures
from exporter.slo.objective import Objective
from exporter.slo.ratio import Ratio, number
from exporter.timeline.tally import History
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
    """Beats in the window, whatever the method."""

    good: int | None
    bad: int | None
    excluded: int | None


class Bounds(TypedDict):
    """The SLI if unknown time had been up, or down."""

    best: float | None
    worst: float | None


class Budget(TypedDict):
    """The error budget of the window."""

    allowed_seconds: float
    remaining_seconds: float | None
    remaining_ratio: float | None


class Answer(TypedDict):
    """One SLO at one instant; `unknown` names the policy that the SLI followed."""

    service: str
    slo: str
    method: str
    window: Window
    seconds: Seconds
    events: Events
    sli: float | None
    bounds: Bounds
    coverage: float | None
    objective: float
    met: bool | None
    error_budget: Budget
    burn_rate: dict[str, float | None]
    at: str
    settled_until: str | None
    unknown: str


def answer(
    service: str,
    slo: str,
    objective: Objective,
    figures: Figures,
    *,
    settled_until: int | None = None,
    events: tuple[int, int] | None = None,
) -> Answer:
    """Put figures into the form that leaves the program.

    Args:
        service: Name of the service.
        slo: Name of the SLO.
        objective: The question.
        figures: Its answer.
        settled_until: Before this instant (milliseconds since the epoch) nothing changes any
            more but by corrections; None where nothing is settled.
        events: Good and bad beats in the window; None where they are not counted.
    """
    good, bad = events or (None, None)
    tally = figures.tally
    return {
        "service": service,
        "slo": slo,
        "method": "time",
        "window": {"start": format_instant(figures.start), "end": format_instant(figures.end)},
        "seconds": {
            "up": tally.up / 1000,
            "down": tally.down / 1000,
            "excluded": tally.excluded / 1000,
            "unknown": tally.unknown / 1000,
        },
        "events": {"good": good, "bad": bad, "excluded": 0 if events else None},
        "sli": number(figures.sli),
        "bounds": {"best": number(figures.best), "worst": number(figures.worst)},
        "coverage": number(figures.coverage),
        "objective": float(objective.ratio),
        "met": figures.met,
        "error_budget": {
            "allowed_seconds": _seconds(figures.allowed),
            "remaining_seconds": None if figures.remaining is None else _seconds(figures.remaining),
            "remaining_ratio": number(figures.remaining_ratio),
        },
        "burn_rate": dict(zip(objective.plan.windows, map(number, figures.burn), strict=True)),
        "at": format_instant(figures.end),
        "settled_until": None if settled_until is None else format_instant(settled_until),
        "unknown": objective.unknown,
    }


def ask(
    service: str,
    slo: str,
    objective: Objective,
    history: History,
    *,
    at: int,
    window: int | None = None,
    settled_until: int | None = None,
) -> Answer:
    """Put an SLO to a history: figures and beats of the window that ends at an instant.

    Args:
        service: Name of the service.
        slo: Name of the SLO.
        objective: The question.
        history: Whom it is put to.
        at: Milliseconds since the epoch.
        window: Milliseconds, in place of the SLO's own window; None for that.
        settled_until: As of `answer`.
    """
    found = figures(objective, history.sums, at, window)
    good, bad = history.events(found.start)
    good_until, bad_until = history.events(at)
    events = (good_until - good, bad_until - bad)
    return answer(service, slo, objective, found, settled_until=settled_until, events=events)


def _seconds(milliseconds: Ratio) -> float:
    return milliseconds[0] / (milliseconds[1] * 1000)
