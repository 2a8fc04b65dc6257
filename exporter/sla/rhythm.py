"""How often the report of a period that runs is written."""

from datetime import datetime, time
from enum import StrEnum

from exporter.timeline.calendar import Calendar
from exporter.timeline.zones import first_instant, local_of, zone

_LENGTHS = ("day", "week", "month", "quarter", "year")
"""Calendar units, the shortest first."""


class Rhythm(StrEnum):
    """At the start of each day, week or month."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def unit(self) -> str:
        """What begins."""
        return _UNITS[self]

    def is_within(self, period: str) -> bool:
        """Whether any begins within a period of a calendar unit: whether it is shorter than that."""
        return _LENGTHS.index(self.unit) < _LENGTHS.index(period)

    def latest(self, calendar: Calendar, at: int) -> int:
        """The latest start at or before an instant, milliseconds since the epoch.

        Args:
            calendar: In whose time zone; months begin on the day of its anchor, as its periods do.
            at: Milliseconds since the epoch.
        """
        if self is Rhythm.DAILY:
            where = zone(calendar.zone)
            return first_instant(datetime.combine(local_of(at, where).date(), time()), where)
        return Calendar(self.unit, calendar.zone, calendar.anchor).period(at + 1)[0]


_UNITS = {Rhythm.DAILY: "day", Rhythm.WEEKLY: "week", Rhythm.MONTHLY: "month"}
