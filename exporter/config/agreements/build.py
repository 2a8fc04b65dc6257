"""From a document to an agreement, finding every problem on the way."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, time
from types import MappingProxyType
from typing import Any, NamedTuple

from exporter.config.agreements.fits import see_credits_fit, see_limits_fit, see_slices_fit
from exporter.config.agreements.frozen import check, hash_of, plain
from exporter.config.agreements.hours import named_hours
from exporter.config.agreements.measures import measure, recognised
from exporter.config.agreements.money import credit_terms
from exporter.config.agreements.people import approved, contract, parties, reviews, see_programs
from exporter.config.agreements.reports import report_terms
from exporter.config.agreements.sections import AgreementSection, PeriodSection
from exporter.config.agreements.targets import Targets
from exporter.config.agreements.wrong import escalation, termination
from exporter.config.report import Report
from exporter.config.times import UTC
from exporter.config.tree import Map, Seq, find
from exporter.config.validate import validate
from exporter.sla.agreement import Agreement, Kind
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
    made = _promises(section, wrong, root, report)
    made = _with_parties(made, section, wrong, root, report)
    made = _with_scope(made, section)
    made = _with_what_follows(made, section, wrong, root, report)
    made = _with_text(made, root, report)
    check(made.sha256, section.approved, find(root, ("approved", "sha256")).mark, report)
    see_credits_fit(made, root, report)
    see_limits_fit(made, root, report)
    see_slices_fit(made, root, report)
    return Written(made, root)


def _promises(section: AgreementSection, wrong: Collection[str], root: Map, report: Report) -> Agreement:
    """What is promised, of whom, and what a miss costs; nothing else yet."""
    calendar = _calendar(section.period)
    targets = Targets(root, section, report)
    return Agreement(
        name=section.name,
        version=section.version,
        start=first_instant(datetime.combine(section.since, time()), zone(calendar.zone)),
        title=section.title or section.name,
        kind=Kind(section.kind),
        period=calendar,
        prorate=section.period.partial != "whole",
        terms=Terms(
            measure(section.measure, report),
            targets.read(section.targets) if "targets" not in wrong else (),
            recognised(section.exclusions, report),
            {side: frozenset(party.people) for side, party in parties(section).items()},
            section.severities or (),
        ),
        credits=credit_terms(section, root, report),
        hours=named_hours(section.hours, calendar.zone, report),
    )


def _with_parties(
    made: Agreement, section: AgreementSection, wrong: Collection[str], root: Map, report: Report
) -> Agreement:
    """Who has agreed, until when, and when they look at it."""
    sides = parties(section)
    see_programs(sides, root, report)
    return replace(
        made,
        parties=sides,
        approved={} if "parties" in wrong else approved(section.approved, sides, root, report),
        contract=contract(section.term, root, report),
        reviews=reviews(section, {each.name for each in made.terms.targets}, report),
    )


def _with_scope(made: Agreement, section: AgreementSection) -> Agreement:
    """What it is about, and what for."""
    scope, duties = section.scope, section.responsibilities
    return replace(
        made,
        purpose=section.purpose or "",
        assumptions=section.assumptions or (),
        scope_in=(scope.within if scope else None) or (),
        scope_out=(scope.out if scope else None) or {},
        responsibilities={"provider": duties.provider or (), "customer": duties.customer or ()}
        if duties
        else {},
        rests_on=section.rests_on or (),
    )


def _with_what_follows(
    made: Agreement, section: AgreementSection, wrong: Collection[str], root: Map, report: Report
) -> Agreement:
    """What is done where something happens, and where a period ends."""
    period = "" if "period" in wrong else made.period.unit
    return replace(
        made,
        channels=section.channels or {},
        report=report_terms(section.report, period, root, report),
        termination=termination(section.termination, {each.name for each in made.terms.targets}, report),
        escalation=escalation(section.escalation, {each.name for each in made.terms.severities}, report),
    )


def _with_text(made: Agreement, root: Map, report: Report) -> Agreement:
    """What it was made of."""
    document = plain(root)
    origins = {key: report.place(mark) for key, mark in zip(root, root.marks, strict=True)}
    return replace(made, document=document, sha256=hash_of(document), origins=origins)


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
