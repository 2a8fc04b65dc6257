"""An SLO and the past that it asks: what every figure is a function of, together with an instant."""

from typing import NamedTuple

from exporter.slo.measures import EventMeasure, Measure, SliceMeasure, TimeMeasure
from exporter.slo.objective import Objective
from exporter.timeline.past import Past


class Question(NamedTuple):
    """An SLO put to a past.

    Attributes:
        objective: What it asks for.
        past: Whom it asks.
        measure: What it counts.
    """

    objective: Objective
    past: Past
    measure: Measure


def question(objective: Objective, past: Past) -> Question:
    """Put an SLO to a past."""
    if objective.method == "events":
        return Question(objective, past, EventMeasure(past))
    if objective.method == "timeslices":
        return Question(objective, past, SliceMeasure(past, objective))
    return Question(objective, past, TimeMeasure(past, objective.unknown))
