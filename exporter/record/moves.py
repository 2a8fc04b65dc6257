"""Which figures an exclusion moves, and by how much."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypedDict

from exporter.config.model import Config
from exporter.config.objectives import objective_of
from exporter.record.histories import Known
from exporter.record.questions import Questions
from exporter.record.sampled import NONE_SAMPLED, Sampled
from exporter.slo.figures import Figures, figures
from exporter.slo.objective import Objective
from exporter.slo.ratio import number
from exporter.timeline.exclusion import Exclusion
from exporter.timeline.spans import Span

MOST = 50
"""SLOs that are told one by one."""


class Told(TypedDict):
    """An SLO's figures; null where there is no value."""

    sli: float | None
    remaining_seconds: float | None
    met: bool | None


class Move(TypedDict):
    """One SLO whose figures an exclusion moves, over its own window at the time of entry."""

    service: str
    slo: str
    before: Told
    after: Told


class State(NamedTuple):
    """What may differ before and after: service hours of the configuration, and exclusions in force."""

    config: Config
    exclusions: Sequence[Exclusion]


class Change(NamedTuple):
    """What turns one state into another at an instant, milliseconds since the epoch; both have the same SLOs."""

    before: State
    after: State
    at: int


def first_moves(found: Iterable[Move | None]) -> tuple[Sequence[Move], bool]:
    """The first `MOST` of `moves`, and whether there are more."""
    told = [move for move in found if move is not None]
    return told[:MOST], len(told) > MOST


class Comparison(NamedTuple):
    """Two states, ready to be asked.

    Attributes:
        change: What turns one into the other.
        ways: What the SLOs ask before and after it.
        about: By ids of service and SLO the span that its figures can depend on.
    """

    change: Change
    ways: tuple[Questions, Questions]
    about: Mapping[tuple[str, str], Span]


def compared(
    known: Mapping[str, Sequence[Known]], change: Change, sampled: Sampled = NONE_SAMPLED
) -> Comparison:
    """Make a change ready to be asked, which may take a while: in any thread, as no past is asked.

    Args:
        known: The pasts that will be.
        change: What is in force until its instant, and from then on.
        sampled: As of `Questions`.
    """
    before, after, at = change
    about = {
        (service.id, slo.id): _asked_about(objective_of(after.config, service, slo), at)
        for service in after.config.services
        for slo in service.slos
    }
    starts, ends = zip(*about.values(), strict=True) if about else ((at,), (at,))
    # Not the whole reach: each question walks all spans before its window once, and these are new ones.
    within = min(starts), max(ends)
    first, second = (
        Questions(state.config, known, state.exclusions, within, sampled) for state in (before, after)
    )
    first.expand()
    second.expand()
    return Comparison(change, (first, second), about)


def moves(comparison: Comparison) -> Iterator[Move | None]:
    """Tell the SLOs whose figures a change moves, in the order of the configuration, up to one more than `MOST`.

    There may be thousands to be looked at: one whose figures stay gives None, so that who must not hold up
    others for long can let them go on at each.
    """
    (before, after, at), ways, about = comparison
    told = 0
    for services in zip(before.config.services, after.config.services, strict=True):
        for slos in zip(*(service.slos for service in services), strict=True):
            asked = list(zip(ways, services, slos, strict=True))
            covering = [dict(way.covering(service, slo)) for way, service, slo in asked]
            start, end = about[services[1].id, slos[1].id]
            either = covering[0] | covering[1]
            differing = covering[0].keys() ^ covering[1].keys()
            found: Sequence[Figures] = ()
            if any(span for each in differing for span in either[each].within(start, end)):
                found = [figures(way.of(service, slo), at) for way, service, slo in asked]
            move = _move(services[1].name, slos[1].name, *found)
            yield move
            told += move is not None
            if told > MOST:
                return


def _move(service: str, slo: str, before: Figures | None = None, after: Figures | None = None) -> Move | None:
    if before is None or after is None or before == after:
        return None
    return {"service": service, "slo": slo, "before": _told(before), "after": _told(after)}


def _asked_about(objective: Objective, at: int) -> Span:
    """The span that figures at an instant can depend on; what changes outside of it moves none."""
    start, end = objective.span(at)
    return min([start, *(at - length for length in objective.plan.lengths)]) - objective.slice, end


def _told(found: Figures) -> Told:
    left = found.remaining_ms
    return {
        "sli": number(found.sli),
        "remaining_seconds": None if left is None else float(left / 1000),
        "met": found.met,
    }
