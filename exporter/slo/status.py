"""What an SLO is at an instant, in one word."""

from enum import StrEnum

from exporter.timeline.tally import State


class Status(StrEnum):
    """The label `state` of an SLO."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"


_MEASURED = {State.UP: Status.GOOD, State.DOWN: Status.BAD, State.UNKNOWN: Status.UNKNOWN}


def status(state: State, *, excluded: bool = False) -> Status:
    """Name what is known of an instant; an exclusion that the SLO recognises hides what was measured."""
    return Status.EXCLUDED if excluded else _MEASURED[state]
