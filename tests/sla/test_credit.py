"""What a miss costs: at, above and below every step, of everything, and never more than the caps."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sla.credit import Caps, Credit, CreditTerms, Fee, NamedRule, Together, credit
from exporter.sla.credit_rule import CreditRule, Outcome
from exporter.sla.credit_rules import DaysOfFee, PerClock, PerShortfall, PerTime, ProRata
from exporter.sla.credit_tiers import Step, Tiers
from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Period, Slice
from exporter.sla.money import places_of, rounded
from exporter.sla.result import TargetResult
from exporter.sla.terms import Judged, SliceTerms
from exporter.timeline.spans import Span
from exporter.units import DAY, HOUR, MINUTE, SECOND
from tests.support.agreed import END, PERIOD, START, evidence, lane, percent, target, terms

DAYS = [(START + number * DAY, START + (number + 1) * DAY) for number in range(30)]
FEE = Fee(Fraction(1000), "EUR")


def steps(*pairs: tuple[str, str]) -> Tiers:
    """Steps below figures, of credits; all per cent."""
    return Tiers(tuple(Step(percent(below), credit=percent(share)) for below, share in pairs))


def down_for(length: int, agreed: str, service: str = "shop") -> TargetResult:
    made = target(agreed, credit="rule", service=service)
    spans = [(DAY, DAY + length)] if length else []
    return evaluate(terms(), made, evidence(lane(spans)), Period((START, END), END))


def owed(rule: CreditRule, *results: TargetResult, fee: Fee | None = FEE, **more: object) -> Credit:
    named = {"rule": NamedRule("rule", of_service=True, rule=rule)}
    return credit(CreditTerms(fee, named, **more), results, PERIOD, DAYS)  # type: ignore[arg-type]


STORAGE = steps(("99.9", "10"), ("99", "25"), ("95", "100"))
MACHINES = steps(("99.99", "10"), ("99", "25"), ("95", "100"))
FUNCTIONS = steps(("99.5", "10"), ("99", "25"), ("95", "50"))
CODE = Tiers(
    (
        Step(percent("99.9"), reaches=True, credit=percent("10"), above=percent("99")),
        Step(percent("99"), credit=percent("25")),
    )
)


@pytest.mark.parametrize(
    ("hundredths", "amount"),
    [(864, "0.00"), (865, "100.00"), (8_640, "100.00")],
)
def test_storage_by_the_mean_of_error_rates(hundredths: int, amount: str) -> None:
    runs = [Slice(START, hundredths, 99, 1)]
    if hundredths < 8_640:
        runs.append(Slice(START + hundredths * 5 * MINUTE, 8_640 - hundredths, 100, 0))
    made = SliceTerms(5 * MINUTE, Judged.MEAN)
    found = evaluate(
        terms(),
        target("99.9", slices=made, credit="rule"),
        evidence(slices=tuple(runs)),
        Period((START, END), END),
    )
    assert owed(STORAGE, found).amount == Decimal(amount)


def below(figure: str, beyond: int = 0) -> int:
    """Milliseconds of downtime in thirty days at which a figure is just reached, and so many more."""
    return int((1 - percent(figure)) * 30 * DAY) + beyond


@pytest.mark.parametrize(
    ("rule", "agreed", "figure", "at", "under"),
    [
        (MACHINES, "99.99", "99.99", "0.00", "100.00"),
        (MACHINES, "99.99", "99", "100.00", "250.00"),
        (MACHINES, "99.99", "95", "250.00", "1000.00"),
        (FUNCTIONS, "99.5", "99.5", "0.00", "100.00"),
        (FUNCTIONS, "99.5", "99", "100.00", "250.00"),
        (FUNCTIONS, "99.5", "95", "250.00", "500.00"),
        (CODE, "99.95", "99.9", "100.00", "100.00"),
        (CODE, "99.95", "99", "0.00", "250.00"),  # the hole of those terms
    ],
)
def test_tiers_at_and_just_below_each_step(
    rule: Tiers, agreed: str, figure: str, at: str, under: str
) -> None:
    found = [owed(rule, down_for(below(figure, beyond), agreed)).amount for beyond in (0, 1)]
    assert found == [Decimal(at), Decimal(under)]


@pytest.mark.parametrize(
    ("down", "percent_owed"), [(0, 0), (1, 5), (1_800 * SECOND, 5), (1_801 * SECOND, 10), (11 * HOUR, 100)]
)
def test_each_half_hour_begun(down: int, percent_owed: int) -> None:
    hoster = PerTime(30 * MINUTE, begun=True, credit=percent("5"))
    found = owed(hoster, down_for(down, "100"), caps=Caps(period=Fraction(1)))
    assert found.share == Fraction(percent_owed, 100)
    assert found.capped == ("period" if down > 10 * HOUR else "")


def test_each_full_hour() -> None:
    rule = PerTime(HOUR, begun=False, credit=percent("2"))
    assert [owed(rule, down_for(each, "100")).share for each in (HOUR - 1, HOUR, 2 * HOUR)] == [
        0,
        percent("2"),
        percent("4"),
    ]


def test_each_step_of_the_shortfall() -> None:
    rule = PerShortfall(percent("0.1"), begun=True, credit=percent("3"))
    shortfalls = [below("99.9"), below("99.9", 1), below("99.8"), below("99.8", 1)]
    assert [owed(rule, down_for(each, "99.9")).share for each in shortfalls] == [
        0,
        percent("3"),
        percent("3"),
        percent("6"),
    ]


def test_pro_rata() -> None:
    found = owed(ProRata(Fraction(10)), down_for(3 * DAY, "99"))
    assert found.amount == Decimal("1000.00")
    assert owed(ProRata(Fraction(1)), down_for(3 * DAY, "99")).amount == Decimal("100.00")


LONG_DAY = PerClock(of_days=True, longer_than=4 * HOUR)


@pytest.mark.parametrize(
    ("spans", "days"),
    [
        ([(0, 4 * HOUR)], 0),
        ([(0, 4 * HOUR + 1000)], 1),
        ([(DAY - 3 * HOUR, DAY + 3 * HOUR)], 0),
        ([(0, 4 * HOUR + 1000), (DAY, DAY + 4 * HOUR + 1000)], 2),
    ],
)
def test_longer_than_four_hours_in_a_day_credits_that_day(spans: Sequence[Span], days: int) -> None:
    made = target("90", credit="rule")
    found = evaluate(terms(), made, evidence(lane(spans)), Period((START, END), END))
    assert owed(LONG_DAY, found).share == Fraction(days, 30)


def test_days_of_the_fee() -> None:
    assert owed(DaysOfFee(3), down_for(HOUR, "99.9")).amount == Decimal("100.00")
    assert owed(DaysOfFee(3), down_for(MINUTE, "99.9")).amount == Decimal("0.00")


def test_a_service_has_its_share_of_the_fee() -> None:
    fee = Fee(Fraction(2400), "EUR", {"shop": percent("80")})
    assert owed(STORAGE, down_for(HOUR, "99.9"), fee=fee).amount == Decimal("192.00")


@pytest.mark.parametrize(
    ("together", "amount"), [(Together.SUM, "200.00"), (Together.MAX, "100.00"), (Together.CHOOSE, "100.00")]
)
def test_several_misses(together: Together, amount: str) -> None:
    found = owed(STORAGE, down_for(HOUR, "99.9"), down_for(HOUR, "99.9"), together=together)
    assert found.amount == Decimal(amount)
    assert len(found.lines) == 2


def test_the_cap_of_the_year_leaves_what_it_leaves() -> None:
    named = {"rule": NamedRule("rule", of_service=False, rule=STORAGE)}
    made = CreditTerms(FEE, named, caps=Caps(year=percent("10")), periods_a_year=12)
    found = credit(made, [down_for(2 * DAY, "99.9")], PERIOD, DAYS, Fraction(115, 100))
    assert (found.share, found.capped) == (percent("5"), "year")


def test_a_part_of_a_period_costs_its_part() -> None:
    named = {"rule": NamedRule("rule", of_service=False, rule=STORAGE)}
    part = replace(PERIOD, part=Fraction(1, 4))
    found = credit(CreditTerms(FEE, named), [down_for(HOUR, "99.9")], part, DAYS)
    assert found.amount == Decimal("25.00")


def test_a_part_of_a_period_is_claimed_for_as_long_as_all_of_it() -> None:
    named = {"rule": NamedRule("rule", of_service=False, rule=STORAGE)}
    part = Period((START, START + 10 * DAY), START + 10 * DAY, (START, END), Fraction(1, 3))
    found = credit(CreditTerms(FEE, named, claim_within=7 * DAY), [down_for(HOUR, "99.9")], part, DAYS)
    assert found.claim_by == END + 7 * DAY


def test_parts_of_a_period_have_one_cap_between_them() -> None:
    named = {"rule": NamedRule("rule", of_service=False, rule=STORAGE)}
    capped = CreditTerms(FEE, named, caps=Caps(period=percent("6")))
    shares = [
        credit(capped, [down_for(2 * DAY, "99.9")], replace(PERIOD, part=part), DAYS).share
        for part in (Fraction(1, 3), Fraction(2, 3))
    ]
    assert sum(shares) == percent("6")


def test_it_may_be_claimed_for_a_while_and_not_at_all_where_nothing_is_owed() -> None:
    assert owed(STORAGE, down_for(HOUR, "99.9"), claim_within=30 * DAY).claim_by == END + 30 * DAY
    assert owed(STORAGE, down_for(0, "99.9"), claim_within=30 * DAY).claim_by is None


def test_without_a_fee_there_are_shares_only() -> None:
    found = owed(STORAGE, down_for(HOUR, "99.9"), fee=None)
    assert (found.share, found.amount, found.currency) == (percent("10"), None, "")


def test_nothing_is_owed_where_nothing_can_be_said() -> None:
    made = target("99.9", credit="rule")
    unsure = evaluate(terms(), made, evidence(lane(unknown=[(0, DAY)])), Period((START, END), END))
    rules: Sequence[CreditRule] = (
        STORAGE,
        PerTime(HOUR, begun=True, credit=percent("5")),
        LONG_DAY,
        DaysOfFee(1),
    )
    assert [owed(rule, unsure).share for rule in rules] == [0] * 4


def test_how_far_it_is_to_the_next_step() -> None:
    running = Period((START, END), START + 5 * DAY)
    made = target("99.9")
    found = evaluate(terms(), made, evidence(lane([(DAY, DAY + 10 * MINUTE)])), running)
    outcome = Outcome(found, DAYS)
    allowed = 43 * MINUTE + 12 * SECOND
    assert STORAGE.next_step(outcome) == (allowed - 10 * MINUTE, percent("10"))
    half_hours = PerTime(30 * MINUTE, begun=True, credit=percent("5"))
    assert half_hours.next_step(outcome) == (allowed - 10 * MINUTE, percent("10"))
    missed = evaluate(terms(), made, evidence(lane([(DAY, DAY + 50 * MINUTE)])), running)
    assert half_hours.next_step(Outcome(missed, DAYS)) == (10 * MINUTE, percent("15"))
    hours = PerTime(HOUR, begun=False, credit=percent("5"))
    assert hours.next_step(outcome) == (50 * MINUTE - 1, percent("5"))
    assert DaysOfFee(3).next_step(outcome) == (allowed - 10 * MINUTE, Fraction(1, 10))
    assert LONG_DAY.next_step(outcome) is None


def test_steps_above_the_target_give_from_the_miss_on_and_at_100_per_cent_from_the_first_millisecond() -> (
    None
):
    running = Period((START, END), START + 5 * DAY)
    above, allowed = steps(("100", "5"), ("99.95", "10"), ("99", "25")), 43 * MINUTE + 12 * SECOND
    met = evaluate(terms(), target("99.9"), evidence(lane([(DAY, DAY + 30 * MINUTE)])), running)
    assert above.next_step(Outcome(met, DAYS)) == (allowed - 30 * MINUTE, percent("10"))
    missed = evaluate(terms(), target("99.9"), evidence(lane([(DAY, DAY + HOUR)])), running)
    assert above.next_step(Outcome(missed, DAYS)) == (6 * HOUR + 12 * MINUTE, percent("25"))
    all_of_it = evaluate(terms(), target("100"), evidence(lane([])), running)
    assert above.next_step(Outcome(all_of_it, DAYS)) == (0, percent("5"))
    at_edge = evaluate(terms(), target("99"), evidence(lane([])), running)
    reaching = Tiers((Step(percent("98"), credit=percent("7"), reaches=True),))
    assert reaching.next_step(Outcome(at_edge, DAYS)) == (14 * HOUR + 24 * MINUTE - 1, percent("7"))
    over = evaluate(terms(), target("95"), evidence(lane([(0, 4 * DAY)])), running)
    assert STORAGE.next_step(Outcome(over, DAYS)) is None


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("10.005", "EUR", "10.01"),
        ("10.004", "EUR", "10.00"),
        ("10.5", "JPY", "11"),
        ("1.0005", "KWD", "1.001"),
        ("0", "EUR", "0.00"),
        ("1234567890123456789012345678901.005", "EUR", "1234567890123456789012345678901.01"),
    ],
)
def test_amounts_are_rounded_as_their_currency_has_it(amount: str, currency: str, said: str) -> None:
    assert str(rounded(Fraction(amount), currency)) == said


def test_a_currency_that_is_none_is_told() -> None:
    with pytest.raises(ValueError, match="`EURO` is no currency"):
        places_of("EURO")


rules = st.sampled_from(
    [
        STORAGE,
        MACHINES,
        PerTime(30 * MINUTE, begun=True, credit=percent("5")),
        PerTime(HOUR, begun=False, credit=percent("5")),
        PerShortfall(percent("0.1"), begun=True, credit=percent("3")),
        ProRata(Fraction(10)),
        LONG_DAY,
        DaysOfFee(2),
    ]
)


@given(rules, st.integers(0, 5 * DAY), st.integers(0, 5 * DAY), st.sampled_from(["99.99", "99.9", "100"]))
def test_more_downtime_never_costs_less_and_never_more_than_the_cap(
    rule: CreditRule, down: int, more: int, agreed: str
) -> None:
    less, worse = (
        owed(rule, down_for(each, agreed), caps=Caps(period=percent("50"))).share
        for each in (down, down + more)
    )
    assert 0 <= less <= worse <= percent("50")
