"""Days by which somebody has to act."""

from datetime import date

from exporter.sla.agreement import ContractTerm, Reviews
from exporter.sla.deadlines import notice_by, review_by
from exporter.timeline.calendar import Calendar
from exporter.units import DAY, parse_instant
from tests.support.contracts import agreement

BERLIN = Calendar("month", "Europe/Berlin")


def test_notice_is_given_before_the_last_day_is_over() -> None:
    term = ContractTerm(date(2026, 1, 1), date(2027, 12, 31), 90 * DAY)
    end = parse_instant("2027-12-31T23:00:00Z")
    assert notice_by(agreement(period=BERLIN, contract=term)) == end - 90 * DAY


def test_without_an_end_or_a_notice_there_is_nothing_to_give() -> None:
    assert notice_by(agreement()) is None
    assert notice_by(agreement(contract=ContractTerm(date(2026, 1, 1)))) is None
    assert notice_by(agreement(contract=ContractTerm(date(2026, 1, 1), date(2026, 12, 31)))) is None


def test_a_review_is_due_at_the_end_of_its_quarter() -> None:
    made = agreement(period=BERLIN, reviews=Reviews("quarter"))
    assert review_by(made, parse_instant("2026-11-26T12:00:00Z")) == parse_instant("2026-12-31T23:00:00Z")
    assert review_by(agreement(), 0) is None
