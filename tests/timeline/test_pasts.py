"""Overlays, combinations, slices and beats against a recount, while their members grow and in whatever order they are asked."""

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.timeline.beats import Judged
from exporter.timeline.overlay import exclude
from exporter.timeline.past import Member, Past, combine
from exporter.timeline.rule import ALL, Kind, Rule
from exporter.timeline.slices import Slices
from exporter.timeline.spans import Spans
from exporter.timeline.tally import History, Standing, State, Sums, tally
from tests.support.brute import Probe
from tests.support.recount import END, Span, Told, beats, inside, judged, policy, shares

UP, DOWN, UNKNOWN = State.UP, State.DOWN, State.UNKNOWN
WEIGHTS = (2, 1, 3)

votes = st.sampled_from([UP, UP, UP, DOWN, DOWN, UNKNOWN])
spans = st.lists(
    st.tuples(st.integers(0, END), st.integers(1, 50)).map(lambda each: (each[0], sum(each))), max_size=3
)
instants = st.lists(st.integers(0, END), min_size=1, max_size=4)
rules = st.sampled_from([ALL, Rule(Kind.ANY), Rule(Kind.QUORUM, 2), Rule(Kind.WEIGHTED)])


@st.composite
def endpoints(draw: st.DrawFn, *, removable: bool = True) -> Told:
    """An endpoint with some probes, some of which are slow, retries, or shaped by other settings."""
    at, probes, slow = draw(st.integers(0, 60)), list[Probe](), set[int]()
    removed: list[Span] = []
    if removable and draw(st.booleans()):
        start = draw(st.integers(20, END - 20))
        removed = [(start, draw(st.sampled_from([start + 30, END])))]
    for gap, vote, event, is_slow, interval, latency in draw(
        st.lists(
            st.tuples(
                st.integers(1, 25),
                votes,
                st.booleans(),
                st.booleans(),
                st.sampled_from([5, 7]),
                st.booleans(),
            ),
            max_size=10,
        )
    ):
        at += gap
        if at < END - 30 and not inside(removed, at):
            shaped = policy(interval, 2 * interval + 2, draw(st.integers(1, 2)), latency=latency)
            probes.append(Probe(at, vote, shaped, event=event))
            slow |= {at} if is_slow else set()
    return Told(probes, frozenset(slow), draw(spans), removed)


def grown(members: Sequence[Told]) -> list[tuple[int, int]]:
    """Member and number of each probe, in the order in which they come."""
    return sorted(
        ((number, index) for number, member in enumerate(members) for index in range(len(member.probes))),
        key=lambda each: (members[each[0]].probes[each[1]].at, each[0]),
    )


def recount(standings: Sequence[Standing], at: int, scale: int = 1) -> Sums:
    before = list(standings[:at])
    up, down, unknown = (before.count(each) for each in (Standing.UP, Standing.DOWN, Standing.UNKNOWN))
    return Sums(
        up * scale, down * scale, before.count(Standing.EXCLUDED) * scale, (up + down + unknown) * scale
    )


def combined(members: Sequence[Told], rule: Rule, shared: Sequence[Span]) -> History:
    each = [exclude(member.history, Spans(member.excluded)) for member in members]
    return exclude(combine(each, rule, WEIGHTS[: len(members)]), Spans(shared))


@settings(max_examples=50, deadline=None)
@given(st.lists(endpoints(removable=False), min_size=1, max_size=3), rules, spans, instants)
def test_a_combination_with_exclusions_equals_a_recount_while_its_members_grow(
    members: list[Told], rule: Rule, shared: list[Span], asked: list[int]
) -> None:
    """Asked after each result at some instants in any order, also in the future; at the end at every one."""
    history = combined(members, rule, shared)
    known = [0] * len(members)
    for number, index in [*grown(members), (-1, -1)]:
        if number >= 0:
            members[number].add(members[number].probes[index])
            known[number] = index + 1
        check(history, members, known, rule, shared, asked if number >= 0 else range(END))


def check(  # noqa: PLR0917 -- as many as there are
    history: History,
    members: Sequence[Told],
    known: Sequence[int],
    rule: Rule,
    shared: Sequence[Span],
    asked: Sequence[int],
) -> None:
    each = [member.standings(count) for member, count in zip(members, known, strict=True)]
    columns = list(zip(*each, strict=True))
    if rule.kind is Kind.WEIGHTED:
        weights = WEIGHTS[: len(members)]
        parts = [shares(weights, column) for column in columns]
        for at in asked:
            sums = history.sums(at)
            counted = [Fraction(0)] * 4
            for moment, part in enumerate(parts[:at]):
                share = {Standing.EXCLUDED: Fraction(1)} if inside(shared, moment) else part
                for place, kinds in enumerate(
                    (
                        [Standing.UP],
                        [Standing.DOWN],
                        [Standing.EXCLUDED],
                        [Standing.UP, Standing.DOWN, Standing.UNKNOWN],
                    )
                ):
                    counted[place] += sum((share.get(kind, Fraction(0)) for kind in kinds), Fraction(0))
            assert [Fraction(amount, history.scale) for amount in sums] == counted
        return
    standings = [
        Standing.EXCLUDED if inside(shared, at) else judged(rule, column) for at, column in enumerate(columns)
    ]
    for at in asked:
        assert history.sums(at) == recount(standings, at)
        if at < END:
            assert history.excluded(at) == (standings[at] is Standing.EXCLUDED)
            assert next(found for _, found in history.standings(at, at + 1)) == standings[at]


@settings(max_examples=30, deadline=None)
@given(st.lists(endpoints(), min_size=1, max_size=3), rules, spans)
def test_members_that_were_removed_take_part_for_the_time_they_were_there(
    members: list[Told], rule: Rule, shared: list[Span]
) -> None:
    """As loaded from the record, all at once."""
    for member in members:
        removals = sorted(start for start, _ in member.removed)
        for probe in member.probes:
            while removals and removals[0] <= probe.at:
                member.history.timeline.drop(removals.pop(0))
            member.add(probe)
        for start in removals:
            member.history.timeline.drop(start)
    history = combined(members, rule, shared)
    check(history, members, [len(member.probes) for member in members], rule, shared, range(END))


@settings(max_examples=60, deadline=None)
@given(
    endpoints(removable=False),
    spans,
    st.tuples(st.integers(0, END), st.integers(0, END), st.integers(0, END)),
)
def test_parts_of_a_window_add_up_and_taking_an_exclusion_away_restores_it(
    member: Told, shared: list[Span], edges: tuple[int, int, int]
) -> None:
    for probe in member.probes:
        member.add(probe)
    a, b, c = sorted(edges)
    history = exclude(member.history, Spans(shared))
    whole, first, second = tally(history, a, c), tally(history, a, b), tally(history, b, c)
    assert sum(whole[:4]) == c - a
    assert tuple(map(sum, zip(first, second, strict=True))) == tuple(whole)
    assert exclude(member.history, Spans()) is member.history
    plain = tally(member.history, a, c)
    assert whole.up <= plain.up
    assert whole.down <= plain.down


@settings(max_examples=60, deadline=None)
@given(
    endpoints(removable=False),
    spans,
    st.sampled_from(["ignore", "down", "up"]),
    st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(9, 10)]),
    instants,
)
def test_slices_equal_a_recount_slice_by_slice_while_the_history_grows(
    member: Told, shared: list[Span], unknown: str, wanted: Fraction, asked: list[int]
) -> None:
    """Ruling 30: a slice belongs to what has ended, and is judged by its own known part."""
    length = 10
    slices = Slices(exclude(member.history, Spans(shared)), length, wanted, unknown)
    bare = Told(member.probes)
    for count in range(len(member.probes) + 1):
        if count:
            member.add(member.probes[count - 1])
        kinds = judged_slices(bare, count, shared, length, wanted, unknown)
        for at in asked if count < len(member.probes) else range(END):
            ended = kinds[: at // length]
            assert slices.before(at) == tuple(
                map(ended.count, (Standing.UP, Standing.DOWN, Standing.EXCLUDED))
            )
    kinds = judged_slices(bare, len(member.probes), shared, length, wanted, unknown)
    runs = [
        (at, standing) for start, end, standing in slices.runs(0, END) for at in range(start, end, length)
    ]
    assert runs == list(zip(range(0, END, length), kinds, strict=True))


def judged_slices(  # noqa: PLR0917 -- as many as there are
    member: Told, known: int, shared: Sequence[Span], length: int, wanted: Fraction, unknown: str
) -> list[Standing]:
    standings = [
        Standing.EXCLUDED if inside(shared, at) else each for at, each in enumerate(member.standings(known))
    ]
    return [judge(standings[at : at + length], wanted, unknown) for at in range(0, END, length)]


def judge(standings: Sequence[Standing], wanted: Fraction, unknown: str) -> Standing:
    if all(each is Standing.EXCLUDED for each in standings):
        return Standing.EXCLUDED
    good, bad = standings.count(Standing.UP), standings.count(Standing.DOWN)
    good += standings.count(Standing.UNKNOWN) if unknown == "up" else 0
    bad += standings.count(Standing.UNKNOWN) if unknown == "down" else 0
    if not good + bad:
        return Standing.UNKNOWN
    return Standing.UP if Fraction(good, good + bad) >= wanted else Standing.DOWN


@settings(max_examples=80, deadline=None)
@given(
    st.lists(endpoints(removable=False), min_size=1, max_size=2),
    spans,
    st.booleans(),
    st.booleans(),
    instants,
)
def test_beats_equal_a_recount_beat_by_beat(
    members: list[Told], shared: list[Span], latency: bool, failures: bool, asked: list[int]
) -> None:
    """Rulings 28 and 29: retries are none, and what has no threshold is none of a latency SLO."""
    past = Past(
        combine([member.history for member in members]),
        [
            Member(
                member.history,
                Judged(member.history, "latency", failures=failures) if latency else member.history,
                Spans(member.excluded),
            )
            for member in members
        ],
        Spans(shared),
    )
    known = [0] * len(members)
    for number, index in [*grown(members), (-1, -1)]:
        if number >= 0:
            members[number].add(members[number].probes[index])
            known[number] = index + 1
        all_beats = [
            beat
            for member, count in zip(members, known, strict=True)
            for beat in beats(member, count, shared, latency=latency, failures=failures)
        ]
        for at in asked if number >= 0 else range(END):
            before = [(good, counts) for when, good, counts in all_beats if when < at]
            assert past.counts(at) == (
                before.count((True, True)),
                before.count((False, True)),
                sum(not counts for _, counts in before),
            )
            assert past.counted(at) == past.counts(at)[:2]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(endpoints(removable=False), min_size=1, max_size=2),
    spans,
    st.tuples(st.integers(0, END), st.integers(0, END)),
)
def test_beats_that_were_due_equal_a_recount(
    members: list[Told], shared: list[Span], window: tuple[int, int]
) -> None:
    """Ruling 27: each counted millisecond weighs by the interval in force; before the first result by the first one's."""
    start, end = sorted(window)
    past = Past(
        combine([member.history for member in members]),
        [Member(member.history, member.history, Spans(member.excluded)) for member in members],
        Spans(shared),
    )
    for number, index in grown(members):
        members[number].add(members[number].probes[index])
    began = min((member.probes[0].at for member in members if member.probes), default=None)
    due = missing = Fraction(0)
    for member in members:
        if not member.probes:
            continue
        standings = Told(member.probes).standings(len(member.probes))
        for at in range(start, end):
            if inside(shared, at) or inside(member.excluded, at):
                continue
            first, interval = member.probes[0].at, member.probes[0].policy.interval
            watched = at >= first
            if watched or (began is not None and first - began < interval):
                in_force = [probe.policy for probe in member.probes if probe.at <= at] or [
                    member.probes[0].policy
                ]
                due += Fraction(1, in_force[-1].interval)
                if watched and standings[at] is Standing.UNKNOWN:
                    missing += Fraction(1, in_force[-1].interval)
    assert past.due(start, end) == due
    assert past.missing(start, end) == missing
