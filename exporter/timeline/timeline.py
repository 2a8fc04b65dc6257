"""An endpoint's states, from its results in order of their instants."""

from collections.abc import Iterator

from exporter.timeline.columns import Columns
from exporter.timeline.policy import Policy
from exporter.timeline.row import LIVE, Row
from exporter.timeline.tally import State
from exporter.timeline.verdict import Laid, Verdict

_NEVER = -(2**62)
_UNKNOWN, _DOWN = State.UNKNOWN, State.DOWN  # to look them up in their class costs a tenth of adding a result


class Timeline:
    """Disjoint intervals of up, down and unknown, exact to the millisecond.

    A result decides the state from its instant until the next one's, but for at most
    its staleness; then the state is unknown (rule 1). Only what a pending
    verdict may still relabel is ever rewritten.

    Attributes:
        first: Instant of the first result; None before it.
        last: Instant of the latest result; None before the first.
        until: End of what is known.
        version: Grows whenever an answer may have changed.
    """

    __slots__ = (
        "_columns",
        "_cuts",
        "_imported",
        "_live",
        "_source",
        "_tail",
        "first",
        "last",
        "until",
        "version",
    )

    def __init__(self) -> None:
        self._columns = Columns()
        self._live = Verdict()
        self._imported: dict[int, Verdict] = {}
        self._source = LIVE
        self._tail: list[Laid] = []  # what was laid since the oldest pending result
        self._cuts: list[int] = []  # absences that began after the latest of the daemon's results
        self.first: int | None = None
        self.last: int | None = None
        self.until = _NEVER
        self.version = 0

    @property
    def verdict(self) -> State:
        """The present verdict on what the daemon measured; unknown before the first."""
        return self._live.state

    @property
    def votes(self) -> State:
        """What the pending run of results says; unknown where nothing is pending."""
        return self._live.votes

    @property
    def stable(self) -> int:
        """The instant before which later results change nothing."""
        if self._tail:
            return self._tail[0].at
        return _NEVER if self.last is None else self.last

    def add(self, at: int, vote: State, policy: Policy, source: int = LIVE) -> None:
        """Take the next result.

        Raises:
            ValueError: It is not after the one before.
        """
        until = at + policy.staleness
        if self._stands_alone(at, vote, policy, source):
            if at > self.until:
                self._columns.push(self.until, _UNKNOWN)
            if vote != self._live.state or at > self.until:
                self._live.state = vote
                self._columns.push(at, vote)
            self.last, self.until = at, until
            self.version += 1
        else:
            self._lay(Laid(at, until), at, vote, policy, source)

    def add_row(self, row: Row) -> None:
        """Take a series of results, in one step where they say nothing new.

        Where the step exceeds the staleness each result has a hole of its own after it,
        so that they are taken one by one.
        """
        at = row.at
        while at <= row.last:
            verdict = self._verdict_of(row.source)
            settled = row.vote == State.UNKNOWN or (verdict.state == row.vote and not verdict.pending)
            last = row.last if settled and row.step <= row.policy.staleness else at
            self._lay(Laid(at, last + row.policy.staleness), last, row.vote, row.policy, row.source)
            at = last + max(1, row.step)

    def cut(self, at: int) -> None:
        """Begin an absence of the prober: what it measured before says nothing from `at` on."""
        self._cuts.append(at)
        self.version += 1
        if self._source == LIVE and self.last is not None and at < self.until:
            self.until = max(at, self.last)
            if self._tail:
                self._tail[-1].until = self.until

    def drop(self, at: int) -> None:
        """Take the endpoint out of the configuration: as an absence, and its pending verdict is dropped."""
        self.cut(at)
        self._live.settle()
        self._trim()

    def close(self, source: int) -> None:
        """End an imported batch: its pending run keeps the label that it has."""
        self._imported.pop(source, None)
        self._trim()

    def pending_since(self) -> tuple[int, int] | None:
        """First result of the daemon's pending verdict, and the instant until which its verdict is waited for.

        That is as long as the latest could have spoken, whether or not somebody was there. A
        result that had spoken out before the next one came is given up: nobody waits for its
        label any more, though a verdict may still change it.
        """
        pending = self._live.pending
        if not pending:
            return None
        first = pending[-1]
        for earlier in reversed(pending[:-1]):
            if earlier.spoken <= first.at:
                break
            first = earlier
        return first.at, pending[-1].spoken

    def forget(self, before: int) -> None:
        """Give up the states that end by an instant."""
        self._columns.forget(before)
        self.version += 1

    def before(self, at: int) -> tuple[int, int]:
        """Milliseconds up and down before the instant `at`."""
        return self._columns.before(at, self.until)

    def state(self, at: int) -> State:
        """What is known of the instant `at`."""
        return self._columns.state(at) if at < self.until else State.UNKNOWN

    def since(self, at: int) -> int | None:
        """Start of the state that holds at `at`, back-dated; None before the first result."""
        start = self._columns.since(at)
        if start is None or at < self.until or self._columns.state(at) == State.UNKNOWN:
            return start
        return self.until

    def runs(self, at: int) -> Iterator[tuple[int, State]]:
        """Start and state of what holds at `at`, if anything does yet, and of all changes after it."""
        for start, state in self._columns.runs(at):
            if start < self.until:
                yield start, state
        if self.last is not None:
            yield self.until, State.UNKNOWN

    def _verdict_of(self, source: int) -> Verdict:
        if source == LIVE:
            return self._live
        return self._imported.setdefault(source, Verdict())

    def _stands_alone(self, at: int, vote: State, policy: Policy, source: int) -> bool:
        """Whether the result's verdict is at once what it says, and nothing before it is still open: as most are."""
        return (
            vote != _UNKNOWN
            and source == self._source == LIVE
            and not self._tail
            and self.last is not None
            and not self._cuts
            and self.last < at
            and (vote == self._live.state or (policy.down_after if vote == _DOWN else policy.up_after) == 1)
        )

    def _lay(self, laid: Laid, last: int, vote: State, policy: Policy, source: int) -> None:
        """Lay a result, or several up to `last` without a gap, on the time that it speaks for."""
        at = laid.at
        if self.last is None:
            self.first = at
        elif at <= self.last:
            msg = f"result at {at} is not after the one at {self.last}"
            raise ValueError(msg)
        elif at > self.until:
            self._columns.push(self.until, State.UNKNOWN)
        if vote == State.UNKNOWN:
            laid.until = last
        elif source == LIVE:
            self._end_at_absence(laid, last)
        self.last, self.until, self._source = last, laid.until, source
        self.version += 1
        decided = vote != State.UNKNOWN and self._verdict_of(source).take(laid, vote, policy)
        if vote != State.UNKNOWN or not (self._tail and self._tail[-1].says_nothing()):
            self._tail.append(laid)
        if decided and len(self._tail) > 1:
            self._relay()
        else:
            self._columns.push(at, laid.state)
        self._trim()

    def _end_at_absence(self, laid: Laid, last: int) -> None:
        """Let a result that came late, after its prober had gone away, speak until then only."""
        while self._cuts and self._cuts[0] < laid.at:
            del self._cuts[0]
        if self._cuts:
            laid.until = min(laid.until, max(self._cuts[0], last))

    def _relay(self) -> None:
        """Lay the tail anew, after a verdict has relabelled some of it."""
        columns = self._columns
        columns.truncate(columns.index_of(self._tail[0].at))
        reach = self._tail[0].at
        for laid in self._tail:
            if reach < laid.at:
                columns.push(reach, State.UNKNOWN)
            columns.push(laid.at, laid.state)
            reach = laid.until

    def _trim(self) -> None:
        """Forget what lies before the oldest pending result: no verdict reaches further back."""
        if not self._imported and not self._live.pending:
            self._tail.clear()
            return
        pending = [verdict.pending[0] for verdict in self._imported.values() if verdict.pending]
        if self._live.pending:
            pending.append(self._live.pending[0])
        if not pending:
            self._tail = []
            return
        oldest = min(laid.at for laid in pending)
        while self._tail[0].at < oldest:
            del self._tail[0]
