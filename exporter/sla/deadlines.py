"""Days by which somebody has to act on an agreement."""

from exporter.sla.agreement import Agreement, after
from exporter.timeline.calendar import Calendar


def notice_by(agreement: Agreement) -> int | None:
    """The instant by which notice is to be given, else it goes on or ends; None where no end or no notice is agreed."""
    contract = agreement.contract
    if contract is None or contract.end is None or contract.notice is None:
        return None
    return after(contract.end, agreement.period.zone) - contract.notice


def review_by(agreement: Agreement, at: int) -> int | None:
    """The end of the calendar unit, of those in which the parties review it, that holds an instant; None where none is agreed."""
    if not agreement.reviews.every:
        return None
    return Calendar(agreement.reviews.every, agreement.period.zone).period(at + 1)[1]
