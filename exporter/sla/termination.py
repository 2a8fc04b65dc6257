"""When it has gone wrong for so long that a party may leave, or that the parties have to talk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from exporter.sla.judge import Verdict


@dataclass(frozen=True, slots=True)
class TerminationRule:
    """What gives the right to terminate, or calls for a review; one of the three.

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
        start: First instant of the calendar period, milliseconds since the epoch.
        end: First instant beyond it.
        verdict: Of the agreement.
        verdicts: Of each target, by name.
        figures: Agreed figures of time likewise; None where there is none.
    """

    start: int
    end: int
    verdict: str
    verdicts: dict[str, str]
    figures: dict[str, Fraction | None]


def rights(rules: Sequence[TerminationRule], periods: Sequence[Past]) -> Iterator[str]:
    """What rules say after the last of some periods, in words; nothing where they do not hold.

    Args:
        rules: That were agreed on.
        periods: Those that are known, oldest first, parts of one by themselves; one of which nothing can be said is no missed one.
    """
    periods = _whole(periods)
    for rule in rules:
        whose = f" of {rule.target}" if rule.target else ""
        missed = [_is_missed(rule, each) for each in periods]
        if rule.missed is not None:
            counted = missed[-(rule.of or len(missed)) :]
            if sum(counted) >= rule.missed:
                yield f"{sum(counted)} of the last {len(counted)} periods{whose} were missed; {rule.missed} are enough"
        elif rule.consecutive is not None:
            last = periods[-rule.consecutive :]
            in_a_row = len(last) == rule.consecutive and all(
                earlier.end == later.start for earlier, later in pairwise(last)
            )
            if in_a_row and all(missed[-rule.consecutive :]):
                yield f"{rule.consecutive} periods{whose} in a row were missed"
        elif rule.below is not None and periods:
            yield from _below(rule, rule.below, periods[-1])


def _whole(periods: Sequence[Past]) -> list[Past]:
    """Parts of a period as one: missed if any part is."""
    found = list[Past]()
    for each in periods:
        before = found[-1] if found and found[-1].start == each.start else None
        if before is None:
            found.append(each)
            continue
        verdicts = {
            name: Verdict.MISSED.value if Verdict.MISSED in {before.verdicts.get(name), verdict} else verdict
            for name, verdict in {**before.verdicts, **each.verdicts}.items()
        }
        missed = Verdict.MISSED in {before.verdict, each.verdict}
        verdict = Verdict.MISSED.value if missed else each.verdict
        found[-1] = Past(each.start, each.end, verdict, verdicts, {**before.figures, **each.figures})
    return found


def _is_missed(rule: TerminationRule, period: Past) -> bool:
    verdict = period.verdicts.get(rule.target) if rule.target else period.verdict
    return verdict == Verdict.MISSED


def _below(rule: TerminationRule, edge: Fraction, period: Past) -> Iterator[str]:
    for name, figure in period.figures.items():
        is_missed = period.verdicts.get(name) == Verdict.MISSED  # else too little is known of it
        if figure is not None and figure < edge and is_missed and rule.target in {"", name}:
            yield f"{name} was below {float(edge * 100):g} %"
