"""SLOs over events that a Prometheus has counted: their queries, and how long their steps are."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from exporter import units
from exporter.config.model import Promql
from exporter.config.report import Report
from exporter.config.sections import PromqlSection
from exporter.config.tree import Map

DEFAULT_STEP = units.MINUTE
DEFAULT_DELAY = 30 * units.SECOND
SHORTEST_STEP = units.SECOND
LONGEST_STEP = units.HOUR
LONGEST_DELAY = units.HOUR

_INTERVAL = "$interval"
_TOKEN = re.compile(
    r"""(?P<other>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\#[^\n]*)|\$interval\b""", re.DOTALL
)
"""What stands for the step, and what only looks like it: strings, in which `$` has a meaning of its own, and comments."""

_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)


class _Range(NamedTuple):
    """A range that is written out in a query, and its milliseconds; None where it is no plain duration."""

    text: str
    length: int | None


def promql(section: PromqlSection, node: Map, report: Report) -> Promql:
    """Build what an SLO asks a Prometheus.

    Args:
        section: The key `promql`.
        node: Its map, for places.
        report: Gets the problems.
    """
    ranges = {"good": _ranges(section.good), "total": _ranges(section.total)}
    step = section.step
    if step is None:
        step = _implied(section, [each for found in ranges.values() for each in found], node, report)
    else:
        _check_step(step, "`step`", node.mark_of("step"), report)
    for key, found in ranges.items():
        _warn(key, found, step, node.mark_of(key), report)
    delay = DEFAULT_DELAY if section.delay is None else section.delay
    if delay > LONGEST_DELAY:
        longest = units.format_duration(LONGEST_DELAY)
        report.problem(node.mark_of("delay"), f"`delay` is longer than {longest}, the longest there is")
    return Promql(_with_step(section.good, step), _with_step(section.total, step), step, delay)


def is_over_promql(slo: object) -> bool:
    """Whether an SLO, as it is written, is over events that a Prometheus has counted."""
    sli = slo.get("sli") if isinstance(slo, Map) else None
    return isinstance(sli, Map) and ("promql" in sli or "promql" in sli.empty)


def _implied(section: PromqlSection, ranges: Iterable[_Range], node: Map, report: Report) -> int:
    """Give the step of queries that do not say it: that of `$interval`, or else the one range that they all have."""
    if any(_has_interval(query) for query in (section.good, section.total)):
        return DEFAULT_STEP
    found = {each.length or each.text: each for each in ranges}
    first = next(iter(found.values()), None)
    if len(found) == 1 and first is not None and first.length is not None:
        _check_step(first.length, f"the range `[{first.text}]`, which is the step,", node.mark, report)
        return first.length
    texts = [f"`[{each.text}]`" for each in found.values()]
    *others, last = texts or ["no range"]
    has = f"the ranges {', '.join(others)} and {last}" if others else f"the range {last}" if texts else last
    message = f"`step` is missing, as the queries have {has}; write it, such as `step: 1m`, and `[{_INTERVAL}]` for it in the queries"
    report.problem(node.mark, message)
    return DEFAULT_STEP


def _check_step(step: int, what: str, mark: int, report: Report) -> None:
    if not SHORTEST_STEP <= step <= LONGEST_STEP or units.HOUR % step:
        message = f"{what} must be from 1s to 1h and divide an hour, such as 30s, 1m or 5m"
        report.problem(mark, message)


def _warn(key: str, ranges: Iterable[_Range], step: int, mark: int, report: Report) -> None:
    """Warn of ranges that overlap from step to step, or leave something out between them."""
    for each in ranges:
        if each.length not in (None, step):
            what = "counted more than once" if (each.length or 0) > step else "missed"
            message = f"`{key}` counts over `[{each.text}]`, but a step is {units.format_duration(step)}: events would be {what}"
            report.warn(mark, f"{message}; write `[{_INTERVAL}]`")


def _has_interval(query: str) -> bool:
    return any(match["other"] is None for match in _TOKEN.finditer(query))


def _with_step(query: str, step: int) -> str:
    """Put the step for `$interval`, as a duration that Prometheus reads."""
    text = f"{step}ms" if step % units.SECOND else units.format_duration(step)
    return _TOKEN.sub(lambda match: match["other"] or text, query)


def _ranges(query: str) -> list[_Range]:
    """Ranges that are written out in a query; of a subquery its range, not its resolution."""
    bare = _TOKEN.sub(lambda match: " " if match["other"] else _INTERVAL, query)
    texts = (inside.partition(":")[0].strip() for inside in _BRACKETS.findall(bare))
    return [_Range(text, _length(text)) for text in texts if _INTERVAL not in text]


def _length(text: str) -> int | None:
    """Read a range; a bare number is seconds."""
    if _SECONDS.fullmatch(text):
        return int(Fraction(text) * units.SECOND)
    try:
        return units.parse_duration(text)
    except ValueError:
        return None
