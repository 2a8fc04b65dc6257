"""Periods by the names that people give them."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from exporter.errors import UsageError
from exporter.record.agreements.results import whole_period
from exporter.sla.agreement import Agreement, in_force
from exporter.timeline.spans import Span
from exporter.timeline.zones import first_instant, local_of, zone

LAST, RUNNING = "last", "running"
_MONTHS = {"month": 1, "quarter": 3, "year": 12, "week": 0}
_FORMS = {
    "month": ("2026-10", re.compile(r"(\d{4})-(\d\d)")),
    "quarter": ("2026-Q4", re.compile(r"(\d{4})-[Qq]([1-4])")),
    "year": ("2026", re.compile(r"(\d{4})")),
    "week": ("2026-10-05", re.compile(r"(\d{4})-(\d\d)-(\d\d)")),
}


def period_named(text: str, versions: Sequence[Agreement], now: int) -> Span:
    """The period of an agreement that a text names: such as `2026-10`, `2026-Q4`, `2026`, a day of a week, `last`, `running`.

    Args:
        text: The name.
        versions: Of the agreement; at least one.
        now: Milliseconds since the epoch.

    Raises:
        UsageError: It names none; says how to.
    """
    running = whole_period(versions, now)
    if text == RUNNING:
        return running
    if text == LAST:
        return whole_period(versions, running[0] - 1)
    held = in_force(versions, now) or min(versions, key=lambda each: each.start)
    calendar = held.period
    day = _day(text, calendar.unit)
    if day is None:
        msg = (
            f"--period: `{text}` is no {calendar.unit}; write {_FORMS[calendar.unit][0]}, {LAST} or {RUNNING}"
        )
        raise UsageError(msg)
    where = zone(calendar.zone)
    span = calendar.period(first_instant(datetime.combine(day, time()), where) + 1)
    months = _MONTHS[calendar.unit]
    if months and not _begins_within(local_of(span[0], where).date(), day, months):
        span = calendar.period(span[1] + 1)  # with an anchor, the period that begins in it
    return span


def _day(text: str, unit: str) -> date | None:
    """The first day that a name is about; a week is named by any of its days."""
    match = _FORMS[unit][1].fullmatch(text)
    if match is None:
        return None
    year, *rest = map(int, match.groups())
    if unit == "quarter":
        rest = [3 * rest[0] - 2]
    try:
        return date(year, *[*rest, 1, 1][:2])
    except ValueError:
        return None


def _begins_within(start: date, first: date, months: int) -> bool:
    """Whether a day is one of so many months from a first one on."""
    apart = (start.year - first.year) * 12 + start.month - first.month
    return 0 <= apart < months
