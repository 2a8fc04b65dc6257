"""An agreement made by hand, for tests of what is made of it."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from exporter.sla.agreement import PARTIES, Agreement, Kind, Signature
from exporter.sla.credit import CreditTerms, Fee, NamedRule
from exporter.sla.credit_rules import Step, Tiers
from exporter.sla.terms import Measure, Recognition, Target, Terms
from exporter.timeline.calendar import Calendar
from exporter.timeline.exclusion import Category
from exporter.units import parse_instant
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
