"""Clocks of people: how long an answer took, in the time in which it was due."""

from bisect import bisect_left, bisect_right

from exporter.timeline.spans import Span, Spans


def elapsed(running: Spans, span: Span) -> int:
    """Milliseconds that a clock ran within a span.

    Args:
        running: When it runs.
        span: Milliseconds since the epoch.
    """
    return max(0, running.before(span[1]) - running.before(span[0])) if span[0] < span[1] else 0


def deadline(running: Spans, start: int, limit: int) -> int | None:
    """The instant from which on a clock has run for longer than its limit; None where it does not run for so long.

    Args:
        running: When it runs.
        start: When it was started, milliseconds since the epoch.
        limit: Milliseconds, >= 0.
    """
    wanted = running.before(start) + limit
    if wanted >= running.lengths[-1]:
        return None
    number = bisect_right(running.lengths, wanted) - 1
    return max(start, running.starts[number] + wanted - running.lengths[number])


def reached(running: Spans, start: int, length: int) -> int | None:
    """The first instant at which a clock has run for so long; None where it never has.

    Args:
        running: When it runs.
        start: When it was started, milliseconds since the epoch.
        length: Milliseconds, > 0.
    """
    wanted = running.before(start) + length
    if wanted > running.lengths[-1]:
        return None
    number = bisect_left(running.lengths, wanted) - 1
    return running.starts[number] + wanted - running.lengths[number]
