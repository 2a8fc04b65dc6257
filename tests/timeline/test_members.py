"""Members of an SLO that are many, or none, or have just begun."""

from fractions import Fraction

from exporter.timeline.combine import Combined
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.overlay import exclude
from exporter.timeline.past import Member, Past
from exporter.timeline.policy import Policy
from exporter.timeline.spans import Spans
from exporter.timeline.tally import Standing, State, tally
from exporter.timeline.weighted import Weighted
from exporter.units import DAY, HOUR, MINUTE, SECOND

EVERY_5 = Policy(5, 5, 12)


def test_no_members_at_all_are_absent() -> None:
    """As of a service that the record does not know: `explain` asks how it stood."""
    assert list(Combined([]).standings(13, 99)) == [(13, Standing.ABSENT)]


def test_exclusions_over_many_weights_are_exact_beyond_64_bits() -> None:
    """Eight members: units of 1/5,342,931,457,063,200 milliseconds, and a night of maintenance each day."""
    weights = (1, 2, 3, 4, 5, 6, 7, 9)
    members = []
    for weight in weights:
        history = EndpointHistory()
        for at in range(0, 30 * DAY, HOUR):
            vote = State.DOWN if weight == 9 else State.UP
            history.add(at, vote, Policy(HOUR, 5 * SECOND, 2 * HOUR), event=True)
        members.append(history)
    shared = Weighted(members, weights)
    nights = exclude(shared, Spans((day * DAY, day * DAY + 8 * HOUR) for day in range(30)))
    found = tally(nights, 0, 30 * DAY)
    counted = 30 * 16
    assert [Fraction(part, shared.scale * HOUR) for part in found[:4]] == [
        Fraction(28 * counted, 37),
        Fraction(9 * counted, 37),
        30 * 8,
        0,
    ]


def test_ruling_27_endpoints_that_began_together_were_due_together_and_one_that_joined_was_not() -> None:
    """Three whose beats are spread over the same 15 s, and one that came an hour later: three for the time before."""
    members, began = [], 1_000 * SECOND
    for first in (0, 4_000, 14_999, HOUR):
        history = EndpointHistory()
        history.add(began + first, State.UP, Policy(15 * SECOND, 5 * SECOND, 35 * SECOND), event=True)
        members.append(Member(history, history))
    past = Past(Combined([member.history for member in members]), members)
    assert past.due(began - 15 * MINUTE, began) == 3 * 60
    assert past.due(began, began + 14_999) == Fraction(3 * 14_999, 15_000)
    assert past.due(began + HOUR, began + HOUR + MINUTE) == 4 * 4


def test_a_member_without_any_result_keeps_none_of_the_others_from_being_stable() -> None:
    """Else all of their past would be judged again at each result, for as long as one of them is silent."""
    busy, silent = EndpointHistory(), EndpointHistory()
    combined = Combined([busy, silent])
    for at in range(0, 50, 5):
        busy.add(at, State.UP, EVERY_5, event=True)
        assert combined.sums(at + 1) == (at + 1, 0, 0, at + 1)
        assert combined.stable == busy.stable == at
    silent.add(30, State.DOWN, EVERY_5, event=True)
    assert combined.sums(50) == (30, 12, 0, 50), "though it began before what was stable"
