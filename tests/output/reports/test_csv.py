"""A report as CSV can be counted with, and does nothing to a spreadsheet."""

import csv
import io

import pytest

from exporter.output.reports.as_csv import OUTAGES, TARGETS, outages_csv, report_csv
from tests.support import reported


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_each_target_is_a_row() -> None:
    document = reported.missed_month()
    shop, mail, checkout = rows(report_csv(document))
    assert tuple(shop) == TARGETS
    assert (shop["target"], shop["promised_percent"], shop["agreed_percent"]) == (
        "shop",
        "99.900000",
        "99.803591",
    )
    assert (shop["period_start"], shop["period_end"]) == ("2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z")
    assert (mail["credit_percent"], mail["credit_amount"], mail["currency"]) == ("40.000000", "960.00", "EUR")
    assert (checkout["base_unit"], checkout["base_ms"], checkout["credit_amount"]) == ("slices", "8920", "")
    assert [int(each["counted_ms"]) for each in (shop, mail, checkout)] == [
        each["counted_ms"] for each in document["targets"]
    ]


def test_what_there_is_no_data_of_is_empty() -> None:
    (shop,) = rows(report_csv(reported.nothing_known()))
    assert (shop["agreed_percent"], shop["raw_percent"], shop["best_percent"]) == ("", "", "100.000000")


def test_each_outage_is_a_row() -> None:
    document = reported.many_outages()
    found = rows(outages_csv(document))
    assert tuple(found[0]) == OUTAGES
    assert [(each["start"], each["end"], int(each["counted_ms"])) for each in found] == [
        (each["start"], each["end"], each["counted_ms"]) for each in document["targets"][0]["outages"]
    ]
    assert len(found) == 200


def test_without_outages_there_is_the_head_alone() -> None:
    assert outages_csv(reported.document()) == ",".join(OUTAGES) + "\r\n"


def test_lines_end_as_rfc_4180_has_it() -> None:
    text = report_csv(reported.missed_month())
    assert text.count("\r\n") == text.count("\n") == 4


def test_names_with_commas_quotes_and_line_ends_come_back() -> None:
    (row,) = rows(report_csv(reported.hostile()))
    assert row["target"] == row["service"] == row["version"] == reported.HOSTILE


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r\n=1", "\n1", "＝1", "＠a"],  # noqa: RUF001
)
def test_no_cell_is_a_formula(name: str) -> None:
    (row,) = rows(report_csv(reported.document(reported.agreement(name=name))))
    assert row["agreement"] == f"'{name}"


@pytest.mark.parametrize("name", ["a=1", "shop-1", "99", "ü", " a"])
def test_what_is_no_formula_stays_as_it_is(name: str) -> None:
    (row,) = rows(report_csv(reported.document(reported.agreement(name=name))))
    assert row["agreement"] == name
