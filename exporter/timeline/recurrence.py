"""Exclusions that recur: spans that start when a rule fires, and last for elapsed time (rulings 41 and 42)."""

from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice

from exporter.timeline.occurrences import (
    IN_UTC,
    LAST_YEAR,
    can_fire,
    first_start,
    instants,
    is_dense,
    most_a_day,
    plan,
    starts,
)
from exporter.timeline.rrule import Parts
from exporter.timeline.spans import FOREVER, Span
from exporter.timeline.zones import local_of, zone
from exporter.units import YEAR

MOST_A_YEAR = 40_000
"""Starts that are worked with quickly: one a quarter of an hour."""

_FIRST_YEAR = 1900
_UTC = zone("UTC")
_UTC_NAMES = ("UTC", "Etc/UTC")


@dataclass(frozen=True, slots=True)
class Recurring:
    """Spans that recur, as an exclusion's `When`; made by `recurring`, which checks them.

    Attributes:
        rule: An RRULE.
        duration: Of each span: elapsed milliseconds > 0, also in a night in which clocks change.
        zone: IANA name of the zone whose clocks the rule follows.
        since: Nothing before it is covered, and its local time, to the second, is the rule's
            start (DTSTART); None for 1970-01-01T00:00:00 there.
        until: Nothing from it on is covered; None for no end.
    """

    rule: str
    duration: int
    zone: str
    since: int | None = None
    until: int | None = None

    def spans(self, start: int, end: int) -> list[Span]:
        """Every span that has an instant in [start, end), in order of their starts; they may overlap.

        Raises:
            ValueError: The rule or the zone is none.
        """
        planned = plan(self.rule, self.zone, self.since)
        floor = -FOREVER if self.since is None else self.since
        ceiling = FOREVER if self.until is None else self.until
        earliest = max(start - self.duration + 1, planned.first)
        latest = min(end - 1, planned.last, ceiling - 1)
        found = list[int]()
        last_year = min(local_of(latest, _UTC).year, LAST_YEAR)
        for year in range(local_of(earliest, _UTC).year, last_year + 1):
            of_year = starts(self.rule, self.zone, self.since, year)
            found += of_year[bisect_left(of_year, earliest) : bisect_left(of_year, latest + 1)]
        spans = ((max(at, floor), min(at + self.duration, ceiling)) for at in found)
        # A start that `since` cuts off may leave nothing: its first occurrence of an hour that is there twice.
        return [span for span in spans if max(span[0], start) < min(span[1], end)]


def recurring(
    rule: str, duration: int, zone: str, since: int | None = None, until: int | None = None
) -> Recurring:
    """Check a recurrence; the arguments are those of `Recurring`.

    Raises:
        ValueError: Something is wrong with it; the message says what, in one line.
    """
    planned = plan(rule, zone, since)
    parts = planned.parts
    problem = (
        _bad_duration(duration)
        or _bad_bounds(since, until)
        or _bad_zone(parts, zone)
        or (_bad_start(parts) if since is None else "")
    )
    if problem:
        raise ValueError(problem)
    if not can_fire(planned):
        msg = f"{parts.text} never fires: no date is all that it asks for"
        raise ValueError(msg)
    if first_start(planned) > min(planned.last, FOREVER if until is None else until - 1):
        msg = f"{parts.text} never fires: it ends before its first time"
        raise ValueError(msg)
    if is_dense(planned):
        msg = f"{parts.text} fires more than once a minute; give BYSECOND one value"
        raise ValueError(msg)
    return Recurring(parts.text, duration, zone, since, until)


def is_frequent(recurrence: Recurring) -> bool:
    """Whether it starts more than `MOST_A_YEAR` times in the year after its first start."""
    planned = plan(recurrence.rule, recurrence.zone, recurrence.since)
    if most_a_day(planned) * 366 <= MOST_A_YEAR:
        return False
    year = first_start(planned) + YEAR
    last = next(islice(instants(planned), MOST_A_YEAR, None), FOREVER)
    return last < min(year, planned.last)


def _bad_duration(duration: int) -> str:
    if duration <= 0:
        return "the duration must be longer than nothing"
    return "the duration must not be longer than a year, 365d" if duration > YEAR else ""


def _bad_bounds(since: int | None, until: int | None) -> str:
    if since is not None and local_of(since, _UTC).year < _FIRST_YEAR:
        return f"`from` must not lie before the year {_FIRST_YEAR}"
    if since is not None and until is not None and until <= since:
        return "`to` must be later than `from`"
    return ""


def _bad_zone(parts: Parts, zone: str) -> str:
    """Complain of days and hours that a rule counts in UTC and that were probably meant in another zone."""
    named = [*parts.by.keys() - {"BYMINUTE", "BYSECOND"}, *(["BYDAY"] if parts.days else [])]
    if parts.frequency not in IN_UTC or zone in _UTC_NAMES or not named:
        return ""
    return (
        f"FREQ={parts.frequency} counts in UTC, {min(named)} too; for {zone} write FREQ=DAILY with BYHOUR,"
        " else `timezone: UTC`"
    )


def _bad_start(parts: Parts) -> str:
    """Complain of a rule that leans on a start although none is given."""
    if lacking := parts.lacking():
        return f"{parts.text} takes {' and '.join(lacking)} from its start: write {'them' if lacking[1:] else 'it'}, or give `from`"
    if parts.interval > 1 or parts.count:
        return f"{parts.text} counts from its start: give `from`"
    return ""
