"""Incidents that no target is about: they are the agreement's all the same."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from exporter.sla.answered import Handled, handled
from exporter.sla.case import Case
from exporter.sla.evidence import Evidence
from exporter.sla.incidents.answers import AnswerTerms
from exporter.sla.period import PeriodResult
from exporter.sla.result import TargetResult
from exporter.sla.terms import Target

ALL = AnswerTerms()
EVERYTHING = Target("", "", (), Fraction(1), answers=ALL)
"""A target that is about every incident of an agreement, and promises nothing."""


def others(result: PeriodResult) -> list[Handled]:
    """Those of a period's incidents, in order of their starts, as the measure of all targets has them; without clocks.

    Only incidents are known of which a target of answers was told, though it is not about them.
    """
    about = {each.incident.ident for target in result.targets for each in target.handled}
    found = list[Handled]()
    for target, seen in _told(result):
        left = tuple(each for each in seen.incidents if each.ident not in about)
        about |= {each.ident for each in left}
        if left:
            rest = replace(seen, incidents=left)
            case = Case(result.agreement.terms, EVERYTHING, rest, target.ruled, result.period)
            found += handled(case, ALL)
    return sorted(found, key=lambda each: (each.incident.start, each.incident.ident))


def _told(result: PeriodResult) -> Iterator[tuple[TargetResult, Evidence]]:
    """The targets of answers, each with what it was told."""
    for each in result.targets:
        if each.target.answers is not None:
            yield each, result.evidence[each.target.name]
