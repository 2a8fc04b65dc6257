"""What stood in a part of a lane, against the whole lane cut by it."""

from hypothesis import given
from hypothesis import strategies as st

from exporter.sla.lane import Lane
from exporter.timeline.spans import Span, Spans
from exporter.timeline.tally import Standing

LENGTH = 40

lanes = st.dictionaries(st.integers(1, LENGTH - 1), st.sampled_from(Standing), max_size=12).map(
    lambda runs: Lane.of(sorted(({0: Standing.UP} | runs).items()), 0, LENGTH)
)


@given(lanes, st.integers(-5, LENGTH + 5), st.integers(-5, LENGTH + 5))
def test_a_part_stood_as_the_whole_did_then(lane: Lane, start: int, end: int) -> None:
    found = list(lane.within((start, end)))
    for standing in Standing:
        stretches: list[Span] = [span for span, stood in found if stood is standing]
        assert stretches == list(lane.spans(standing) & Spans([(start, end)]))
    assert found == sorted(found, key=lambda each: each[0])


@given(lanes, st.integers(-5, LENGTH + 5), st.integers(-5, LENGTH + 5))
def test_changes_are_those_after_an_instant_and_before_another(lane: Lane, start: int, end: int) -> None:
    runs = [(-10, Standing.ABSENT), *lane.runs, (lane.end, Standing.ABSENT)]
    known = [standing for at, standing in runs if at <= start]
    assert list(lane.standings(start, end)) == [
        (start, known[-1]),
        *((at, standing) for at, standing in runs if start < at < end),
    ]


def test_nothing_is_known_before_its_start_and_from_its_end_on() -> None:
    lane = Lane(0, LENGTH, ((0, Standing.UP), (10, Standing.DOWN)))
    assert list(lane.standings(-1, LENGTH + 1)) == [
        (-1, Standing.ABSENT),
        (0, Standing.UP),
        (10, Standing.DOWN),
        (LENGTH, Standing.ABSENT),
    ]
