"""What of entries counts: those of the parties, as they agreed to take them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Evidence, Period
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.incidents.heard import Hearing, Pauses, heard
from exporter.sla.incidents.incident import Act, Entry, Incident, Kind
from exporter.sla.judge import Verdict
from exporter.sla.terms import Measure, Target, Terms
from exporter.timeline.spans import FOREVER
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import END, START, lane, percent

BOTH = (frozenset(["mara"]), frozenset(["jo"]))
AT = START + DAY
DOWN = Incident("i1", "shop", Kind.OUTAGE, AT, AT + 2 * HOUR)
STRICT = Hearing(Pauses.BOTH, 10 * MINUTE)


def pause(by: str, start: int, end: int) -> Entry:
    return Entry(AT, by, Act.PAUSE, "waits for a key", AT, (AT + start * MINUTE, AT + end * MINUTE))


def answer(by: str, at: int, written: int, act: Act = Act.ACKNOWLEDGE) -> Entry:
    return Entry(AT + at * MINUTE, by, act, entered_at=AT + written * MINUTE)


def of(*entries: Entry) -> Incident:
    return replace(DOWN, entries=entries)


@pytest.mark.parametrize(
    ("waited", "counts"),
    [
        ([pause("mara", 5, 55)], []),
        ([pause("jo", 5, 55)], []),
        ([pause("mara", 5, 55), pause("jo", 20, 90)], [(20, 55)]),
        ([pause("mara", 5, 55), pause("jo", 0, 10), pause("jo", 50, 60)], [(5, 10), (50, 55)]),
        ([pause("mara", 5, 55), pause("pagerbot", 5, 55)], []),
    ],
)
def test_both_may_have_to_say_that_the_customer_is_waited_for(
    waited: Sequence[Entry], counts: Sequence[tuple[int, int]]
) -> None:
    expected = [(AT + start * MINUTE, AT + end * MINUTE) for start, end in counts]
    assert list(heard(of(*waited), STRICT, BOTH).paused) == expected


@pytest.mark.parametrize("by", ["mara", "jo"])
def test_or_either(by: str) -> None:
    assert list(heard(of(pause(by, 5, 55)), Hearing(), BOTH).paused) == [(AT + 5 * MINUTE, AT + 55 * MINUTE)]


def test_what_strangers_and_programs_wrote_does_not_count() -> None:
    written = of(answer("pagerbot", 0, 0), pause("nobody", 5, 55), answer("mara", 20, 20))
    assert [each.by for each in heard(written, Hearing(), BOTH).entries] == ["mara"]


@pytest.mark.parametrize(("by", "counts"), [("mara", 0), ("stranger", 1)])
def test_what_was_withdrawn_does_not_count_unless_a_stranger_has_withdrawn_it(by: str, counts: int) -> None:
    taken_back = replace(answer("mara", 5, 5), withdrawn_by=by, withdrawn="not so")
    assert len(list(heard(of(taken_back), Hearing(), BOTH).of(Act.ACKNOWLEDGE))) == counts


@pytest.mark.parametrize(("written", "counts"), [(15, 5), (16, 16)])
def test_an_answer_written_down_too_late_counts_from_then(written: int, counts: int) -> None:
    (found,) = heard(of(answer("mara", 5, written)), STRICT, BOTH).entries
    assert found.at == AT + counts * MINUTE
    (found,) = heard(of(answer("mara", 5, written)), Hearing(), BOTH).entries
    assert found.at == AT + 5 * MINUTE


def test_what_opens_again_does_too_and_all_stand_in_order() -> None:
    late = answer("mara", 5, 70), answer("jo", 30, 90, Act.REOPEN)
    found = heard(of(*late), STRICT, BOTH).entries
    assert [(each.act, each.at) for each in found] == [
        (Act.ACKNOWLEDGE, AT + 70 * MINUTE),
        (Act.REOPEN, AT + 90 * MINUTE),
    ]


@pytest.mark.parametrize(
    ("hearing", "verdict"), [(Hearing(), Verdict.MET), (Hearing(written_within=HOUR), Verdict.MISSED)]
)
def test_nobody_mends_a_missed_clock_the_day_after(hearing: Hearing, verdict: Verdict) -> None:
    answers = AnswerTerms((), "", ((Task.RESPOND, 15 * MINUTE),))
    target = Target("answers", "shop", (), percent("100"), answers=answers)
    terms = Terms(Measure(hearing=hearing), (target,), people={"provider": BOTH[0], "customer": BOTH[1]})
    seen = Evidence((START, END), {"shop/web": lane()}, incidents=(of(answer("mara", 5, 24 * 60)),))
    assert evaluate(terms, target, seen, Period((START, END), END)).verdict is verdict


def test_a_pause_written_down_too_late_counts_for_nothing() -> None:
    late, in_time = (replace(pause("mara", 5, 55), entered_at=AT + after * MINUTE) for after in (66, 65))
    hearing = Hearing(written_within=10 * MINUTE)
    assert not heard(of(late), hearing, BOTH).paused
    assert heard(of(in_time), hearing, BOTH).paused
    goes_on = replace(in_time, span=(AT + 5 * MINUTE, FOREVER), entered_at=AT + 16 * MINUTE)
    assert list(heard(of(goes_on), hearing, BOTH).paused) == [(AT + 16 * MINUTE, FOREVER)]


def test_what_goes_on_ends_for_both_when_either_says_so() -> None:
    both = [replace(pause(by, 5, 55), span=(AT + 5 * MINUTE, FOREVER)) for by in ("mara", "jo")]
    resumed = Entry(AT + HOUR, "jo", Act.RESUME, entered_at=AT + HOUR)
    assert list(heard(of(*both, resumed), STRICT, BOTH).paused) == [(AT + 5 * MINUTE, AT + HOUR)]
    assert list(heard(of(*both), STRICT, BOTH).paused) == [(AT + 5 * MINUTE, FOREVER)]


def test_what_was_opened_again_stays_open_however_late_its_end_was_written() -> None:
    request = replace(DOWN, kind=Kind.REQUEST, end=None)
    said = answer("mara", 60, 180, Act.RESOLVE), answer("jo", 120, 125, Act.REOPEN)
    found = heard(replace(request, entries=said), STRICT, BOTH)
    assert list(found.open(AT + 5 * HOUR)) == [(AT, AT + 5 * HOUR)]


minutes = st.integers(0, 120)
entries = st.one_of(
    st.builds(
        lambda by, one, other: pause(by, *sorted([one, other + 121])),
        st.sampled_from(["mara", "jo"]),
        minutes,
        minutes,
    ),
    st.builds(
        lambda by, at, late, act: answer(by, at, at + late, act),
        st.sampled_from(["mara", "jo", "pagerbot"]),
        minutes,
        minutes,
        st.sampled_from([Act.ACKNOWLEDGE, Act.UPDATE]),
    ),
)


@given(st.lists(entries, max_size=6).map(lambda found: sorted(found, key=lambda each: each.at)))
def test_what_is_taken_strictly_pauses_no_longer_and_answers_no_earlier(written: list[Entry]) -> None:
    lenient, strict = (heard(of(*written), each, BOTH) for each in (Hearing(), STRICT))
    assert not strict.paused - lenient.paused
    one, other = ([each.at for each in found.of(Act.ACKNOWLEDGE, Act.UPDATE)] for found in (lenient, strict))
    assert len(one) == len(other)
    assert all(early <= late for early, late in zip(one, other, strict=True))
