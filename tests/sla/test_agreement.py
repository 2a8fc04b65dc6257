"""When an agreement is to be looked at again."""

from dataclasses import replace
from datetime import date

import pytest

from exporter.sla.agreement import Agreement, Kind, Reviews, Signature
from exporter.sla.credit import CreditTerms
from exporter.sla.terms import Measure, Terms
from exporter.timeline.calendar import Calendar
from tests.support.agreed import START

SIGNED = {"provider": Signature("mara", date(2026, 1, 31)), "customer": Signature("jo", date(2026, 1, 10))}
MADE = Agreement(
    "acme",
    "1",
    START,
    "ACME",
    Kind.CUSTOMER,
    Calendar("month"),
    prorate=True,
    terms=Terms(Measure(), ()),
    credits=CreditTerms(),
    approved=SIGNED,
)


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
    assert replace(MADE, reviews=reviews).review_due == due


def test_of_a_draft_no_review_is_due() -> None:
    assert replace(MADE, reviews=Reviews("month"), approved={}).review_due is None
