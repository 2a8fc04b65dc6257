import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from exporter.slo.days import bad_shares, days, outages
from exporter.slo.objective import Objective
from exporter.slo.tiers import DAY, HOUR
from exporter.timeline.tally import State
from tests.support.history import ListedHistory, put

MIDNIGHT = 20_000 * DAY
NOON = MIDNIGHT + 12 * HOUR


def test_days_begin_at_midnight_and_the_last_one_ends_now() -> None:
    history = ListedHistory([(MIDNIGHT - DAY - HOUR, State.UP), (MIDNIGHT - HOUR, State.DOWN)])
    shown = days(history, NOON, 3)
    assert [(each.start, each.end) for each in shown] == [
        (MIDNIGHT - 2 * DAY, MIDNIGHT - DAY),
        (MIDNIGHT - DAY, MIDNIGHT),
        (MIDNIGHT, NOON),
    ]
    assert [
        (each.tally.up // HOUR, each.tally.down // HOUR, each.tally.unknown // HOUR) for each in shown
    ] == [
        (1, 0, 23),
        (23, 1, 0),
        (0, 12, 0),
    ]


def test_at_midnight_the_day_that_is_over_is_the_last_one() -> None:
    (only,) = days(ListedHistory([]), MIDNIGHT, 1)
    assert (only.start, only.end) == (MIDNIGHT - DAY, MIDNIGHT)


EDGES = st.integers(NOON - 5 * DAY, NOON)
HISTORIES = st.builds(
    lambda states, excluded: ListedHistory(
        sorted(states.items()), [tuple(pair) for pair in zip(excluded[::2], excluded[1::2], strict=False)]
    ),
    st.dictionaries(EDGES, st.sampled_from(State), max_size=12),
    st.lists(EDGES, max_size=6, unique=True).map(sorted),
)


@given(HISTORIES, st.integers(1, 6))
def test_every_day_is_whole_and_its_parts_add_up(history: ListedHistory, count: int) -> None:
    shown = days(history, NOON, count)
    assert len(shown) == count
    for each in shown:
        up, down, excluded, unknown, _ = each.tally
        assert up + down + excluded + unknown == each.end - each.start


@given(HISTORIES)
def test_outages_are_the_time_that_is_down(history: ListedHistory) -> None:
    start = NOON - 5 * DAY
    found = list(outages(history, start, NOON))
    assert sum(end - begin for begin, end in found) == history.sums(NOON).down - history.sums(start).down
    assert all(begin < end for begin, end in found)
    assert all(first[1] < then[0] for first, then in itertools.pairwise(found))


def test_an_outage_ends_where_an_exclusion_begins_and_goes_on_until_now() -> None:
    history = ListedHistory(
        [(NOON - 10 * HOUR, State.UP), (NOON - 5 * HOUR, State.DOWN)], [(NOON - 3 * HOUR, NOON - 2 * HOUR)]
    )
    assert list(outages(history, NOON - DAY, NOON)) == [
        (NOON - 5 * HOUR, NOON - 3 * HOUR),
        (NOON - 2 * HOUR, NOON),
    ]
    assert list(outages(ListedHistory([(NOON - DAY, State.UP)]), NOON - DAY, NOON)) == []


def test_the_bad_share_of_a_day_is_of_what_the_slo_counts() -> None:
    """Three beats of a day, one of them bad; none of the day before."""
    history = ListedHistory(
        [(MIDNIGHT, State.UP), (MIDNIGHT + HOUR, State.DOWN), (MIDNIGHT + 2 * HOUR, State.UP)]
    )
    asked = put(Objective(Fraction(999, 1000), 30 * DAY, "ignore", HOUR, 3, "events"), history)
    assert bad_shares(asked.measure, days(history, NOON, 2)) == [None, Fraction(1, 3)]
