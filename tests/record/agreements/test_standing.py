"""What is open now, whenever it began."""

from dataclasses import replace
from pathlib import Path

import pytest

from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.standing import standing_of
from exporter.record.incidents.seeing import as_of
from exporter.sla.incidents.answers import AnswerTerms, Task
from exporter.sla.incidents.escalation import EscalationStep
from exporter.sla.incidents.severity import SeverityRule
from exporter.sla.terms import Target
from exporter.units import HOUR
from tests.support.agreed import percent
from tests.support.contracts import agreement
from tests.support.months import NOVEMBER, made_past, sources

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


def test_where_no_answers_are_promised_nothing_is_told(seen: Sources) -> None:
    assert standing_of(seen, agreement(), seen.until) == []
