"""When it has gone wrong for so long that a party may leave."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from exporter.sla.judge import Verdict


@dataclass(frozen=True, slots=True)
class TerminationRule:
    """What gives the right to terminate; one of the three.

    Attributes:
        missed: So many missed periods ...
        of: ... of the last so many.
        consecutive: So many missed periods in a row.
        below: A figure below this, once.
        target: Name of the target that it is about; empty for the agreement, of any target.
    """

    missed: int | None = None
    of: int | None = None
    consecutive: int | None = None
    below: Fraction | None = None
    target: str = ""


class Past(NamedTuple):
    """A period, as it was judged.

    Attributes:
        verdict: Of the agreement.
        verdicts: Of each target, by name.
        figures: Agreed figures likewise; None where there is none.
    """

    verdict: str
    verdicts: dict[str, str]
    figures: dict[str, Fraction | None]


def rights(rules: Sequence[TerminationRule], periods: Sequence[Past]) -> Iterator[str]:
    """Why a party may terminate after the last of some periods, in words; nothing where it may not.

    Args:
        rules: That were agreed on.
        periods: Those that are known, oldest first; one of which nothing can be said is no missed one.
    """
    for rule in rules:
        whose = f" of {rule.target}" if rule.target else ""
        missed = [_is_missed(rule, each) for each in periods]
        if rule.missed is not None:
            last = missed[-(rule.of or len(missed)) :]
            if sum(last) >= rule.missed:
                yield f"{sum(last)} of the last {len(last)} periods{whose} were missed; {rule.missed} are enough"
        elif rule.consecutive is not None:
            if len(missed) >= rule.consecutive and all(missed[-rule.consecutive :]):
                yield f"{rule.consecutive} periods{whose} in a row were missed"
        elif rule.below is not None and periods:
            yield from _below(rule, rule.below, periods[-1])


def _is_missed(rule: TerminationRule, period: Past) -> bool:
    verdict = period.verdicts.get(rule.target) if rule.target else period.verdict
    return verdict == Verdict.MISSED


def _below(rule: TerminationRule, edge: Fraction, period: Past) -> Iterator[str]:
    for name, figure in period.figures.items():
        if figure is not None and figure < edge and rule.target in {"", name}:
            yield f"{name} was below {float(edge * 100):g} %"
