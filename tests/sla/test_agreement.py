"""When an agreement is to be looked at again."""

from datetime import date

from exporter.sla.agreement import Agreement, Kind, Signature
from exporter.sla.credit import CreditTerms
from exporter.sla.terms import Measure, Terms
from exporter.timeline.calendar import Calendar
from tests.support.agreed import START

SIGNED = {"provider": Signature("mara", date(2026, 1, 31)), "customer": Signature("jo", date(2026, 1, 10))}
MADE = Agreement(
    "acme",
    "1",
    START,
    "ACME",
    Kind.CUSTOMER,
    Calendar("month"),
    prorate=True,
    terms=Terms(Measure(), ()),
    credits=CreditTerms(),
    approved=SIGNED,
)
