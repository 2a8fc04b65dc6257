"""Fees whose shares leave something out, and credits beyond them."""

from collections.abc import Iterator
from fractions import Fraction

from exporter.config.agreements.findings.finding import Case, Finding, Kind
from exporter.config.agreements.steps import percent
from exporter.config.tree import find
from exporter.sla.credit_rules import PerTime


def shares(case: Case) -> Iterator[Finding]:
    """Shares of the fee that do not add up to all of it, and services that credits are of and that have none."""
    agreement, root = case.agreement, case.written.root
    fee = agreement.credits.fee
    if fee is None or not fee.shares:
        return
    mark = find(root, ("fee", "shares")).mark
    whole = sum(fee.shares.values(), Fraction(0))
    if whole != 1:
        yield Finding(mark, Kind.FEE, f"the shares of the fee add up to {percent(whole)}, not 100 %")
    for target in agreement.terms.targets:
        named = agreement.credits.rules.get(target.credit)
        if named is not None and named.of_service and target.service not in fee.shares:
            message = f"`{target.service}` has no share of the fee, so that credits of `{target.name}` are of all of it"
            yield Finding(mark, Kind.FEE, message)


def uncapped(case: Case) -> Iterator[Finding]:
    """Credits for downtime that may come to more than the fee."""
    agreement, root = case.agreement, case.written.root
    if agreement.credits.caps.period is not None:
        return
    for target in agreement.terms.targets:
        named = agreement.credits.rules.get(target.credit)
        if named is None or not isinstance(named.rule, PerTime):
            continue
        most = case.shortest(target) // named.rule.per * named.rule.credit
        if most > 1:
            message = f"a period that is down throughout owes {percent(most)} of the fee by `{named.name}`; write `credit_rules: {{cap: {{period: 100%}}}}`"
            yield Finding(find(root, ("credits", named.name)).mark, Kind.FEE, message)
