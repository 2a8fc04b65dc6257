"""Exclusions and corrections as JSON: what commands and the API answer with."""

import json
from collections.abc import Sequence
from typing import Any, TypedDict

from exporter.config.model import Config
from exporter.record.corrections import Correction
from exporter.record.exclusions import MOVES, exclusion_of, standing
from exporter.store.base import LogEntry
from exporter.timeline.exclusion import Exclusion, Once, When
from exporter.timeline.hours import Hours
from exporter.timeline.recurrence import Recurring
from exporter.units import SECOND, format_instant


class ShownExclusion(TypedDict):
    """An exclusion as JSON has it: names as the configuration has them now, times as RFC 3339.

    `start` and `end` are its first instant and the first one beyond; null where a recurring one has
    no such bound. How it recurs is said by `rule` (an RRULE) and `duration_seconds`, or by `service_hours`, outside of
    which it is, and `timezone`; null for a single span.
    """

    id: str
    name: str
    category: str
    services: list[str]
    endpoints: list[str]
    labels: dict[str, str]
    start: str | None
    end: str | None
    rule: str | None
    service_hours: str | None
    duration_seconds: float | None
    timezone: str | None
    reason: str
    author: str
    entered_at: str | None


def shown(exclusion: Exclusion, config: Config) -> ShownExclusion:
    """Put an exclusion into the form that leaves the program."""
    when, scope = exclusion.when, exclusion.scope
    names = {service.id: service.name for service in config.services}
    of_endpoints = {
        (service.id, ident): f"{service.name}/{name}"
        for service in config.services
        for name, ident in service.endpoint_ids().items()
    }
    start, end = _bounds(when)
    recurs = when if isinstance(when, Recurring) else None
    hours = when if isinstance(when, Hours) else None
    entered = exclusion.entered_at
    return {
        "id": exclusion.ident,
        "name": exclusion.name,
        "category": exclusion.category.value,
        "services": sorted(names.get(each, each) for each in scope.services),
        "endpoints": sorted(of_endpoints.get(each, "/".join(each)) for each in scope.endpoints),
        "labels": dict(scope.labels),
        "start": None if start is None else format_instant(start),
        "end": None if end is None else format_instant(end),
        "rule": recurs.rule if recurs else None,
        "duration_seconds": recurs.duration / SECOND if recurs else None,
        "service_hours": hours.described() if hours else None,
        "timezone": recurs.zone if recurs else hours.zone if hours else None,
        "reason": exclusion.reason,
        "author": exclusion.author,
        "entered_at": None if entered is None else format_instant(entered),
    }


def _bounds(when: When) -> tuple[int | None, int | None]:
    """The first instant and the first one beyond; None where there is no such bound."""
    if isinstance(when, Once):
        return when.start, when.end
    return (when.since, when.until) if isinstance(when, Recurring) else (None, None)


def corrections_as_json(config: Config, log: Sequence[LogEntry], *, trail: bool = True) -> dict[str, Any]:
    """Everything in force, and the trail if it is wanted."""
    found: dict[str, Any] = {"exclusions": [shown(each, config) for each in standing(config, log)]}
    if trail:
        found["trail"] = [_done(entry, config) for entry in log]
    return found


def _done(entry: LogEntry, config: Config) -> dict[str, Any]:
    """An entry of the trail: what was done, the exclusion if it was not ended, why, and which figures moved."""
    said = json.loads(entry.body)
    exclusion = exclusion_of(entry)
    return {
        "at": format_instant(entry.at),
        "who": entry.who,
        "action": entry.action,
        "id": entry.ident,
        "reason": said.get("reason", ""),
        "exclusion": None if exclusion is None else shown(exclusion, config),
        "moves": said.get(MOVES, []),
    }


def told(correction: Correction, config: Config) -> dict[str, Any]:
    """A correction: the exclusion, and the figures that it moved."""
    return {
        "exclusion": shown(correction.exclusion, config),
        "moves": list(correction.moves),
        "more_moves": correction.more,
    }
