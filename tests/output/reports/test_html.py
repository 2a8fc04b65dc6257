"""A report as HTML is one file that does nothing but say what the document says."""

import re

import pytest

from exporter.output.reports.as_html import report_html
from tests.support import reported
from tests.support.read_report import Shown, one_line


def test_names_are_text_whatever_they_are() -> None:
    html = report_html(reported.hostile())
    assert "script" not in {tag for tag, _ in Shown(html).tags}
    assert Shown(html).heads[0] == (1, one_line(reported.HOSTILE))


def test_a_hostile_document_has_no_element_that_another_has_not() -> None:
    """But for the hash of the terms, which may be broken, and what depends on how long a name is."""
    usual, hostile = (Shown(report_html(each())).tags for each in (reported.missed_month, reported.hostile))
    assert {tag for tag, _ in hostile} <= {tag for tag, _ in usual}
    assert {name for _, names in hostile for name in names} <= {name for _, names in usual for name in names}


def test_nothing_comes_from_elsewhere_and_nothing_runs() -> None:
    html = report_html(reported.missed_month())
    names = {name for _, names in Shown(html).tags for name in names}
    assert names.isdisjoint({"src", "href", "style"})
    assert not any(name.startswith("on") for name in names)
    assert not re.search(r"url\(|@import|https?:", html)


def test_a_title_does_not_end_the_text_at_the_foot_of_the_page() -> None:
    told = reported.document(reported.agreement(title='"; } * { display: none } </style>\\'))
    html = report_html(told)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    content = re.search(r'@bottom-left { content: "([^"]*)" }', style)
    assert content is not None
    written = re.sub(r"\\([0-9a-f]+) ", lambda each: chr(int(each[1], 16)), content[1])
    assert written.startswith('"; } * { display: none } </style>\\, 2026-10-01 to 2026-10-31')


def test_a_long_title_is_cut_at_the_foot_of_the_page_only() -> None:
    html = report_html(reported.document(reported.agreement(title="x" * 200)))
    assert f'content: "{"x" * 80}..., 2026\\2d 10' in html
    assert "x" * 200 in html


def test_the_head_says_what_it_is() -> None:
    html = report_html(reported.missed_month())
    assert "<title>Managed hosting for ACME, 2026-10-01 to 2026-10-31</title>" in html
    assert '<html lang="en">' in html


def test_instants_are_in_utc_for_machines() -> None:
    html = report_html(reported.missed_month())
    assert 'datetime="2026-10-25T01:15:00Z"><span class="date">2026-10-25</span> 02:15:00 CET<' in html


@pytest.mark.parametrize("scope", ["col", "row"])
def test_heads_of_tables_say_what_they_are_heads_of(scope: str) -> None:
    html = report_html(reported.missed_month())
    assert f'<th scope="{scope}"' in html
    assert "<th>" not in html


def test_what_is_there_at_all_is_seen_as_a_bar() -> None:
    """Forty seconds of hours are less than a hair's width."""
    html = report_html(reported.missed_month())
    widths = [float(each) for each in re.findall(r'<rect [^>]*width="([0-9.]+)"', html)]
    edges = [
        float(start) + float(width)
        for start, width in re.findall(r'<rect x="([0-9.]+)"[^>]*width="([0-9.]+)"', html)
    ]
    assert min(each for each in widths if each) == 0.6
    assert max(edges) <= 100.01
