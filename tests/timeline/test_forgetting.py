"""What is let go of is unwatched from then on; nothing after it changes (rulings 22 and 43)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.beats import Judged
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.overlay import exclude
from exporter.timeline.row import Row
from exporter.timeline.spans import Spans
from exporter.timeline.tally import State, tally
from tests.support.brute import Probe
from tests.support.recount import END, Told, policy
from tests.timeline.test_pasts import endpoints


@settings(max_examples=100, deadline=None)
@given(endpoints(removable=False), st.lists(st.integers(0, END), max_size=3), st.integers(0, 5))
def test_what_comes_after_stays_the_same_and_what_came_before_is_nobodys(
    member: Told, edges: list[int], late: int
) -> None:
    """Also where results go on coming afterwards."""
    whole = Told(member.probes, member.slow)
    judged, all_judged = Judged(member.history, "latency"), Judged(whole.history, "latency")
    excluded, all_excluded = (exclude(each.history, Spans([(30, 60)])) for each in (member, whole))
    for index, probe in enumerate(member.probes):
        member.add(probe)
        whole.add(probe)
        if index == len(member.probes) - 1 - late:
            for edge in edges:
                member.history.forget(min(edge, probe.at))
    history, kept = member.history, max(member.history.kept_from, 0)
    for at in range(kept, END):
        assert tally(history, kept, at) == tally(whole.history, kept, at)
        assert tally(excluded, kept, at) == tally(all_excluded, kept, at)
        for beats, all_beats in ((history, whole.history), (judged, all_judged)):
            found, expected = beats.events(at), all_beats.events(at)
            first, all_first = beats.events(kept), all_beats.events(kept)
            assert (found.good - first.good, found.bad - first.bad) == (
                expected.good - all_first.good,
                expected.bad - all_first.bad,
            )
        assert history.state(at) == whole.history.state(at)
        assert list(history.standings(at, END)) == list(whole.history.standings(at, END))
    if member.history.kept_from > 0:
        before = tally(history, 0, kept)
        assert (before.up, before.down, before.watched_unknown, before.unknown) == (0, 0, 0, kept)
        assert history.state(kept - 1) is State.UNKNOWN


def test_reports_of_what_is_kept_stay() -> None:
    told = Told([Probe(at, State.DOWN if at in (20, 30) else State.UP, policy()) for at in range(10, 60, 10)])
    for probe in told.probes:
        told.add(probe)
    told.history.forget(25)
    assert told.history.reports.at(24) == (20, "timeout"), "what held at the edge is known"
    assert told.history.reports.at(19) is None
    assert list(told.history.reports.changes(0, END)) == [20, 40]


@pytest.mark.parametrize("kept", [6, 7, 8])
def test_what_was_brought_in_of_a_time_without_the_endpoint_is_forgotten_on_both_ends_of_a_window(
    kept: int,
) -> None:
    """The result at 5 speaks for the span from 6 to 7 too, in which nobody had the endpoint."""
    history = EndpointHistory([(6, 7)])
    brought = Row(5, 0, 5, State.UP, "", event=True, policy=policy(), source=1)
    history.load(
        [brought, *(Row(at, 0, at, State.UP, "", event=True, policy=policy()) for at in (7, 8, 9))], [6]
    )
    history.forget(kept)
    for at in range(kept, 15):
        counted = at - max(kept, 7) if at > 7 else 0
        assert tally(history, 0, at)[:3] == (counted, 0, 0)


def test_slow_beats_of_a_time_without_the_endpoint_or_before_the_edge_are_nobodys() -> None:
    history = EndpointHistory([(20, 40)])
    rows = [Row(at, 0, at, State.UP, "", event=True, policy=policy()) for at in (10, 40, 50)]
    history.load(rows, [], {7: [10, 20, 39, 40, 50]})
    assert list(history.slow[7]) == [10, 40, 50]
    history.forget(45)
    assert list(history.slow[7]) == [50]
