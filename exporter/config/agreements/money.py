"""What is paid, and what of it is owed back."""

from fractions import Fraction

from exporter.config.agreements.sections import AgreementSection, CreditRulesSection, FeeSection
from exporter.config.agreements.steps import rules
from exporter.config.fields import shape
from exporter.config.report import Report
from exporter.config.tree import Map, find
from exporter.sla.credit import Caps, CreditTerms, Fee, Together
from exporter.sla.money import places_of
from exporter.units import YEAR, parse_percent

PERIODS_A_YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}


LONGEST_CLAIM = 10 * YEAR
"""Milliseconds."""


def credit_terms(section: AgreementSection, root: Map, report: Report) -> CreditTerms:
    """Read the keys `fee`, `credits` and `credit_rules`."""
    general = section.credit_rules or CreditRulesSection()
    if general.claim and general.claim.within > LONGEST_CLAIM:
        mark = find(root, ("credit_rules", "claim", "within")).mark
        report.problem(mark, "`within` may be 10 years at most; leave `claim` out where there is no end")
    caps = Caps(general.cap.period, general.cap.year) if general.cap else Caps()
    return CreditTerms(
        _fee(section.fee, root, report) if section.fee else None,
        rules(section.credits, report),
        Together(general.combine or Together.SUM),
        caps,
        general.claim.within if general.claim else None,
        PERIODS_A_YEAR[section.period.calendar],
    )


def _fee(section: FeeSection, root: Map, report: Report) -> Fee:
    try:
        places_of(section.currency)
    except ValueError as error:
        report.problem(find(root, ("fee", "currency")).mark, f"`currency`: {error}")
    shares = dict[str, Fraction]()
    nodes = section.shares if section.shares is not None else Map(0)
    for (service, text), mark in zip(nodes.items(), nodes.marks, strict=True):
        try:
            if not isinstance(text, str):
                msg = f"must be per cent, such as 80%, not {shape(text)}"
                raise ValueError(msg)  # noqa: TRY004, TRY301 -- told as the others are
            shares[service] = parse_percent(text, whole=True)
        except ValueError as error:
            report.problem(mark, f"the share of `{service}`: {error}")
    return Fee(section.amount, section.currency, shares)
