"""Exclusions in force: those of the configuration, and those that people entered; and the trail of both.

The trail (`Reader.exclusion_log`) is only ever added to. What is in force is its fold:
nothing is edited, so that every figure of the past can be told from what was known when.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from typing import Any

from exporter.config.model import Config
from exporter.record.questions import outside
from exporter.store.base import LogEntry
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope


class Action(StrEnum):
    """What was done to an exclusion."""

    ADD = "add"
    """A person entered it."""
    REMOVE = "remove"
    """A person took it back."""
    CONFIGURE = "configure"
    """The daemon first saw it in the configuration, or saw it changed."""
    DROP = "drop"
    """The daemon found that the configuration no longer has it."""


def in_force(config: Config, log: Sequence[LogEntry]) -> tuple[Exclusion, ...]:
    """All exclusions that count: of the configuration, with the time at which the daemon first saw them, and entered ones."""
    seen = {entry.ident: entry for entry in _standing(log, Action.CONFIGURE, Action.DROP)}
    of_file = [
        replace(each, entered_at=seen[each.ident].at)
        if each.ident in seen and seen[each.ident].body == text_of(each)
        else each
        for each in config.exclusions
    ]
    return *of_file, *corrections(log)


def corrections(log: Sequence[LogEntry]) -> tuple[Exclusion, ...]:
    """Exclusions that people entered and did not take back, oldest first."""
    return tuple(_correction(entry) for entry in _standing(log, Action.ADD, Action.REMOVE))


def changed(config: Config, log: Sequence[LogEntry], now: int) -> Sequence[LogEntry]:
    """What is to be added to the trail because the configuration says something else than when it was last seen.

    Service hours are exclusions too: one for each service or SLO that has them.
    """
    before = {entry.ident: entry.body for entry in _standing(log, Action.CONFIGURE, Action.DROP)}
    after = {each.ident: text_of(each) for each in _configured(config)}
    return [
        *(LogEntry(now, "", Action.DROP, ident, "{}") for ident in before if ident not in after),
        *(
            LogEntry(now, "", Action.CONFIGURE, ident, body)
            for ident, body in after.items()
            if before.get(ident) != body
        ),
    ]


def next_ident(log: Sequence[LogEntry]) -> str:
    """What the next exclusion that a person enters is called."""
    return f"c{1 + sum(entry.action == Action.ADD for entry in log)}"


def text_of(exclusion: Exclusion) -> str:
    """Everything that an exclusion says, as the trail keeps it: JSON, the same for equal ones."""
    scope = exclusion.scope
    said: dict[str, Any] = {
        "name": exclusion.name,
        "category": exclusion.category,
        "services": sorted(scope.services),
        "endpoints": sorted("/".join(each) for each in scope.endpoints),
        "labels": dict(scope.labels),
        "reason": exclusion.reason,
        "when": {"kind": type(exclusion.when).__name__.lower(), **asdict(exclusion.when)},  # type: ignore[call-overload]  # frozen dataclasses all
    }
    return json.dumps(said, sort_keys=True, default=str)


def entry_of(exclusion: Exclusion) -> LogEntry:
    """The entry by which a person enters an exclusion that covers one span; `entered_at` is set."""
    return LogEntry(
        exclusion.entered_at or 0, exclusion.author, Action.ADD, exclusion.ident, text_of(exclusion)
    )


def removal_of(ident: str, who: str, at: int, why: str) -> LogEntry:
    """The entry by which a person takes one back."""
    return LogEntry(at, who, Action.REMOVE, ident, json.dumps({"reason": why}))


def _standing(log: Sequence[LogEntry], entered: Action, ended: Action) -> Sequence[LogEntry]:
    """The latest `entered` entry of each identity that was not `ended` since, in the order of their entry."""
    standing = dict[str, LogEntry]()
    for entry in log:
        if entry.action in {entered, ended}:
            standing.pop(entry.ident, None)
        if entry.action == entered:
            standing[entry.ident] = entry
    return list(standing.values())


def _correction(entry: LogEntry) -> Exclusion:
    said: Mapping[str, Any] = json.loads(entry.body)
    endpoints = (endpoint.partition("/") for endpoint in said["endpoints"])
    return Exclusion(
        ident=entry.ident,
        name=said["name"],
        category=Category(said["category"]),
        scope=Scope(
            frozenset(said["services"]),
            frozenset((service, endpoint) for service, _, endpoint in endpoints),
            tuple(sorted(said["labels"].items())),
        ),
        when=Once(said["when"]["start"], said["when"]["end"]),
        reason=said["reason"],
        author=entry.who,
        entered_at=entry.at,
    )


def _configured(config: Config) -> Iterator[Exclusion]:
    yield from config.exclusions
    for service in config.services:
        if service.hours is not None:
            yield replace(outside(service.hours), ident=f"service_hours/{service.id}")
        for slo in service.slos:
            if slo.hours is not None and slo.hours != service.hours:
                yield replace(outside(slo.hours), ident=f"service_hours/{service.id}/{slo.id}")
