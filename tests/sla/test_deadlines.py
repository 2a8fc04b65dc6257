"""Days by which somebody has to act."""

from datetime import date

import pytest

from exporter.sla.agreement import ContractTerm, Reviews, Signature
from exporter.sla.deadlines import called_from, notice_by, review_by, review_due
from exporter.timeline.calendar import Calendar
from exporter.units import DAY, parse_instant
from tests.support.contracts import agreement

SIGNED = {"provider": Signature("mara", date(2026, 1, 31)), "customer": Signature("jo", date(2026, 1, 10))}
BERLIN = Calendar("month", "Europe/Berlin")


def test_notice_is_given_before_the_last_day_is_over() -> None:
    term = ContractTerm(date(2026, 1, 1), date(2027, 12, 31), 90 * DAY)
    end = parse_instant("2027-12-31T23:00:00Z")
    assert notice_by(agreement(period=BERLIN, contract=term), 0) == end - 90 * DAY


def test_without_an_end_or_a_notice_there_is_nothing_to_give() -> None:
    assert notice_by(agreement(), 0) is None
    assert notice_by(agreement(contract=ContractTerm(date(2026, 1, 1))), 0) is None
    assert notice_by(agreement(contract=ContractTerm(date(2026, 1, 1), date(2026, 12, 31))), 0) is None


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2025-06-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2027-11-26T00:00:00Z", "2028-01-01T00:00:00Z"),
    ],
)
def test_what_renews_itself_ends_again(now: str, end: str) -> None:
    term = ContractTerm(date(2025, 1, 1), date(2025, 12, 31), 90 * DAY, renewal=365 * DAY)
    assert notice_by(agreement(contract=term), parse_instant(now)) == parse_instant(end) - 90 * DAY


@pytest.mark.parametrize(
    ("reviews", "due"),
    [
        (Reviews(), None),
        (Reviews("month"), date(2026, 2, 28)),
        (Reviews("quarter"), date(2026, 4, 30)),
        (Reviews("quarter", held=(date(2026, 4, 2), date(2026, 3, 1))), date(2026, 7, 2)),
    ],
)
def test_a_review_is_due_a_unit_after_the_last_one_or_after_approval(
    reviews: Reviews, due: date | None
) -> None:
    assert review_due(agreement(reviews=reviews, approved=SIGNED)) == due


@pytest.mark.parametrize(
    ("held", "since"),
    [
        ((), "2026-02-28T23:00:00Z"),
        ((date(2026, 2, 28),), "2026-02-28T23:00:00Z"),  # a day too early to have talked of it
        ((date(2026, 3, 1),), "2026-04-30T22:00:00Z"),
        ((date(2026, 3, 1), date(2026, 5, 1)), None),
    ],
)
def test_a_review_is_called_for_until_one_was_held(held: tuple[date, ...], since: str | None) -> None:
    made = agreement(period=BERLIN, reviews=Reviews(held=held))
    ends = [parse_instant("2026-02-28T23:00:00Z"), parse_instant("2026-04-30T22:00:00Z")]
    assert called_from(made, ends) == (None if since is None else parse_instant(since))
    assert called_from(made, []) is None


def test_of_a_draft_no_review_is_due() -> None:
    assert review_due(agreement(reviews=Reviews("month"), approved={})) is None


def test_a_review_is_held_before_its_last_day_is_over() -> None:
    made = agreement(period=BERLIN, reviews=Reviews("quarter", held=(date(2026, 9, 30),)), approved=SIGNED)
    assert review_by(made) == parse_instant("2026-12-30T23:00:00Z")
    assert review_by(agreement()) is None
