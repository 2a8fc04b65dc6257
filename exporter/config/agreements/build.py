"""From a document to an agreement, finding every problem on the way."""

from collections.abc import Mapping
from datetime import datetime, time
from types import MappingProxyType
from typing import Any, NamedTuple

from exporter.config.agreements.fits import see_credits_fit, see_slices_fit
from exporter.config.agreements.frozen import check, hash_of, plain
from exporter.config.agreements.hours import named_hours
from exporter.config.agreements.measures import measure, recognised
from exporter.config.agreements.money import credit_terms
from exporter.config.agreements.people import approved, contract, parties, reviews
from exporter.config.agreements.sections import AgreementSection, PeriodSection, ReportSection
from exporter.config.agreements.targets import Targets
from exporter.config.agreements.wrong import escalation, termination
from exporter.config.choices import refusal
from exporter.config.report import Report
from exporter.config.times import UTC
from exporter.config.tree import Map, Seq, find
from exporter.config.validate import validate
from exporter.sla.agreement import Agreement, Kind, ReportTerms
from exporter.sla.formats import FORMATS
from exporter.sla.rhythm import Rhythm
from exporter.sla.terms import Terms
from exporter.timeline.calendar import Calendar
from exporter.timeline.zones import first_instant, zone


class Written(NamedTuple):
    """An agreement and the text that it was made of.

    Attributes:
        agreement: It.
        root: The whole text with its places.
    """

    agreement: Agreement
    root: Map


def build(root: Map, report: Report) -> Written:
    """Make an agreement of a text in which what it extends is filled in.

    Args:
        root: The text.
        report: Gets the problems; where there are any, what is given back is of no use but to find more.
    """
    section, wrong = validate(AgreementSection, root, report, "agreement", stand_in=_stand_in(root))
    if section is None:  # pragma: no cover -- with a stand-in for each required key there is one
        msg = "a stand-in does not do"
        raise AssertionError(msg)
    calendar = _calendar(section.period)
    hours = named_hours(section.hours, calendar.zone, report)
    sides = parties(section)
    targets = Targets(root, section, report)
    terms = Terms(
        measure(section.measure, report),
        targets.read(section.targets) if "targets" not in wrong else (),
        recognised(section.exclusions, report),
        {side: frozenset(party.people) for side, party in sides.items()},
        section.severities or (),
    )
    document = plain(root)
    scope, duties = section.scope, section.responsibilities
    made = Agreement(
        section.name,
        section.version,
        first_instant(datetime.combine(section.since, time()), zone(calendar.zone)),
        section.title or section.name,
        Kind(section.kind),
        calendar,
        section.period.partial != "whole",
        terms,
        credit_terms(section, root, report),
        hours,
        section.purpose or "",
        section.assumptions or (),
        sides,
        {} if "parties" in wrong else approved(section.approved, sides, root, report),
        contract(section.term, root, report),
        reviews(section),
        (scope.within if scope else None) or (),
        (scope.out if scope else None) or {},
        {"provider": duties.provider or (), "customer": duties.customer or ()} if duties else {},
        section.rests_on or (),
        section.channels or {},
        _report_terms(section.report, "" if "period" in wrong else calendar.unit, root, report),
        termination(section.termination, {each.name for each in terms.targets}, report),
        escalation(section.escalation, {each.name for each in terms.severities}, report),
        document,
        hash_of(document),
        {key: report.place(mark) for key, mark in zip(root, root.marks, strict=True)},
    )
    check(made.sha256, section.approved, find(root, ("approved", "sha256")).mark, report)
    see_credits_fit(made, root, report)
    see_slices_fit(made, root, report)
    return Written(made, root)


def _stand_in(root: Map) -> Mapping[str, Any]:
    """What to go on with for required keys that are missing or wrong."""
    party = {"name": "unnamed"}
    return MappingProxyType(
        {
            "name": "unnamed",
            "version": "0",
            "from": "2000-01-01",
            "kind": "customer",
            "period": {"calendar": "month"},
            "parties": {"provider": party, "customer": party},
            "targets": Seq(root.mark),
        }
    )


def _calendar(section: PeriodSection) -> Calendar:
    where = section.timezone or UTC
    return (
        Calendar(section.calendar, where)
        if section.anchor is None
        else Calendar(section.calendar, where, section.anchor)
    )


def _report_terms(section: ReportSection | None, period: str, root: Map, report: Report) -> ReportTerms:
    """What is written by itself, and how often; a period that is wrong is empty."""
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
