"""Which exclusions an agreement recognises, how much of them, and why not the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exporter.sla.evidence import Claim
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


def rulings(claims: Sequence[Claim], terms: Terms, promised: Spans, period: Span) -> list[Ruling]:
    """Judge claims by the terms, in the order of their categories and then of their starts.

    An instant belongs to the first category that covers it (ruling 33): what an earlier one has taken, and what
    is not promised anyhow, uses nothing of the allowance of a later one.

    Args:
        claims: All that there are.
        terms: Say which count.
        promised: When the service is promised.
        period: Whose allowances are used.
    """
    found = list[Ruling]()
    free = promised & Spans([period])
    for category in Category:
        of_it = sorted((each for each in claims if each.category is category), key=lambda each: each.span)
        recognition = terms.recognised.get(category)
        judged = list(_of_category(of_it, recognition, terms, free, period))
        for ruling in judged:
            free -= ruling.counts
        found += judged
    return found


def _of_category(
    claims: Sequence[Claim], recognition: Recognition | None, terms: Terms, free: Spans, period: Span
) -> Iterator[Ruling]:
    left = recognition.allowance if recognition else None
    for claim in claims:
        late = claim.entered_at is not None and claim.entered_at >= period[1]
        why = _refusal(claim, recognition, terms)
        if why:
            yield Ruling(claim, NOTHING, why, late)
            continue
        used = Spans([claim.span]) & free
        free -= used
        beyond = NOTHING
        if left is not None:
            beyond, left = _beyond(used, left)
        why = f"the period's allowance is used up {_length(beyond)} before its end" if beyond else ""
        yield Ruling(claim, Spans([claim.span]) - beyond, why, late)


def _refusal(claim: Claim, recognition: Recognition | None, terms: Terms) -> str:
    """Why a claim does not count at all; empty where it does."""
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
