"""The closed periods of a calendar window, for as long as history is kept."""

from collections.abc import Iterator

from exporter.slo.figures import Figures, figures
from exporter.slo.question import Question


def closed_periods(question: Question, at: int, since: int) -> Iterator[Figures]:
    """Answer each period that ended at or before an instant, the latest first; none for a rolling window.

    A period is shown as of its end: whole, and with today's knowledge.

    Args:
        question: The SLO and whom it asks.
        at: Milliseconds since the epoch.
        since: No period that began before it.
    """
    window = question.objective.window
    if not isinstance(window, int):
        for _, end in window.closed(at, since):
            yield figures(question, end)
