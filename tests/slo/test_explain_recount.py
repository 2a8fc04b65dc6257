"""Intervals behind a figure tile its window and equal a recount, whatever the history, method, policy and exclusions."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.slo.causes import Absence
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.spans import Span
from exporter.timeline.tally import Standing
from tests.support.anything import ASKED, POLICIES, RULES, SPANS, endpoints
from tests.support.explained import RATIO, REACHED, SLICE, Put
from tests.support.told import Told


@settings(max_examples=150, deadline=None)
@given(st.lists(endpoints(), min_size=1, max_size=3), RULES, SPANS, SPANS, POLICIES, ASKED)
def test_intervals_of_time_equal_a_recount_of_every_millisecond(  # noqa: PLR0917 -- as many as there are
    told: list[Told],
    rule: Rule,
    shared: list[Span],
    absences: list[Span],
    unknown: str,
    asked: tuple[int, int],
) -> None:
    at, window = asked
    rule = ALL if rule.quorum > len(told) else rule  # which no configuration may ask for
    known = [Absence(start, end, "stopped") for start, end in sorted(absences)]
    put = Put(told, rule, shared, known, unknown=unknown)
    found = put.explain(at, window)
    for each in found.intervals:
        up, down, excluded, _, watched = put.recount.time(each.start, each.end)
        bad = down + (watched if unknown == "down" else 0)
        assert each.cost in {None, bad}
        assert each.why or not bad or each.state == "unknown"
        assert not each.exclusion or excluded or "does not count" in each.why
        if rule.kind is not Kind.WEIGHTED:
            stands = {"up": up, "down": down, "excluded": excluded}
            assert stands.get(each.state, 0) == (0 if each.state == "unknown" else each.end - each.start)
    allowed = (1 - RATIO) * put.counted(at - window, at)
    assert found.figures.allowed_ms == allowed
    if found.figures.remaining is not None:
        assert found.spent == sum(each.cost or 0 for each in found.intervals)


@settings(max_examples=150, deadline=None)
@given(st.lists(endpoints(), min_size=1, max_size=2), SPANS, st.sampled_from(["events", "latency"]), ASKED)
def test_intervals_of_beats_equal_a_recount_of_every_beat(
    told: list[Told], shared: list[Span], method: str, asked: tuple[int, int]
) -> None:
    at, window = asked
    put = Put(told, ALL, shared, method=method)
    found = put.explain(at, window)
    counted = put.counted(at - window, at)
    beats = found.figures.good + found.figures.bad
    for each in found.intervals:
        good, bad, _ = put.recount.beats(each.start, each.end, latency=put.latency)
        assert (each.good, each.bad) == (good, bad)
        assert each.why or not bad, "what cost something has a reason"
        assert not (good and bad) or len(told) > 1 or each.state == "down", "a bad beat lies with no good one"
        if each.cost is not None:
            expected = max(put.question.past.due(at - window, at), Fraction(beats))
            assert each.cost == counted * bad / expected


@settings(max_examples=150, deadline=None)
@given(endpoints(), SPANS, POLICIES, ASKED)
def test_intervals_of_slices_equal_a_recount_of_every_slice(
    told: Told, shared: list[Span], unknown: str, asked: tuple[int, int]
) -> None:
    at, window = asked
    put = Put([told], ALL, shared, method="timeslices", unknown=unknown)
    found = put.explain(at, window)
    start = at - window
    *_, slices = put.recount.slices(start, at, SLICE, REACHED, unknown)
    for each in found.intervals:
        good, bad, _ = put.recount.slices(each.start, each.end, SLICE, REACHED, unknown)
        assert (each.good, each.bad) == (good, bad)
        assert {"good": good, "bad": bad}.get(each.state, 1) > 0
        assert each.cost in {None, bad * put.counted(start, at) / (slices or 1)}
        assert each.why or each.state in {"good", "excluded"}
        down = put.recount.time(each.start // SLICE * SLICE, each.end)[1]
        assert down == sum(part.end - part.start for part in each.parts if part.standing is Standing.DOWN)
