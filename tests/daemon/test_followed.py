"""Periods that are issued once more when their incidents are no longer followed."""

import pytest

from exporter.daemon.agreements import followed_up
from exporter.sla.agreement import Agreement
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.terms import Target
from exporter.store.base import Said
from exporter.units import DAY, HOUR
from tests.support.agreed import percent
from tests.support.contracts import agreement
from tests.support.months import NOVEMBER, OCTOBER

ANSWERS = Target(
    "answers", "shop", (), percent("100"), answers=AnswerTerms(limits=((Task.REPAIR, 4 * HOUR),))
)


def said(at: int) -> Said:
    return Said("acme", 1, (OCTOBER, NOVEMBER), at, "", "0/1", None)


@pytest.mark.parametrize(
    ("made", "issued", "after", "again"),
    [
        (agreement(ANSWERS), HOUR, 31 * DAY + HOUR, True),
        (agreement(ANSWERS), HOUR, 30 * DAY, False),  # they are still followed
        (agreement(ANSWERS), 32 * DAY, 33 * DAY, False),  # it was issued since
        (agreement(), HOUR, 31 * DAY + HOUR, False),
    ],
    ids=["once", "not yet", "not again", "without answers"],
)
def test_what_may_say_more_is_looked_at_again(made: Agreement, issued: int, after: int, again: bool) -> None:
    found = followed_up([made], [said(NOVEMBER + issued)], NOVEMBER + after)
    assert found == ([(OCTOBER, NOVEMBER)] if again else [])
