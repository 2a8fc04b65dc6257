"""Exclusions in force: those of the configuration, and those that people entered; and the trail of both.

The trail (`Reader.exclusion_log`) is only ever added to. What is in force is its fold:
nothing is edited, so that every figure of the past can be told from what was known when.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from itertools import count
from typing import Any, cast

from exporter.config.model import Config
from exporter.record.questions import outside
from exporter.store.base import LogEntry
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope, When
from exporter.timeline.hours import Hours
from exporter.timeline.recurrence import Recurring

Said = Mapping[str, Any]
"""What an entry of the trail says, but for its author and time."""

_KINDS: Mapping[str, type] = {kind.__name__.lower(): kind for kind in (Once, Recurring, Hours)}
MOVES = "moves"
HOURS = "service_hours"


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
    APPROVE = "approve"
    """A person agreed that it counts, for agreements that ask for that."""


def in_force(config: Config, log: Sequence[LogEntry]) -> tuple[Exclusion, ...]:
    """All exclusions that count: of the configuration, with the time at which the daemon first saw them, and entered ones."""
    seen = {entry.ident: entry for entry in _standing(log, Action.CONFIGURE, Action.DROP)}
    return *(_entered(each, seen.get(each.ident)) for each in config.exclusions), *corrections(log)


def standing(config: Config, log: Sequence[LogEntry]) -> tuple[Exclusion, ...]:
    """`in_force`, with the time outside of service hours."""
    seen = {entry.ident: entry for entry in _standing(log, Action.CONFIGURE, Action.DROP)}
    of_hours = (_entered(each, seen.get(each.ident)) for each in _outside_hours(config))
    return *in_force(config, log), *of_hours


def configured(config: Config) -> Iterator[Exclusion]:
    """Exclusions of the configuration, and its service hours: one for each service, and for each SLO that has others."""
    yield from config.exclusions
    yield from _outside_hours(config)


def exclusion_of(entry: LogEntry) -> Exclusion | None:
    """What an entry entered, or first saw; None for one that took back or dropped."""
    return _exclusion(entry) if entry.action in {Action.ADD, Action.CONFIGURE} else None


def corrections(log: Sequence[LogEntry]) -> tuple[Exclusion, ...]:
    """Exclusions that people entered and did not take back, oldest first."""
    return tuple(_exclusion(entry) for entry in _standing(log, Action.ADD, Action.REMOVE))


def changed(config: Config, log: Sequence[LogEntry], now: int) -> Sequence[LogEntry]:
    """What is to be added to the trail because the configuration says something else than when it was last seen.

    Service hours are exclusions too: one for each service or SLO that has them.
    """
    before = {entry.ident: said_by(entry) for entry in _standing(log, Action.CONFIGURE, Action.DROP)}
    after = {each.ident: said_of(each) for each in configured(config)}
    return [
        *(LogEntry(now, "", Action.DROP, ident, "{}") for ident in before if ident not in after),
        *(
            LogEntry(now, "", Action.CONFIGURE, ident, _text(said))
            for ident, said in after.items()
            if before.get(ident) != said
        ),
    ]


def last_seen(config: Config, log: Sequence[LogEntry]) -> Config:
    """The configuration with the exclusions and service hours that it had when the daemon last saw it."""
    seen = {entry.ident: _exclusion(entry) for entry in _standing(log, Action.CONFIGURE, Action.DROP)}
    of_hours = {ident: each.when for ident, each in seen.items() if ident.startswith(f"{HOURS}/")}
    services = []
    for service in config.services:
        hours = of_hours.get(f"{HOURS}/{service.id}")
        slos = [
            replace(slo, hours=of_hours.get(f"{HOURS}/{service.id}/{slo.id}", hours)) for slo in service.slos
        ]
        services.append(replace(service, hours=hours, slos=tuple(slos)))
    exclusions = tuple(each for ident, each in seen.items() if ident not in of_hours)
    return replace(config, services=tuple(services), exclusions=exclusions)


def next_ident(config: Config, log: Sequence[LogEntry]) -> str:
    """What the next exclusion that a person enters is called: as none of the trail or the configuration."""
    taken = {entry.ident for entry in log} | {each.ident for each in config.exclusions}
    entered = sum(entry.action == Action.ADD for entry in log)
    return next(ident for ident in (f"c{number}" for number in count(entered + 1)) if ident not in taken)


def said_of(exclusion: Exclusion) -> Said:
    """Everything that an exclusion says, as JSON has it: the same for equal ones."""
    scope, when = exclusion.scope, exclusion.when
    said = {
        "name": exclusion.name,
        "category": exclusion.category.value,
        "services": sorted(scope.services),
        "endpoints": sorted("/".join(each) for each in scope.endpoints),
        "labels": dict(scope.labels),
        "reason": exclusion.reason,
        "when": {"kind": type(when).__name__.lower(), **asdict(cast("Any", when))},
    }
    return cast("Said", json.loads(json.dumps(said)))


def said_by(entry: LogEntry) -> Said:
    """What an entry says of its exclusion; the figures that it moved are none of that."""
    return {key: value for key, value in json.loads(entry.body).items() if key != MOVES}


def entry_of(exclusion: Exclusion) -> LogEntry:
    """The entry by which a person enters an exclusion; `entered_at` is set."""
    body = _text(said_of(exclusion))
    return LogEntry(exclusion.entered_at or 0, exclusion.author, Action.ADD, exclusion.ident, body)


def removal_of(ident: str, who: str, at: int, why: str) -> LogEntry:
    """The entry by which a person takes one back."""
    return LogEntry(at, who, Action.REMOVE, ident, _text({"reason": why}))


def approval_of(ident: str, who: str, at: int, why: str) -> LogEntry:
    """The entry by which a person agrees that one counts."""
    return LogEntry(at, who, Action.APPROVE, ident, _text({"reason": why}))


def approvals(log: Sequence[LogEntry], ident: str) -> Sequence[LogEntry]:
    """Who agreed to an exclusion as it stands, in order: one that was changed since is to be agreed to anew."""
    found = list[LogEntry]()
    for entry in log:
        if entry.ident == ident:
            found = [*found, entry] if entry.action == Action.APPROVE else []
    return found


def moving(entries: Sequence[LogEntry], moves: Sequence[Mapping[str, Any]]) -> Sequence[LogEntry]:
    """Entries of one change, the last of which tells the figures that all of them moved."""
    *others, last = entries
    return [*others, last._replace(body=_text({**json.loads(last.body), MOVES: list(moves)}))]


def _text(said: Said) -> str:
    return json.dumps(said, sort_keys=True)


def _standing(log: Sequence[LogEntry], entered: Action, ended: Action) -> Sequence[LogEntry]:
    """The latest `entered` entry of each identity that was not `ended` since, in the order of their entry."""
    standing = dict[str, LogEntry]()
    for entry in log:
        if entry.action in {entered, ended}:
            standing.pop(entry.ident, None)
        if entry.action == entered:
            standing[entry.ident] = entry
    return list(standing.values())


def _entered(exclusion: Exclusion, entry: LogEntry | None) -> Exclusion:
    """An exclusion of the configuration with its time of entry, if the daemon has seen it as it is now."""
    if entry is None or said_by(entry) != said_of(exclusion):
        return exclusion
    return replace(exclusion, entered_at=entry.at)


def _exclusion(entry: LogEntry) -> Exclusion:
    said = said_by(entry)
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
        when=_when(said["when"]),
        reason=said["reason"],
        author=entry.who,
        entered_at=entry.at,
    )


def _when(said: Said) -> When:
    fields = {key: _frozen(value) for key, value in said.items() if key != "kind"}
    return cast("When", _KINDS[said["kind"]](**fields))


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _outside_hours(config: Config) -> Iterator[Exclusion]:
    for service in config.services:
        scope = Scope(frozenset({service.id}))
        if service.hours is not None:
            yield replace(outside(service.hours), ident=f"{HOURS}/{service.id}", scope=scope)
        for slo in service.slos:
            if slo.hours is not None and slo.hours != service.hours:
                yield replace(outside(slo.hours), ident=f"{HOURS}/{service.id}/{slo.id}", scope=scope)
