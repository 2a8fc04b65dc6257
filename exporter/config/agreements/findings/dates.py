"""What ends, what does not, and what is overdue."""

from collections.abc import Iterator

from exporter.config.agreements.findings.finding import Case, Finding, Kind
from exporter.config.tree import find
from exporter.sla.deadlines import review_by, review_due
from exporter.sla.terms import PARTIES
from exporter.timeline.zones import local_of, zone


def drafts(case: Case) -> Iterator[Finding]:
    """Versions that are in force nowhere."""
    agreement, root = case.agreement, case.written.root
    if agreement.is_draft:
        missing = [f"the {side}" for side in PARTIES if side not in agreement.approved]
        has = "have" if len(missing) > 1 else "has"
        message = f"a draft, which is not in force: {' and '.join(missing)} {has} not approved"
        yield Finding(root.mark_of("approved"), Kind.DRAFT, message)


def signed(case: Case) -> Iterator[Finding]:
    """Approvals that are not what they seem: of a text that anybody may still change, of days to come, or too late."""
    agreement, root = case.agreement, case.written.root
    if agreement.is_draft:
        return
    where, mark = zone(agreement.period.zone), root.mark_of("approved")
    today, began = (local_of(at, where).date() for at in (case.now, agreement.start))
    last = max(each.on for each in agreement.approved.values())
    if last > today:
        yield Finding(mark, Kind.DRAFT, f"it says that it was approved on {last}, which is still to come")
    elif last > began:
        message = f"it was approved on {last}, after it began on {began}: what was said of that time before was said without it"
        yield Finding(mark, Kind.DRAFT, message)
    if find(root, ("approved", "sha256")).key != "sha256":
        message = f'nothing keeps the text as it was approved; write `sha256: "{agreement.sha256}"` under `approved`'
        yield Finding(mark, Kind.FROZEN, message)


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
