"""When a beat is missed after a span in which nobody listened."""

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.engine.heartbeats import Awaited, _after
from exporter.timeline.tally import State

UP, DOWN = State.UP, State.DOWN

spans = st.tuples(st.integers(0, 400), st.integers(1, 400))


@settings(max_examples=300)
@given(spans, st.integers(1, 100), st.integers(1, 50))
def test_a_deadline_after_an_absence_leaves_the_grace_that_was_left(
    span: tuple[int, int], every: int, grace: int
) -> None:
    since, length = span
    until, deadline = since + length, every + grace
    if since >= deadline:
        return
    found = _after(Awaited(0, UP, "", deadline, 0), since, until, every, grace)
    listened = [at for at in range(every, found) if not since <= at < until]
    assert found >= deadline
    assert len(listened) == grace if until > every else found == deadline


@settings(max_examples=500)
@given(spans, st.integers(1, 100), st.integers(0, 50), st.sampled_from(["", "missed", "command"]))
def test_a_deadline_is_always_after_the_absence(
    span: tuple[int, int], every: int, grace: int, reason: str
) -> None:
    """Two rows at one instant would end the daemon, at each start anew."""
    since, length = span
    until, deadline = since + length, every + (0 if reason == "missed" else grace)
    found = _after(Awaited(0, DOWN if reason else UP, reason, deadline, 0), since, until, every, grace)
    assert found > until
    assert found >= deadline
    if reason == "missed":
        assert (found - deadline) % every == 0
        assert found - until <= max(every, deadline - until)
