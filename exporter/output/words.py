"""Words that several outputs share."""

import re

from exporter.slo.objective import Periods
from exporter.units import describe_duration, format_duration

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(text: str) -> str:
    """What somebody wrote as one line, so that it cannot look like two entries: ` / ` where a line ends, � where it acts on a terminal."""
    lines = (" ".join(each.split()) for each in text.splitlines())
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", " / ".join(filter(None, lines)))


def window_text(window: int | Periods) -> str:
    """A window as the label `slo_window` says it: `30d`, `month/Europe/Berlin`."""
    return format_duration(window) if isinstance(window, int) else window.label


def window_words(window: int | Periods) -> str:
    """A window for people: `30d`, `a month`."""
    return describe_duration(window) if isinstance(window, int) else f"a {window.unit}"
