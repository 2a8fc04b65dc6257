"""Reports that are written by themselves: when a period closes, and while it runs."""

from exporter.config.agreements.sections import ReportSection
from exporter.config.choices import refusal
from exporter.config.report import Report
from exporter.config.tree import Map, find
from exporter.sla.agreement import ReportTerms
from exporter.sla.formats import FORMATS
from exporter.sla.rhythm import Rhythm


def report_terms(section: ReportSection | None, period: str, root: Map, report: Report) -> ReportTerms:
    """Read the key `report`.

    Args:
        section: It; None without one.
        period: Calendar unit of the agreement's period; empty where that is wrong.
        root: The text, for places.
        report: Gets the problems.
    """
    if section is None:
        return ReportTerms()
    for number, each in enumerate(section.formats or ()):
        if each not in FORMATS:
            report.problem(
                find(root, ("report", "formats", number)).mark, f"`formats` {refusal(each, FORMATS)}"
            )
    terms = ReportTerms(
        section.formats or (), section.to or "", None if section.also is None else Rhythm(section.also)
    )
    _see_also_is_written(terms, period, find(root, ("report", "also")).mark, report)
    return terms


def _see_also_is_written(terms: ReportTerms, period: str, mark: int, report: Report) -> None:
    if terms.also is None:
        return
    if period and not terms.also.is_within(period):
        shorter = [each for each in Rhythm if each.is_within(period)]
        message = f"`also: {terms.also}` is not shorter than the period, a {period}; write {' or '.join(shorter)}, or leave it out"
        report.problem(mark, message)
    if not (terms.formats and terms.folder):
        message = f"`also` needs `formats` and `to`, else nothing is written; write {{formats: [html], to: reports/, also: {terms.also}}}"
        report.problem(mark, message)
