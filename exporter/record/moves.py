"""Which figures an exclusion moves, and by how much."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from exporter.config.model import Config, Service, SloConfig
from exporter.record.histories import Known
from exporter.record.question import reach
from exporter.record.questions import Questions
from exporter.slo.figures import Figures, figures
from exporter.slo.ratio import number
from exporter.timeline.exclusion import Exclusion

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


def moves(
    config: Config,
    known: Mapping[str, Sequence[Known]],
    before: Sequence[Exclusion],
    after: Sequence[Exclusion],
    at: int,
) -> Iterator[Move]:
    """Tell the SLOs whose figures differ between two sets of exclusions, in the order of the configuration.

    Args:
        config: Has the SLOs.
        known: The pasts that they ask.
        before: Exclusions in force until now.
        after: Those that will be.
        at: The instant asked about, milliseconds.
    """
    touched = set(before) ^ set(after)
    within = reach(config, at)
    ways = [Questions(config, known, exclusions, within) for exclusions in (before, after)]
    for service in config.services:
        for slo in service.slos:
            if any(_touches(way, service, slo, touched) for way in ways):
                found = [figures(way.of(service, slo), at) for way in ways]
                if found[0] != found[1]:
                    yield {
                        "service": service.name,
                        "slo": slo.name,
                        "before": _told(found[0]),
                        "after": _told(found[1]),
                    }


def _touches(questions: Questions, service: Service, slo: SloConfig, touched: set[Exclusion]) -> bool:
    return any(each in touched for each, _ in questions.covering(service, slo))


def _told(found: Figures) -> Told:
    left = found.remaining_ms
    return {
        "sli": number(found.sli),
        "remaining_seconds": None if left is None else float(left / 1000),
        "met": found.met,
    }
