"""Samples of one series from elsewhere, packed, and as past results."""

from array import array
from collections.abc import Iterator, Sequence
from hashlib import sha256
from json import dumps
from typing import overload

from exporter.record.csv_file import Past
from exporter.timeline.tally import State
from exporter.units import format_instant

Labels = tuple[tuple[str, str], ...]
"""A series' labels, sorted by name; `__name__` is the metric's."""


class Samples(Sequence[Past]):
    """What one series says, in order of its instants, each instant once; 9 bytes a sample.

    Attributes:
        labels: Of the series.
    """

    __slots__ = ("_ats", "_votes", "labels")

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self._ats = array("q")
        self._votes = array("b")

    def add(self, at: int, vote: State) -> None:
        """Take the next sample; one that is not after the last is one that is there already."""
        if not self._ats or at > self._ats[-1]:
            self._ats.append(at)
            self._votes.append(vote)

    def extend(self, later: "Samples") -> None:
        """Take what another one says after this one's end."""
        for at, vote in zip(later._ats, later._votes, strict=True):  # noqa: SLF001 -- of the same class
            self.add(at, State(vote))

    def __len__(self) -> int:
        return len(self._ats)

    def __iter__(self) -> Iterator[Past]:
        votes = {int(vote): vote for vote in State}
        for at, vote in zip(self._ats, self._votes, strict=True):
            yield Past(at=at, vote=votes[vote], reason="", line=0)

    @overload
    def __getitem__(self, index: int) -> Past: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Past]: ...
    def __getitem__(self, index: int | slice) -> Past | Sequence[Past]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return Past(at=self._ats[index], vote=State(self._votes[index]), reason="", line=0)

    @property
    def interval(self) -> int | None:
        """The median distance of two samples, milliseconds > 0; None where there are fewer than two."""
        distances = sorted(later - at for at, later in zip(self._ats, self._ats[1:], strict=False))
        return distances[(len(distances) - 1) // 2] if distances else None

    def digest(self) -> bytes:
        """SHA-256 of its canonical text: labels as JSON, then `milliseconds vote` a line."""
        found = sha256(dumps(self.labels, ensure_ascii=True, separators=(",", ":")).encode())
        for at, vote in zip(self._ats, self._votes, strict=True):
            found.update(b"\n%d %d" % (at, vote))
        return found.digest()

    def __str__(self) -> str:
        """As PromQL writes it."""
        name = dict(self.labels).get("__name__", "")
        pairs = (
            f"{key}={dumps(value, ensure_ascii=False)}" for key, value in self.labels if key != "__name__"
        )
        return f"{name}{{{','.join(pairs)}}}"


def digest(series: Sequence[Samples]) -> str:
    """SHA-256 over all series in order of their labels, hexadecimal."""
    ordered = sorted(series, key=lambda each: each.labels)
    return sha256(b"".join(each.digest() for each in ordered)).hexdigest()


def merged(series: Sequence[Samples]) -> Samples:
    """What several series of one thing say together; the same instant with the same result counts once.

    Raises:
        ValueError: Two say different things of one instant; names both, in one line.
    """
    if len(series) == 1:
        return series[0]
    together = Samples(series[0].labels)
    tagged = sorted((past.at, index, past.vote) for index, samples in enumerate(series) for past in samples)
    for (at, index, vote), (at_before, index_before, vote_before) in zip(
        tagged, [(None, 0, State.UNKNOWN), *tagged], strict=False
    ):
        if at == at_before and vote != vote_before:
            first, second = series[index_before], series[index]
            msg = (
                f"{first} is {_WORDS[vote_before]} and {second} is {_WORDS[vote]} at {format_instant(at)}; "
                "ask for one of them, or say which counts with `min by (...)` or `max by (...)`"
            )
            raise ValueError(msg)
        together.add(at, vote)
    return together


_WORDS = {State.UP: "1", State.DOWN: "0", State.UNKNOWN: "inconclusive"}
