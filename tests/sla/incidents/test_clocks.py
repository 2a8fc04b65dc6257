"""Clocks of people: what starts, stops and pauses them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sla.incidents.answers import AnswerTerms, Clock, Task, clocks
from exporter.sla.incidents.clock import deadline, elapsed, reached
from exporter.sla.incidents.incident import Act, Entry, Incident, Kind
from exporter.timeline.spans import FOREVER, Spans
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import START

ALWAYS = Spans([(START, START + 60 * DAY)])
PROVIDER = frozenset(["mara", "tom"])


def entry(after: int, act: Act, by: str = "mara", **more: object) -> Entry:
    """Something written down so many milliseconds after the start."""
    return Entry(START + after, by, act, entered_at=START + after, **more)  # type: ignore[arg-type]


def pause(after: int, until: int) -> Entry:
    return entry(after, Act.PAUSE, text="waits for a key", span=(START + after, START + until))


def outage(length: int | None, *entries: Entry, **more: object) -> Incident:
    end = None if length is None else START + length
    ordered = tuple(sorted(entries, key=lambda each: each.at))
    return Incident("i1", "shop", Kind.OUTAGE, START, end, entries=ordered, **more)  # type: ignore[arg-type]


def ran(
    task: Task, limit: int, incident: Incident, promised: Spans = ALWAYS, until: int = 10 * DAY, **more: bool
) -> list[Clock]:
    terms = AnswerTerms(limits=((task, limit),))
    return list(clocks(terms, incident, PROVIDER, promised, START + until, **more))


def clock(
    task: Task, limit: int, incident: Incident, promised: Spans = ALWAYS, until: int = 10 * DAY, **more: bool
) -> Clock:
    (found,) = ran(task, limit, incident, promised, until, **more)
    return found


def test_an_automatic_answer_never_stops_a_clock() -> None:
    answers = entry(1000, Act.ACKNOWLEDGE, "pagerbot"), entry(HOUR, Act.ACKNOWLEDGE)
    found = clock(Task.RESPOND, 15 * MINUTE, outage(2 * HOUR, *answers))
    assert (found.elapsed, found.met) == (HOUR, False)
    assert found.due == START + 15 * MINUTE


def test_what_was_waited_for_the_customer_does_not_count() -> None:
    answers = pause(5 * MINUTE, 55 * MINUTE), entry(HOUR, Act.ACKNOWLEDGE)
    found = clock(Task.RESPOND, 15 * MINUTE, outage(2 * HOUR, *answers))
    assert (found.elapsed, found.met, found.due) == (10 * MINUTE, True, START + 65 * MINUTE)


@pytest.mark.parametrize(("after", "met"), [(15 * MINUTE, True), (15 * MINUTE + 1, False)])
def test_the_last_millisecond_is_in_time(after: int, met: bool) -> None:
    assert clock(Task.RESPOND, 15 * MINUTE, outage(2 * HOUR, entry(after, Act.UPDATE))).met is met


@pytest.mark.parametrize("task", [Task.RESPOND, Task.UPDATE])
def test_what_is_over_before_an_answer_is_due_is_neither_met_nor_missed(task: Task) -> None:
    """Else the more often something is down for a moment, the better is the share of what was answered."""
    assert ran(task, 15 * MINUTE, outage(15 * MINUTE)) == []
    assert clock(task, 15 * MINUTE, outage(15 * MINUTE + 1)).met is False
    assert clock(task, 15 * MINUTE, outage(10 * MINUTE, entry(MINUTE, Act.UPDATE))).met is True


@pytest.mark.parametrize(("until", "met"), [(10 * MINUTE, None), (16 * MINUTE, False)])
def test_while_it_is_open_nobody_knows_but_that_it_is_late(until: int, met: bool | None) -> None:
    found = clock(Task.RESPOND, 15 * MINUTE, outage(None), until=until)
    assert (found.met, found.stop, found.elapsed) == (met, None, until)


def test_clocks_run_in_service_hours_only() -> None:
    """From 18 h on nobody is due until the next morning."""
    hours = Spans([(START - 4 * HOUR, START + 10 * MINUTE), (START + 14 * HOUR, START + 24 * HOUR)])
    found = clock(Task.RESPOND, 15 * MINUTE, outage(20 * HOUR, entry(14 * HOUR, Act.ACKNOWLEDGE)), hours)
    assert (found.elapsed, found.met, found.due) == (10 * MINUTE, True, START + 14 * HOUR + 5 * MINUTE)


def test_what_never_runs_for_so_long_is_never_late() -> None:
    hours = Spans([(START, START + 10 * MINUTE)])
    assert deadline(hours, START, 10 * MINUTE) is None
    assert deadline(hours, START, 10 * MINUTE - 1) == START + 10 * MINUTE - 1
    assert clock(Task.RESPOND, 10 * MINUTE, outage(None), hours).due is None


def test_updates_are_as_far_apart_as_the_longest_gap() -> None:
    told = [entry(each * MINUTE, Act.UPDATE) for each in (20, 45, 80)]
    found = clock(Task.UPDATE, 30 * MINUTE, outage(100 * MINUTE, *told))
    assert (found.start, found.elapsed, found.met) == (START + 45 * MINUTE, 35 * MINUTE, False)
    found = clock(Task.UPDATE, 30 * MINUTE, outage(None, *told[:2]), until=60 * MINUTE)
    assert (found.start, found.due, found.met) == (START + 45 * MINUTE, START + 75 * MINUTE, None)
    assert clock(Task.UPDATE, 35 * MINUTE, outage(100 * MINUTE, *told)).met is True


def test_what_is_reopened_goes_on() -> None:
    said = entry(2 * HOUR, Act.REOPEN), entry(5 * HOUR, Act.RESOLVE)
    found = clock(Task.REPAIR, 4 * HOUR, outage(HOUR, *said))
    assert (found.elapsed, found.met, found.stop) == (4 * HOUR, True, START + 5 * HOUR)
    assert found.due == START + 5 * HOUR


def test_what_was_answered_stays_so_when_it_is_reopened() -> None:
    """Days later, while nothing was open: only what comes then can be too late."""
    over = outage(20 * MINUTE, entry(5 * MINUTE, Act.ACKNOWLEDGE))
    again = (
        entry(5 * DAY, Act.REOPEN),
        entry(5 * DAY + 10 * MINUTE, Act.UPDATE),
        entry(5 * DAY + HOUR // 2, Act.RESOLVE),
    )
    reopened = replace(over, entries=(*over.entries, *again))
    assert [clock(Task.RESPOND, 15 * MINUTE, each).elapsed for each in (over, reopened)] == [5 * MINUTE] * 2
    found = clock(Task.UPDATE, 30 * MINUTE, reopened)
    assert (found.elapsed, found.met) == (20 * MINUTE, True)
    assert clock(Task.UPDATE, 15 * MINUTE, reopened).start == START + 5 * DAY + 10 * MINUTE
    alone = outage(10 * MINUTE, entry(5 * DAY, Act.REOPEN, "jo"), entry(6 * DAY, Act.RESOLVE))
    assert ran(Task.RESPOND, 15 * MINUTE, alone) == []


@given(
    st.integers(1, 300), st.integers(1, 100), st.lists(st.integers(0, 300), max_size=4), st.integers(0, 300)
)
def test_reopening_changes_nothing_of_the_first_answer(
    length: int, limit: int, answers: Sequence[int], later: int
) -> None:
    told = [entry(each * MINUTE, Act.UPDATE) for each in answers if each < length]
    again = [entry((length + later) * MINUTE, Act.REOPEN, "jo")]
    before, after = (
        ran(Task.RESPOND, limit * MINUTE, outage(length * MINUTE, *told, *more)) for more in ([], again)
    )
    assert [each.met for each in before] == [each.met for each in after]


def test_nobody_repairs_by_saying_so_what_probes_still_see() -> None:
    said = outage(5 * HOUR, entry(HOUR, Act.RESOLVE))
    assert clock(Task.REPAIR, 4 * HOUR, said).elapsed == 5 * HOUR


def test_what_was_reported_is_over_when_somebody_says_so() -> None:
    request = Incident("i2", "shop", Kind.REQUEST, START, entries=(entry(3 * HOUR, Act.RESOLVE),))
    assert clock(Task.REPAIR, 4 * HOUR, request).elapsed == 3 * HOUR
    assert not request.is_open(START + 4 * HOUR)
    assert request.is_open(START + HOUR)


def test_clocks_may_start_with_the_report() -> None:
    told = outage(2 * HOUR, entry(HOUR, Act.ACKNOWLEDGE), reported_at=START + 50 * MINUTE)
    found = clock(Task.RESPOND, 15 * MINUTE, told, from_report=True)
    assert (found.start, found.elapsed) == (START + 50 * MINUTE, 10 * MINUTE)
    terms = AnswerTerms(limits=((Task.RESPOND, MINUTE),))
    assert list(clocks(terms, outage(HOUR), PROVIDER, ALWAYS, START + DAY, from_report=True)) == []


minutes = st.integers(0, 300).map(lambda each: each * MINUTE)
pauses = st.lists(st.tuples(minutes, minutes).map(sorted), max_size=4)


@given(minutes, minutes, st.lists(minutes, max_size=4), pauses, st.sampled_from(Task))
def test_a_pause_never_makes_a_met_target_missed(
    length: int, limit: int, answers: Sequence[int], waited: Sequence[list[int]], task: Task
) -> None:
    told = [entry(each, Act.UPDATE) for each in answers]
    paused = [pause(start, end) for start, end in waited]
    before, after = (
        ran(task, limit + MINUTE, outage(length + MINUTE, *told, *more), until=DAY) for more in ([], paused)
    )
    if before and after:
        assert after[0].elapsed <= before[0].elapsed or task is Task.UPDATE
        assert not (before[0].met and after[0].met is not True)
    if not before:
        assert not after


@given(st.lists(st.tuples(minutes, minutes).map(sorted), max_size=6), minutes, minutes)
def test_the_deadline_is_when_the_limit_has_run(spans: Sequence[list[int]], start: int, limit: int) -> None:
    running = Spans((first, beyond) for first, beyond in spans)
    due = deadline(running, start, limit)
    if due is None:
        assert elapsed(running, (start, FOREVER)) <= limit
    else:
        assert elapsed(running, (start, due)) == limit
        assert elapsed(running, (start, due + 1)) == limit + 1


@given(st.lists(st.tuples(minutes, minutes).map(sorted), max_size=6), minutes, minutes)
def test_a_length_is_reached_at_the_first_instant_at_which_it_has_run(
    spans: Sequence[list[int]], start: int, length: int
) -> None:
    running = Spans((first, beyond) for first, beyond in spans)
    at = reached(running, start, length + 1)
    if at is None:
        assert elapsed(running, (start, FOREVER)) <= length
    else:
        assert elapsed(running, (start, at)) == length + 1
        assert elapsed(running, (start, at - 1)) == length


def test_a_pause_takes_no_update_away_that_was_in_time() -> None:
    """The longest gap is then before anybody had answered; they had, all the same, before it was over."""
    said = (
        entry(10 * MINUTE, Act.ACKNOWLEDGE),
        entry(32 * MINUTE, Act.REOPEN, "jo"),
        entry(83 * MINUTE, Act.RESOLVE),
    )
    told = outage(12 * MINUTE, *said), outage(12 * MINUTE, *said, pause(33 * MINUTE, 83 * MINUTE))
    assert [clock(Task.UPDATE, HOUR, each).met for each in told] == [True, True]
