"""Whether the outages of evidence are those of its lanes: of what nobody can know nothing is demanded, and nothing is invented."""

from dataclasses import replace

import pytest

from exporter.record.agreements.verify.evidence import misfits
from exporter.sla.evidence import Evidence, Period
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.incidents.incident import Incident, Kind
from exporter.sla.lane import Lane
from exporter.sla.terms import Target
from exporter.timeline.tally import Standing
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import END, START, percent
from tests.support.contracts import agreement

TARGET = Target("answers", "shop", (), percent("100"), answers=AnswerTerms((), "", ((Task.RESPOND, MINUTE),)))
MADE = agreement(TARGET)
SPAN = (START - 1, END)
UP, DOWN, UNKNOWN, ABSENT = Standing.UP, Standing.DOWN, Standing.UNKNOWN, Standing.ABSENT
AT = START + DAY


def lane(*runs: tuple[int, Standing]) -> Lane:
    """Up from before the period, unless it says otherwise."""
    first = () if runs and runs[0][0] == SPAN[0] else ((SPAN[0], UP),)
    return Lane(*SPAN, (*first, *runs))


def outage(start: int, end: int | None, service: str = "shop") -> Incident:
    return Incident("i1", service, Kind.OUTAGE, start, end)


def found(lanes: dict[str, Lane], *incidents: Incident) -> list[str]:
    seen = Evidence(SPAN, lanes, incidents=incidents)
    return list(misfits(MADE, {"answers": seen}, Period((START, END), END)))


AN_HOUR = lane((AT, DOWN), (AT + HOUR, UP))
OTHER = ["the evidence of `answers` has not the outages that its lanes have"]


def test_each_outage_is_there_and_none_beside_it() -> None:
    assert found({"shop/web": AN_HOUR}, outage(AT, AT + HOUR)) == []
    assert found({"shop/web": AN_HOUR}) == OTHER
    assert found({"shop/web": AN_HOUR}, outage(AT, AT + HOUR), outage(AT + DAY, AT + DAY + HOUR)) == OTHER
    assert found({"shop/web": AN_HOUR}, outage(AT, AT + HOUR + 1)) == OTHER


def test_one_that_began_with_the_period_is_known_to_have() -> None:
    first = lane((START, DOWN), (START + HOUR, UP))
    assert found({"shop/web": first}, outage(START, START + HOUR)) == []
    assert found({"shop/web": first}) == OTHER


@pytest.mark.parametrize("incidents", [(), (outage(AT, AT + HOUR),)], ids=["left out", "told"])
def test_what_may_have_begun_earlier_may_be_told_or_not(incidents: tuple[Incident, ...]) -> None:
    """Of another endpoint nothing is known from before the period on to the middle of the outage."""
    unknown = lane((SPAN[0], UNKNOWN), (AT + MINUTE, UP))
    assert found({"shop/web": unknown, "shop/db": AN_HOUR}, *incidents) == []


def test_what_was_told_before_it_was_pruned_stays() -> None:
    pruned = lane((SPAN[0], ABSENT), (AT + HOUR // 2, DOWN), (AT + HOUR, UP))
    assert found({"shop/web": pruned}, outage(AT, AT + HOUR)) == []


def test_one_that_goes_on_beyond_what_is_seen_has_no_end_in_it() -> None:
    on = lane((AT, DOWN))
    assert found({"shop/web": on}, outage(AT, None)) == []
    assert found({"shop/web": on}, outage(AT, END + 40 * DAY)) == []


def test_nothing_is_told_of_other_services() -> None:
    other = replace(outage(AT, AT + HOUR), service="mail")
    said = "the evidence of `answers` has incidents of other services"
    assert said in found({"shop/web": lane()}, other)
