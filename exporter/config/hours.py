"""Service hours by name."""

from collections.abc import Callable

from exporter.config.fields import shape
from exporter.config.report import Report
from exporter.config.sections import HoursSection
from exporter.config.times import UTC
from exporter.config.tree import Map
from exporter.config.validate import validate
from exporter.errors import nearest
from exporter.timeline.hours import DAYS, Hours, hours

_DAY = f"(?:{'|'.join(DAYS)})"
DAY_KEY = rf"^(daily|{_DAY}(-{_DAY})?)(, *(daily|{_DAY}(-{_DAY})?))*$"
"""What an editor takes for days, as a regular expression."""


class NamedHours:
    """The section `service_hours`, or what has the same form.

    Args:
        node: The section.
        report: Gets the problems.
        zone: Of those that do not say theirs.
    """

    def __init__(self, node: Map, report: Report, zone: str = UTC) -> None:
        self._node = node
        self._report = report
        self._zone = zone
        self._named = {name: self._hours(name, node.mark_of(name)) for name in node}
        self._used: set[str] = set()

    @property
    def right(self) -> dict[str, Hours]:
        """Those without a problem, by name."""
        return {name: found for name, found in self._named.items() if found is not None}

    def choose(self, name: str | None, node: Map) -> Hours | None:
        """Give the hours that a service or an SLO names; None where it names none that are right.

        Args:
            name: Its key `service_hours`.
            node: Its map, for the place.
        """
        if name is None:
            return None
        if name not in self._named:
            hint = nearest(name, list(self._named)) or "; define them under the root's `service_hours`"
            self._report.problem(
                node.mark_of("service_hours"), f"`service_hours`: there are no hours `{name}`{hint}"
            )
            return None
        self._used.add(name)
        return self._named[name]

    def warn_unused(self) -> None:
        """Warn of all hours that no service and no SLO names."""
        for name in self._named:
            if name not in self._used:
                self._report.warn(self._node.mark_of(name), f"nothing has the service hours `{name}`")

    def _hours(self, name: str, mark: int) -> Hours | None:
        """Check one set of hours; None where it is not right."""
        node = self._node[name]
        if not isinstance(node, Map):
            self._report.problem(mark, f"`{name}` must be a map (`key: value`), not {shape(node)}")
            return None
        days = dict[str, str]()
        right = True
        for (key, value), place in zip(node.items(), node.marks, strict=True):
            if key in HoursSection.model_fields:
                continue
            problem = _day_problem(key, value)
            if problem:
                self._report.problem(place, problem)
                right = False
            elif isinstance(value, str):
                days[key] = value
        section, wrong = validate(
            HoursSection, node, self._report, "service_hours", data=node.only(HoursSection.model_fields)
        )
        holidays = section.holidays if section else None
        if holidays is not None:
            anything = {DAYS[0]: "00:00-24:00"}
            known = self._tried(node.mark_of("holidays"), "holidays", lambda: hours(UTC, anything, holidays))
            right = right and known is not None
        if section is None or wrong or not right:
            return None
        if not days:
            self._report.problem(mark, f"`{name}` has no hours; write days such as `mon-fri: 08:00-20:00`")
            return None
        return self._tried(mark, name, lambda: hours(section.timezone or self._zone, days, holidays))

    def _tried(self, mark: int, key: str, make: Callable[[], Hours]) -> Hours | None:
        try:
            return make()
        except ValueError as error:
            self._report.problem(mark, f"`{key}`: {error}")
            return None


def _day_problem(key: str, value: object) -> str:
    """Say what is wrong with a day's hours by themselves; empty where nothing is."""
    hint = nearest(key, list(HoursSection.model_fields))
    if hint:
        return f"unknown key `{key}`{hint}"
    if not isinstance(value, str):
        return f"`{key}` must be a single value, not {shape(value)}"
    try:
        hours(UTC, {key: "00:00-24:00"})
    except ValueError as error:
        return f"unknown key `{key}`: {error}"
    try:
        hours(UTC, {key: value})
    except ValueError as error:
        return f"`{key}`: {error}"
    return ""
