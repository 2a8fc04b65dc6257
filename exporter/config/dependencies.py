"""Which services need which others: `depends_on`, looked up once all services are known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from exporter.config.model import Service
from exporter.config.report import Report
from exporter.config.tree import Seq
from exporter.errors import nearest


def with_dependencies(
    services: Sequence[Service], named: Mapping[str, Seq], report: Report, *, complete: bool
) -> tuple[Service, ...]:
    """Give the services with the ids of those that they depend on.

    Args:
        services: All that could be built.
        named: The key `depends_on` of services, by their ids.
        report: Gets the problems.
        complete: Whether these are all services; else one that is not there is not told.
    """
    if not named:
        return tuple(services)
    ids = {service.name: service.id for service in services}
    made = tuple(
        replace(service, depends_on=_looked_up(service, named[service.id], ids, report, complete=complete))
        if service.id in named
        else service
        for service in services
    )
    for service in made:
        if service.id in needed_by(made)[service.id]:
            marks = named[service.id]
            message = f"`{service.name}` depends on itself by way of those that it names; cut the circle"
            report.problem(marks.mark, message)
    return made


def needed_by(services: Sequence[Service]) -> dict[str, frozenset[str]]:
    """Give, for each service, the ids of all that depend on it, also by way of others; itself only where they run in a circle."""
    direct = {service.id: set(service.depends_on) for service in services}
    return {
        service.id: frozenset(other.id for other in services if service.id in _reached(other.id, direct))
        for service in services
    }


def _reached(start: str, direct: Mapping[str, set[str]]) -> set[str]:
    reached, left = set[str](), list(direct[start])
    while left:
        each = left.pop()
        if each not in reached:
            reached.add(each)
            left.extend(direct.get(each, ()))
    return reached


def _looked_up(
    service: Service, names: Seq, ids: Mapping[str, str], report: Report, *, complete: bool
) -> tuple[str, ...]:
    found = dict[str, None]()
    for name, mark in zip(names, names.marks, strict=True):
        if not isinstance(name, str):
            report.problem(mark, "`depends_on` are names of services")
        elif name == service.name:
            report.problem(mark, f"`{name}` cannot depend on itself; remove it")
        elif name not in ids:
            if complete:
                hint = nearest(name, list(ids)) or ""
                report.problem(mark, f"there is no service `{name}`{hint}")
        elif ids[name] in found:
            report.problem(mark, f"`{name}` is named twice; remove one")
        else:
            found[ids[name]] = None
    return tuple(found)
