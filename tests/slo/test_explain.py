"""What is said of each interval behind a figure."""

from fractions import Fraction

import pytest

from exporter.errors import UsageError
from exporter.slo.causes import FUTURE, STOPPED, Absence
from exporter.slo.explain import explain
from exporter.slo.objective import Objective
from exporter.slo.question import question
from exporter.timeline.endpoint import EndpointHistory
from exporter.timeline.exclusion import Category
from exporter.timeline.past import Member, Past
from exporter.timeline.policy import Policy
from exporter.timeline.row import Row
from exporter.timeline.rule import Kind, Rule
from exporter.timeline.spans import FOREVER
from exporter.timeline.tally import State
from tests.support.explained import Put, excluding, said
from tests.support.told import Probe, Told, beats


def test_an_outage_is_told_with_what_its_first_failure_said() -> None:
    assert said(Put([Told(beats("STRRS"))]).explain(60, 60)) == [
        (0, 10, "unknown", "before the first result"),
        (10, 20, "up", ""),
        (20, 50, "down", "timeout"),
        (50, 60, "up", ""),
    ]


def test_a_failure_that_is_no_verdict_is_no_outage_but_a_bad_beat() -> None:
    told = Told(beats("SSTS"), down_after=2)
    expected = [(10, 30, "up", ""), (30, 40, "up", "timeout, no outage"), (40, 50, "up", "")]
    by_time = Put([told]).explain(50, 50)
    by_beats = Put([told], method="events").explain(50, 50)
    assert said(by_time)[1:] == said(by_beats)[1:] == expected
    assert [each.bad for each in by_time.intervals] == [0] * 4
    assert [each.bad for each in by_beats.intervals] == [0, 0, 1, 0]
    assert [bool(each.cost) for each in by_beats.intervals] == [False, False, True, False]


def test_slow_beats_that_follow_each_other_are_one_interval_until_the_next_good_one() -> None:
    found = Put([Told(beats("SLLSTSL"), down_after=2)], method="latency").explain(80, 65)
    assert said(found) == [
        (15, 20, "up", ""),
        (20, 40, "up", "slower than 300ms"),
        (40, 50, "up", ""),
        (50, 60, "up", "timeout, no outage"),
        (60, 70, "up", ""),
        (70, 80, "up", "slower than 300ms"),
    ]
    assert [each.counts.bad for each in found.intervals] == [0, 2, 0, 1, 0, 1]


def test_a_probe_that_is_no_beat_is_not_slow() -> None:
    told = Told([Probe(10, State.UP, event=False, slow=True)])
    assert said(Put([told], method="latency").explain(20, 10)) == [(10, 20, "up", "")]


def test_a_beat_that_was_slow_before_the_window_is_told_until_the_next_one() -> None:
    found = Put([Told(beats("LS"))], method="latency").explain(25, 10)
    assert said(found) == [(15, 20, "up", "slower than 300ms"), (20, 25, "up", "")]


def test_down_goes_on_after_an_exclusion_for_the_reason_that_it_had_before() -> None:
    found = Put([Told(beats("STRRS"))], shared=[(32, 38)]).explain(60, 60)
    assert said(found)[2:5] == [
        (20, 32, "down", "timeout"),
        (32, 38, "excluded", "down (timeout)"),
        (38, 50, "down", "timeout"),
    ]
    assert [each.exclusion.ident for each in found.intervals if each.exclusion] == ["customer32"]
    assert [each.cost for each in found.intervals if each.cost] == [12, 12]


def test_ruling_33_of_several_exclusions_the_first_category_is_named() -> None:
    put = Put([Told(beats("SSSSS"))], shared=[(20, 40), (30, 50)])
    put.covering = [excluding(30, 50, Category.OUT_OF_HOURS), excluding(20, 40, Category.OTHER)]
    found = put.explain(60, 60)
    assert [(each.start, each.end, each.exclusion.ident) for each in found.intervals if each.exclusion] == [
        (20, 30, "other20"),
        (30, 50, "out_of_hours30"),
    ]


UNKNOWN = [
    ("S", [], [(22, 90, "no result within 12ms")]),
    ("SIS.....S", [], [
        (20, 30, "inconclusive: the prober could not tell"),
        (42, 90, "no result within 12ms"),
    ]),
    ("S.......S", [Absence(14, 60, STOPPED)], [
        (14, 90, "the exporter was not running until 1970-01-01T00:00:00.060Z"),
    ]),
    ("S.......S", [Absence(40, 60, "clock")], [
        (22, 40, "no result within 12ms"),
        (40, 90, "the clock was set forward to 1970-01-01T00:00:00.060Z"),
    ]),
    ("SI", [Absence(30, FOREVER, STOPPED), Absence(70, FOREVER, FUTURE)], [
        (20, 30, "inconclusive: the prober could not tell"),
        (30, 70, "the exporter has not run since"),
        (70, 90, "this is yet to come"),
    ]),
    ("S..I", [Absence(24, 26, STOPPED)], [
        (22, 24, "no result within 12ms"),
        (24, 40, "the exporter was not running until 1970-01-01T00:00:00.026Z"),
        (40, 90, "inconclusive: the prober could not tell"),
    ]),
    ("S.......S", [Absence(24, 26, "moon")], [
        (22, 24, "no result within 12ms"),
        (24, 90, "moon until 1970-01-01T00:00:00.026Z"),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("letters", "absences", "expected"), UNKNOWN)
def test_unknown_time_is_told_with_why_nobody_knows(
    letters: str, absences: list[Absence], expected: list[tuple[int, int, str]]
) -> None:
    found = Put([Told(beats(letters))], absences=absences).explain(90, 80)
    assert [(start, end, why) for start, end, state, why in said(found) if state == "unknown"] == expected


def test_before_the_first_verdict_it_is_told_that_there_is_none() -> None:
    found = Put([Told(beats("TST"), down_after=2)]).explain(50, 50)
    assert said(found) == [
        (0, 10, "unknown", "before the first result"),
        (10, 20, "unknown", "no verdict yet (timeout)"),
        (20, 30, "up", ""),
        (30, 42, "up", "timeout, no outage"),
        (42, 50, "unknown", "no result within 12ms"),
    ]


def test_a_success_that_is_no_verdict_yet_is_told_too() -> None:
    policy = Policy(10, 5, 12, 1, 3)
    past = EndpointHistory()
    for at in (10, 20):
        past.add(at, State.UP, policy, event=True)
    asked = question(Objective(Fraction(1, 2), 60, "ignore", 10, 1), Past(past, [Member(past, past)]))
    assert said(explain(asked, [], 30))[-1] == (10, 30, "unknown", "no verdict yet")


def test_time_that_is_not_watched_is_told_with_why() -> None:
    assert said(Put([Told([])]).explain(50, 50)) == [(0, 50, "unknown", "no result yet")]
    coming = Put([Told([])], absences=[Absence(30, FOREVER, FUTURE)]).explain(50, 50)
    assert said(coming)[1:] == [(30, 50, "unknown", "this is yet to come")]
    removed = Put([Told(beats("SS..S"), removed=[(25, 45)])]).explain(55, 50)
    assert said(removed)[2:] == [
        (25, 45, "unknown", "not configured"),
        (45, 50, "unknown", "no result within 12ms"),
        (50, 55, "up", ""),
    ]


def test_members_that_are_not_watched_for_different_reasons_are_named() -> None:
    told = [Told(beats("S", start=40)), Told(beats("S"), removed=[(15, 60)])]
    assert said(Put(told).explain(30, 30)) == [
        (0, 10, "unknown", "before the first result"),
        (10, 15, "up", ""),
        (15, 30, "unknown", "a: before the first result; b: not configured"),
    ]


def test_ruling_43_what_was_pruned_is_told_to_be_no_longer_kept() -> None:
    past = EndpointHistory(first=3, kept_from=30)
    asked = question(Objective(Fraction(1, 2), 60, "ignore", 10, 1), Past(past, [Member(past, past)]))
    pruned = (0, 30, "unknown", "before the first result, or no longer kept")
    assert said(explain(asked, [], 60)) == [pruned, (30, 60, "unknown", "no result is kept")]
    found = explain(asked, [], 60, absences=[Absence(20, FOREVER, STOPPED)])
    assert said(found) == [pruned, (30, 60, "unknown", "the exporter has not run since")]
    past.load([Row(20, 10, 50, State.UP, "", event=True, policy=Policy(10, 5, 25))], [])
    assert said(explain(asked, [], 60)) == [pruned, (30, 60, "up", "")]


def test_an_import_into_an_absence_speaks_and_then_the_exporter_is_still_not_running() -> None:
    past, policy = EndpointHistory(), Policy(10, 5, 12)
    rows = [Row(10, 0, 10, State.UP, "", event=True, policy=policy)]
    rows.append(Row(50, 0, 50, State.UP, "", event=True, policy=policy, source=1))
    past.load(rows, [14])
    asked = question(Objective(Fraction(1, 2), 90, "ignore", 10, 1), Past(past, [Member(past, past)]))
    away = "the exporter was not running until 1970-01-01T00:00:00.090Z"
    assert said(explain(asked, [], 90, absences=[Absence(14, 90, STOPPED)]))[2:] == [
        (14, 50, "unknown", away),
        (50, 62, "up", ""),
        (62, 90, "unknown", away),
    ]


def test_all_of_several_members_that_are_down_are_named_and_those_that_said_the_same_together() -> None:
    told = [
        Told(beats("SRS"), down_after=1),
        Told(beats("TTS"), down_after=1),
        Told(beats("RRS"), down_after=1),
    ]
    assert said(Put(told).explain(40, 30)) == [
        (10, 20, "down", "b: timeout; c: refused"),
        (20, 30, "down", "a, c: refused; b: timeout"),
        (30, 40, "up", ""),
    ]


def test_a_member_that_is_down_is_told_where_another_one_was_enough() -> None:
    told = [Told(beats("SSS")), Told(beats("STS"), down_after=1)]
    assert said(Put(told, Rule(Kind.ANY)).explain(40, 30)) == [
        (10, 20, "up", ""),
        (20, 30, "up", "b: down (timeout)"),
        (30, 40, "up", ""),
    ]
    found = Put(told, Rule(Kind.WEIGHTED, 0, (("a", 1),))).explain(40, 30)
    assert [(each.state, each.tally.down, each.cost) for each in found.intervals][1] == (
        "down",
        10,
        Fraction(5),
    )


def test_what_befell_all_members_is_told_without_their_names() -> None:
    told = [Told(beats("S...S")), Told(beats("S...S"))]
    found = Put(told, absences=[Absence(15, 40, STOPPED)]).explain(55, 45)
    assert said(found)[1] == (
        15,
        50,
        "unknown",
        "the exporter was not running until 1970-01-01T00:00:00.040Z",
    )


def test_a_member_that_does_not_count_is_named_with_its_exclusion() -> None:
    told = [Told(beats("SSSS")), Told(beats("STTS"), excluded=[(18, 45)], down_after=1)]
    found = Put(told).explain(50, 40)
    assert said(found) == [(10, 18, "up", ""), (18, 45, "up", "b: does not count"), (45, 50, "up", "")]
    assert [each.exclusion.ident if each.exclusion else "" for each in found.intervals] == ["", "other18", ""]


def test_an_exclusion_of_a_member_that_is_not_watched_yet_is_none_of_the_others() -> None:
    told = [Told(beats("SSSS")), Told(beats("S", start=40), excluded=[(5, 15)])]
    assert not [
        each.exclusion for each in Put(told).explain(35, 25).intervals if each.start >= 10 and each.exclusion
    ]


def test_members_of_several_services_are_named_with_them() -> None:
    pasts = [Told(beats("ST"), down_after=1).history() for _ in range(2)]
    members = [
        Member(past, past, name=name) for past, name in zip(pasts, ("shop/web", "search/web"), strict=True)
    ]
    asked = question(Objective(Fraction(1, 2), 30, "ignore", 10, 1), Past(pasts[0], members))
    assert said(explain(asked, [], 30))[-1] == (20, 30, "down", "shop/web, search/web: timeout")


def test_more_intervals_than_are_wanted_are_refused_before_they_are_made() -> None:
    put = Put([Told(beats("STSTSTST"))])
    assert len(explain(put.question, put.covering, 80, 80, most=20).intervals) > 4
    with pytest.raises(UsageError, match=r"intervals are behind this figure, and 4 are the most"):
        explain(put.question, put.covering, 80, 80, most=4)
