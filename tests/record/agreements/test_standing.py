"""What is open now, whenever it began."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.record.agreements.evidence import Sources, gather
from exporter.record.agreements.standing import standing_of
from exporter.record.incidents.seeing import as_of
from exporter.sla.agreement import Agreement
from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Period
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.incidents.escalation import EscalationStep
from exporter.sla.incidents.heard import Hearing
from exporter.sla.incidents.incident import Act, Entry, Incident, Kind
from exporter.sla.incidents.severity import SeverityRule
from exporter.sla.others import EVERYTHING
from exporter.sla.standing import OpenIncidents, open_incidents
from exporter.sla.terms import Measure, Starts, Target
from exporter.timeline.exclusion import EVERY, Category, Exclusion, Once, Scope
from exporter.units import DAY, HOUR
from tests.support.agreed import percent
from tests.support.contracts import agreement
from tests.support.months import NOVEMBER, OCTOBER, made_past, sources

ANSWERS = AnswerTerms((), "", ((Task.RESPOND, HOUR), (Task.REPAIR, 4 * HOUR)))


@pytest.fixture
def seen(tmp_path: Path) -> Sources:
    """Half past midnight on the first: the web is down since eleven."""
    found = sources(made_past(tmp_path))
    until = NOVEMBER + HOUR // 2
    made = agreement(Target("answers", "shop", (), percent("100"), answers=ANSWERS))
    terms = replace(made.terms, severities=(SeverityRule("sev1", 0), SeverityRule("sev2", 1)))
    held = replace(made, terms=terms, escalation=(EscalationStep(HOUR, "head of operations"),))
    config = replace(found.config, agreements=(held,))
    return Sources(config, found.known, (), until, ledger=as_of((), config, found.known, until))


def test_what_began_last_month_is_open_in_this_one(seen: Sources) -> None:
    (held,) = seen.config.agreements
    first, second = standing_of(seen, held, seen.until)
    assert (first.severity, first.incidents) == ("sev1", ())
    assert second.severity == "sev2"
    (incident,) = second.incidents
    assert incident.level == 1
    assert incident.due == {Task.RESPOND: NOVEMBER, Task.REPAIR: NOVEMBER + 3 * HOUR}


def test_what_no_target_is_about_is_open_all_the_same(seen: Sources) -> None:
    """It has a severity and is escalated; nothing of it is due."""
    (held,) = seen.config.agreements
    (target,) = held.terms.targets
    only_worst = replace(target, answers=AnswerTerms(("sev1",), "", ANSWERS.limits))
    other = replace(held, terms=replace(held.terms, targets=(only_worst,)))
    first, second = standing_of(seen, other, seen.until)
    assert (first.incidents, [each.level for each in second.incidents]) == ((), [1])
    assert second.incidents[0].due == {}


HOW = (
    AnswerTerms((), "", ANSWERS.limits),
    AnswerTerms(("sev2",), "", ((Task.UPDATE, HOUR // 2),)),
    AnswerTerms((), "phone", ((Task.RESPOND, DAY),)),
)
OPENED = st.builds(
    Incident,
    st.just(""),
    st.just("shop"),
    st.sampled_from(Kind),
    st.integers(OCTOBER, NOVEMBER),
    severity=st.sampled_from(["", "sev1", "sev2"]),
    channel=st.sampled_from(["", "phone"]),
    reported_at=st.one_of(st.none(), st.integers(OCTOBER, NOVEMBER)),
    entries=st.lists(
        st.builds(
            Entry,
            st.integers(OCTOBER, NOVEMBER),
            st.sampled_from(["mara", "jo", "eve"]),
            st.sampled_from([Act.RESOLVE, Act.REOPEN, Act.ACKNOWLEDGE]),
            entered_at=st.integers(NOVEMBER, NOVEMBER + HOUR // 2),
        ),
        max_size=3,
    ).map(lambda found: tuple(sorted(found, key=lambda each: each.at))),
)


MEASURES = st.builds(
    Measure,
    starts=st.sampled_from(Starts),
    hearing=st.sampled_from([Hearing(), Hearing(written_within=HOUR)]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OPENED, max_size=4), st.booleans(), MEASURES, st.sampled_from([0, DAY, HOUR]))
def test_what_is_over_changes_nothing_of_what_is_open(
    seen: Sources, opened: list[Incident], is_down: bool, measure: Measure, excluded: int
) -> None:
    """As where all incidents are judged since the first that is open, with all that was measured of that time."""
    reported = [max(each.start, each.reported_at) if each.reported_at else None for each in opened]
    incidents = {
        f"m{number}": replace(
            each, ident=f"m{number}", reported_at=at, end=each.start + 1 if each.kind is Kind.OUTAGE else None
        )
        for number, (each, at) in enumerate(zip(opened, reported, strict=True))
    }
    ledger = seen.ledger._replace(incidents={**(seen.ledger.incidents if is_down else {}), **incidents})
    when = Once(NOVEMBER - excluded, NOVEMBER + excluded)
    move = Exclusion("move", "move", Category.MAINTENANCE, Scope(frozenset({EVERY})), when)
    written_down = replace(seen, ledger=ledger, config=replace(seen.config, exclusions=(move,)))
    (held,) = seen.config.agreements
    targets = tuple(
        Target(f"answers-{number}", "shop", (), percent("100"), answers=each)
        for number, each in enumerate(HOW)
    )
    terms = replace(held.terms, targets=targets, measure=measure)
    made = replace(held, terms=terms)
    assert standing_of(written_down, made, seen.until) == _all_judged(written_down, made)


def _all_judged(seen: Sources, made: Agreement) -> list[OpenIncidents]:
    span = OCTOBER - 7 * DAY, seen.until + 1
    found = [
        evaluate(made.terms, each, gather(seen, made, each, span), Period(span, seen.until))
        for each in (*made.terms.targets, EVERYTHING)
    ]
    return list(open_incidents(made, found, seen.until))


def test_where_no_answers_are_promised_nothing_is_told(seen: Sources) -> None:
    assert standing_of(seen, agreement(), seen.until) == []
