"""The instants at which a recurrence rule fires, on a zone's wall clock (ruling 41).

A rule counts local times. Each is then an instant: one that does not exist is taken with
the offset before the gap, of one that exists twice it is the first. A rule by hours or
minutes counts in UTC, as local time would skip the second 02:00 of a night.

A start of the rule lies far back, and nobody walks from there: years are expanded one by
one, each from a start of its own that leads to the same instants, and kept.
"""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from typing import Literal, cast
from zoneinfo import ZoneInfo

from exporter.timeline.rrule import FREQUENCIES, Parts, read
from exporter.timeline.spans import FOREVER
from exporter.timeline.zones import instant_of, local_of, zone
from exporter.units import DAY, HOUR, MINUTE, SECOND

IN_UTC = ("HOURLY", "MINUTELY")
"""Frequencies of the rules that count in UTC."""

LAST_YEAR = 9998
"""The last one that is expanded."""

_UTC = ZoneInfo("UTC")
_DEFAULT_START = datetime(1970, 1, 1)  # noqa: DTZ001 -- local time
_MONTHS = {"YEARLY": 12, "MONTHLY": 1}
_STEPS = {
    "WEEKLY": timedelta(weeks=1),
    "DAILY": timedelta(days=1),
    "HOURLY": timedelta(hours=1),
    "MINUTELY": timedelta(minutes=1),
}
_REPEATS = 400  # years after which the calendar is the same again, to the day of the week
_LEAP_CYCLE = 28  # likewise, where no century without a leap day comes between
_SEEN = 100  # occurrences of which the closest two are measured
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule with all that it takes from its start.

    Attributes:
        parts: The rule's.
        by: Its BY parts but BYDAY, and those that it takes from its start.
        days: BYDAY, likewise.
        frame: The zone whose local times it counts.
        origin: Its start there, to the second.
        first: Instant of that start.
        last: Instant after which it does not fire, by its UNTIL.
    """

    parts: Parts
    by: Mapping[str, tuple[int, ...]]
    days: tuple[tuple[int, int], ...]
    frame: ZoneInfo
    origin: datetime
    first: int
    last: int


@lru_cache(maxsize=4096)
def plan(rule: str, zone_name: str, since: int | None) -> Plan:
    """Read a rule that starts at `since`, None for 1970-01-01T00:00:00 in its zone.

    Raises:
        ValueError: The rule or the zone is none.
    """
    parts, where = read(rule), zone(zone_name)
    frame = _UTC if parts.frequency in IN_UTC else where
    origin = local_of(instant_of(_DEFAULT_START, where) if since is None else since, frame).replace(
        microsecond=0
    )
    implied = {
        "BYMONTH": origin.month,
        "BYMONTHDAY": origin.day,
        "BYHOUR": origin.hour,
        "BYMINUTE": origin.minute,
        "BYSECOND": origin.second,
    }
    lacking = parts.lacking()
    return Plan(
        parts=parts,
        by={**parts.by, **{name: (implied[name],) for name in lacking if name in implied}},
        days=((origin.weekday(), 0),) if "BYDAY" in lacking else parts.days,
        frame=frame,
        origin=origin,
        first=instant_of(origin, frame),
        last=instant_of(parts.until, _UTC if parts.until_is_utc else where) if parts.until else FOREVER,
    )


@lru_cache(maxsize=4096)
def starts(rule: str, zone_name: str, since: int | None, year: int) -> "array[int]":
    """The instants of a year of UTC, up to `LAST_YEAR`, at which a rule fires, in order; UNTIL is not applied."""
    planned = plan(rule, zone_name, since)
    begin = instant_of(datetime(year, 1, 1), _UTC)  # noqa: DTZ001 -- local time
    end = instant_of(datetime(year + 1, 1, 1), _UTC)  # noqa: DTZ001 -- local time
    if _is_steady(planned):
        return array("q", _steady_starts(planned, begin, end))
    lowest, highest = local_of(begin - DAY, _UTC), local_of(end + DAY, _UTC)  # no zone is a day away from UTC
    found = []
    for local in _occurrences(planned, _skip(planned, lowest)):
        if local > highest:
            break
        if begin <= (at := instant_of(local, planned.frame)) < end:
            found.append(at)
    # A 02:30 that clocks skip comes after the 03:15 that follows it in local time.
    return array("q", sorted(found))


def _is_steady(planned: Plan) -> bool:
    """Whether a rule fires in each of its hours or minutes; there are half a million of them in a year."""
    free = {"HOURLY": {"BYMINUTE", "BYSECOND"}, "MINUTELY": {"BYSECOND"}}.get(planned.parts.frequency, set())
    return planned.by.keys() <= free and not planned.days and not planned.parts.count


def _steady_starts(planned: Plan, begin: int, end: int) -> Iterator[int]:
    """The instants in [begin, end) at which such a rule fires, in order."""
    period = HOUR if planned.parts.frequency == "HOURLY" else MINUTE
    step = period * planned.parts.interval
    origin = planned.first // period * period
    minutes, seconds = planned.by.get("BYMINUTE", (0,)), planned.by["BYSECOND"]
    offsets = [minute * MINUTE + second * SECOND for minute in minutes for second in seconds]
    lowest = max(begin, planned.first)
    for base in range(origin + (lowest - origin) // step * step, end, step):
        yield from (at for offset in offsets if lowest <= (at := base + offset) < end)


def first_start(planned: Plan) -> int:
    """The instant at which a rule fires first; FOREVER where it does not before the year 10000."""
    return next(instants(planned), FOREVER)


def instants(planned: Plan) -> Iterator[int]:
    """The instants at which a rule fires, from its first, before the year 10000; UNTIL is not applied."""
    return (instant_of(local, planned.frame) for local in _occurrences(planned, planned.origin))


def most_a_day(planned: Plan) -> int:
    """How often a rule fires a day at most."""
    by, interval = planned.by, planned.parts.interval
    hours, minutes, seconds = (len(by.get(name, ())) for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if planned.parts.frequency == "MINUTELY":
        return -(-(hours or 24) * (minutes or 60) // interval) * seconds
    if planned.parts.frequency == "HOURLY":
        return -(-(hours or 24) // interval) * minutes * seconds
    return hours * minutes * seconds


def can_fire(planned: Plan) -> bool:
    """Whether any date is all that a rule asks for; quick also where none is.

    The library looks for a next date up to the year 9999. The calendar repeats itself, so
    that the rule is asked there.
    """
    if planned.parts.interval == 1:
        origin = datetime(9999 - _LEAP_CYCLE, 1, 1)  # noqa: DTZ001 -- local time
    else:
        year = planned.origin.year
        origin = planned.origin.replace(year=year + (9999 - _REPEATS - year) // _REPEATS * _REPEATS)
    try:
        return next(_occurrences(planned, origin), None) is not None
    except ValueError:  # INTERVAL steps over each of the hours or minutes
        return False


def is_dense(planned: Plan) -> bool:
    """Whether a rule fires twice within less than a minute."""
    if len(planned.by["BYSECOND"]) == 1:
        return False
    seen = islice(_occurrences(planned, planned.origin), _SEEN)
    return any(later - earlier < _MINUTE for earlier, later in pairwise(seen))


def _occurrences(planned: Plan, origin: datetime) -> Iterator[datetime]:
    """The local times of a rule whose start is moved to `origin`, in order; only COUNT and the year 9999 end them."""
    from dateutil.rrule import rrule, weekday  # noqa: PLC0415 -- most configurations have no rule

    parts, by = planned.parts, planned.by
    occurrences = rrule(
        cast("Literal[0, 1, 2, 3, 4, 5, 6]", FREQUENCIES.index(parts.frequency)),
        dtstart=origin,
        interval=parts.interval,
        wkst=parts.week_start,
        count=parts.count,
        bysetpos=by.get("BYSETPOS"),
        bymonth=by.get("BYMONTH"),
        bymonthday=by.get("BYMONTHDAY"),
        byyearday=by.get("BYYEARDAY"),
        byweekno=by.get("BYWEEKNO"),
        byweekday=[weekday(day, number or None) for day, number in planned.days] or None,
        byhour=by.get("BYHOUR"),
        byminute=by.get("BYMINUTE"),
        bysecond=by.get("BYSECOND"),
    )
    return iter(occurrences)


def _skip(planned: Plan, lowest: datetime) -> datetime:
    """A start from which a rule has the same occurrences at and after `lowest`, and few before.

    It begins a year, month, week, ... that the rule's INTERVAL visits. That is exact, as
    the plan names all that the rule takes from its real start, but for a COUNT.
    """
    parts, origin = planned.parts, planned.origin
    if parts.count or lowest <= origin:
        return origin
    if parts.frequency in _MONTHS:
        unit = _MONTHS[parts.frequency]
        base = (origin.year * 12 + origin.month - 1) // unit * unit
        steps = (lowest.year * 12 + lowest.month - 1 - base) // (unit * parts.interval)
        year, month = divmod(base + steps * unit * parts.interval, 12)
        return datetime(year, month + 1, 1) if steps else origin  # noqa: DTZ001 -- local time
    step = _STEPS[parts.frequency] * parts.interval
    begin = _period_begin(parts, origin)
    steps = (lowest - begin) // step
    return begin + steps * step if steps else origin


def _period_begin(parts: Parts, origin: datetime) -> datetime:
    """Begin of the week, day, hour or minute that holds a rule's start."""
    if parts.frequency == "MINUTELY":
        return origin.replace(second=0)
    if parts.frequency == "HOURLY":
        return origin.replace(minute=0, second=0)
    days = (origin.weekday() - parts.week_start) % 7 if parts.frequency == "WEEKLY" else 0
    return origin.replace(hour=0, minute=0, second=0) - timedelta(days=days)
