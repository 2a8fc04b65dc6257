"""Calendar windows: weeks, months, quarters and years of a time zone, from their anchor (rule 7, ruling 31)."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from exporter.errors import nearest
from exporter.timeline.spans import FOREVER, Span
from exporter.timeline.zones import first_instant, local_of, zone
from exporter.units import DAY, EARLIEST

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_NOMINAL = {"week": 7 * DAY, "month": 30 * DAY, "quarter": 91 * DAY, "year": 365 * DAY}
_DEFAULT_ANCHOR = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Periods that follow each other without a gap.

    Period k starts at the first instant of the day `anchor` + k units, a day that the month
    does not have being its last one. Each is counted from the anchor, so that months from
    the 31st do not become months from the 28th. Weeks begin on Monday, whatever the anchor.

    Attributes:
        unit: `week`, `month`, `quarter` or `year`.
        zone: IANA name of the time zone.
        anchor: A day on which a period starts.
    """

    unit: str
    zone: str = "UTC"
    anchor: date = _DEFAULT_ANCHOR
    # The period that was last asked for: a scrape asks for the same one again and again.
    _last: Span = field(default=(0, 0), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Check the unit and the zone.

        Raises:
            ValueError: One of them does not exist.
        """
        if self.unit not in _NOMINAL:
            hint = nearest(self.unit, _NOMINAL) or f"; write {', '.join(_NOMINAL)}"
            msg = f"`{' '.join(self.unit.split())}` is not a calendar period{hint}"
            raise ValueError(msg)
        zone(self.zone)

    @property
    def nominal(self) -> int:
        """The length that stands for all of its periods, in milliseconds: of a month 30 days."""
        return _NOMINAL[self.unit]

    @property
    def label(self) -> str:
        """Such as `month/Europe/Berlin`; with the anchor behind it where that makes a difference."""
        usual = Calendar(self.unit)
        anchored = self.start_day(0) != usual.start_day(self._index(self.anchor, _DEFAULT_ANCHOR))
        return f"{self.unit}/{self.zone}" + (f"/{self.anchor}" if anchored else "")

    def period(self, at: int) -> Span:
        """The period that holds the last millisecond before `at`: the instant of its end shows it whole."""
        last = self._last
        if last[0] < at <= last[1]:
            return last
        index = self._index_at(at)
        found = (self._edge(index), self._edge(index + 1))
        object.__setattr__(self, "_last", found)
        return found

    def closed(self, at: int, since: int) -> Iterator[Span]:
        """The periods that ended at or before `at` and started at or after `since`, the latest first."""
        index = self._index_at(at)
        end = self._edge(index + 1)
        while end > since:
            start = self._edge(index)
            if end <= at and start >= max(since, EARLIEST):
                yield start, end
            index, end = index - 1, start

    def _index_at(self, at: int) -> int:
        """Number of the period that holds the last millisecond before `at`."""
        index = self._index(local_of(at - 1, zone(self.zone)).date(), self.anchor)
        if self._edge(index) >= at:  # it begins later in the month
            return index - 1
        # The next one has begun already where clocks went back over its midnight: they show the day before again.
        return index if at <= self._edge(index + 1) else index + 1

    def _index(self, day: date, anchor: date) -> int:
        """Number of the period that begins in the same month (or week) as, or last before, that of a day."""
        if self.unit == "week":
            return (day.toordinal() - anchor.toordinal() + anchor.weekday()) // 7
        months = (day.year - anchor.year) * 12 + day.month - anchor.month
        return months // _MONTHS[self.unit]

    def start_day(self, index: int) -> date | None:
        """Day on which a period starts; None beyond the years 1 to 9999."""
        try:
            if self.unit == "week":
                return date.fromordinal(self.anchor.toordinal() - self.anchor.weekday() + 7 * index)
            months = self.anchor.year * 12 + self.anchor.month - 1 + index * _MONTHS[self.unit]
            year, month = months // 12, months % 12 + 1
            return date(year, month, min(self.anchor.day, monthrange(year, month)[1]))
        except (ValueError, OverflowError):
            return None

    def _edge(self, index: int) -> int:
        """The instant at which a period starts; before or after every other beyond the years 1 to 9999."""
        day = self.start_day(index)
        if day is None:
            return -FOREVER if index < 0 else FOREVER
        return first_instant(datetime.combine(day, time()), zone(self.zone))
