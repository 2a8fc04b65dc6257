"""How far something was derived from a history, and from where on it has to be derived again."""

from collections.abc import Hashable

from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import Source

START = -FOREVER
"""An instant before every other."""


class Progress:
    """Of one derivation; what lies before the instant that is stable is never derived again."""

    __slots__ = ("_edition", "_firm", "_reached", "_seen")

    def __init__(self) -> None:
        self._reached = self._firm = START
        self._edition: Hashable = None
        self._seen: Hashable = None

    def advance(self, source: Source, until: int) -> int | None:
        """Go on to an instant.

        Returns:
            The instant from which to derive up to `until`: what was derived from there on is to be
            given up. None where all is as it was derived.
        """
        version = source.version
        if version == self._seen and until <= self._reached:
            return None
        edition, start = source.edition, self._reached
        if version != self._seen:
            start = START if edition != self._edition else min(start, self._firm)
        if until <= start:
            return None  # what lies before that has not changed
        self._seen, self._edition = version, edition
        self._reached, self._firm = until, min(source.stable, until)
        return start
