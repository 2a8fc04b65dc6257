"""What is owed for a period: each miss by its rule, together, no more than the caps, and until when it may be claimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from exporter.sla.credit_rule import CreditRule, Outcome
from exporter.sla.evidence import Period
from exporter.sla.money import rounded
from exporter.sla.result import TargetResult
from exporter.timeline.spans import Span


class Together(StrEnum):
    """What is owed where several targets are missed: all of it, the most, or the one that the customer chooses."""

    SUM = "sum"
    MAX = "max"
    CHOOSE = "choose"


@dataclass(frozen=True, slots=True)
class Fee:
    """What is paid for a period.

    Attributes:
        amount: Exact, >= 0.
        currency: Its code (ISO 4217).
        shares: Of single services, by name; each 0 < x <= 1.
    """

    amount: Fraction
    currency: str
    shares: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A credit rule of an agreement.

    Attributes:
        name: Of it.
        of_service: Whether its shares are of the service's part of the fee; else of all of it.
        rule: What it gives.
    """

    name: str
    of_service: bool
    rule: CreditRule


@dataclass(frozen=True, slots=True)
class Caps:
    """What credits may come to, as shares of the fee of the period and of the year; None for no cap."""

    period: Fraction | None = None
    year: Fraction | None = None


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """All that is agreed on credits.

    Attributes:
        fee: Of a whole period; None where none is agreed, and credits are shares only.
        rules: By name.
        together: Of several misses.
        caps: Of what they come to.
        claim_within: Milliseconds after the period's end until which they may be claimed; None for ever.
        periods_a_year: For the cap of the year.
    """

    fee: Fee | None = None
    rules: Mapping[str, NamedRule] = field(default_factory=dict)
    together: Together = Together.SUM
    caps: Caps = Caps()
    claim_within: int | None = None
    periods_a_year: int = 12


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What a target costs.

    Attributes:
        target: Its name.
        rule: The name of the rule.
        of: `service` or `fee`.
        share: Of that.
        share_of_fee: Of the whole fee of the period.
        amount: Rounded; None without a fee.
        why: How it was worked out.
    """

    target: str
    rule: str
    of: str
    share: Fraction
    share_of_fee: Fraction
    amount: Decimal | None
    why: str


@dataclass(frozen=True, slots=True)
class Credit:
    """What is owed.

    Attributes:
        lines: For each target whose rule gives anything, in the order of the targets.
        share: Of the fee, after the caps.
        amount: Rounded once; None without a fee.
        currency: Of the amounts; empty without a fee.
        capped: Which cap took of it: `period`, `year`, or empty.
        claim_by: Until when it may be claimed, milliseconds since the epoch; None for ever, or where nothing is owed.
    """

    lines: tuple[CreditLine, ...]
    share: Fraction
    amount: Decimal | None
    currency: str
    capped: str
    claim_by: int | None


def credit(
    terms: CreditTerms,
    results: Sequence[TargetResult],
    period: Period,
    days: Sequence[Span],
    before: Fraction = Fraction(0),
) -> Credit:
    """Work out what is owed.

    Args:
        terms: What is agreed.
        results: Of all targets.
        period: That they are of.
        days: Its local days.
        before: Credits of earlier periods of the year, as shares of the fee of one period, for the cap of the year.
    """
    lines = [line for result in results for line in _lines(terms, result, days, period.part)]
    shares = [line.share_of_fee for line in lines]
    whole = sum(shares, Fraction(0)) if terms.together is Together.SUM else max(shares, default=Fraction(0))
    kept, capped = _capped(terms, whole, period.part, before)
    fee = terms.fee
    return Credit(
        tuple(lines),
        kept,
        rounded(fee.amount * kept, fee.currency) if fee else None,
        fee.currency if fee else "",
        capped,
        period.whole[1] + terms.claim_within if kept and terms.claim_within is not None else None,
    )


def _lines(
    terms: CreditTerms, result: TargetResult, days: Sequence[Span], part: Fraction
) -> Sequence[CreditLine]:
    named = terms.rules.get(result.target.credit)
    if named is None:
        return ()
    share, why = named.rule.owed(Outcome(result, days))
    if not share:
        return ()
    fee = terms.fee
    of_service = (
        fee.shares.get(result.target.service, Fraction(1)) if fee and named.of_service else Fraction(1)
    )
    of_fee = share * of_service * part
    amount = rounded(fee.amount * of_fee, fee.currency) if fee else None
    of = "service" if named.of_service else "fee"
    return [CreditLine(result.target.name, named.name, of, share, of_fee, amount, why)]


def _capped(terms: CreditTerms, whole: Fraction, part: Fraction, before: Fraction) -> tuple[Fraction, str]:
    """What is left of a share under the caps, and which one took of it."""
    limits = []
    if terms.caps.period is not None:
        limits.append((terms.caps.period * part, "period"))
    if terms.caps.year is not None:
        limits.append((max(Fraction(0), terms.caps.year * terms.periods_a_year - before), "year"))
    limit, name = min(limits, default=(whole, ""))
    return (limit, name) if whole > limit else (whole, "")
