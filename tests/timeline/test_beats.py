"""Which beats lie about an instant."""

from hypothesis import given
from hypothesis import strategies as st

from exporter.timeline.events import EventColumns
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.tally import State

POLICY = Policy(5, 5, 12)
VOTES = st.sampled_from([State.UP, State.UP, State.DOWN, State.UNKNOWN])


@given(
    st.lists(st.tuples(st.integers(1, 9), VOTES), max_size=20),
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 5), VOTES), max_size=4),
    st.integers(0, 400),
)
def test_the_beats_before_and_after_an_instant_are_those_of_the_list(
    singles: list[tuple[int, State]], series: list[tuple[int, int, int, State]], asked: int
) -> None:
    columns, told, at = EventColumns(), list[int](), 0
    for gap, step, more, vote in series:
        at += gap
        last = at + step * more
        columns.add_row(Row(at, step if more else 0, last, vote, "", event=True, policy=POLICY))
        told += [each for each in range(at, last + 1, step) if vote is not State.UNKNOWN]
        at = last
    for gap, vote in singles:
        at += gap
        columns.add(at, vote)
        told += [at] if vote is not State.UNKNOWN else []
    assert columns.latest(asked) == max((each for each in told if each <= asked), default=None)
    assert columns.after(asked) == min((each for each in told if each > asked), default=None)
