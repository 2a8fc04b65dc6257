"""Targets over events in slices of time: the mean of their error rates, all events together, or bad slices as downtime."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from exporter.sla.evidence import Evidence, Slice
from exporter.sla.lane import Lane
from exporter.sla.terms import Judged, SliceTerms
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing


@dataclass(frozen=True, slots=True)
class Tallied:
    """What slices add up to.

    Attributes:
        bad: The sum of their error rates, or of their bad events; exact.
        whole: How many slices count, or how many events they have.
        known: Of how many slices something is known.
    """

    bad: Fraction
    whole: int
    known: int

    @property
    def figure(self) -> Fraction | None:
        """The good share; None where there is nothing."""
        return 1 - self.bad / self.whole if self.whole else None

    def with_unknown(self, slices: int, *, bad: bool) -> Fraction | None:
        """The good share if so many slices more were all good, or all bad; each as large as those that count are on average."""
        more = Fraction(slices * self.whole, self.known) if self.whole else Fraction(slices)
        whole = self.whole + more
        return 1 - (self.bad + bad * more) / whole if whole else None


def tallied(terms: SliceTerms, slices: Sequence[Slice], promised: Spans, excluded: Spans) -> Tallied:
    """Add up the slices that lie in promised time as a whole, but those that are excluded as a whole.

    Args:
        terms: Say what counts.
        slices: Runs of them.
        promised: Within the period.
        excluded: What does not count; a part of a slice excuses nothing of it.
    """
    bad, whole, known = Fraction(0), 0, 0
    for run in slices:
        number = within(terms.length, run, promised) - within(terms.length, run, promised & excluded)
        events = run.good + run.bad
        known += number
        if terms.judged is Judged.SHARE:
            bad += run.bad * number
            whole += events * number
        elif events or terms.empty_is_good:
            bad += Fraction(run.bad, events or 1) * number
            whole += number
    return Tallied(bad, whole, known)


def within(length: int, run: Slice, agreed: Spans) -> int:
    """How many slices of a run lie in some time as a whole."""
    return sum(
        max(0, (end - run.start) // length + (run.start - start) // length)
        for start, end in agreed.within(run.start, run.start + run.count * length)
    )


def all_within(length: int, promised: Spans, excluded: Spans) -> int:
    """How many slices count of some time, be anything known of them or not."""
    counts = [
        sum(max(0, end // length + -start // length) for start, end in spans)
        for spans in (promised, promised & excluded)
    ]
    return counts[0] - counts[1]


def as_time(terms: SliceTerms, evidence: Evidence) -> Evidence:
    """Evidence whose only lane is that of its slices: down where one is bad, unknown where nothing is known."""
    return replace(evidence, lanes={"slices": _lane(terms, evidence)})


def _lane(terms: SliceTerms, evidence: Evidence) -> Lane:
    span = evidence.span
    runs = {span[0]: Standing.UNKNOWN}
    for start, standing in _edges(terms, evidence):
        if start < span[1]:
            runs[max(start, span[0])] = standing
    return Lane.of(runs.items(), *span)


def _edges(terms: SliceTerms, evidence: Evidence) -> Iterator[tuple[int, Standing]]:
    for run in evidence.slices:
        yield run.start, _standing(terms, run, evidence.unit)
        yield run.start + run.count * terms.length, Standing.UNKNOWN


def _standing(terms: SliceTerms, run: Slice, unit: int) -> Standing:
    events = run.good + run.bad
    if not events:
        return Standing.UP if terms.empty_is_good else Standing.UNKNOWN
    bad = run.bad == events if terms.above == 1 else run.bad > terms.above * events
    return Standing.DOWN if bad and events >= terms.minimum * unit else Standing.UP
