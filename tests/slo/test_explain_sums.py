"""What an explanation of slices is made of, and whether any one adds up."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from exporter.slo.explain import explain
from exporter.slo.question import question
from exporter.timeline.calendar import Calendar
from exporter.timeline.rule import ALL
from exporter.timeline.tally import Standing
from tests.support.explained import Put, said
from tests.support.told import Told, beats


def test_bad_slices_are_told_with_the_seconds_of_which_outage() -> None:
    found = Put([Told(beats("STRSSTS", start=10, step=6))], method="timeslices").explain(55, 41)
    assert said(found) == [
        (14, 20, "good", ""),
        (20, 30, "bad", "timeout"),
        (30, 50, "good", ""),
        (50, 55, "uncounted", "this slice is not over"),
    ]
    parts = [
        [(part.start, part.end, part.standing, part.why) for part in each.parts] for each in found.intervals
    ]
    assert parts == [
        [(16, 20, Standing.DOWN, "timeout")],
        [(20, 28, Standing.DOWN, "timeout")],
        [(40, 46, Standing.UP, "timeout, no outage")],
        [],
    ]


def test_slices_that_do_not_count_are_told_with_why() -> None:
    told = Told(beats("S...........S"))
    assert said(Put([told], method="timeslices").explain(140, 140)) == [
        (0, 10, "uncounted", "before the first result"),
        (10, 30, "good", ""),
        (30, 130, "uncounted", "no result within 12ms"),
        (130, 140, "good", ""),
    ]
    assert said(Put([told], method="timeslices", unknown="down").explain(140, 140))[2:] == [
        (20, 130, "bad", "no result within 12ms"),
        (130, 140, "good", ""),
    ]


def test_slices_that_several_exclude_are_told_by_exclusion_with_what_was_down_in_them() -> None:
    put = Put([Told(beats("SSTTSSSSS"), down_after=1)], shared=[(20, 45), (45, 80)], method="timeslices")
    found = put.explain(95, 90)
    assert [(each.start, each.end, each.exclusion.ident) for each in found.intervals if each.exclusion] == [
        (20, 50, "customer20"),
        (50, 80, "customer45"),
    ]
    parts = [(part.start, part.end, part.why) for each in found.intervals for part in each.parts]
    assert parts[1:] == [(30, 45, "down (timeout)"), (45, 50, "down (timeout)")]


@pytest.mark.parametrize("field", ["tally", "counts", "good", "bad", "cost", "end"])
def test_an_explanation_that_does_not_add_up_says_so(field: str) -> None:
    found = Put([Told(beats("STS"), down_after=1)], ALL).explain(40, 40)
    assert found.adds_up
    right = getattr(found.intervals[1], field)
    wrong = type(right)(right[0] + 1, *right[1:]) if isinstance(right, tuple) else right + 1
    changed: dict[str, Any] = {field: wrong}
    broken = found.intervals[1]._replace(**changed)
    assert not found._replace(intervals=(found.intervals[0], broken, *found.intervals[2:])).adds_up


def test_where_the_budget_has_no_value_nothing_costs_anything() -> None:
    found = Put([Told(beats("STS"), down_after=1)], shared=[(0, 40)]).explain(40, 40)
    assert (found.spent, found.cost, found.adds_up) == (None, None, True)
    assert {each.cost for each in found.intervals} == {None}


@pytest.mark.parametrize("method", ["time", "events", "latency", "timeslices"])
@pytest.mark.parametrize("unknown", ["ignore", "down", "up"])
def test_costs_of_a_calendar_window_are_what_is_gone_of_the_whole_period_s_budget(
    method: str, unknown: str
) -> None:
    """Ruling 31: the period goes on, and so may what is excluded of it."""
    told = Told(beats("SLTTS.IST"), down_after=1)
    put = Put([told], shared=[(50, 55), (90, 7_000)], method=method, unknown=unknown)
    asked = question(replace(put.question.objective, window=Calendar("week")), put.question.past)
    found = explain(asked, put.covering, 100)
    assert found.figures.budget == Calendar("week").period(100)
    assert found.figures.end == 100 < found.figures.budget[1]
    assert found.adds_up
    assert found.cost
    assert found.cost == found.figures.allowed_ms - Fraction(*found.figures.remaining or (0, 1))
