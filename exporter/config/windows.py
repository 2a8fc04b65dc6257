"""The windows of SLOs, none of which may be longer than history is kept."""

from exporter import units
from exporter.config.report import Report
from exporter.config.sections import CalendarSection
from exporter.config.times import UTC
from exporter.config.tree import Map
from exporter.config.validate import validate
from exporter.timeline.calendar import Calendar

DEFAULT_WINDOW = 30 * units.DAY
LONGEST = {"week": 7 * units.DAY, "month": 31 * units.DAY, "quarter": 92 * units.DAY, "year": 366 * units.DAY}
"""What a period may take; the hour by which a change of clocks lengthens it is in the day of grace."""

Window = int | Calendar


class Windows:
    """Checks windows against the retention (ruling 43).

    Args:
        retention: Milliseconds for which history is kept.
        retention_mark: Where that stands.
        report: Gets the problems.

    Attributes:
        default: Of the SLOs that do not say theirs.
    """

    def __init__(self, retention: int, retention_mark: int, report: Report) -> None:
        self._retention = retention
        self._mark = retention_mark
        self._report = report
        self.default: Window | None = None

    def of(self, written: int | Map | None, mark: int) -> Window:
        """Give the window that an SLO has.

        Args:
            written: Its key `window`; None where it has none.
            mark: Where that stands.
        """
        if written is not None:
            return self._checked(written, mark)
        if self.default is None:
            self.default = DEFAULT_WINDOW
            if self._retention < DEFAULT_WINDOW + units.DAY:
                kept, window = map(units.format_duration, (self._retention, DEFAULT_WINDOW))
                self._report.problem(
                    self._mark,
                    f"`retention` {kept} is too short for the default window of {window}; it must be a day longer",
                )
        return self.default

    def set_default(self, written: int | Map, mark: int) -> None:
        """Take the window under `defaults`."""
        self.default = self._checked(written, mark)

    def _checked(self, written: int | Map, mark: int) -> Window:
        window = self._calendar(written) if isinstance(written, Map) else written
        if window is None:
            return DEFAULT_WINDOW
        longest = self._retention - units.DAY
        if _longest(window) > longest:
            shown, kept = units.format_duration(longest), units.format_duration(self._retention)
            what = "is" if isinstance(window, int) else f"of a {window.unit} may be"
            self._report.problem(mark, f"`window` {what} longer than {shown}; history is kept for {kept}")
        return window

    def _calendar(self, node: Map) -> Calendar | None:
        section, _ = validate(CalendarSection, node, self._report, "window")
        if section is None:
            return None
        zone = section.timezone or UTC
        if section.anchor is None:
            return Calendar(section.calendar, zone)
        return Calendar(section.calendar, zone, section.anchor)


def _longest(window: Window) -> int:
    return window if isinstance(window, int) else LONGEST[window.unit]
