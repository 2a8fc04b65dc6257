"""How a history stood in a window, asked many times."""

from bisect import bisect_right

from exporter.timeline.tally import History, Standing


class Standings:
    """What a history's `standings` say of [start, end), asked of any instant in O(log n).

    Attributes:
        starts: Instants at which something may have changed, ascending; the first is the start of the window.
        end: The first instant beyond.
    """

    __slots__ = ("_standings", "end", "starts")

    def __init__(self, history: History, start: int, end: int) -> None:
        self.starts: list[int] = []
        self._standings: list[Standing] = []
        self.end = end
        for at, standing in history.standings(start, end):
            self.starts.append(at)
            self._standings.append(standing)

    def at(self, at: int) -> Standing:
        """How it stood at an instant of the window."""
        return self._standings[bisect_right(self.starts, at) - 1]
