"""All that is asked of a target and known of it."""

from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import and_

from exporter.sla.claims import Ruling
from exporter.sla.evidence import Evidence, Period
from exporter.sla.judge import Allowance, Figures, Verdict, verdict_at_end, verdict_so_far
from exporter.sla.terms import Measure, Target, Terms
from exporter.timeline.spans import NOTHING, Span, Spans


@dataclass(frozen=True, slots=True)
class Case:
    """All that is asked and known."""

    terms: Terms
    target: Target
    evidence: Evidence
    ruled: tuple[Ruling, ...]
    period: Period

    @property
    def measure(self) -> Measure:
        """How downtime is made."""
        return self.terms.measure_of(self.target)

    @property
    def excluded(self) -> Spans:
        """What does not count of the whole service."""
        return Spans(part for each in self.ruled if each.claim.endpoints is None for part in each.counts)

    @property
    def excluded_together(self) -> Spans:
        """What is excluded of every single endpoint: then nothing is left of the service."""
        of_one = [
            Spans(part for each in self.ruled if name in (each.claim.endpoints or ()) for part in each.counts)
            for name in self.evidence.lanes
        ]
        return reduce(and_, of_one) if of_one else NOTHING

    @property
    def claimed(self) -> Spans:
        """What would not, if every claim counted."""
        return Spans(each.claim.span for each in self.ruled if each.claim.endpoints is None)

    def promised(self, span: Span) -> Spans:
        """When the service is promised within a span, also where that is still to come."""
        hours = self.evidence.hours
        return Spans([span]) if hours is None else hours & Spans([span])

    def verdict(self, figures: Figures, spent: Allowance | None, coverage: Fraction | None) -> Verdict:
        """Judge figures; `spent` is None where nobody knows how much is still to come."""
        minimum = self.measure.minimum_coverage
        if spent is not None and not self.period.over:
            return verdict_so_far(spent, coverage, minimum)
        found = verdict_at_end(figures, self.target.agreed, coverage, minimum)
        # How many events are still to come nobody knows: nothing is lost before the end.
        return Verdict.AT_RISK if found is Verdict.MISSED and not self.period.over else found
