"""A report as Markdown is good to read as it is, and as what it is rendered to."""

from pathlib import Path

import pytest

from exporter.output.reports.as_markdown import plain, report_markdown
from tests.support import reported
from tests.support.read_report import MARKDOWN, of_markdown

WRITTEN = Path(__file__).parent / "missed_month.md"


def test_a_missed_month_reads_as_it_did() -> None:
    """Where this is meant to change: `python -m tests.output.reports.write`, and read the difference."""
    assert report_markdown(reported.missed_month()) == WRITTEN.read_text(encoding="utf-8")


def test_names_are_text_whatever_they_are() -> None:
    tokens = MARKDOWN.parse(report_markdown(reported.hostile()))
    kinds = {each.type for token in tokens for each in (token, *(token.children or ()))}
    assert kinds.isdisjoint({"html_block", "html_inline", "em_open", "code_inline", "link_open", "image"})


def test_tables_keep_their_shape() -> None:
    usual, hostile = (
        {len(row) for row in of_markdown(report_markdown(each())).rows}
        for each in (reported.missed_month, reported.hostile)
    )
    assert hostile <= usual


@pytest.mark.parametrize(
    "text",
    [
        *("# a", "- a", "+ a", "1. a", "1) a", "---", "===", "> a", "* a", "_a_", "a_b", "__a__", "`a`"),
        *(
            "[a](b)",
            "![a](b)",
            "<b>a</b>",
            "&lt;",
            "a | b",
            "~~a~~",
            "\\",
            "\\|",
            "99.9",
            "-46m",
            "2. ",
            "1.",
        ),
        *("<https://a.example>", "a\nb", "a\r\n\r\n# b", "***", "_ _ _", "[a]: b"),
    ],
)
def test_a_text_says_just_that(text: str) -> None:
    expected = " ".join(text.split())
    shown = of_markdown(plain(text))
    assert (shown.text, {tag for tag, _ in shown.tags}) == (expected, {"p"})
    (row,) = of_markdown(f"| {plain(text)} | b |\n| --- | --- |").rows
    assert row == (expected, "b")


def test_numbers_and_figures_stay_as_they_are() -> None:
    assert [plain(each) for each in ("99.9 %", "-46m", "1.0.0", "force_majeure")] == [
        "99.9 %",
        "-46m",
        "1.0.0",
        "force_majeure",
    ]


def test_what_acts_on_a_terminal_is_not_passed_on() -> None:
    assert plain("on\nit\x1b[2K") == "on it\N{REPLACEMENT CHARACTER}\\[2K"
