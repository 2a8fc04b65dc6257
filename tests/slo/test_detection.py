"""How long alerts take, against the figures themselves, an instant at a time."""

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from exporter.slo.detection import FULL, TENTH, Waits, burns_for, clears_after, told_after
from exporter.slo.figures import figures
from exporter.slo.objective import Objective
from exporter.slo.question import Question, question
from exporter.slo.ratio import fraction
from exporter.slo.tiers import DAY, LENGTHS, Tier
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.past import Member, Past
from exporter.timeline.policy import Policy
from exporter.timeline.tally import State
from tests.support.history import ListedHistory, objective, put

NOW = 1_800_000_000_000
NO_WAITS = Waits(0, 0, 0, 0, 0, 0)
ASKED = st.builds(
    objective,
    st.sampled_from(["90", "95", "99", "99.9", "99.95", "99.999"]),
    st.sampled_from([2 * DAY, 7 * DAY, 28 * DAY, 30 * DAY]),
    interval=st.sampled_from([1000, 15_000, 300_000, 3_600_000]),
)


def fires(asked: Question, tier: int, at: int) -> bool:
    ratio = fraction(figures(asked, at).alerts[tier])
    return ratio is not None and ratio > 1


def down_since(asked: Objective, start: int, end: int | None = None) -> Question:
    states = [(NOW - 40 * DAY, State.UP), (start, State.DOWN), *([(end, State.UP)] if end else [])]
    return put(asked, ListedHistory(states))


@given(ASKED, st.data())
def test_a_full_outage_fires_strictly_after_that_time_and_not_at_it(
    asked: Objective, data: st.DataObject
) -> None:
    assume(asked.plan.tiers)
    at = data.draw(st.integers(0, len(asked.plan.tiers) - 1))
    taken = burns_for(asked.plan.tiers[at], asked, FULL)
    assert taken is not None
    outage = down_since(asked, NOW)
    assert not fires(outage, at, NOW + int(taken))
    assert fires(outage, at, NOW + int(taken) + 1)


@given(ASKED, st.data())
def test_after_a_long_outage_it_ends_after_that_time_and_not_before(
    asked: Objective, data: st.DataObject
) -> None:
    assume(asked.plan.tiers)
    at = data.draw(st.integers(0, len(asked.plan.tiers) - 1))
    tier = asked.plan.tiers[at]
    outage = down_since(asked, NOW, NOW + tier.long)
    assume(tier.guard_ms < tier.long)
    ends = clears_after(tier, asked, NO_WAITS)
    over = NOW + tier.long
    assert not fires(outage, at, over - int(-ends // 1))
    if tier.factor * (1 - asked.ratio) < Fraction(LENGTHS[tier.pace.short], tier.long):
        return  # the short window is at its limit long before the long one is
    assert fires(outage, at, over + int(ends) - 1)


def flapping(asked: Objective, method: str = "time") -> Question:
    """Beats an interval apart, of which one in ten fails from `NOW` on."""
    history, interval = EndpointHistory(), asked.interval
    policy = Policy(interval, min(interval, 5000), 3 * interval)
    for beat in range(-(3 * DAY) // interval, (3 * DAY) // interval):
        vote = State.DOWN if beat >= 0 and beat % 10 == 0 else State.UP
        history.add(NOW + beat * interval, vote, policy, event=True)
    put_to = Objective(asked.ratio, asked.window, "ignore", interval, 3, method)
    return question(put_to, Past(history, [Member(history, history)]))


def test_a_tenth_of_bad_time_fires_within_ten_intervals_of_that_time() -> None:
    for per_cent, method in (("99.9", "time"), ("99.5", "time"), ("99.9", "events"), ("99.5", "events")):
        asked = flapping(objective(per_cent, 30 * DAY, interval=60_000), method)
        for at, tier in enumerate(asked.objective.plan.tiers):
            taken = burns_for(tier, asked.objective, TENTH)
            assert taken is not None
            first = next(minute for minute in range(3 * 1440) if fires(asked, at, NOW + minute * 60_000 + 1))
            assert abs(first * 60_000 - taken) <= 10 * 60_000, (per_cent, method, tier.pace.tier)


def test_what_burns_no_faster_than_the_threshold_never_fires() -> None:
    asked = objective("90", 30 * DAY)
    (medium, *_) = asked.plan.tiers  # 6 x 10 %: a tenth is far from enough
    assert (medium.pace.tier, burns_for(medium, asked, TENTH)) == ("medium", None)
    assert told_after(medium, asked, TENTH, NO_WAITS) is None
    exact = objective("97.5", 28 * DAY)
    fast = next(tier for tier in exact.plan.tiers if tier.pace.tier == "long")
    assert burns_for(fast, exact, Fraction(1, 40)) is None


def test_events_and_slices_that_do_not_fit_into_the_long_window_never_fire() -> None:
    for method in ("events", "timeslices"):
        asked = Objective(Fraction(999, 1000), 30 * DAY, "ignore", 300_000, 3, method, 300_000)
        fast: Tier = asked.plan.tiers[0]
        assert burns_for(fast, asked, TENTH) is None  # three of twelve, but a tenth of twelve is one
        assert burns_for(fast, asked, FULL) == {"events": 600_000, "timeslices": 900_000}[method]


def test_all_that_an_alert_waits_for_adds_up() -> None:
    asked = objective("99.9", 30 * DAY)
    fast = asked.plan.tiers[0]
    waits = Waits(probe=1, verdict=0, recovery=2, scrape=10, evaluation=100, group_wait=1000)
    assert told_after(fast, asked, FULL, waits) == 51_840 + 1111
    slow_verdict = Waits(probe=1, verdict=60_000, recovery=2, scrape=10, evaluation=100, group_wait=1000)
    assert told_after(fast, asked, FULL, slow_verdict) == 60_000 + 1111
    assert clears_after(fast, asked, waits) == 300_000 - 300 * Fraction(144, 10) + 112
