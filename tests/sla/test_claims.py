"""What an agreement recognises of exclusions, and what it says of the rest."""

from collections.abc import Mapping
from fractions import Fraction

import pytest

from exporter.sla.claims import Ruling, rulings
from exporter.sla.evidence import Approval, Claim, Period
from exporter.sla.terms import Recognition
from exporter.timeline.exclusion import Category
from exporter.timeline.spans import Spans
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import END, MARGIN, PERIOD, START, claim, terms

PEOPLE = {"customer": frozenset(["jo"]), "provider": frozenset(["mara"])}
ALWAYS = Spans([(START - MARGIN, END + MARGIN)])


def ruled(
    *claims: Claim, recognised: Mapping[Category, Recognition], promised: Spans = ALWAYS
) -> list[Ruling]:
    return rulings(claims, terms(recognised=recognised, people=PEOPLE), promised, PERIOD)


def counting(ruling: Ruling) -> int:
    return ruling.counts.lengths[-1]


@pytest.mark.parametrize(
    ("entered", "counts", "why"),
    [
        (START + DAY - 72 * HOUR, HOUR, ""),
        (START + DAY - 72 * HOUR + 1, 0, "it was entered 2d 23h 59m 59s 999ms ahead instead of 3d"),
        (START + DAY + 1, 0, "it was entered after it had begun instead of 3d"),
        (None, 0, "nobody knows when it was announced, and it must be 3d before"),
    ],
)
def test_notice_must_have_been_given(entered: int | None, counts: int, why: str) -> None:
    notice = {Category.MAINTENANCE: Recognition(notice=72 * HOUR)}
    (found,) = ruled(claim(DAY, DAY + HOUR, entered_at=entered), recognised=notice)
    assert (counting(found), found.why) == (counts, why)


def test_beyond_the_allowance_of_the_period_it_is_downtime() -> None:
    allowance = {Category.MAINTENANCE: Recognition(allowance=90 * MINUTE)}
    first, second, third = ruled(
        claim(5 * DAY, 5 * DAY + HOUR),
        claim(DAY, DAY + HOUR),
        claim(9 * DAY, 9 * DAY + HOUR),
        recognised=allowance,
    )
    assert [counting(each) for each in (first, second, third)] == [HOUR, 30 * MINUTE, 0]
    assert second.why == "the period's allowance is used up for 30m of it"
    assert list(second.counts) == [(START + 5 * DAY, START + 5 * DAY + 30 * MINUTE)]


def test_a_part_of_a_period_has_its_part_of_the_allowance() -> None:
    """Else a new version in mid-period would have as much again."""
    allowance = {Category.MAINTENANCE: Recognition(allowance=90 * MINUTE)}
    part = Period((START, START + 10 * DAY), START + 10 * DAY, (START, END), Fraction(1, 3))
    made = terms(recognised=allowance)
    (found,) = rulings([claim(DAY, DAY + HOUR)], made, Spans([part.span]), part)
    assert counting(found) == 30 * MINUTE


def test_late_is_what_was_entered_after_the_period_and_not_after_a_part_of_it() -> None:
    part = Period((START, START + 10 * DAY), START + 10 * DAY, (START, END), Fraction(1, 3))
    entered = [claim(DAY, DAY + HOUR, entered_at=at) for at in (START + 11 * DAY, END)]
    assert [each.late for each in rulings(entered, terms(), Spans([part.span]), part)] == [False, True]


def test_what_is_beyond_the_allowance_stays_so_however_often_it_is_claimed() -> None:
    allowance = {Category.MAINTENANCE: Recognition(allowance=HOUR)}
    found = ruled(claim(DAY, DAY + 10 * HOUR), claim(DAY, DAY + 10 * HOUR), recognised=allowance)
    assert [counting(each) for each in found] == [HOUR, HOUR]


def test_a_claim_of_one_endpoint_takes_nothing_from_those_of_the_service() -> None:
    both = {Category.CUSTOMER: Recognition(), Category.MAINTENANCE: Recognition(allowance=HOUR)}
    found = ruled(
        claim(DAY, DAY + 10 * HOUR, Category.CUSTOMER, endpoints=frozenset(["cdn"])),
        claim(DAY, DAY + 10 * HOUR),
        recognised=both,
    )
    assert [counting(each) for each in found] == [10 * HOUR, HOUR]


def test_two_that_overlap_use_the_allowance_once() -> None:
    allowance = {Category.MAINTENANCE: Recognition(allowance=HOUR)}
    found = ruled(claim(DAY, DAY + HOUR), claim(DAY + 30 * MINUTE, DAY + HOUR), recognised=allowance)
    assert [each.why for each in found] == ["", ""]


def test_what_is_not_promised_uses_nothing_of_the_allowance() -> None:
    allowance = {Category.MAINTENANCE: Recognition(allowance=HOUR)}
    by_day = Spans([(START + 2 * DAY, END)])
    night, day = ruled(
        claim(DAY, DAY + 5 * HOUR), claim(3 * DAY, 3 * DAY + HOUR), recognised=allowance, promised=by_day
    )
    assert (night.why, day.why) == ("", "")


def test_an_earlier_category_takes_the_instant_and_no_allowance_of_a_later_one() -> None:
    both = {Category.CUSTOMER: Recognition(), Category.MAINTENANCE: Recognition(allowance=30 * MINUTE)}
    found = ruled(claim(DAY, DAY + HOUR), claim(DAY, DAY + 30 * MINUTE, Category.CUSTOMER), recognised=both)
    assert [(each.claim.category, each.why) for each in found] == [
        (Category.CUSTOMER, ""),
        (Category.MAINTENANCE, ""),
    ]


@pytest.mark.parametrize(
    ("approvals", "why"),
    [
        ((), "nobody of the customer has agreed to it"),
        ((Approval("mara", START),), "nobody of the customer has agreed to it"),
        ((Approval("mara", START), Approval("jo", START)), ""),
    ],
)
def test_nobody_excuses_an_outage_alone_where_the_other_must_agree(
    approvals: tuple[Approval, ...], why: str
) -> None:
    consent = {Category.FORCE_MAJEURE: Recognition(agreed_by="customer")}
    (found,) = ruled(claim(DAY, DAY + HOUR, Category.FORCE_MAJEURE, approvals=approvals), recognised=consent)
    assert (bool(found.counts), found.why) == (not why, why)


def test_a_category_that_is_not_recognised_counts_for_nothing() -> None:
    (found,) = ruled(claim(DAY, DAY + HOUR, Category.DEPENDENCY), recognised={})
    assert (counting(found), found.why) == (0, "the agreement does not recognise `dependency`")


@pytest.mark.parametrize(("entered", "late"), [(END - 1, False), (END, True), (None, False)])
def test_what_was_entered_after_the_end_is_marked(entered: int | None, late: bool) -> None:
    (found,) = ruled(
        claim(DAY, DAY + HOUR, entered_at=entered), recognised={Category.MAINTENANCE: Recognition()}
    )
    assert found.late is late
    assert counting(found) == HOUR
