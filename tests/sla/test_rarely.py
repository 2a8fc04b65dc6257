"""What happens rarely, and is right all the same."""

from dataclasses import replace
from fractions import Fraction

import pytest

from exporter.sla.agreement import in_force
from exporter.sla.credit_rule import Outcome
from exporter.sla.credit_rules import DaysOfFee, PerClock, ProRata
from exporter.sla.credit_tiers import Step, Tiers
from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Period, Slice
from exporter.sla.judge import Verdict
from exporter.sla.terms import Judged, Measure, Recognition, SliceTerms
from exporter.sla.wire import evidence_of
from exporter.timeline.exclusion import Category
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import (
    END,
    PERIOD,
    START,
    claim,
    evidence,
    judged,
    lane,
    of_slices,
    percent,
    target,
    terms,
)
from tests.support.contracts import agreement

DAYS = [(START + number * DAY, START + (number + 1) * DAY) for number in range(30)]


def test_the_version_in_force_is_the_latest_that_is_signed_and_has_begun() -> None:
    first, second = agreement(), agreement(version="2", start=START)
    draft = agreement(version="3", start=START, approved={})
    assert in_force([second, draft, first], START) is second
    assert in_force([second, draft, first], START - 1) is first
    assert in_force([draft], START) is None


def test_slices_beyond_what_is_known_are_none_of_the_time() -> None:
    made = SliceTerms(HOUR, Judged.BAD, empty_is_good=False)
    beyond = Slice(END + 30 * DAY, 1, 0, 1)
    found = of_slices(made, Slice(START, 30 * 24, 0, 0), beyond, agreed="99")
    assert (found.figures.best, found.figures.worst) == (Fraction(1), Fraction(0))


def test_a_miss_whose_figure_is_in_no_step_costs_nothing_and_says_so() -> None:
    missed = judged(lane([(DAY, DAY + HOUR)]))
    owed = Tiers((Step(percent("99"), credit=percent("10")),)).owed(Outcome(missed, DAYS))
    assert (owed.share, owed.why) == (Fraction(0), "99.861111 % is in no step")


def test_how_far_a_step_is_cannot_be_said_of_a_target_without_an_allowance() -> None:
    shares = target("99.9", slices=SliceTerms(HOUR, Judged.SHARE))
    running = evaluate(
        terms(), shares, evidence(slices=(Slice(START, 24, 9, 1),)), Period((START, END), START + DAY)
    )
    assert Tiers((Step(percent("99"), credit=percent("10")),)).next_step(Outcome(running, DAYS)) is None


def test_what_is_met_costs_nothing_pro_rata() -> None:
    assert ProRata(Fraction(10)).owed(Outcome(judged(), DAYS)).share == 0


def test_what_is_missed_already_has_no_further_step_of_days() -> None:
    running = judged(lane([(DAY, DAY + HOUR)]), period=Period((START, END), START + 5 * DAY))
    assert DaysOfFee(1).next_step(Outcome(running, DAYS)) is None


def test_hours_of_the_clock_are_counted_whole() -> None:
    """A quarter of an hour on either side of the hour is in two hours, of which none is long enough."""
    rule = PerClock(of_days=False, longer_than=15 * MINUTE)
    on_both = judged(lane([(HOUR - 15 * MINUTE, HOUR + 15 * MINUTE)]), agreed="90")
    in_one = judged(lane([(HOUR, HOUR + 16 * MINUTE)]), agreed="90")
    assert [rule.owed(Outcome(each, DAYS)).share for each in (on_both, in_one)] == [0, Fraction(1, 720)]


def test_a_running_period_of_which_too_little_is_known_says_nothing() -> None:
    strict = Measure(minimum_coverage=Fraction(1, 2))
    running = Period((START, END), START + 4 * DAY)
    found = judged(lane(unknown=[(0, 3 * DAY)]), agreed="1", measure=strict, period=running)
    assert found.verdict is Verdict.UNDETERMINED


def test_an_exclusion_of_an_endpoint_that_is_not_asked_about_changes_nothing() -> None:
    other = claim(DAY, DAY + HOUR, endpoints=frozenset(["elsewhere"]))
    found = evaluate(terms(), target(), evidence(lane([(DAY, DAY + HOUR)]), claims=[other]), PERIOD)
    assert (found.counted, found.excused) == (HOUR, (0,))


@pytest.mark.parametrize("document", [{}, {"span": [0, 1], "lanes": {"web": [[0, "sideways"]]}}])
def test_evidence_that_is_not_as_it_was_written_is_told(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="the evidence is not as it was written"):
        evidence_of(document)


def test_planned_maintenance_is_limited_by_its_allowance_before_it_comes() -> None:
    recognised = {Category.MAINTENANCE: Recognition(allowance=HOUR)}
    planned = claim(20 * DAY, 24 * DAY)
    seen = evidence(lane([(DAY, DAY + 43 * MINUTE)], end=START + 5 * DAY), claims=[planned])
    seen = replace(seen, span=(START - DAY, START + 5 * DAY))
    found = evaluate(terms(recognised=recognised), target(), seen, Period((START, END), START + 5 * DAY))
    assert (found.allowed, found.verdict) == ((30 * DAY - HOUR) // 1000, Verdict.AT_RISK)


def test_an_exclusion_of_every_endpoint_is_one_of_the_service() -> None:
    every = claim(DAY, DAY + HOUR, endpoints=frozenset(["web", "db"]))
    slices = SliceTerms(HOUR, Judged.MEAN)
    seen = evidence(lane(), claims=[every], slices=(Slice(START, 30 * 24, 0, 1),))
    found = evaluate(terms(), target("99", slices=slices), seen, PERIOD)
    assert found.base == 30 * 24 - 1


def test_an_exclusion_of_some_endpoints_excuses_no_events_of_all() -> None:
    some = claim(DAY, DAY + HOUR, endpoints=frozenset(["web"]))
    seen = evidence(lane(), lane(), claims=[some], slices=(Slice(START, 30 * 24, 0, 1),))
    found = evaluate(terms(), target("99", slices=SliceTerms(HOUR, Judged.MEAN)), seen, PERIOD)
    assert found.base == 30 * 24
    assert found.ruled[0].why.startswith("it is of some endpoints only")


def test_a_part_of_a_slice_excuses_nothing_of_it() -> None:
    moment = claim(DAY + MINUTE, DAY + MINUTE + 1)
    seen = evidence(lane(), claims=[moment], slices=(Slice(START, 30 * 24, 0, 1),))
    found = evaluate(terms(), target("99", slices=SliceTerms(HOUR, Judged.MEAN)), seen, PERIOD)
    assert found.base == 30 * 24


def test_nothing_can_be_said_below_the_coverage_that_was_agreed() -> None:
    """Not even that it was missed, though it was whatever more were known: the parties have agreed that nobody may claim then."""
    strict = Measure(minimum_coverage=Fraction(99, 100))
    missed = lane([(DAY, DAY + 5 * HOUR)], [(9 * DAY, 9 * DAY + 8 * HOUR)])
    assert judged(missed, measure=strict).verdict is Verdict.UNDETERMINED
    running = Period((START, END), START + 10 * DAY)
    assert judged(missed, measure=strict, period=running).verdict is Verdict.UNDETERMINED
    assert judged(missed).verdict is Verdict.MISSED
    assert judged(lane(unknown=[(0, DAY)]), agreed="50", measure=strict).verdict is Verdict.UNDETERMINED
