"""Local time without arithmetic: a zone's clock, read minute by minute."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from exporter.units import DAY, MINUTE, SECOND

# Weeks in which clocks change: by an hour, by half an hour, at midnight, over a whole day.
CHANGES = [
    ("Europe/Berlin", "2026-03-26"),
    ("Europe/Berlin", "2026-10-22"),
    ("America/New_York", "2026-03-05"),
    ("America/New_York", "2026-10-29"),
    ("Australia/Lord_Howe", "2026-04-02"),
    ("Australia/Lord_Howe", "2026-10-01"),
    ("America/Santiago", "2026-04-02"),
    ("America/Santiago", "2026-09-03"),
    ("Africa/Cairo", "2026-04-21"),
    ("Africa/Cairo", "2026-10-27"),
    ("Asia/Beirut", "2026-03-26"),
    ("Asia/Beirut", "2026-10-22"),
    ("Pacific/Apia", "2011-12-27"),
    ("America/St_Johns", "2006-10-26"),  # back at 00:01, so that two days take turns
    ("America/St_Johns", "2009-10-29"),  # likewise two months
    ("America/Toronto", "1919-03-28"),  # on at 23:30: midnight lies within the gap
]
"""Zones, and a day (UTC) some days before their clocks change."""

DAYS = 7


def at_utc(text: str) -> int:
    """The instant of a date, or of a date and time, of UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def lengths(least: int, most: int) -> st.SearchStrategy[int]:
    """Milliseconds, from days `least` to `most`: all alike, where a wide range of whole numbers gives small ones."""
    parts = st.tuples(
        st.integers(least, most - 1), st.integers(0, DAY // SECOND - 1), st.sampled_from([0, 0, 1, 999])
    )
    return parts.map(lambda each: each[0] * DAY + each[1] * SECOND + each[2])


def instants(first: str, last: str) -> st.SearchStrategy[int]:
    """Instants between two dates of UTC."""
    return lengths(at_utc(first) // DAY, at_utc(last) // DAY)


def minutes(zone: str, start: int, days: int = DAYS) -> Iterator[tuple[int, datetime]]:
    """Each minute from `start` on, and what the zone's clocks show then."""
    where = ZoneInfo(zone)
    for at in range(start, start + days * 24 * 60 * MINUTE, MINUTE):
        yield at, datetime.fromtimestamp(at // SECOND, where).replace(tzinfo=None, fold=0)


def running(clock: Iterable[tuple[int, datetime]]) -> Iterator[tuple[int, datetime]]:
    """The same clock, but that it stands still where others go back: what was shown once has begun for good."""
    shown = datetime.min  # noqa: DTZ901 -- local time
    for at, local in clock:
        shown = max(shown, local)
        yield at, shown


class Shown:
    """When a clock first showed each local time."""

    def __init__(self, clock: Iterable[tuple[int, datetime]]) -> None:
        self.first = dict[datetime, int]()
        for at, local in clock:
            self.first.setdefault(local, at)
        self.times = sorted(self.first)

    def at(self, local: datetime) -> int:
        """The first minute that shows a local time; where none does, that of the last time before the gap, and on from it."""
        before = self.times[bisect_right(self.times, local) - 1]
        return self.first[before] + (local - before) // timedelta(milliseconds=1)

    def at_or_after(self, local: datetime) -> int:
        """The first minute that shows a local time or a later one, of a clock that never goes back."""
        return self.first[self.times[bisect_left(self.times, local)]]
