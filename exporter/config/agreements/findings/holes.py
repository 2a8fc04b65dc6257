"""Figures below a target for which no step of its tiers says what is owed, and steps that nothing reaches."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exporter.config.agreements.findings.finding import Case, Finding, Kind
from exporter.config.agreements.steps import percent
from exporter.config.tree import find
from exporter.sla.credit_tiers import Step, Tiers

_FINEST = Fraction(1, 10**8)
"""The last place of figures as they are shown, six places of per cent: none lies within less."""


def holes(case: Case) -> Iterator[Finding]:
    """Tiers that leave figures out."""
    agreement, root = case.agreement, case.written.root
    for target in agreement.terms.targets:
        named = agreement.credits.rules.get(target.credit)
        if named is None or not isinstance(named.rule, Tiers):
            continue
        mark = find(root, ("credits", named.name, "steps")).mark
        for hole in gaps(named.rule.steps, target.agreed):
            message = f"no step of `{named.name}` has {hole}, with which `{target.name}` is missed: nothing is owed for it"
            yield Finding(mark, Kind.HOLE, message)
        if any(step.has(target.agreed) for step in named.rule.steps):
            message = f"a step of `{named.name}` has {percent(target.agreed)}, with which `{target.name}` is met: nothing is owed for it"
            yield Finding(mark, Kind.HOLE, message)


def gaps(steps: Sequence[Step], agreed: Fraction) -> Iterator[str]:
    """The figures below `agreed` that no step has, in words, from the highest."""
    edges = {
        edge for step in steps for edge in (step.below, step.above) if edge is not None and 0 < edge < agreed
    }
    upper = agreed
    for edge in [*sorted(edges, reverse=True), Fraction(0)]:
        if upper - edge > _FINEST and not _has(steps, (upper + edge) / 2):
            at = "from" if not _has(steps, edge) else "above"
            yield f"what is {at} {percent(edge)} and below {percent(upper)}"
        elif not _has(steps, edge):
            yield f"{percent(edge)} exactly"
        upper = edge


def _has(steps: Sequence[Step], figure: Fraction) -> bool:
    return any(step.has(figure) for step in steps)
