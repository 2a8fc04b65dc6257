"""Figures against a recount that is as plain as the definitions."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from exporter.slo.figures import bounds, figures
from exporter.slo.objective import Objective
from exporter.slo.ratio import fraction
from exporter.slo.tiers import BURN_WINDOWS, DAY, LENGTHS
from exporter.timeline.tally import State
from tests.support.history import ListedHistory, Span, put

NOW = 1_800_000_000_000
AGES = st.one_of(*(st.integers(0, 2 * length) for _, length in BURN_WINDOWS))


@st.composite
def histories(draw: st.DrawFn) -> ListedHistory:
    starts = sorted({NOW - age for age in draw(st.lists(AGES, max_size=12))})
    states = [draw(st.sampled_from(State)) for _ in starts]
    edges = sorted({NOW - age for age in draw(st.lists(AGES, max_size=6))})
    return ListedHistory(
        list(zip(starts, states, strict=True)), list(zip(edges[::2], edges[1::2], strict=False))
    )


OBJECTIVES = st.builds(
    Objective,
    ratio=st.sampled_from(["0.5", "0.9", "0.95", "0.999", "0.9995", "0.99999"]).map(Fraction),
    window=st.sampled_from([1000, 300_000, 3_600_001, 86_400_000, 7 * 86_400_000, 30 * 86_400_000]),
    unknown=st.sampled_from(["ignore", "down", "up"]),
    interval=st.sampled_from([1000, 15_000, 3_600_000]),
    min_bad=st.integers(1, 5),
)


class Recount:
    """Lengths of a window by walking over every piece of it."""

    def __init__(self, history: ListedHistory, start: int, end: int, unknown: str) -> None:
        self.up = self.down = self.excluded = self.unwatched = self.gap = 0
        cuts = {
            start,
            end,
            *(cut for span in history.excluded_spans for cut in span),
            *(at for at, _ in history.states),
        }
        edges = sorted(cut for cut in cuts if start <= cut <= end)
        for first, last in pairwise(edges):
            self._take(history, (first, last))
        self.good = self.up + (self.gap if unknown == "up" else 0)
        self.bad = self.down + (self.gap if unknown == "down" else 0)
        self.counted = self.up + self.down + (self.gap if unknown != "ignore" else 0)
        self.length = end - start

    def _take(self, history: ListedHistory, span: Span) -> None:
        first, last = span
        if any(start <= first < end for start, end in history.excluded_spans):
            self.excluded += last - first
        elif history.since(first) is None:
            self.unwatched += last - first
        elif history.state(first) is State.UP:
            self.up += last - first
        elif history.state(first) is State.DOWN:
            self.down += last - first
        else:
            self.gap += last - first


@given(histories(), OBJECTIVES)
def test_every_figure_of_the_window_equals_a_recount(history: ListedHistory, asked: Objective) -> None:
    answer = figures(put(asked, history), NOW)
    count = Recount(history, NOW - asked.length, NOW, asked.unknown)
    allowed = (1 - asked.ratio) * (asked.length - count.excluded)
    valued = count.counted > 0 and allowed > 0
    watched = count.up + count.down + count.gap
    assert answer.tally == (count.up, count.down, count.excluded, count.unwatched + count.gap, count.gap)
    assert fraction(answer.sli) == (Fraction(count.good, count.counted) if count.counted else None)
    best, worst = bounds(put(asked, history), answer)
    assert fraction(best) == (Fraction(count.up + count.gap, watched) if watched else None)
    assert fraction(worst) == (Fraction(count.up, watched) if watched else None)
    assert answer.allowed_ms == allowed
    assert answer.met == ((count.bad <= allowed) if valued else None)
    assert answer.remaining_ms == (allowed - count.bad if valued else None)
    assert fraction(answer.remaining_ratio) == (1 - count.bad / allowed if valued else None)


@given(histories(), OBJECTIVES)
def test_every_burn_rate_and_alert_equals_a_recount(history: ListedHistory, asked: Objective) -> None:
    answer = figures(put(asked, history), NOW)
    own = Recount(history, NOW - asked.length, NOW, asked.unknown)
    allowed = (1 - asked.ratio) * (asked.length - own.excluded)
    counts = {name: Recount(history, NOW - LENGTHS[name], NOW, asked.unknown) for name in asked.plan.windows}
    rates = {
        name: Fraction(count.bad) / allowed * asked.length / LENGTHS[name]
        if count.counted and allowed
        else None
        for name, count in counts.items()
    }
    assert [fraction(rate) for rate in answer.burn] == list(rates.values())
    assert list(answer.bads) == [count.bad for count in counts.values()]
    for tier, alert in zip(asked.plan.tiers, answer.alerts, strict=True):
        long, short = rates[tier.pace.long], rates[tier.pace.short]
        expected = None
        if long is not None and short is not None:
            expected = min(long, short) / tier.factor
            if counts[tier.pace.long].bad <= (tier.guard - 1) * asked.interval:
                expected = min(expected, Fraction(1))
        assert fraction(alert) == expected


@given(histories(), OBJECTIVES)
def test_what_is_unknown_of_the_last_day_is_of_what_was_watched(
    history: ListedHistory, asked: Objective
) -> None:
    """What is young is not held against it, nor is an exclusion (ruling 23)."""
    count = Recount(history, NOW - DAY, NOW, "ignore")
    assert figures(put(asked, history), NOW).day_unknown == count.gap


@given(histories(), OBJECTIVES, st.integers(1, 40 * 86_400_000))
def test_the_parts_of_any_window_are_the_window(
    history: ListedHistory, asked: Objective, window: int
) -> None:
    answer = figures(put(asked, history), NOW, window)
    up, down, excluded, unknown, watched_unknown = answer.tally
    assert up + down + excluded + unknown == window == answer.end - answer.start
    assert 0 <= watched_unknown <= unknown


@given(histories(), OBJECTIVES)
def test_the_bounds_enclose_the_sli_under_every_policy(history: ListedHistory, asked: Objective) -> None:
    answer = figures(put(asked, history), NOW)
    best, worst = map(fraction, bounds(put(asked, history), answer))
    sli = fraction(answer.sli)
    assert sli is None or (best is not None and worst is not None and worst <= sli <= best)
