"""Targets that are about cases: incidents that were answered, groups of which something was written down."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from operator import and_
from typing import NamedTuple

from exporter.sla.answered import handled
from exporter.sla.case import Case
from exporter.sla.incidents.answers import AnswerTerms
from exporter.sla.judge import Figures, Verdict
from exporter.sla.lane import Lane
from exporter.sla.recorded import groups
from exporter.sla.result import TargetResult
from exporter.sla.services import by_service, left
from exporter.sla.terms import RecordedTerms
from exporter.timeline.spans import Span, Spans
from exporter.timeline.tally import Standing


def of_answers(case: Case, answers: AnswerTerms) -> TargetResult:
    """In what share of incidents all was done in time; of what probes see, as far as they saw anything."""
    found = handled(case, answers)
    met = [each.met for each in found if not each.ignored]
    seen = _seen(case) if _is_probed(case, answers) else _ALL
    return replace(_of_cases(case, met, seen), handled=tuple(found))


def of_recorded(case: Case, recorded: RecordedTerms) -> TargetResult:
    """In what share of its groups a measure is what was promised; of what nobody has written down nothing is known."""
    found = groups(recorded, case.evidence.records, case.period.elapsed)
    known = sum(each.holds is not None for each in found)
    seen = _Seen(0, Fraction(known, len(found))) if found else _NOTHING
    result = _of_cases(case, [each.holds for each in found], seen)
    return replace(result, groups=tuple(found))


class _Seen(NamedTuple):
    """How much is known.

    Attributes:
        unknown: Milliseconds in which a case could have been without anybody seeing it.
        coverage: The share of the period, or of groups, that is known; 0 where none of it is over, or there is none.
    """

    unknown: int
    coverage: Fraction


_ALL, _NOTHING = _Seen(0, Fraction(1)), _Seen(0, Fraction(0))


def _is_probed(case: Case, answers: AnswerTerms) -> bool:
    """Whether outages that probes see may be among a target's incidents; of all others people tell."""
    rules = {rule.name: rule.down for rule in case.terms.severities}
    by_people = bool(answers.severities) and all(rules.get(name, 0) is None for name in answers.severities)
    return bool(case.evidence.lanes) and not answers.channel and not by_people


def _seen(case: Case) -> _Seen:
    """Time in which each endpoint is known, or excluded: in the rest there may have been an outage."""
    elapsed = Spans([case.period.elapsed])
    services = by_service(left(case.evidence.lanes, case.ruled))
    blind = Spans(span for lanes in services.values() for span in _blind(list(lanes.values()))) & elapsed
    unknown, whole = blind.lengths[-1], elapsed.lengths[-1]
    return _Seen(unknown, Fraction(whole - unknown, whole) if whole else Fraction(0))


def _blind(lanes: Sequence[Lane]) -> Iterator[Span]:
    """When an endpoint of a service is not known, or none is watched."""
    for lane in lanes:
        yield from lane.spans(Standing.UNKNOWN)
    yield from reduce(and_, (lane.spans(Standing.ABSENT) for lane in lanes))


def _of_cases(case: Case, met: Sequence[bool | None], seen: _Seen) -> TargetResult:
    """A share of cases: of those that are decided; at best and at worst of all. Where there was none, nothing was missed."""
    count, good, bad = len(met), met.count(True), met.count(False)
    agreed = Fraction(good, good + bad) if good + bad else None
    best = Fraction(count - bad, count) if count else None
    worst = Fraction(good, count) if count else None
    figures = Figures(agreed, agreed, agreed, best, worst)
    return TargetResult(
        case.target,
        _verdict(case, figures, seen.coverage, bad),
        figures,
        count,
        0,
        None,
        None,
        (),
        (),
        seen.unknown,
        seen.coverage,
        case.ruled,
        (0,) * len(case.ruled),
    )


def _verdict(case: Case, figures: Figures, coverage: Fraction, bad: int) -> Verdict:
    if coverage < case.measure.minimum_coverage or (figures.best is None and not coverage):
        return Verdict.UNDETERMINED
    if bad and case.target.agreed == 1:
        return Verdict.MISSED  # whatever is still to come
    return Verdict.MET if figures.best is None else case.verdict(figures, None, coverage)
