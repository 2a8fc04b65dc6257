"""Which exclusions an agreement recognises, how much of them, and why not the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from exporter.sla.evidence import Claim, Period
from exporter.sla.terms import Recognition, Terms
from exporter.timeline.exclusion import Category
from exporter.timeline.spans import NOTHING, Span, Spans
from exporter.units import describe_duration


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a claim.

    Attributes:
        claim: It.
        counts: The part of its span that does not count as time promised.
        why: Why that is not all of it, for people; empty where it is.
        late: Whether it was entered after the period had ended.
    """

    claim: Claim
    counts: Spans
    why: str = ""
    late: bool = False


def rulings(
    claims: Sequence[Claim], terms: Terms, promised: Spans, period: Period, *, together: bool = False
) -> list[Ruling]:
    """Judge claims by the terms, in the order of their categories and then of their starts.

    An instant belongs to the first category that covers it (ruling 33): what an earlier one has taken, and what
    is not promised anyhow, uses nothing of the allowance of a later one. What is beyond an allowance stays so,
    however often it is claimed. A claim of single endpoints takes nothing from those of the whole service.

    Args:
        claims: All that there are.
        terms: Say which count.
        promised: When the service is promised, also where that is still to come.
        period: Whose allowances are used; a part of a calendar period has its part of them.
        together: Whether the target is about all endpoints at once, so that none can be left out.
    """
    found = list[Ruling]()
    free = _Free(promised & Spans([period.span]))
    for category in Category:
        of_it = sorted((each for each in claims if each.category is category), key=lambda each: each.span)
        recognition = terms.recognised.get(category)
        left = _allowance(recognition, period)
        refused = NOTHING
        for claim in of_it:
            late = claim.entered_at is not None and claim.entered_at >= period.whole[1]
            why = _refusal(claim, recognition, terms, together=together)
            if why:
                found.append(Ruling(claim, NOTHING, why, late))
                continue
            used = free.of(claim) - refused
            beyond = NOTHING
            if left is not None:
                beyond, left = _beyond(used, left)
            refused |= beyond
            free.take(claim, used - beyond)
            lost = refused & Spans([claim.span])
            why = f"the period's allowance is used up for {_length(lost)} of it" if lost else ""
            found.append(Ruling(claim, Spans([claim.span]) - refused, why, late))
    return found


def _allowance(recognition: Recognition | None, period: Period) -> int | None:
    """Milliseconds; None for any."""
    if recognition is None or recognition.allowance is None:
        return None
    return floor(recognition.allowance * period.part)


class _Free:
    """Promised time that no exclusion has taken yet: of the whole service, and less where only some endpoints are meant."""

    def __init__(self, promised: Spans) -> None:
        self._free = promised
        self._taken = dict[frozenset[str], Spans]()

    def of(self, claim: Claim) -> Spans:
        """What a claim could take."""
        taken = NOTHING if claim.endpoints is None else self._taken.get(claim.endpoints, NOTHING)
        return (Spans([claim.span]) & self._free) - taken

    def take(self, claim: Claim, spans: Spans) -> None:
        """Let a claim have some of it."""
        if claim.endpoints is None:
            self._free -= spans
        else:
            self._taken[claim.endpoints] = self._taken.get(claim.endpoints, NOTHING) | spans


def _refusal(claim: Claim, recognition: Recognition | None, terms: Terms, *, together: bool) -> str:
    """Why a claim does not count at all; empty where it does."""
    if together and claim.endpoints is not None:
        return "it is of some endpoints only, and the target counts the events of all together"
    if recognition is None:
        return f"the agreement does not recognise `{claim.category}`"
    if recognition.notice:
        if claim.entered_at is None:
            return f"nobody knows when it was announced, and it must be {describe_duration(recognition.notice)} before"
        ahead = claim.span[0] - claim.entered_at
        if ahead < recognition.notice:
            told = f"{describe_duration(ahead)} ahead" if ahead > 0 else "after it had begun"
            return f"it was entered {told} instead of {describe_duration(recognition.notice)}"
    if recognition.agreed_by:
        people = terms.people.get(recognition.agreed_by, frozenset())
        if not any(approval.by in people for approval in claim.approvals):
            return f"nobody of the {recognition.agreed_by} has agreed to it"
    return ""


def _beyond(used: Spans, left: int) -> tuple[Spans, int]:
    """What of some spans lies beyond the first `left` milliseconds of them, and what is left then."""
    beyond = list[Span]()
    for start, end in used:
        within = min(left, end - start)
        left -= within
        beyond.append((start + within, end))
    return Spans(beyond), left


def _length(spans: Spans) -> str:
    return describe_duration(spans.lengths[-1])
