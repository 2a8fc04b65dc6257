"""What an endpoint's results said, over time: for people who ask why."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from exporter.timeline.tally import State

SUCCESS = ""
INCONCLUSIVE = "inconclusive"


_UNKNOWN, _DOWN = State.UNKNOWN, State.DOWN  # to look them up in their class takes a while


class Reports:
    """What results said, from each one that said something else than the one before it; 10 bytes each."""

    __slots__ = ("_codes", "_reason", "_starts", "_vote", "_words")

    def __init__(self) -> None:
        self._starts = array("q")
        self._codes = array("h")
        self._words: list[str] = [SUCCESS, INCONCLUSIVE]  # few: reasons are of a closed set
        self._vote: State | None = None
        self._reason = ""

    def add(self, at: int, vote: State, reason: str) -> None:
        """Note what the next result said."""
        if vote == self._vote and reason == self._reason:
            return
        self._vote, self._reason = vote, reason
        word = reason or "failure" if vote == _DOWN else INCONCLUSIVE if vote == _UNKNOWN else SUCCESS
        if word not in self._words:
            self._words.append(word)
        self._starts.append(at)
        self._codes.append(self._words.index(word))

    def forget(self, before: int) -> None:
        """Give up what was said before the latest report up to an instant."""
        passed = max(0, bisect_right(self._starts, before) - 1)
        del self._starts[:passed], self._codes[:passed]

    def changes(self, start: int, end: int) -> Iterator[int]:
        """Instants in [start, end) of results that said something else than the one before."""
        return iter(self._starts[bisect_left(self._starts, start) : bisect_left(self._starts, end)])

    def at(self, at: int) -> tuple[int, str] | None:
        """What the latest result up to the instant `at` said, and since when all said so; None before the first.

        It is `SUCCESS`, `INCONCLUSIVE`, or why it failed.
        """
        index = bisect_right(self._starts, at) - 1
        return (self._starts[index], self._words[self._codes[index]]) if index >= 0 else None
