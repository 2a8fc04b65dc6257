"""What is to be said of a period: a document for each version in force, and whether it says anything new."""

import json
from collections.abc import Sequence
from typing import NamedTuple

from exporter.errors import UsageError
from exporter.record.agreements.documents import document, issue_of, last_said, unissued
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.results import results
from exporter.record.incidents.deriving import UNSAID
from exporter.sla.agreement import Agreement, segments
from exporter.sla.period import PeriodResult
from exporter.sla.wire import Json
from exporter.store.base import Issue
from exporter.timeline.spans import Span
from exporter.units import parse_instant

SETTLING = 5 * 60_000
"""Milliseconds after a period's end at which it is issued by itself: what was in flight has come in."""

_MOVES = (
    "issue",
    "trend",
    "software",
    "monitor",
    "sha256",
    "evidence",
    "termination",
    "reviews",
    "versions",
    "rests_on",
    "actions",
)
"""Keys of a document that say something else at each time; evidence goes on beyond the period as outages do."""


class Drafted(NamedTuple):
    """What would be said.

    Attributes:
        result: Of a version of the agreement.
        document: As it would be issued.
        said: Its latest issue, if that says the same, or can no longer be compared; None where it says anything new.
    """

    result: PeriodResult
    document: Json
    said: Json | None

    @property
    def news(self) -> bool:
        """Whether it says anything that its latest issue does not."""
        return self.said is None

    @property
    def shown(self) -> Json:
        """What is shown of it while it is not issued: the issue that says the same, or else a document without a number."""
        return self.said or unissued(self.document)

    @property
    def issue(self) -> Issue:
        """As the store keeps it."""
        return issue_of(self.document)


def drafts(
    sources: Sources,
    versions: Sequence[Agreement],
    whole: Span,
    issued: Sequence[Issue],
    now: int,
) -> list[Drafted]:
    """Draft what would be said of a period, for each version that was in force in it.

    Args:
        sources: The record.
        versions: Of one agreement.
        whole: The period.
        issued: What was said of it before, in order.
        now: Milliseconds since the epoch.
    """
    found = list[Drafted]()
    said = list(issued)
    gone = {each.span for each in segments(versions, whole) if _is_gone(sources, each.span)}
    for result in results(sources, versions, whole, [each.said for each in issued], gone):
        told, span = document(result, sources, said, now), result.period.span
        drafted = Drafted(result, told, _said(told, issued, span, gone=span in gone))
        found.append(drafted)
        if drafted.news and result.period.over:
            said.append(drafted.issue)  # the next one follows it
    return found


def _is_gone(sources: Sources, span: Span) -> bool:
    """Whether what a period was judged by is no longer kept."""
    return any(each.history.kept_from > span[0] for known in sources.known.values() for each in known)


def to_issue(drafted: Sequence[Drafted]) -> list[Issue]:
    """What of drafts is to be issued.

    Raises:
        UsageError: The period is not over, nothing has changed since it was issued, or an incident has no id for good.
    """
    see_named(drafted)
    if any(not each.result.period.over for each in drafted):
        msg = "the period runs; it can be issued once it is over"
        raise UsageError(msg)
    found = [each.issue for each in drafted if each.news]
    if not found:
        msg = "nothing has changed since the latest issue, or what it was made of is no longer kept"
        raise UsageError(msg)
    return found


def see_named(drafted: Sequence[Drafted]) -> None:
    """See that all incidents have the ids that they keep, before others hear of them.

    Raises:
        UsageError: One is in no ledger yet.
    """
    if any(
        incident.ident.endswith(UNSAID)
        for each in drafted
        for seen in each.result.evidence.values()
        for incident in seen.incidents
    ):
        msg = "an outage was found meanwhile that is not written down as an incident yet; do it again"
        raise UsageError(msg)


def _said(told: Json, issued: Sequence[Issue], span: Span, *, gone: bool) -> Json | None:
    """The latest issue of a span, if it says the same, or if what it was made of is gone: then nobody can say better."""
    said = last_said(issued, span)
    if said is None:
        return None
    return said if gone or _lasting(said) == _lasting(json.loads(json.dumps(told))) else None


def _lasting(told: Json) -> Json:
    """What a document says of its period: not how long an outage went on after it."""
    end = parse_instant(told["period"]["end"])
    targets = [
        each | {"outages": [_until(end, outage) for outage in each["outages"]]} for each in told["targets"]
    ]
    return {key: value for key, value in told.items() if key not in _MOVES} | {"targets": targets}


def _until(end: int, outage: Json) -> Json:
    return outage | {"end": min(parse_instant(outage["end"]), end), "length_ms": None}
