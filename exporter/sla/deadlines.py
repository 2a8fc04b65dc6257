"""Days by which somebody has to act on an agreement."""

from collections.abc import Iterable
from datetime import date

from exporter.sla.agreement import Agreement, ContractTerm, after
from exporter.timeline.calendar import Calendar
from exporter.timeline.spans import FOREVER


def notice_by(agreement: Agreement, now: int) -> int | None:
    """The instant by which notice is to be given, else it goes on or ends; None where no end or no notice is agreed.

    Of one that goes on by itself it is that of the end which comes next.

    Args:
        agreement: A version.
        now: Milliseconds since the epoch.
    """
    contract = agreement.contract
    if contract is None or contract.end is None or contract.notice is None:
        return None
    return _end(contract, after(contract.end, agreement.period.zone), now) - contract.notice


def _end(contract: ContractTerm, end: int, now: int) -> int:
    """The end that comes next: each renewal moves it by as much."""
    if contract.renewal is None or now < end:
        return end
    return end + ((now - end) // contract.renewal + 1) * contract.renewal


def review_due(agreement: Agreement) -> date | None:
    """The last day for the next review: a calendar unit after the last one, or after approval; None where none is agreed."""
    reviews = agreement.reviews
    if not reviews.every or agreement.is_draft:
        return None
    last = max(*reviews.held, *(each.on for each in agreement.approved.values()))
    return Calendar(reviews.every, agreement.period.zone, last).start_day(1)


def called_from(agreement: Agreement, ends: Iterable[int]) -> int | None:
    """The instant from which on a review is called for by periods that ended then; None where one was held since.

    Args:
        agreement: A version.
        ends: Of those that called for one, milliseconds since the epoch.
    """
    held = max((after(each, agreement.period.zone) for each in agreement.reviews.held), default=-FOREVER)
    return min((each for each in ends if each >= held), default=None)


def review_by(agreement: Agreement) -> int | None:
    """The instant by which the next review is to be held: the end of the day of `review_due`; None where none is agreed."""
    due = review_due(agreement)
    return None if due is None else after(due, agreement.period.zone)
