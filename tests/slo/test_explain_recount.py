"""Intervals behind a figure tile its window and equal a recount, whatever the history, method, policy and exclusions."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.slo.causes import Absence
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.spans import Span, Spans
from exporter.timeline.tally import Standing, State
from tests.support.explained import RATIO, REACHED, SLICE, Put
from tests.support.told import Probe, Told

END = 240

VOTES = st.sampled_from([State.UP, State.UP, State.UP, State.DOWN, State.DOWN, State.UNKNOWN])
SPANS = st.lists(st.tuples(st.integers(0, END), st.integers(1, 60)), max_size=3).map(
    lambda drawn: [(start, start + length) for start, length in drawn]
)


@st.composite
def endpoints(draw: st.DrawFn) -> Told:
    at, probes = 0, list[Probe]()
    for gap in draw(st.lists(st.integers(1, 25), max_size=18)):
        at += gap
        slow, event = draw(st.booleans()), draw(st.booleans())
        reason = draw(st.sampled_from(["timeout", "refused"]))
        probes.append(Probe(at, draw(VOTES), event=event, slow=slow, reason=reason))
    removed = list(Spans(draw(SPANS)))[:1] if draw(st.booleans()) else []
    return Told(
        [probe for probe in probes if not any(start <= probe.at < end for start, end in removed)],
        draw(SPANS),
        removed,
        draw(st.integers(1, 3)),
        draw(st.integers(1, 3)),
    )


RULES = st.sampled_from([ALL, Rule(Kind.ANY), Rule(Kind.QUORUM, 2), Rule(Kind.WEIGHTED, 0, (("a", 1),))])
POLICIES = st.sampled_from(["ignore", "down", "up"])
ASKED = st.tuples(st.integers(0, END), st.integers(1, END))
"""End and length of a window, which may begin before anything was known."""


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
