"""From results to verdicts: consecutive results of one source decide up or down.

Rules B and 2: verdicts label the sequence of conclusive results. Until its
verdict a result carries the verdict before it; the verdict then labels the whole run.
"""

from exporter.timeline.policy import Policy
from exporter.timeline.tally import State


class Laid:
    """A result, or several without a gap, on the time that it speaks for.

    Attributes:
        at: Its instant.
        spoken: End of what it could speak for at most.
        until: End of what it speaks for, unless another result comes before; an absence ends it sooner.
        state: The label that it carries; a verdict may still change it.
    """

    __slots__ = ("at", "spoken", "state", "until")

    def __init__(self, at: int, until: int) -> None:
        self.at = at
        self.spoken = self.until = until
        self.state = State.UNKNOWN

    def says_nothing(self) -> bool:
        """Whether it only ends what came before it, as an inconclusive result does."""
        return self.until <= self.at


class Verdict:
    """The verdict of one source of results, for life, and the run that may overturn it.

    Attributes:
        state: The verdict; unknown before the first.
        votes: What the pending run says; unknown where nothing is pending.
        pending: The run's results, oldest first; shorter than `down_after` or `up_after`.
    """

    __slots__ = ("pending", "state", "votes")

    def __init__(self) -> None:
        self.state = State.UNKNOWN
        self.votes = State.UNKNOWN
        self.pending: list[Laid] = []

    def settle(self) -> None:
        """Drop the pending run: what it carries now stays."""
        self.votes = State.UNKNOWN
        self.pending = []

    def take(self, laid: Laid, vote: State, policy: Policy) -> bool:
        """Judge the next conclusive result; True where it decides a verdict.

        The setting in force at this result decides, so that a reload alone never does.
        All of the run, `laid` included, then carries the new verdict; else `laid`
        carries the one before.
        """
        if vote == self.state:
            self.settle()
            laid.state = vote
            return False
        if vote != self.votes:
            self.votes, self.pending = vote, []
        needed = policy.down_after if vote == State.DOWN else policy.up_after
        if len(self.pending) + 1 < needed:
            self.pending.append(laid)
            laid.state = self.state
            return False
        for earlier in self.pending:
            earlier.state = vote
        laid.state = self.state = vote
        self.settle()
        return True
