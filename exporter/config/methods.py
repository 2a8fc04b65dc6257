"""What an SLO measures: the method, and the keys that go with only one of them."""

from fractions import Fraction
from typing import NamedTuple

from exporter import units
from exporter.config.model import Latency, Promql
from exporter.config.promql import promql
from exporter.config.report import Report
from exporter.config.sections import SloSection
from exporter.config.tree import Map, find

DEFAULT_SLICE = units.MINUTE
SHORTEST_SLICE = units.SECOND
"""More slices than one a second say nothing that the method `time` does not."""


class Measure(NamedTuple):
    """What an SLO measures; the fields are those of `SloConfig`."""

    method: str = "time"
    slice: int = 0
    slice_objective: Fraction | None = None
    latency: Latency | None = None
    promql: Promql | None = None


_TIME = Measure()
_KEYS = frozenset({"failures", "method", "sli", "slice", "slice_objective"})


def measure(section: SloSection, node: Map, wrong: frozenset[str], report: Report) -> Measure:
    """Check the keys against each other.

    Args:
        section: The SLO.
        node: Its map, for places.
        wrong: Keys that are not right by themselves; of what hangs on them nothing more is said.
        report: Gets the problems.
    """
    if node.keys().isdisjoint(_KEYS):
        return _TIME
    counted = _counted(section, node, report)
    latency = _latency(section, node, wrong, report)
    if wrong & {"method", "sli"}:
        return Measure(section.method or "time", latency=latency, promql=counted)
    method = section.method or ("events" if latency or counted else "time")
    if (latency or counted) and method != "events":
        what = "a latency SLO" if latency else "an SLO over `promql`"
        message = f"{what} counts events; write `events` instead of `{method}`, or remove it"
        report.problem(node.mark_of("method"), f"`method`: {message}")
    if method != "timeslices":
        for key in ("slice", "slice_objective"):
            if key in node:
                message = f"`{key}` goes with `method: timeslices` only; remove it, or write that"
                report.problem(node.mark_of(key), message)
    if method == "timeslices":
        return _timeslices(section, node, wrong, report)
    if method == "events":
        _events(section, node, report, have_members=counted is None)
    return Measure(method, latency=latency, promql=counted)


def _counted(section: SloSection, node: Map, report: Report) -> Promql | None:
    """Build what an SLO over `promql` asks, and refuse what goes with endpoints only."""
    if section.sli is None or section.sli.promql is None:
        return None
    if section.sli.latency is not None:
        message = "`sli` takes one of `latency` and `promql`; remove one"
        report.problem(node.mark_of("sli"), message)
    for key in ("endpoints", "services", "combine"):
        if getattr(section, key) is not None:
            message = f"`{key}`: an SLO over `promql` asks a Prometheus and nobody else; remove it"
            report.problem(node.mark_of(key), message)
    if section.failures and section.sli.latency is None:
        report.problem(node.mark_of("failures"), "`failures` is of latency SLOs only; remove it")
    asked = find(node, ("sli", "promql")).node
    return promql(section.sli.promql, asked if isinstance(asked, Map) else node, report)


def _latency(section: SloSection, node: Map, wrong: frozenset[str], report: Report) -> Latency | None:
    if section.sli and section.sli.promql:
        return None
    found = section.sli.latency if section.sli else None
    if section.sli and found is None:
        message = "`sli` is empty; write `sli: {latency: {threshold: 300ms}}`, or remove it"
        report.problem(node.mark_of("sli"), message)
    if found is None:
        if section.failures and not section.sli and "sli" not in wrong:
            message = "`failures` is of latency SLOs only; remove it, or add `sli: {latency: ...}`"
            report.problem(node.mark_of("failures"), message)
        return None
    return Latency(found.threshold, section.failures or "bad")


def _timeslices(section: SloSection, node: Map, wrong: frozenset[str], report: Report) -> Measure:
    length = section.slice or DEFAULT_SLICE
    if length < SHORTEST_SLICE:
        shortest = units.format_duration(SHORTEST_SLICE)
        report.problem(node.mark_of("slice"), f"`slice` is shorter than {shortest}, the shortest there is")
    if section.slice_objective is None and "slice_objective" not in wrong:
        message = "`slice_objective` is missing; write which per cent of a slice make it good, such as 95"
        report.problem(node.mark_of("method"), message)
    return Measure("timeslices", length, section.slice_objective)


def _events(section: SloSection, node: Map, report: Report, *, have_members: bool) -> None:
    """Refuse what has no meaning where events are counted (rulings 22 and 35)."""
    if section.unknown not in (None, "ignore"):
        message = f"`unknown`: an event that did not happen is neither good nor bad; `{section.unknown}` goes with time and timeslices only"
        report.problem(node.mark_of("unknown"), message)
    if not have_members:
        return
    if section.combine not in (None, "all"):
        message = "`combine`: events of several endpoints are added up; write `all`, or remove it"
        report.problem(node.mark_of("combine"), message)
    if section.services is not None:
        message = "`services`: a composite SLO has states and no events; its method is time or timeslices"
        report.problem(node.mark_of("services"), message)
