"""Several histories as one, while their members grow, are removed and step aside (rule 8, rulings 35 and 36)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.combine import Combined
from exporter.timeline.past import combine
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import Standing, State, tally
from tests.support.growing import Growing, Step, grow, spans, steps
from tests.support.history import ListedHistory
from tests.support.moments import Leaf, Node, Together, Without, assert_recounted
from tests.support.recount import END, Span

UP, DOWN, UNKNOWN, EXCLUDED, ABSENT = (
    Standing.UP,
    Standing.DOWN,
    Standing.UNKNOWN,
    Standing.EXCLUDED,
    Standing.ABSENT,
)

scripts = st.lists(st.tuples(st.integers(0, 3), steps), max_size=20)
instants = st.lists(st.integers(0, END), min_size=1, max_size=3)
rules = st.one_of(
    st.sampled_from([ALL, Rule(Kind.ANY)]), st.integers(1, 4).map(lambda n: Rule(Kind.QUORUM, n))
)
members = st.lists(spans, min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(members, rules, scripts, spans, instants)
def test_members_together_equal_a_recount_after_whatever_happens_to_one_of_them(
    own: list[list[Span]],
    rule: Rule,
    script: list[tuple[int, Step]],
    shared: list[Span],
    asked: list[int],
) -> None:
    """Each with exclusions of its own, and some over all of them (ruling 35)."""
    growing = [Growing() for _ in own]
    leaves = [Without(Leaf(each), excluded) for each, excluded in zip(growing, own, strict=True)]
    node = Without(Together(leaves, rule), shared)
    for step in script:
        grow(growing, [step])
        assert_recounted(node, asked)
    assert_recounted(node, reversed(range(END + 1)))


@settings(max_examples=50, deadline=None)
@given(st.tuples(rules, rules, rules), scripts, spans, spans, instants)
def test_combinations_of_combinations_equal_a_recount(
    each: tuple[Rule, Rule, Rule],
    script: list[tuple[int, Step]],
    first: list[Span],
    second: list[Span],
    asked: list[int],
) -> None:
    """A composite: services of which one has exclusions of its own, and which share an endpoint."""
    growing = [Growing() for _ in range(4)]
    leaves = [Leaf(member) for member in growing]
    services: list[Node] = [
        Without(Together([Without(leaves[0], first), leaves[1]], each[0]), second),
        Together(leaves[1:], each[1]),
    ]
    node = Together(services, each[2])
    for step in script:
        grow(growing, [step])
        assert_recounted(node, asked)
    assert_recounted(node, range(END + 1))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.integers(1, 200), min_size=1, max_size=2), min_size=1, max_size=4),
    rules,
    scripts,
    st.integers(1, 3),
)
def test_a_question_is_answered_alike_whatever_was_asked_before(
    asked: list[list[int]], rule: Rule, script: list[tuple[int, Step]], count: int
) -> None:
    """One that is asked all the time, and one that is asked backwards only at the end, agree with a new one."""
    growing = [Growing() for _ in range(count)]
    histories = [member.history for member in growing]
    busy, idle = Combined(histories, rule), Combined(histories, rule)
    for number, step in enumerate(script):
        grow(growing, [step])
        for at in asked[number % len(asked)]:
            busy.sums(at)
            busy.state(at)
            busy.excluded(at)
    fresh = Combined(histories, rule)
    expected = [fresh.sums(at) for at in range(END)]
    assert [busy.sums(at) for at in range(END)] == expected
    assert [idle.sums(at) for at in reversed(range(END))] == expected[::-1]
    assert (busy.edition, busy.version, busy.stable) == (fresh.edition, fresh.version, fresh.stable)


TWO = Rule(Kind.QUORUM, 2)
FOUR = Rule(Kind.QUORUM, 4)
ANY = Rule(Kind.ANY)

TABLE = [  # of three members: u is up, d down, ? unknown, x excluded, - absent
    (ALL, "udu", DOWN),
    (ALL, "u?u", UNKNOWN),
    (ALL, "d?u", DOWN),
    (ALL, "uxu", UP),
    (ALL, "xx-", EXCLUDED),
    (ALL, "u--", UP),
    (ALL, "---", ABSENT),
    (ANY, "d?u", UP),
    (ANY, "d?d", UNKNOWN),
    (ANY, "ddx", DOWN),
    (ANY, "x--", EXCLUDED),
    (TWO, "uud", UP),
    (TWO, "u?d", UNKNOWN),
    (TWO, "udd", DOWN),
    (TWO, "uxx", EXCLUDED),
    (TWO, "ux-", EXCLUDED),
    (TWO, "u--", ABSENT),
    (TWO, "uu-", UP),
    (TWO, "dux", DOWN),
    (FOUR, "uuu", ABSENT),
    (FOUR, "uux", EXCLUDED),
]


@pytest.mark.parametrize(("rule", "letters", "expected"), TABLE)
def test_ruling_35_what_members_are_together(rule: Rule, letters: str, expected: Standing) -> None:
    states = {"u": State.UP, "d": State.DOWN, "?": State.UNKNOWN, "x": State.UP}
    histories = [
        ListedHistory([(10, states[each])] if each in states else [], [(20, 50)] if each == "x" else [])
        for each in letters
    ]
    combined = Combined(histories, rule)
    counted = {UP: (10, 0, 0, 0, 0), DOWN: (0, 10, 0, 0, 0), EXCLUDED: (0, 0, 10, 0, 0)}
    unknown = (0, 0, 0, 10, 10 if expected is UNKNOWN else 0)
    assert list(combined.standings(30, 40)) == [(30, expected)]
    assert tally(combined, 30, 40) == counted.get(expected, unknown)
    assert combined.excluded(30) == (expected is EXCLUDED)
    assert combined.state(30) is (State(expected) if expected in {UP, DOWN} else State.UNKNOWN)


def test_nobody_together_is_never_watched_and_never_changes() -> None:
    nobody = Combined([])
    assert tally(nobody, 0, 10) == (0, 0, 0, 10, 0)
    assert (nobody.stable, nobody.version, nobody.scale) == (FOREVER, (), 1)


def test_a_single_member_is_its_own_unless_a_quorum_wants_more() -> None:
    history = Growing().history
    assert combine([history]) is history
    assert combine([history], Rule(Kind.QUORUM, 1)) is history
    assert isinstance(combine([history], TWO), Combined)
