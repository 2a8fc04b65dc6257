"""How much a service needs somebody's eyes, in words and marks, and the order that follows: one rule for the metric, the page and the dashboards."""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from math import inf
from typing import NamedTuple

from exporter.engine.live import LiveEndpoint, LiveSlo
from exporter.slo.figures import Figures, figures
from exporter.slo.ratio import Ratio
from exporter.slo.status import Status, status_at
from exporter.timeline.tally import State


class Rank(IntEnum):
    """What is worst about a service; the worst first. The value of its metric."""

    DOWN = 0
    FIRING = 1
    MISSED = 2
    UNKNOWN = 3
    EXCLUDED = 4
    FINE = 5


WORDS = {
    Rank.DOWN: "down",
    Rank.FIRING: "burning",
    Rank.MISSED: "overspent",
    Rank.UNKNOWN: "unknown",
    Rank.EXCLUDED: "excluded",
    Rank.FINE: "up",
}
"""What is said of a service."""

MARKS = {
    Rank.DOWN: "✕",
    Rank.FIRING: "▲",
    Rank.MISSED: "◆",
    Rank.UNKNOWN: "?",
    Rank.EXCLUDED: "▧",
    Rank.FINE: "●",
}
"""A shape for each, for those who cannot tell colours apart."""


class Seen(NamedTuple):
    """An endpoint at an instant.

    Attributes:
        state: As measured.
        excluded: Whether an exclusion covers it.
    """

    state: State
    excluded: bool


class Answer(NamedTuple):
    """An SLO at an instant."""

    figures: Figures
    status: Status


def seen(endpoint: LiveEndpoint, at: int) -> Seen:
    """Look at an endpoint at an instant, milliseconds since the epoch."""
    return Seen(endpoint.history.state(at), endpoint.excluded.covers(at))


def answer(slo: LiveSlo, at: int) -> Answer:
    """Ask an SLO at an instant, milliseconds since the epoch."""
    return Answer(figures(slo.question, at), status_at(slo.question, at))


_OF_STATE = {State.UP: Rank.FINE, State.DOWN: Rank.DOWN, State.UNKNOWN: Rank.UNKNOWN}
_OF_STATUS = {
    Status.GOOD: Rank.FINE,
    Status.BAD: Rank.DOWN,
    Status.UNKNOWN: Rank.UNKNOWN,
    Status.EXCLUDED: Rank.EXCLUDED,
}


def rank(endpoints: Iterable[Seen], slos: Iterable[Answer]) -> Rank:
    """The worst of all that a service has, at one instant; `EXCLUDED` where there is nothing that is not excluded."""
    return min(_ranks(endpoints, slos), default=Rank.EXCLUDED)


def _ranks(endpoints: Iterable[Seen], slos: Iterable[Answer]) -> Iterator[Rank]:
    for state, excluded in endpoints:
        if not excluded:
            yield _OF_STATE[state]
    for found, status in slos:
        yield _OF_STATUS[status]
        if found.met is False:
            yield Rank.MISSED
        for alert in found.alerts:
            if fires(alert):
                yield Rank.FIRING
                break


def fires(alert: Ratio | None) -> bool:
    """Whether an alert tier fires, by its entry in `Figures.alerts`."""
    return alert is not None and alert[0] > alert[1]


def left_seconds(found: Figures) -> float | None:
    """Bad time that an SLO still allows, in seconds, negative once it is overspent; None where it has no value."""
    if found.remaining is None:
        return None
    above, below = found.remaining
    return above / (below * 1000)


_PUNCTUATION = str.maketrans("_-.", "\1\2\3")


def place(standing: Rank, left: float | None, name: str) -> tuple[int, float, str]:
    """What services are sorted by, ascending: rank, least time left of a budget, name; those without a budget come last.

    Names compare as in Grafana: letters alike whatever their case, after digits, and these after `_`, `-` and `.`.

    Args:
        standing: Of the service.
        left: The least `left_seconds` among its SLOs; None where none has a value.
        name: Of the service.
    """
    return int(standing), inf if left is None else left, name.lower().translate(_PUNCTUATION)
