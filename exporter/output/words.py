"""Words that several outputs share."""

from exporter.slo.objective import Periods
from exporter.units import describe_duration, format_duration


def window_text(window: int | Periods) -> str:
    """A window as the label `slo_window` says it: `30d`, `month/Europe/Berlin`."""
    return format_duration(window) if isinstance(window, int) else window.label


def window_words(window: int | Periods) -> str:
    """A window for people: `30d`, `a month`."""
    return describe_duration(window) if isinstance(window, int) else f"a {window.unit}"
