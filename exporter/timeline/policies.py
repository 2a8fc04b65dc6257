"""What an endpoint's results were judged by, over time (rule C)."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator

from exporter.timeline.policy import Policy

Segment = tuple[int, int, Policy]
"""A span and what was in force in it."""


class Policies:
    """Settings in force, each from the first result that they shaped to the first one of the next."""

    __slots__ = ("_policies", "_starts")

    def __init__(self) -> None:
        self._starts = array("q")
        self._policies: list[Policy] = []

    def add(self, at: int, policy: Policy) -> None:
        """Note the settings of the next result."""
        if not self._policies or (policy is not self._policies[-1] and policy != self._policies[-1]):
            self._starts.append(at)
            self._policies.append(policy)

    def segments(self, start: int, end: int) -> Iterator[Segment]:
        """What was in force in [start, end), in order; before the first result what the first one was judged by.

        Nothing where there was no result.
        """
        policies, starts = self._policies, self._starts
        index = max(0, bisect_right(starts, start) - 1)
        while index < len(policies) and start < end:
            until = starts[index + 1] if index + 1 < len(policies) else end
            yield start, min(until, end), policies[index]
            start = until
            index += 1

    def spans(self) -> Iterator[tuple[int, int | None, Policy]]:
        """All settings in order, each with its first instant and that of the next one; None while it is in force."""
        for index, (start, policy) in enumerate(zip(self._starts, self._policies, strict=True), 1):
            yield start, self._starts[index] if index < len(self._starts) else None, policy

    def __len__(self) -> int:
        return len(self._policies)
