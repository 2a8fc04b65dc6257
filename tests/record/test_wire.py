"""Past results on their way to the daemon arrive as they were."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.record.csv_file import Past
from exporter.record.wire import decode, encode
from exporter.timeline.tally import State

results = st.tuples(
    st.sampled_from([1, 15, 15, 15]),
    st.sampled_from(list(State)),
    st.sampled_from(["", "timeout"]),
    st.none() | st.integers(0, 10),
    st.booleans(),
)


@given(st.lists(results, max_size=40))
def test_results_arrive_as_they_were_sent(told: list[tuple[int, State, str, int | None, bool]]) -> None:
    at, past = 0, list[Past]()
    for gap, vote, reason, duration, event in told:
        at += gap
        past.append(Past(at, vote, reason, 0, duration, event))
    sent = json.loads(json.dumps(encode({("shop", "web"): past})))
    assert decode(sent) == {("shop", "web"): past}


def test_a_steady_past_is_one_series() -> None:
    past = [Past(at, State.UP, "", 0) for at in range(0, 1_500_000, 15)]
    assert len(json.dumps(encode({("shop", "web"): past}))) < 100


@pytest.mark.parametrize("found", [[{}], [{"service": "a", "endpoint": "b", "series": [[1, 2]]}], [1]])
def test_anything_else_is_refused(found: list[Any]) -> None:
    with pytest.raises(ValueError, match="not a list of past results"):
        decode(found)
