"""States laid on time as packed columns with prefix sums: any window in O(log n)."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State

_UP, _DOWN = int(State.UP), int(State.DOWN)


class Columns:
    """Runs of equal state, each from its start to the next one's; before the first all is unknown.

    Four packed columns, 25 bytes a run: start, state, and the milliseconds up and down
    before the start. Runs are appended in order of time and cut off at the end.
    """

    __slots__ = ("downs", "starts", "states", "ups")

    def __init__(self) -> None:
        self.starts = array("q")
        self.states = array("b")
        self.ups = array("q")
        self.downs = array("q")

    def push(self, at: int, state: int) -> None:
        """Let `state` hold from `at` on; `at` is not before the latest start."""
        starts = self.starts
        up = down = 0
        if starts:
            before, start = self.states[-1], starts[-1]
            if before == state:
                return
            up, down = self.ups[-1], self.downs[-1]
            if before == _UP:
                up += at - start
            elif before == _DOWN:
                down += at - start
        starts.append(at)
        self.states.append(state)
        self.ups.append(up)
        self.downs.append(down)

    def index_of(self, at: int) -> int:
        """How many runs start before the instant `at`."""
        return bisect_left(self.starts, at)

    def truncate(self, length: int) -> None:
        """Keep the first `length` runs."""
        del self.starts[length:], self.states[length:], self.ups[length:], self.downs[length:]

    def forget(self, before: int) -> None:
        """Give up the runs that end by an instant; sums of what comes after stay what they were."""
        passed = max(0, bisect_right(self.starts, before) - 1)
        for column in (self.starts, self.states, self.ups, self.downs):
            del column[:passed]

    def before(self, at: int, until: int = FOREVER) -> tuple[int, int]:
        """Milliseconds up and down before the instant `at`; from `until` on all is unknown."""
        if at > until:  # noqa: PLR1730 -- every question comes through here several times: `min` costs a tenth of it
            at = until
        starts = self.starts
        index = bisect_right(starts, at) - 1
        if index < 0:
            return (self.ups[0], self.downs[0]) if starts else (0, 0)  # what was forgotten
        state = self.states[index]
        if state == _UP:
            return self.ups[index] + at - starts[index], self.downs[index]
        if state == _DOWN:
            return self.ups[index], self.downs[index] + at - starts[index]
        return self.ups[index], self.downs[index]

    def state(self, at: int) -> State:
        """The state of the run that holds the instant `at`."""
        index = bisect_right(self.starts, at) - 1
        return State(self.states[index]) if index >= 0 else State.UNKNOWN

    def since(self, at: int) -> int | None:
        """Start of the run that holds the instant `at`; None before the first."""
        index = bisect_right(self.starts, at) - 1
        return self.starts[index] if index >= 0 else None

    def runs(self, at: int) -> Iterator[tuple[int, State]]:
        """Start and state of the run that holds `at`, and of all after it."""
        for index in range(max(0, bisect_right(self.starts, at) - 1), len(self.starts)):
            yield self.starts[index], State(self.states[index])
