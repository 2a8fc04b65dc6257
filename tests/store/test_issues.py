"""What was said of agreements is only ever added to, and outlives what it was made of."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from exporter.errors import StoreError
from exporter.store.base import Issue, Said
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter

SAID = Said("acme", 1, (0, 100), 105, "aa", "1/10", 200)
FIRST = Issue(SAID, '{"number": 1, "title": "für ACME"}')
SECOND = Issue(
    SAID._replace(number=2, at=120, sha256="bb", share="0/1", claim_by=None), '{"number": 2}', "aa"
)
OTHER = FIRST._replace(said=SAID._replace(agreement="other"))


def test_issues_of_an_agreement_stay_in_their_order(path: Path, writer: SqliteWriter) -> None:
    for issue in (FIRST, OTHER, SECOND):
        writer.add_issue(issue)
    with closing(SqliteReader.open(path)) as reader:
        assert reader.issues("acme") == [FIRST, SECOND._replace(previous="")]
        assert reader.issues("other") == [OTHER]
        assert reader.said("acme") == [FIRST.said, SECOND.said]
        assert reader.issues("nobody") == []
        assert reader.said("nobody") == []


def test_what_is_to_be_reported_is_kept_until_it_was(writer: SqliteWriter) -> None:
    writer.add_issue(FIRST, to_report=True)
    writer.add_issue(OTHER, to_report=True)
    writer.add_issue(SECOND)
    assert writer.unreported("acme") == [FIRST]
    assert writer.reported_at("acme") is None
    writer.reported(FIRST.said, 300)
    assert writer.unreported("acme") == []
    assert (writer.reported_at("acme"), writer.reported_at("other")) == (300, None)
    assert writer.unreported("other") == [OTHER]


def test_the_latest_report_of_a_running_period_is_kept(writer: SqliteWriter) -> None:
    assert writer.interim_until("acme") is None
    writer.reported_interim("acme", 50, 60)
    writer.reported_interim("acme", 70, 80)
    assert (writer.interim_until("acme"), writer.interim_until("other")) == (70, None)
    assert (writer.reported_at("acme"), writer.reported_at("other")) == (80, None)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_number_that_is_not_the_next_one_is_refused(writer: SqliteWriter, number: int) -> None:
    writer.add_issue(FIRST)
    with pytest.raises(StoreError, match=f"issue {number} of acme does not follow number 1"):
        writer.add_issue(FIRST._replace(said=SAID._replace(number=number)))
    assert writer.issues("acme") == [FIRST]


def test_one_that_does_not_follow_the_last_one_is_refused(writer: SqliteWriter) -> None:
    writer.add_issue(FIRST)
    with pytest.raises(StoreError, match="issue 2 of acme does not follow number 1"):
        writer.add_issue(SECOND._replace(previous="cc"))


@pytest.mark.parametrize(
    "rewriting",
    [
        "UPDATE issue SET sha256 = 'cc'",
        "DELETE FROM issue",
        "INSERT OR REPLACE INTO issue VALUES ('acme', 1, 0, 100, 105, 'cc', '0/1', NULL, '')",
    ],
)
def test_nobody_rewrites_them_not_even_with_a_shell(path: Path, writer: SqliteWriter, rewriting: str) -> None:
    writer.add_issue(FIRST)
    with (
        closing(sqlite3.connect(path)) as shell,
        pytest.raises(sqlite3.IntegrityError, match="only ever added to"),
    ):
        shell.execute(rewriting)
    assert writer.issues("acme") == [FIRST]


def test_they_are_kept_when_the_record_is_pruned(writer: SqliteWriter) -> None:
    writer.add_issue(FIRST)
    writer.prune(10**15)
    assert writer.issues("acme") == [FIRST]
