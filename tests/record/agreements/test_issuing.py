"""What is issued of a period, once for all that it says."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from exporter.errors import UsageError
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.issuing import Drafted, drafts, to_issue
from exporter.record.incidents.seeing import as_of
from exporter.sla.agreement import Agreement
from exporter.sla.credit import Caps, CreditTerms
from exporter.sla.incidents.answers import AnswerTerms
from exporter.sla.terms import Target
from exporter.store.base import Issue, LogEntry
from exporter.store.writer import SqliteWriter
from exporter.units import DAY, HOUR, MINUTE
from tests.support.agreed import percent
from tests.support.contracts import agreement
from tests.support.months import NOVEMBER, NOW, OCTOBER, entered, made_past, sources
from tests.support.past import Past


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return made_past(tmp_path)


def drafted(
    past: Past, *versions: Agreement, issued: tuple[Issue, ...] = (), log: tuple[LogEntry, ...] = ()
) -> list[Drafted]:
    return drafts(sources(past, log), versions or (agreement(),), (OCTOBER, NOVEMBER), issued, NOW)


def test_a_period_is_issued_once_for_all_that_it_says(past: Past) -> None:
    (first,) = to_issue(drafted(past))
    assert (first.said.number, first.said.span, first.said.at) == (1, (OCTOBER, NOVEMBER), NOW)
    with pytest.raises(UsageError, match="nothing has changed since the latest issue"):
        to_issue(drafted(past, issued=(first,)))


def test_a_correction_makes_it_news(past: Past) -> None:
    (first,) = to_issue(drafted(past))
    entry = entered(past, "maintenance", OCTOBER + DAY, OCTOBER + DAY + HOUR, NOVEMBER + DAY)
    (second,) = to_issue(drafted(past, issued=(first,), log=(entry,)))
    assert second.said.number == 2
    assert first.said.sha256 in second.document


def test_how_an_outage_went_on_after_the_period_is_no_news(past: Past) -> None:
    """It lasted until two o'clock on the first; at half past midnight nobody knew."""
    seen = sources(past)
    early = Sources(seen.config, seen.known, seen.log, NOVEMBER + 30 * MINUTE)
    (first,) = to_issue(drafts(early, [agreement()], (OCTOBER, NOVEMBER), (), NOVEMBER + 30 * MINUTE))
    (again,) = drafted(past, issued=(first,))
    assert not again.news
    assert again.shown["sha256"] == first.said.sha256


def test_two_versions_are_issued_one_after_the_other(past: Past) -> None:
    versions = agreement(), agreement(version="2", start=OCTOBER + 10 * DAY)
    first, second = to_issue(drafted(past, *versions))
    assert (first.said.number, second.said.number) == (1, 2)
    assert first.said.sha256 in second.document


def test_a_running_period_is_not_issued(past: Past) -> None:
    running = drafts(sources(past), [agreement()], (NOVEMBER, NOVEMBER + 30 * DAY), (), NOW)
    with pytest.raises(UsageError, match="the period runs"):
        to_issue(running)


def test_the_cap_of_the_year_counts_no_part_of_the_period_twice(past: Past) -> None:
    capped = CreditTerms(
        agreement().credits.fee,
        agreement().credits.rules,
        caps=Caps(year=Fraction(1, 100)),
        periods_a_year=12,
    )
    versions = agreement(credits=capped), agreement(version="2", start=OCTOBER + 10 * DAY, credits=capped)
    issued = tuple(to_issue(drafted(past, *versions)))
    again = drafted(past, *versions, issued=issued)
    assert [each.news for each in again] == [False, False]


def test_what_was_issued_stands_once_what_it_was_made_of_is_gone(past: Past) -> None:
    (first,) = to_issue(drafted(past))
    store = SqliteWriter.open(past.store)
    store.prune(NOVEMBER - 2 * DAY)
    store.close()
    (again,) = drafted(past, issued=(first,))
    assert again.shown == json.loads(first.document)
    with pytest.raises(UsageError, match="or what it was made of is no longer kept"):
        to_issue([again])


def test_what_names_an_incident_that_is_in_no_ledger_yet_is_not_issued(past: Past) -> None:
    answers = Target("answers", "shop", (), percent("100"), answers=AnswerTerms())
    made, seen = agreement(answers), sources(past)
    ledger = as_of((), seen.config, seen.known, NOW, ["shop"])
    found = drafts(replace(seen, ledger=ledger), [made], (OCTOBER, NOVEMBER), (), NOW)
    with pytest.raises(UsageError, match="not written down as an incident yet"):
        to_issue(found)
