"""SLOs over events that a source has counted: figures, bounds, guard and explanation (ruling 44)."""

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.slo.answer import answer
from exporter.slo.causes import Absence
from exporter.slo.explain import explain
from exporter.slo.explained import explained
from exporter.slo.figures import bounds, figures
from exporter.slo.objective import Objective
from exporter.slo.question import Question, question
from exporter.slo.ratio import fraction
from exporter.timeline.exclusion import Category, Exclusion, Once, Scope
from exporter.timeline.past import Member, Past
from exporter.timeline.samples import MICRO, SampleHistory, Step
from exporter.timeline.spans import FOREVER, NOTHING, Spans
from exporter.units import DAY, HOUR, MINUTE

DAYS_30 = 30 * DAY
NOW = 40 * DAY


def asked(steps: Sequence[Step], away: Spans = NOTHING, *, min_bad: int = 3) -> Question:
    history = SampleHistory()
    history.extend(steps)
    objective = Objective(Fraction(999, 1000), DAYS_30, "ignore", MINUTE, min_bad, "events")
    return question(objective, Past(history, [Member(history, history, name="shop/orders")], away))


def step(minutes_ago: int, good: float, bad: float, *, known: bool = True) -> Step:
    return Step(NOW - minutes_ago * MINUTE, MINUTE, round(good * MICRO), round(bad * MICRO), known=known)


def whole(minutes: int, good: float, bad: float) -> Sequence[Step]:
    """The last minutes, all alike."""
    return [step(ago, good, bad) for ago in range(minutes, 0, -1)]


def test_the_budget_is_a_share_of_the_events_that_were_counted() -> None:
    found = figures(asked([step(3, 999, 0), step(2, 999, 1), step(1, 1000.5, 0.5)]), NOW, 3 * MINUTE)
    assert fraction(found.sli) == Fraction(29985, 30000)
    assert fraction(found.remaining_ratio) == 1 - Fraction(15, 10) / 3
    assert found.met


def test_burn_is_of_the_whole_window_however_much_of_it_is_known() -> None:
    """Half of what is allowed fails, steadily: nothing of it is worth an alert, in the first hour neither."""
    for minutes in (60, 24 * 60, 15 * 24 * 60, 30 * 24 * 60):
        found = figures(asked(whole(minutes, 1999, 1)), NOW)
        assert {fraction(each) for each in found.burn[:3]} == {Fraction(1, 2)}
        assert all((fraction(each) or 0) < 1 for each in found.alerts)
        assert fraction(found.remaining_ratio) == 1 - Fraction(minutes, 2 * 30 * 24 * 60)


def test_unknown_steps_count_by_the_average_of_the_others_in_the_bounds_alone() -> None:
    asking = asked([step(3, 6, 4), step(2, 0, 0, known=False), step(1, 10, 0)])
    found = figures(asking, NOW)
    assert fraction(found.sli) == Fraction(16, 20)
    assert fraction(found.coverage) == Fraction(2, DAYS_30 // MINUTE)
    best, worst = bounds(asking, found)
    assert (fraction(best), fraction(worst)) == (Fraction(26, 30), Fraction(16, 30))


def test_nothing_has_no_value_and_a_step_without_events_is_known() -> None:
    for steps in ([], [step(1, 0, 0, known=False)]):
        found = figures(asked(steps), NOW)
        assert (found.sli, found.remaining_ratio, found.burn[0]) == (None, None, None)
        assert bounds(asked(steps), found) == (None, None)
    quiet = figures(asked([step(1, 0, 0)]), NOW)
    assert quiet.sli is None
    assert quiet.tally.up == MINUTE


def test_an_alert_needs_as_many_whole_bad_events_as_its_guard() -> None:
    def fast(bad: float) -> Fraction | None:
        return fraction(figures(asked([*whole(60, 0.01, 0)[:-1], step(1, 0, bad)]), NOW).alerts[0])

    assert fast(2.9) == 1
    assert (fast(3) or 0) > 1


def test_an_explanation_says_how_much_of_each_step_was_bad() -> None:
    steps = [
        step(6, 4000, 0),
        step(5, 3997, 3),
        step(4, 0, 12),
        step(3, 0, 0, known=False),
        step(2, 1.5, 0.25),
    ]
    asking = asked(steps)
    absences = [Absence(NOW - 4 * MINUTE, NOW - 3 * MINUTE, "stopped"), Absence(NOW + 1, FOREVER, "future")]
    found = explain(asking, (), NOW, 6 * MINUTE, absences)
    assert [(each.state, each.why) for each in found.intervals] == [
        ("up", ""),
        ("up", "under 0.1 % of events bad"),
        ("down", "all events bad"),
        ("unknown", "the source has no value of it"),
        ("up", "10 % of events bad or more"),
        ("unknown", "not counted yet"),
    ]
    assert found.adds_up
    shown = explained(answer("shop", "orders", asking, found.figures), found)
    assert [each["events"]["bad"] for each in shown["intervals"]] == [0, 3, 12, 0, 0.25, 0]
    assert shown["sums"]["events"] == {"good": 7998.5, "bad": 15.25, "excluded": 0}
    assert shown["answer"]["events"] == shown["sums"]["events"]


def test_a_trickle_of_errors_is_one_interval() -> None:
    steps = [
        step(6, 99, 1),
        step(5, 150, 2),
        step(4, 995, 5),
        step(3, 9990, 9),
        step(2, 990, 11),
        step(1, 9, 1),
    ]
    found = explain(asked(steps), (), NOW, 6 * MINUTE)
    assert [(each.why, each.counts.bad // MICRO) for each in found.intervals] == [
        ("under 10 % of events bad", 3),
        ("under 1 % of events bad", 5),
        ("under 0.1 % of events bad", 9),
        ("under 10 % of events bad", 11),
        ("10 % of events bad or more", 1),
    ]


def test_a_month_of_a_trickle_is_one_interval_of_which_few_are_worked_out() -> None:
    month = asked(whole(30 * 24 * 60, 95, 5))
    assert len(explain(month, (), NOW, most=10).intervals) == 1


def test_while_nobody_asks_an_explanation_says_why() -> None:
    asking = asked([step(6, 10, 0)])
    found = explain(asking, (), NOW, 6 * MINUTE, [Absence(NOW - 4 * MINUTE, FOREVER, "stopped")])
    assert [each.why for each in found.intervals] == [
        "",
        "not counted yet",
        "the exporter has not run since",
    ]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3 * MICRO), st.integers(0, 3 * MICRO), st.booleans()), max_size=20),
    st.tuples(st.integers(0, 20 * MINUTE), st.integers(1, 5 * MINUTE)),
)
def test_an_explanation_adds_up_to_the_last_digit(
    script: list[tuple[int, int, bool]], excluded: tuple[int, int]
) -> None:
    start = NOW - HOUR
    steps = [
        Step(start + index * MINUTE, MINUTE, good if known else 0, bad if known else 0, known=known)
        for index, (good, bad, known) in enumerate(script)
    ]
    first = start + excluded[0]
    away = Spans([(first, first + excluded[1])])
    when = Once(first, first + excluded[1])
    maintenance = Exclusion("1", "works", Category.MAINTENANCE, Scope(frozenset({"shop"})), when)
    found = explain(asked(steps, away), [(maintenance, away)], NOW, 2 * HOUR)
    assert found.adds_up
    hidden = [each for each in steps if away.covers(each.at)]
    assert found.counts.excluded == sum(each.good + each.bad for each in hidden)
