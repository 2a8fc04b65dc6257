"""Whether documents go with each other, as well as each with itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.issuing import drafts, to_issue
from exporter.record.agreements.verify.document import problems
from exporter.record.agreements.verify.together import breaks
from exporter.record.corrections import adding
from exporter.record.wanted import Wanted
from exporter.sla.wire import Json, digest
from exporter.store.base import LogEntry
from exporter.store.writer import SqliteWriter
from exporter.timeline.exclusion import Category
from exporter.units import DAY, HOUR, format_instant
from tests.support.agreements import HEAD, TARGETS, loaded
from tests.support.months import NOVEMBER, NOW, OCTOBER, entered, made_past, sources

SIGNED = "approved: {provider: {by: mara, on: 2026-06-10}, customer: {by: jo, on: 2026-06-12}}\n"
CREDITS = "credits: {tiers: {steps: [{below: 99.9, credit: 10%}]}}\n"
ACME = HEAD.replace("Europe/Berlin", "UTC") + TARGETS.replace("}]", ", credit: tiers}]") + SIGNED + CREDITS


@pytest.fixture
def issued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """A month of two versions, as it was issued."""
    monkeypatch.chdir(tmp_path)
    seen = sources(made_past(tmp_path))
    first = loaded(ACME)
    second = loaded(ACME.replace("version: 1", "version: 2").replace("from: 2026-07-01", "from: 2026-10-11"))
    seen = Sources(replace(seen.config, agreements=(first, second)), seen.known, seen.log, seen.until)
    found = drafts(seen, [first, second], (OCTOBER, NOVEMBER), (), NOW)
    assert len(to_issue(found)) == 2
    return [each.document for each in found]


def test_parts_of_a_period_name_each_other(issued: list[Json]) -> None:
    first, second = issued
    assert first["computed"]["span"][1] == OCTOBER + 10 * DAY
    assert first["issue"]["replaced_by"]["terms_sha256"] == second["terms_sha256"]
    assert second["issue"]["before"] == [
        {"number": 1, "sha256": first["sha256"], "share": first["credit"]["share"]}
    ]
    assert [*problems(first), *problems(second), *breaks(issued)] == []


def test_what_was_credited_for_a_part_that_is_no_longer_kept_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its outage was pruned; the later part, which is corrected, goes on with what was said of it."""
    monkeypatch.chdir(tmp_path)
    past = made_past(tmp_path)
    versions = [
        loaded(ACME + "exclusions: {customer: {}}\n"),
        loaded(ACME.replace("version: 1", "version: 2").replace("from: 2026-07-01", "from: 2026-10-11")),
    ]
    seen = sources(past)
    config = replace(seen.config, agreements=tuple(versions))
    issued = [
        each.issue for each in drafts(replace(seen, config=config), versions, (OCTOBER, NOVEMBER), (), NOW)
    ]
    store = SqliteWriter.open(past.store)
    try:
        assert store.prune(OCTOBER + 5 * DAY)
    finally:
        store.close()
    moved = entered(past, "customer", OCTOBER + 20 * DAY, OCTOBER + 21 * DAY, NOW)
    later = replace(sources(past, (moved,)), config=config)
    first, second = drafts(later, versions, (OCTOBER, NOVEMBER), issued, NOW + DAY)
    assert (first.news, second.news) == (False, True)
    assert [each["share"] for each in second.document["issue"]["before"]] == [issued[0].said.share]
    assert [*problems(second.document)] == []


@pytest.mark.parametrize(
    ("number", "key", "value", "said"),
    [
        (0, "replaced_by", None, "it cannot be computed again: the period ends before the terms say"),
        (
            0,
            "replaced_by",
            {"version": "2", "start": "2026-10-11T00:00:00Z", "terms_sha256": "0" * 64},
            "issue 1 of acme was ended by another version 2 than this one",
        ),
        (
            1,
            "before",
            [{"number": 1, "sha256": "00", "share": "1/31"}],
            "issue 2 of acme counts a credit that this issue 1 does not have",
        ),
        (
            1,
            "before",
            [],
            "it cannot be computed again: the earlier credits that it names come to 0 of the fee, not to 1/31",
        ),
    ],
)
def test_what_does_not_go_together_is_seen(
    issued: list[Json], number: int, key: str, value: object, said: str
) -> None:
    issued[number]["issue"][key] = value
    issued[number]["sha256"] = digest(issued[number])
    assert said in [*problems(issued[0]), *problems(issued[1]), *breaks(issued)]


hours = st.integers(0, 31 * 24 - 1)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(hours, st.integers(1, 48), st.sampled_from(Category)), min_size=1, max_size=4))
def test_whatever_is_corrected_both_issues_are_true(
    corrected: Sources, spans: list[tuple[int, int, Category]]
) -> None:
    """Issued, corrected, and issued again."""
    versions = corrected.config.agreements
    (first,) = drafts(corrected, versions, (OCTOBER, NOVEMBER), (), NOW)
    entries = [_entry(corrected, number, *each) for number, each in enumerate(spans)]
    later = replace(corrected, log=(*corrected.log, *entries))
    (second,) = drafts(later, versions, (OCTOBER, NOVEMBER), [first.issue], NOW + DAY)
    assert [*problems(first.document), *problems(second.document)] == []
    assert [*breaks([first.document, second.document])] == []
    assert second.document["issue"]["changes"]


@pytest.fixture
def corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    monkeypatch.chdir(tmp_path)
    seen = sources(made_past(tmp_path))
    made = loaded(ACME + "exclusions: {maintenance: {}, customer: {agreed_by: customer}}\n")
    return Sources(replace(seen.config, agreements=(made,)), seen.known, seen.log, seen.until)


def _entry(seen: Sources, number: int, start: int, length: int, category: Category) -> LogEntry:
    wanted = Wanted(
        category=category,
        reason="a move",
        services=("shop",),
        start=format_instant(OCTOBER + start * HOUR),
        end=format_instant(OCTOBER + (start + length) * HOUR),
        planned=True,
    )
    entry = adding(wanted, seen.config, (), author="mara", now=NOW).entry
    return entry._replace(ident=f"c{number}")
