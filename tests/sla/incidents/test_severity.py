"""How severe an incident is, and when it does not count."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sla.answered import Handled
from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Evidence, Period, Record, Successor
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.incidents.incident import Act, Entry, Incident, Kind
from exporter.sla.incidents.severity import SeverityRule, agreed_value, severity_of
from exporter.sla.judge import Verdict
from exporter.sla.lane import Lane
from exporter.sla.result import TargetResult
from exporter.sla.standing import open_incidents
from exporter.sla.terms import Ceiling, Measure, RecordedTerms, Starts, Take, Target, Terms
from exporter.timeline.exclusion import Category
from exporter.timeline.tally import Standing
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import END, RECOGNISED, START, claim, lane, percent
from tests.support.contracts import agreement

RULES = (
    SeverityRule("sev1", 0),
    SeverityRule("sev2", 2),
    SeverityRule("sev3", 1),
    SeverityRule("sev4", None),
)
PEOPLE = (frozenset(["mara"]), frozenset(["jo"]))
DOWN = Incident("i1", "shop", Kind.OUTAGE, START + DAY, START + DAY + 2 * HOUR)


def lanes(*down: tuple[int, int]) -> dict[str, object]:
    """Three endpoints, of which these were down from when to when, in minutes of the outage."""
    spans = [[(DAY + first * MINUTE, DAY + beyond * MINUTE)] for first, beyond in down]
    return {f"shop/e{number}": lane(spans[number] if number < len(spans) else []) for number in range(3)}


@pytest.mark.parametrize(
    ("down", "severity"),
    [
        ([(0, 120)], "sev3"),
        ([(0, 60), (59, 120)], "sev2"),
        ([(0, 60), (60, 120)], "sev3"),
        ([(0, 60), (30, 90), (59, 120)], "sev1"),
        ([], ""),
    ],
)
def test_the_first_rule_that_held_at_any_instant(down: Sequence[tuple[int, int]], severity: str) -> None:
    assert severity_of(DOWN, RULES, lanes(*down), PEOPLE) == severity  # type: ignore[arg-type]


@given(
    st.lists(
        st.dictionaries(st.integers(0, 30), st.sampled_from(Standing), min_size=1, max_size=8), max_size=3
    ),
    st.lists(st.one_of(st.none(), st.integers(0, 3)), max_size=3),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_rules_hold_as_in_a_look_at_every_instant(
    runs: Sequence[dict[int, Standing]], downs: Sequence[int | None], start: int, length: int
) -> None:
    found = {
        f"shop/e{number}": Lane.of(sorted(({0: Standing.UP} | each).items()), 0, 40)
        for number, each in enumerate(runs)
    }
    instants = [
        [dict(lane.standings(at, at + 1))[at] for lane in found.values()]
        for at in range(start, start + length)
    ]
    watched = sum(
        any(each[number] in (Standing.UP, Standing.DOWN) for each in instants) for number in range(len(found))
    )
    most = max((each.count(Standing.DOWN) for each in instants), default=0)
    wanted = [None if down is None else (down or watched) for down in downs]
    held = [f"sev{number}" for number, down in enumerate(wanted) if down and watched and most >= down]
    rules = [SeverityRule(f"sev{number}", down) for number, down in enumerate(downs)]
    incident = Incident("i1", "shop", Kind.OUTAGE, start, start + length)
    assert severity_of(incident, rules, found, PEOPLE) == next(iter(held), "")


def said(by: str, value: str, act: Act = Act.SEVERITY) -> Entry:
    return Entry(START + DAY, by, act, value=value)


@pytest.mark.parametrize(
    ("entries", "severity"),
    [
        ([said("mara", "sev4")], "sev3"),
        ([said("jo", "sev1")], "sev3"),
        ([said("jo", "sev1"), said("mara", "sev4")], "sev3"),
        ([said("jo", "sev2"), said("mara", "sev2")], "sev2"),
        ([said("jo", "sev2"), said("mara", "sev2"), said("jo", "sev1"), said("mara", "sev1")], "sev1"),
        ([said("bot", "sev1"), said("mara", "sev1")], "sev3"),
    ],
)
def test_another_one_counts_once_both_parties_say_so(entries: Sequence[Entry], severity: str) -> None:
    found = replace(DOWN, entries=tuple(entries))
    assert severity_of(found, RULES, lanes((0, 120)), PEOPLE) == severity  # type: ignore[arg-type]


ANSWERS = AnswerTerms(("sev3",), "", ((Task.RESPOND, 15 * MINUTE),))


def judged(
    *incidents: Incident, share: str = "100", starts: Starts = Starts.DETECTED, claims: object = ()
) -> TargetResult:
    target = Target("answers", "shop", (), percent(share), answers=ANSWERS)
    terms = Terms(
        Measure(starts=starts), (target,), RECOGNISED, {"provider": PEOPLE[0], "customer": PEOPLE[1]}, RULES
    )
    seen = Evidence((START, END + DAY), lanes((0, 120)), tuple(claims), incidents=incidents)  # type: ignore[arg-type]
    return evaluate(terms, target, seen, Period((START, END), END))


def one(result: TargetResult) -> Handled:
    (found,) = result.handled
    return found


def test_an_incident_that_nobody_answered_is_a_miss() -> None:
    found = judged(DOWN)
    assert (found.verdict, found.misses, found.base, one(found).met) == (Verdict.MISSED, 1, 1, False)


def test_where_nothing_happened_nothing_was_missed() -> None:
    found = judged()
    assert (found.verdict, found.figures.agreed, found.base) == (Verdict.MET, None, 0)


def test_where_nothing_was_seen_nobody_can_say_that_nothing_happened() -> None:
    target = Target("answers", "shop", (), percent("100"), answers=ANSWERS)
    seen = Evidence((START, END), {"shop/web": lane(unknown=[(-DAY, 40 * DAY)])})
    found = evaluate(Terms(Measure(), (target,)), target, seen, Period((START, END), END))
    assert (found.verdict, found.coverage) == (Verdict.UNDETERMINED, Fraction(0))


@pytest.mark.parametrize(
    ("answers", "unknown", "coverage", "verdict"),
    [
        (AnswerTerms(), 6, Fraction(4, 5), Verdict.UNDETERMINED),
        (AnswerTerms(), 3, Fraction(9, 10), Verdict.MET),
        (AnswerTerms(("sev4", "sev3")), 6, Fraction(4, 5), Verdict.UNDETERMINED),
        (AnswerTerms(("sev4",)), 30, Fraction(1), Verdict.MET),  # which only people report
        (AnswerTerms((), "phone"), 30, Fraction(1), Verdict.MET),
    ],
)
def test_there_may_have_been_outages_that_nobody_saw(
    answers: AnswerTerms, unknown: int, coverage: Fraction, verdict: Verdict
) -> None:
    """Of one of two endpoints nothing is known for days."""
    target = Target("answers", "shop", (), percent("100"), answers=answers)
    terms = Terms(Measure(minimum_coverage=Fraction(9, 10)), (target,), RECOGNISED, severities=RULES)
    seen = Evidence(
        (START, END),
        {"shop/web": lane(), "shop/db": lane(unknown=[(DAY, (1 + unknown) * DAY)])},
    )
    found = evaluate(terms, target, seen, Period((START, END), END))
    assert (found.coverage, found.verdict) == (coverage, verdict)
    assert found.unknown == (1 - coverage) * (END - START)


def test_what_is_open_is_counted_once_with_what_is_due_next() -> None:
    """One is answered but not repaired, one is over, one is neither; two targets are about all of them."""
    answered = Entry(START + DAY + MINUTE, "mara", Act.ACKNOWLEDGE)
    open_ = [
        replace(DOWN, ident="i1", end=None, entries=(answered,)),
        replace(DOWN, ident="i2", end=START + DAY + HOUR),
        replace(DOWN, ident="i3", start=START + DAY + HOUR, end=None),
    ]
    limits = ((Task.RESPOND, HOUR), (Task.REPAIR, 4 * HOUR))
    targets = [
        Target(name, "shop", (), percent("100"), answers=AnswerTerms((), "", limits))
        for name in ("one", "two")
    ]
    until = START + DAY + 90 * MINUTE
    people = {"provider": PEOPLE[0], "customer": PEOPLE[1]}
    terms = Terms(Measure(), tuple(targets), {}, people, RULES)
    seen = Evidence((START, until), lanes((0, 120)), incidents=tuple(open_))  # type: ignore[arg-type]
    results = [evaluate(terms, each, seen, Period((START, END), until)) for each in targets]
    held = agreement(terms=terms)
    found = {each.severity: each for each in open_incidents(held, results, until)}
    assert {name: [one.ident for one in each.incidents] for name, each in found.items()} == {
        "sev1": [],
        "sev2": [],
        "sev3": ["i1", "i3"],
        "sev4": [],
    }
    assert [each.due for each in found["sev3"].incidents] == [
        {Task.REPAIR: START + DAY + 4 * HOUR},
        {Task.RESPOND: START + DAY + 2 * HOUR, Task.REPAIR: START + DAY + 5 * HOUR},
    ]


@pytest.mark.parametrize(
    ("by", "whose", "ignored"),
    [
        (("mara",), "customer", ""),
        (("jo",), "customer", ""),
        (("mara", "jo"), "customer", "both parties say that it was the fault of the customer"),
        (("mara", "jo"), "third party", "both parties say that it was the fault of a third party"),
        (("mara", "jo"), "nobody", "both parties say that it was nobody's fault"),
    ],
)
def test_whose_fault_it_was_both_parties_say(by: Sequence[str], whose: str, ignored: str) -> None:
    entries = tuple(said(each, whose, Act.FAULT) for each in by)
    found = judged(replace(DOWN, entries=entries))
    assert one(found).ignored == ignored
    assert found.verdict is (Verdict.MET if ignored else Verdict.MISSED)


def test_what_was_excluded_altogether_needs_no_answer() -> None:
    all_of_it = claim(DAY, DAY + 2 * HOUR, Category.MAINTENANCE)
    assert one(judged(DOWN, claims=[all_of_it])).ignored == "all of it was excluded"
    part = claim(DAY, DAY + HOUR, Category.MAINTENANCE)
    assert one(judged(DOWN, claims=[part])).ignored == ""


def test_what_has_to_be_reported_and_was_not_does_not_count() -> None:
    found = judged(DOWN, starts=Starts.REPORTED)
    assert (one(found).ignored, found.verdict) == ("nobody reported it", Verdict.MET)
    late = replace(
        DOWN,
        reported_at=START + DAY + HOUR,
        entries=(Entry(START + DAY + HOUR + MINUTE, "mara", Act.ACKNOWLEDGE),),
    )
    assert one(judged(late, starts=Starts.REPORTED)).met is True


def test_a_dispute_alone_changes_no_verdict() -> None:
    """Else either party could undo any of them."""
    disputed = replace(DOWN, entries=(Entry(START + 2 * DAY, "mara", Act.DISPUTE),))
    found = judged(disputed)
    assert (found.verdict, one(found).incident.disputed) == (Verdict.MISSED, True)


def test_who_is_nobody_of_the_agreement_pauses_nothing_in_it() -> None:
    """Another customer of the same service, say."""
    waited = Entry(START + DAY, "eve", Act.PAUSE, span=(DOWN.start, DOWN.start + 2 * HOUR))
    assert one(judged(replace(DOWN, entries=(waited,)))).met is False
    own = replace(waited, by="mara")
    assert one(judged(replace(DOWN, entries=(own,)))).met is True


@pytest.mark.parametrize(
    ("words", "agreed"),
    [
        ([("jo", "customer"), ("mara", "customer"), ("jo", "provider")], "customer"),
        ([("jo", "customer"), ("mara", "provider"), ("jo", "provider"), ("mara", "customer")], "provider"),
        ([("jo", "customer"), ("mara", "provider")], ""),
    ],
)
def test_what_was_agreed_stands_until_something_else_is(
    words: Sequence[tuple[str, str]], agreed: str
) -> None:
    entries = tuple(
        Entry(START, by, Act.FAULT, entered_at=START + number, value=value)
        for number, (by, value) in enumerate(words)
    )
    assert agreed_value(replace(DOWN, entries=entries), Act.FAULT, PEOPLE) == agreed


def test_where_there_are_no_parties_nobody_agrees() -> None:
    entries = (said("mara", "customer", Act.FAULT), said("jo", "customer", Act.FAULT))
    assert agreed_value(replace(DOWN, entries=entries), Act.FAULT, ()) == ""


def test_a_share_is_of_those_that_count() -> None:
    answered = replace(DOWN, ident="i2", start=START + 2 * DAY, end=START + 2 * DAY + MINUTE)
    beyond = replace(DOWN, ident="i3", start=END + HOUR, end=END + 2 * HOUR)
    reported = Incident(
        "i2",
        "shop",
        Kind.FAULT,
        START + 2 * DAY,
        severity="sev3",
        entries=(Entry(START + 2 * DAY, "mara", Act.RESOLVE),),
    )
    assert answered.is_open(START + 2 * DAY)
    found = judged(DOWN, reported, beyond, share="50")
    assert (found.figures.agreed, found.verdict, found.base) == (percent("50"), Verdict.MET, 2)


def recorded(terms: RecordedTerms, *values: tuple[str, str, str], more_than: str = "") -> TargetResult:
    """Values of groups, with weights, one an hour."""
    records = tuple(
        Record(START + number * HOUR, "mara", group, percent(value) * 100, percent(weight) * 100)
        for number, (group, value, weight) in enumerate(values)
    )
    ceiling = Ceiling("tickets", percent(more_than) * 100) if more_than else None
    target = Target("calls", "", (), percent("100"), recorded=terms, ceiling=ceiling)
    seen = Evidence((START, END), records=records, volume=records)
    return evaluate(Terms(Measure(), (target,)), target, seen, Period((START, END), END))


LEAST = RecordedTerms("first_call", least=percent("7000"))


@pytest.mark.parametrize(
    ("take", "value"),
    [(Take.MEAN, "65"), (Take.SUM, "140"), (Take.LAST, "80")],
)
def test_values_come_to_what_was_agreed(take: Take, value: str) -> None:
    found = recorded(replace(LEAST, take=take), ("", "60", "3"), ("", "80", "1"))
    assert found.groups[0].value == percent(value) * 100
    assert found.verdict is (Verdict.MISSED if value == "65" else Verdict.MET)


def test_each_group_reaches_it() -> None:
    found = recorded(LEAST, ("mail", "70", "1"), ("shop", "69.9", "1"))
    assert [(each.name, each.holds) for each in found.groups] == [("mail", True), ("shop", False)]
    assert (found.verdict, found.misses, found.base_unit) == (Verdict.MISSED, 1, "groups")
    most = RecordedTerms("waiting", most=percent("3000"))
    assert recorded(most, ("", "30", "1")).verdict is Verdict.MET
    assert recorded(most, ("", "30.1", "1")).verdict is Verdict.MISSED


def test_a_group_that_is_named_must_be_written_down() -> None:
    named = replace(LEAST, groups=("shop", "mail", "files"))
    found = recorded(named, ("mail", "70", "1"), ("shop", "70", "1"), ("other", "1", "1"))
    assert [(each.name, each.holds) for each in found.groups] == [
        ("shop", True),
        ("mail", True),
        ("files", None),
    ]
    assert (found.coverage, found.figures.worst, found.figures.best) == (
        Fraction(2, 3),
        Fraction(2, 3),
        Fraction(1),
    )
    assert (found.verdict, found.misses) == (Verdict.UNDETERMINED, 0)
    assert recorded(named, ("mail", "1", "1")).verdict is Verdict.MISSED, "whatever the others were"
    assert recorded(named).verdict is Verdict.UNDETERMINED


def test_of_what_nobody_wrote_down_nothing_is_known() -> None:
    found = recorded(LEAST)
    assert (found.verdict, found.coverage, found.figures.agreed) == (Verdict.UNDETERMINED, Fraction(0), None)


@pytest.mark.parametrize(("more_than", "verdict"), [("60", Verdict.MISSED), ("59.9", Verdict.UNDETERMINED)])
def test_above_a_volume_nothing_is_promised(more_than: str, verdict: Verdict) -> None:
    found = recorded(LEAST, ("", "60", "1"), more_than=more_than)
    assert found.verdict is verdict
    assert found.suspended == (
        "" if more_than == "60" else "tickets came to 60, and above 59.9 nothing is promised"
    )


@pytest.mark.parametrize(
    ("smallest", "ignored"), [(2 * HOUR, ""), (2 * HOUR + 1, "it was shorter than 2h 1ms")]
)
def test_outages_that_are_too_short_do_not_count(smallest: int, ignored: str) -> None:
    target = Target(
        "answers", "shop", (), percent("100"), answers=ANSWERS, measure=Measure(smallest_outage=smallest)
    )
    terms = Terms(Measure(), (target,), severities=RULES)
    seen = Evidence((START, END), lanes((0, 120)), incidents=(DOWN,))  # type: ignore[arg-type]
    assert one(evaluate(terms, target, seen, Period((START, END), END))).ignored == ignored


@pytest.mark.parametrize(
    ("down", "unknown", "met", "verdict"),
    [
        (10, 110, None, Verdict.UNDETERMINED),  # it may have been over after ten minutes
        (16, 104, False, Verdict.MISSED),
        (120, 0, False, Verdict.MISSED),
    ],
)
def test_when_it_was_over_may_not_be_known(
    down: int, unknown: int, met: bool | None, verdict: Verdict
) -> None:
    """Nobody answered within a quarter of an hour; from some minute on nothing is known."""
    first = DAY + down * MINUTE
    seen = {"shop/web": lane([(DAY, first)], [(first, first + unknown * MINUTE)])}
    target = Target("answers", "shop", (), percent("100"), answers=AnswerTerms((), "", ANSWERS.limits))
    found = evaluate(
        Terms(Measure(), (target,), severities=RULES),
        target,
        Evidence((START, END), seen, incidents=(DOWN,)),
        Period((START, END), END),
    )
    assert (one(found).met, found.verdict) == (met, verdict)


SHOP_AND_MAIL = {"shop/web": [(DAY, DAY + 2 * HOUR)], "mail/imap": []}


@pytest.mark.parametrize(
    ("endpoints", "ignored"),
    [
        (None, "all of it was excluded"),
        (["mail/imap"], ""),
        (["shop/web"], "all of it was excluded"),
        (["shop/web", "mail/imap"], "all of it was excluded"),
    ],
)
def test_an_exclusion_is_one_of_its_own_service(endpoints: list[str] | None, ignored: str) -> None:
    claimed = claim(
        DAY - HOUR,
        DAY + 3 * HOUR,
        Category.MAINTENANCE,
        endpoints=None if endpoints is None else frozenset(endpoints),
    )
    target = Target("answers", "", (), percent("100"), answers=AnswerTerms((), "", ANSWERS.limits))
    seen = Evidence(
        (START, END),
        {name: lane(down) for name, down in SHOP_AND_MAIL.items()},
        (claimed,),
        incidents=(DOWN,),
    )
    found = evaluate(
        Terms(Measure(), (target,), RECOGNISED, severities=RULES), target, seen, Period((START, END), END)
    )
    assert one(found).ignored == ignored


def test_people_of_a_later_version_may_answer() -> None:
    later = Successor("2", "", {"provider": frozenset(["lena"]), "customer": frozenset()})
    answered = replace(DOWN, entries=(Entry(START + DAY + MINUTE, "lena", Act.ACKNOWLEDGE),))
    target = Target("answers", "shop", (), percent("100"), answers=ANSWERS)
    terms = Terms(Measure(), (target,), people={"provider": PEOPLE[0]}, severities=RULES)
    for versions, met in (((), False), ((later,), True)):
        seen = Evidence((START, END), lanes((0, 120)), incidents=(answered,), later=versions)  # type: ignore[arg-type]
        assert one(evaluate(terms, target, seen, Period((START, END), END))).met is met


def test_what_was_opened_again_is_not_too_short() -> None:
    again = Entry(START + DAY + 3 * HOUR, "jo", Act.REOPEN)
    found = with_smallest(HOUR * 3, replace(DOWN, entries=(again,)), lanes((0, 120)))
    assert one(found).ignored == ""


def test_what_may_have_been_too_short_is_neither_met_nor_missed() -> None:
    first = DAY + 30 * MINUTE
    seen = {"shop/web": lane([(DAY, first)], [(first, DAY + 2 * HOUR)])}
    assert one(with_smallest(HOUR, DOWN, seen)).met is None
    assert one(with_smallest(20 * MINUTE, DOWN, seen)).met is False


def with_smallest(smallest: int, incident: Incident, seen: object) -> TargetResult:
    answers = AnswerTerms((), "", ANSWERS.limits)
    target = Target(
        "answers", "shop", (), percent("100"), answers=answers, measure=Measure(smallest_outage=smallest)
    )
    terms = Terms(
        Measure(), (target,), people={"provider": PEOPLE[0], "customer": PEOPLE[1]}, severities=RULES
    )
    evidence = Evidence((START, END), seen, incidents=(incident,))  # type: ignore[arg-type]
    return evaluate(terms, target, evidence, Period((START, END), END))


def test_of_what_was_excluded_and_is_opened_again_only_that_counts() -> None:
    """Nobody had to answer what was announced; the customer says that it is still broken, and is answered at once."""
    said = (
        Entry(START + DAY + 3 * HOUR, "jo", Act.REOPEN),
        Entry(START + DAY + 3 * HOUR + MINUTE, "mara", Act.RESOLVE),
    )
    limits = ((Task.RESPOND, 15 * MINUTE), (Task.UPDATE, 15 * MINUTE), (Task.REPAIR, HOUR))
    target = Target("answers", "shop", (), percent("100"), answers=AnswerTerms((), "", limits))
    people = {"provider": PEOPLE[0], "customer": PEOPLE[1]}
    terms = Terms(Measure(), (target,), RECOGNISED, people, RULES)
    excluded = claim(DAY, DAY + 2 * HOUR, Category.MAINTENANCE)
    seen = Evidence((START, END), lanes((0, 120)), (excluded,), incidents=(replace(DOWN, entries=said),))  # type: ignore[arg-type]
    found = one(evaluate(terms, target, seen, Period((START, END), END)))
    assert [(each.task, each.elapsed, each.met) for each in found.clocks] == [
        (Task.UPDATE, MINUTE, True),
        (Task.REPAIR, MINUTE, True),
    ]
