"""What an SLO is at an instant, in one word."""

from enum import StrEnum

from exporter.slo.question import Question
from exporter.timeline.tally import State


class Status(StrEnum):
    """The label `state` of an SLO."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"


_MEASURED = {State.UP: Status.GOOD, State.DOWN: Status.BAD, State.UNKNOWN: Status.UNKNOWN}


def status_at(question: Question, at: int) -> Status:
    """Name what an SLO is at an instant; an exclusion that it recognises hides what was measured."""
    history = question.past.history
    if history.excluded(at):
        return Status.EXCLUDED
    return _MEASURED[history.state(question.past.latest(at, question.objective.lag))]
