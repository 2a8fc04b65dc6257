"""Nothing of a document is missing in a report, in whatever format."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exporter.output.reports.as_html import report_html
from exporter.output.reports.as_markdown import report_markdown
from exporter.units import describe_duration
from tests.support import reported
from tests.support.read_report import Shown, of_markdown, one_line

DOCUMENTS = (
    reported.missed_month,
    reported.hostile,
    reported.many_outages,
    reported.undetermined,
    reported.nothing_known,
    reported.running,
    reported.revised,
    reported.document,
)
SECTIONS = (
    "1. Terms and version",
    "2. Verdicts, coverage and resolution",
    "3. From measured to counted downtime",
    "4. Outages",
    "5. Exclusions",
    "6. The monitor's own record",
    "7. Credit",
    "8. Changes since the last issue",
    "9. Trend",
    "10. How to compute it again",
)


def as_html(document: dict[str, Any]) -> Shown:
    return Shown(report_html(document))


def as_markdown(document: dict[str, Any]) -> Shown:
    return of_markdown(report_markdown(document))


FORMATS = (as_html, as_markdown)
Read = Callable[[dict[str, Any]], Shown]


def berlin(instant: str | int) -> str:
    at = (
        datetime.fromtimestamp(instant / 1000, UTC)
        if isinstance(instant, int)
        else datetime.fromisoformat(instant)
    )
    return at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%d %H:%M:%S %Z")


def short(figure: str | None) -> str:
    return "no data" if figure is None else f"{float(figure):.6f}".rstrip("0").rstrip(".")


@pytest.mark.parametrize("read", FORMATS)
@pytest.mark.parametrize("make", DOCUMENTS)
def test_every_target_is_told_with_all_of_its_figures(make: Callable[[], Any], read: Read) -> None:
    document = make()
    shown = read(document)
    for each in document["targets"]:
        figures = [short(figure) for figure in each["figures"].values()]
        assert shown.rows_with(one_line(each["name"]), *figures, short(each["agreed"]))
        made = (describe_duration(each["counted_ms"]), describe_duration(each["unknown_ms"]))
        assert shown.rows_with(one_line(each["name"]), *made, short(each["coverage"]))


@pytest.mark.parametrize("read", FORMATS)
@pytest.mark.parametrize("make", DOCUMENTS)
def test_every_outage_is_told(make: Callable[[], Any], read: Read) -> None:
    document = make()
    rows = read(document).rows
    for target in document["targets"]:
        for number, each in enumerate(target["outages"], 1):
            lengths = (describe_duration(each["length_ms"]), describe_duration(each["counted_ms"]))
            told = (str(number), berlin(each["start"]), berlin(each["end"]), *lengths)
            assert [row for row in rows if row[:5] == told]


@pytest.mark.parametrize("read", FORMATS)
@pytest.mark.parametrize("make", DOCUMENTS)
def test_every_exclusion_is_told(make: Callable[[], Any], read: Read) -> None:
    document = make()
    shown = read(document)
    for target in document["targets"]:
        for each in target["exclusions"]:
            whom = (each["author"], *(approval["by"] for approval in each["approvals"]))
            texts = (each["name"], each["id"], each["reason"], each["why"], *whom)
            times = (*each["span"], each["entered_at"], *(approval["at"] for approval in each["approvals"]))
            late = "late: after the period had ended" if each["late"] else ""
            excused = describe_duration(each["excused_ms"])
            assert shown.rows_with(excused, late, *map(one_line, texts), *map(berlin, times))


@pytest.mark.parametrize("read", FORMATS)
@pytest.mark.parametrize("make", DOCUMENTS)
def test_every_line_of_the_credit_is_told(make: Callable[[], Any], read: Read) -> None:
    document = make()
    shown = read(document)
    for each in document["credit"]["lines"]:
        amount = f"{float(each['amount']):,.2f} EUR"
        shares = (f"{short(each['percent'])} %", f"{short(each['percent_of_fee'])} %")
        assert shown.rows_with(one_line(each["target"]), each["rule"], each["why"], *shares, amount)


@pytest.mark.parametrize("read", FORMATS)
@pytest.mark.parametrize("make", DOCUMENTS)
def test_every_bridge_ends_at_what_counts(make: Callable[[], Any], read: Read) -> None:
    document = make()
    rows = read(document).rows
    ends = [row[2] for row in rows if row[0] == "downtime that counts"]
    assert ends == [describe_duration(each["counted_ms"]) for each in document["targets"]]


@pytest.mark.parametrize("read", FORMATS)
@pytest.mark.parametrize("make", DOCUMENTS)
def test_the_first_page_stands_first_and_then_what_auditors_ask_in_their_order(
    make: Callable[[], Any], read: Read
) -> None:
    document = make()
    heads = read(document).heads
    first, *rest = [(level, text) for level, text in heads if level < 3]
    assert first == (1, one_line(document["title"]))
    assert [text for _, text in rest[:3]] == ["Targets", "What is owed", "What happened"]
    assert all(text.startswith(name) for (_, text), name in zip(rest[3:], SECTIONS, strict=True))


@pytest.mark.parametrize("make", DOCUMENTS)
def test_both_formats_say_the_same_words(make: Callable[[], Any]) -> None:
    def words(row: tuple[str, ...]) -> str:
        return "".join(each for each in "".join(row) if each.isalnum())

    document = make()
    pictures = ("As a picture", "Lost, and what may be")
    in_html = [words(tuple(cell for cell in row if cell not in pictures)) for row in as_html(document).rows]
    assert in_html == [words(row) for row in as_markdown(document).rows]


def test_what_was_changed_corrected_and_not_seen_is_told() -> None:
    document = reported.missed_month()
    monitor, issue = document["monitor"], document["issue"]
    for shown in (as_html(document), as_markdown(document)):
        for start, end in (*monitor["blind"], *monitor["stopped"]):
            assert shown.rows_with(berlin(start)[:19], berlin(end)[:19])
        for each in (*monitor["corrections"], *monitor["config_changes"]):
            assert shown.rows_with(berlin(each["at"]), each.get("author", ""), each["what"])
        for name in monitor["interval_ms"]:
            assert shown.rows_with(name, describe_duration(monitor["interval_ms"][name]))
        for line in (
            *issue["changes"],
            issue["previous_sha256"],
            document["sha256"],
            document["terms_sha256"],
        ):
            assert line in shown.text


def test_every_period_of_the_trend_is_told() -> None:
    document = reported.missed_month()
    for shown in (as_html(document), as_markdown(document)):
        for each in document["trend"]:
            assert shown.rows_with(each["label"], each["verdict"], f"{float(each['credit_amount']):,.2f} EUR")
            for found in each["targets"].values():
                assert shown.rows_with(
                    each["label"], short(found["promised"]), short(found["agreed"]), found["verdict"]
                )


def test_all_of_the_terms_are_told() -> None:
    def leaves(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for name, each in value.items() for text in (name, *leaves(each))]
        if isinstance(value, list):
            return [text for each in value for text in leaves(each)]
        return ["yes" if value is True else str(value)]

    for shown in (as_html(reported.missed_month()), as_markdown(reported.missed_month())):
        assert [text for text in leaves(reported.TEXT) if text not in shown.text] == []
