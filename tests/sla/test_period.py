"""Whole periods: across changes of clocks, in a leap February, and with a revision in the middle."""

from dataclasses import replace
from fractions import Fraction

import pytest

from exporter.sla.agreement import Agreement, segments
from exporter.sla.credit import CreditTerms, NamedRule
from exporter.sla.credit_rules import PerClock
from exporter.sla.evidence import Evidence, Period, Record
from exporter.sla.judge import Verdict
from exporter.sla.lane import Lane
from exporter.sla.period import PeriodResult, judge_period, worst
from exporter.sla.terms import Ceiling
from exporter.sla.wire import result_json
from exporter.timeline.calendar import Calendar
from exporter.timeline.spans import Span
from exporter.timeline.tally import Standing
from exporter.timeline.zones import days_of
from exporter.units import DAY, HOUR, parse_instant
from tests.support.agreed import six
from tests.support.contracts import agreement

BERLIN = "Europe/Berlin"


def judged(made: Agreement, at: str, *down: tuple[str, str]) -> PeriodResult:
    """The period that holds an instant, with outages."""
    whole = made.period.period(parse_instant(at))
    return judge_period(made, {"shop": seen(whole, *down)}, Period(whole, whole[1]))


def seen(whole: Span, *down: tuple[str, str]) -> Evidence:
    span = whole[0] - DAY, whole[1] + DAY
    edges = {span[0]: Standing.UP}
    for start, end in down:
        edges |= {parse_instant(start): Standing.DOWN, parse_instant(end): Standing.UP}
    return Evidence(span, {"web": Lane.of(sorted(edges.items()), *span)})


@pytest.mark.parametrize(
    ("at", "hours", "days"),
    [
        ("2026-10-15T00:00:00Z", 31 * 24 + 1, 31),  # clocks go back on the 25th
        ("2027-03-15T00:00:00Z", 31 * 24 - 1, 31),  # and forward on the 28th
        ("2028-02-15T00:00:00Z", 29 * 24, 29),
    ],
)
def test_a_month_has_the_hours_that_its_clocks_show(at: str, hours: int, days: int) -> None:
    made = agreement(period=Calendar("month", BERLIN))
    found = judged(made, at)
    assert found.targets[0].base == hours * HOUR
    assert len(days_of(found.period.whole, BERLIN)) == days


def test_a_day_of_25_hours_is_one_day() -> None:
    """Four hours and a second from 23:30 to 03:30:01 on a clock that shows 02:00 twice: all but half an hour is on the 25th."""
    rule = NamedRule("days", of_service=False, rule=PerClock(of_days=True, longer_than=4 * HOUR))
    made = agreement(period=Calendar("month", BERLIN))
    target = replace(made.terms.targets[0], credit="days")
    made = replace(
        made,
        terms=replace(made.terms, targets=(target,)),
        credits=CreditTerms(made.credits.fee, {"days": rule}),
    )
    short = judged(made, "2026-10-15T00:00:00Z", ("2026-10-24T21:30:00Z", "2026-10-25T02:00:00Z"))
    longer = judged(made, "2026-10-15T00:00:00Z", ("2026-10-24T21:30:00Z", "2026-10-25T02:00:01Z"))
    assert (short.credit.share, longer.credit.share) == (Fraction(0), Fraction(1, 31))


def test_an_outage_over_the_end_counts_in_both_periods_what_lies_in_each() -> None:
    made = agreement()
    outage = "2026-10-31T23:00:00Z", "2026-11-01T02:00:00Z"
    october, november = (judged(made, at, outage) for at in ("2026-10-15T00:00:00Z", "2026-11-15T00:00:00Z"))
    assert [each.targets[0].counted for each in (october, november)] == [HOUR, 2 * HOUR]
    assert [len(each.targets[0].outages) for each in (october, november)] == [1, 1]


def test_each_version_is_in_force_until_the_next_and_drafts_never() -> None:
    start, end = parse_instant("2026-10-01T00:00:00Z"), parse_instant("2026-11-01T00:00:00Z")
    middle = start + 10 * DAY
    first, second = agreement(), agreement(version="2", start=middle)
    draft = agreement(version="3", start=middle + DAY, approved={})
    assert [
        (each.agreement.version, each.span) for each in segments([draft, second, first], (start, end))
    ] == [
        ("1", (start, middle)),
        ("2", (middle, end)),
    ]
    assert segments([second], (start, middle)) == []


def test_a_part_of_a_period_says_which_days_it_has() -> None:
    made = agreement()
    whole = made.period.period(parse_instant("2026-10-15T00:00:00Z"))
    part = whole[0], whole[0] + 10 * DAY
    found = judge_period(made, {"shop": seen(whole)}, Period(part, part[1], whole))
    told = result_json(found)
    assert told["period"]["name"] == "2026-10 (2026-10-01 to 2026-10-10)"
    assert told["targets"][0]["base_ms"] == 10 * DAY


@pytest.mark.parametrize(
    ("unit", "at", "name"),
    [
        ("month", "2026-10-15T00:00:00Z", "2026-10"),
        ("quarter", "2026-11-15T00:00:00Z", "2026-Q4"),
        ("year", "2026-11-15T00:00:00Z", "2026"),
        ("week", "2026-10-07T00:00:00Z", "2026-10-05"),
    ],
)
def test_periods_have_names(unit: str, at: str, name: str) -> None:
    assert result_json(judged(agreement(period=Calendar(unit)), at))["period"]["name"] == name


def test_what_is_suspended_has_no_part_in_the_verdict_where_others_are_left() -> None:
    made = agreement()
    shop = made.terms.targets[0]
    none = replace(shop, name="none", ceiling=Ceiling("tickets", Fraction(1)))
    whole = made.period.period(parse_instant("2026-10-15T00:00:00Z"))
    many = Record(whole[0], "mara", "", Fraction(2), Fraction(1), "desk.csv")
    evidence = {"shop": seen(whole), "none": replace(seen(whole), volume=(many,))}
    for targets, verdict in (((shop, none), Verdict.MET), ((none,), Verdict.UNDETERMINED)):
        terms = replace(made.terms, targets=targets)
        found = judge_period(replace(made, terms=terms), evidence, Period(whole, whole[1]))
        assert found.targets[-1].suspended
        assert found.verdict is verdict


def test_the_worst_of_the_targets_is_the_verdict_of_the_period() -> None:
    assert worst([Verdict.MET, Verdict.UNDETERMINED, Verdict.AT_RISK]) is Verdict.UNDETERMINED
    assert worst([Verdict.UNDETERMINED, Verdict.MISSED]) is Verdict.MISSED
    assert worst([]) is Verdict.UNDETERMINED


def test_a_quarter_has_its_figure() -> None:
    found = judged(
        agreement(period=Calendar("quarter")),
        "2026-11-15T00:00:00Z",
        ("2026-11-01T00:00:00Z", "2026-11-01T02:12:28Z"),
    )
    assert six(found.targets[0].figures.agreed) == "99.900010"
