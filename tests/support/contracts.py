"""An agreement made by hand, for tests of what is made of it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from exporter.engine.live import LiveAgreement
from exporter.sla.agreement import Agreement, ContractTerm, Kind, Reviews, Signature
from exporter.sla.credit import CreditTerms, Fee, NamedRule
from exporter.sla.credit_tiers import Step, Tiers
from exporter.sla.evidence import Evidence, Period
from exporter.sla.incidents.answers import Task
from exporter.sla.incidents.escalation import EscalationStep
from exporter.sla.lane import Lane
from exporter.sla.period import judge_period
from exporter.sla.standing import OpenIncident, OpenIncidents
from exporter.sla.terms import PARTIES, Measure, Recognition, Target, Terms
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import Category
from exporter.timeline.tally import Standing
from exporter.units import DAY, HOUR, MINUTE, parse_instant
from tests.support.agreed import percent

TIERS = Tiers((Step(percent("99.9"), credit=percent("10")), Step(percent("99"), credit=percent("25"))))


def agreement(*targets: Target, measure: Measure | None = None, **more: Any) -> Agreement:
    """One of 2026, of calendar months in UTC, that both parties approved and that recognises maintenance."""
    given = targets or (Target("shop", "shop", (), percent("99.9"), credit="tiers"),)
    recognised = {Category.MAINTENANCE: Recognition(), Category.CUSTOMER: Recognition(agreed_by="customer")}
    people = {"provider": frozenset(["mara"]), "customer": frozenset(["jo"])}
    made = Agreement(
        "acme",
        "1",
        parse_instant("2026-01-01T00:00:00Z"),
        "ACME",
        Kind.CUSTOMER,
        Calendar("month"),
        prorate=True,
        terms=Terms(measure or Measure(), given, recognised, people),
        credits=CreditTerms(
            Fee(Fraction(1000), "EUR"), {"tiers": NamedRule("tiers", of_service=True, rule=TIERS)}
        ),
        approved=dict.fromkeys(PARTIES, Signature("mara", date(2025, 12, 1))),
    )
    return replace(made, **more)


def running(now: int) -> LiveAgreement:
    """That agreement in the month of an instant, with a minute of downtime, and everything that it can show."""
    made = agreement(
        contract=ContractTerm(date(2026, 1, 1), date(2027, 12, 31), 90 * DAY),
        reviews=Reviews("quarter"),
        escalation=(EscalationStep(HOUR, "head of operations"),),
    )
    start, end = made.period.period(now + 1)
    down = Lane.of(
        [(start, Standing.UP), (start + HOUR, Standing.DOWN), (start + HOUR + MINUTE, Standing.UP)],
        start,
        now,
    )
    evidence = {"shop": Evidence((start, now), {"web": down})}
    judged = judge_period(made, evidence, Period((start, end), now))
    incidents = [
        OpenIncidents(
            "sev1",
            [
                OpenIncident("i7", {Task.RESPOND: now - HOUR, Task.REPAIR: now + DAY}, 1),
                OpenIncident("i8", {Task.REPAIR: now + 5 * MINUTE}, 0),
            ],
        ),
        OpenIncidents("sev2", []),
        OpenIncidents("sev3", [OpenIncident("i9", {Task.UPDATE: now + HOUR, Task.REPAIR: now + DAY}, 0)]),
    ]
    return LiveAgreement(made, judged, incidents, claim_by=now + DAY, reported_at=start, reported=True)
