"""What a person asks to exclude, checked as a whole before anything is entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exporter.config.model import Config
from exporter.errors import UsageError, nearest
from exporter.timeline.exclusion import EVERY, Category, Exclusion, Once, Scope
from exporter.units import format_instant, parse_instant


@dataclass(frozen=True, slots=True)
class Wanted:
    """An exclusion as a person words it; everything is text.

    Attributes:
        start: RFC 3339 or seconds; empty for now.
        end: Likewise.
        category: One of `Category`.
        reason: Why; never empty.
        name: For people; the category where it is empty.
        services: Names, or `*` for all.
        endpoints: `SERVICE/ENDPOINT` names.
        labels: Names and values.
        planned: Whether it may begin in the future.
    """

    start: str
    end: str
    category: str
    reason: str
    name: str = ""
    services: Sequence[str] = ()
    endpoints: Sequence[str] = ()
    labels: Mapping[str, str] | None = None
    planned: bool = False


def checked(wanted: Wanted, config: Config, *, ident: str, author: str, now: int) -> Exclusion:
    """Make an exclusion of what a person asked for.

    Args:
        wanted: What was asked for.
        config: Whose services it may name.
        ident: What it is to be called.
        author: Who asks.
        now: Milliseconds since the epoch: the time of entry.

    Raises:
        UsageError: With everything that is wrong, a line each.
    """
    problems = list[str]()
    start = now if not wanted.start else _instant("from", wanted.start, problems)
    end = _instant("to", wanted.end, problems)
    if start is not None and end is not None:
        problems += _span_problems(start, end, now, planned=wanted.planned)
    if wanted.category not in list(Category):
        problems.append(f"category: `{wanted.category}` is none of {', '.join(Category)}")
    if not wanted.reason.strip():
        problems.append("reason: is missing; say why, as it stands beside every figure that this moves")
    scope = _scope(wanted, config, problems)
    if problems or start is None or end is None:
        raise UsageError("\n".join(problems))
    return Exclusion(
        ident=ident,
        name=wanted.name or wanted.category,
        category=Category(wanted.category),
        scope=scope,
        when=Once(start, end),
        reason=wanted.reason.strip(),
        author=author,
        entered_at=now,
    )


def _instant(key: str, text: str, problems: list[str]) -> int | None:
    if not text:
        problems.append(f"{key}: is missing; write a time such as 2026-11-01T00:00:00Z")
        return None
    try:
        return parse_instant(text)
    except ValueError as error:
        problems.append(f"{key}: {error}")
        return None


def _span_problems(start: int, end: int, now: int, *, planned: bool) -> list[str]:
    problems = []
    if end <= start:
        problems.append(f"to: {format_instant(end)} is not after from: {format_instant(start)}")
    if start > now and not planned:
        problems.append(
            f"from: {format_instant(start)} is in the future; say that it is planned (--planned, "
            "`planned: true`), or put it into the configuration"
        )
    return problems


def _scope(wanted: Wanted, config: Config, problems: list[str]) -> Scope:
    by_name = {service.name: service for service in config.services}
    services, endpoints = set[str](), set[tuple[str, str]]()
    for name in wanted.services:
        if name == EVERY:
            services.add(name)
        elif name in by_name:
            services.add(by_name[name].id)
        else:
            problems.append(
                f"service: there is no `{name}` in the configuration{nearest(name, list(by_name))}"
            )
    for name in wanted.endpoints:
        service_name, _, endpoint_name = name.partition("/")
        service = by_name.get(service_name)
        ids = service.endpoint_ids() if service else {}
        if service is not None and endpoint_name in ids:
            endpoints.add((service.id, ids[endpoint_name]))
        else:
            known = [f"{each.name}/{one}" for each in config.services for one in each.endpoint_ids()]
            problems.append(f"endpoint: there is no `{name}` in the configuration{nearest(name, known)}")
    labels = tuple(sorted((wanted.labels or {}).items()))
    if not (wanted.services or wanted.endpoints or labels):
        problems.append(
            "names nothing that it covers; give a service, an endpoint as SERVICE/ENDPOINT, or a label"
        )
    elif labels and not _has(config, labels):
        shown = ", ".join(f"{name}={value}" for name, value in labels)
        problems.append(f"label: no service and no endpoint has {shown}")
    return Scope(frozenset(services), frozenset(endpoints), labels)


def _has(config: Config, labels: tuple[tuple[str, str], ...]) -> bool:
    scope = Scope(labels=labels)
    return any(
        scope.has_service(service.id, dict(service.labels))
        or any(scope.has_endpoint(service.id, each.id, dict(each.labels)) for each in service.endpoints)
        for service in config.services
    )
