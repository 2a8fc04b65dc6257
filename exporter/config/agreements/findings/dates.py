"""What ends, what does not, and what is overdue."""

from collections.abc import Iterator

from exporter.config.agreements.findings.finding import Case, Finding, Kind
from exporter.config.tree import find
from exporter.sla.agreement import PARTIES
from exporter.sla.deadlines import review_by, review_due
from exporter.timeline.zones import local_of, zone


def drafts(case: Case) -> Iterator[Finding]:
    """Versions that are in force nowhere."""
    agreement, root = case.agreement, case.written.root
    if agreement.is_draft:
        missing = [f"the {side}" for side in PARTIES if side not in agreement.approved]
        has = "have" if len(missing) > 1 else "has"
        message = f"a draft, which is not in force: {' and '.join(missing)} {has} not approved"
        yield Finding(root.mark_of("approved"), Kind.DRAFT, message)


def terms(case: Case) -> Iterator[Finding]:
    """Terms without an end, or without notice."""
    contract, root = case.agreement.contract, case.written.root
    if contract is None:
        yield Finding(
            root.mark,
            Kind.TERM,
            "no `term` says how long it lasts; write `term: {from: ..., to: ..., notice: 90d}`",
        )
    elif contract.end is None:
        yield Finding(
            root.mark_of("term"),
            Kind.TERM,
            "the term has no end; write `to`, and `renewal` where it is to go on",
        )
    elif contract.notice is None:
        yield Finding(
            root.mark_of("term"),
            Kind.TERM,
            "the term has no `notice`; write how long before its end it is to be given",
        )


def overdue(case: Case) -> Iterator[Finding]:
    """Reviews that should have been."""
    agreement, root = case.agreement, case.written.root
    today = local_of(case.now, zone(agreement.period.zone)).date()
    due, by = review_due(agreement), review_by(agreement)
    if by is not None and case.now >= by:
        message = (
            f"a review was due on {due}; hold it, and write its day under `approved`: `reviewed: [{today}]`"
        )
        yield Finding(find(root, ("reviews", "every")).mark, Kind.REVIEW, message)
    contract = agreement.contract
    if (
        contract is not None
        and contract.end is not None
        and contract.end < today
        and contract.renewal is None
    ):
        yield Finding(
            find(root, ("term", "to")).mark,
            Kind.TERM,
            f"the term ended on {contract.end}, and nothing renews it",
        )
