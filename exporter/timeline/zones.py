"""Time zones: from local time to instants and back, where clocks skip an hour and where they repeat one.

A local time is a naive `datetime`; its `fold` means nothing here. Instants are milliseconds since the epoch.
"""

from bisect import bisect_left
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from exporter.errors import nearest
from exporter.timeline.spans import Span
from exporter.units import SECOND

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_NO_ZONES = (
    "right/",  # with leap seconds: their days are not 86,400 s long, so that instants would be half a minute off
    *("localtime", "posixrules"),  # another zone on each machine
)


def zone(name: str) -> ZoneInfo:
    """Give the time zone of an IANA name, such as `Europe/Berlin` or `UTC`.

    Raises:
        ValueError: There is no such zone; the message says which is meant, or how to write one.
    """
    try:
        if name and not name.startswith(_NO_ZONES):
            return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there; no name, but a path; a directory
        pass
    known = [one for one in sorted(available_timezones()) if not one.startswith(_NO_ZONES)]
    cities = {one.rpartition("/")[2].lower(): one for one in known}
    shown = " ".join(name.split())
    city = cities.get(shown.replace(" ", "_").lower(), shown)
    hint = nearest(city, known) or "; write an IANA name such as Europe/Berlin"
    msg = f"`{shown}` is not a time zone{hint}"
    raise ValueError(msg)


def local_of(at: int, where: ZoneInfo) -> datetime:
    """What clocks show at the instant `at`; beyond the years 1 to 9999 the first or last that can be written."""
    try:
        there = (_EPOCH + timedelta(milliseconds=at)).astimezone(where)
    except OverflowError:
        return datetime.min if at < 0 else datetime.max  # noqa: DTZ901 -- a local time
    return there.replace(tzinfo=None, fold=0)


def instant_of(local: datetime, where: ZoneInfo) -> int:
    """The instant at which clocks show a local time.

    One that does not exist is taken with the offset before the gap (02:30 is what
    clocks then call 03:30); of one that exists twice it is the first (ruling 41).
    """
    return _instant(local.replace(tzinfo=where, fold=0))


def first_instant(local: datetime, where: ZoneInfo) -> int:
    """The first instant at which clocks show a local time or a later one.

    As `instant_of`, but that all times which clocks skip are the instant at which they
    do so: what begins at a midnight that does not exist begins with its day, and what
    opens from 02:30 to 06:00 is open when clocks go from 02:00 to 03:00.
    """
    first, other = instant_of(local, where), _instant(local.replace(tzinfo=where, fold=1))
    if first <= other:
        return first
    seconds = range(
        other // SECOND, first // SECOND + 1
    )  # the gap lies between; offsets change on whole seconds
    return seconds[bisect_left(seconds, local, key=lambda second: local_of(second * SECOND, where))] * SECOND


def days_of(span: Span, name: str) -> list[Span]:
    """The local days of a span, in order; the first and the last may be cut by it.

    Args:
        span: Milliseconds since the epoch.
        name: IANA name of the zone.
    """
    where, (start, end) = zone(name), span
    day = datetime.combine(local_of(start, where).date(), time())
    found = list[Span]()
    while start < end:
        day += timedelta(days=1)
        beyond = min(end, first_instant(day, where))
        if start < beyond:
            found.append((start, beyond))
            start = beyond
    return found


def _instant(aware: datetime) -> int:
    return (aware - _EPOCH) // _MILLISECOND
