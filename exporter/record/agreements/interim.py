"""Reports of a period that runs, as it stood at the start of a day, week or month: never issued, and so without a number."""

from collections.abc import Sequence
from dataclasses import replace

from exporter.record.agreements.documents import unissued
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.issuing import SETTLING, drafts
from exporter.record.agreements.results import whole_period
from exporter.sla.agreement import Agreement, in_force
from exporter.sla.wire import Json
from exporter.store.base import Issue


def due(sources: Sources, versions: Sequence[Agreement], now: int) -> int | None:
    """The instant as of which an interim report is due: only the latest one, whatever was missed before.

    None where the version in force asks for none, where no day, week or month has begun since the period, or the version, has
    (of the period before there is its own report), and where nothing is known from before.

    Args:
        sources: The record.
        versions: Of one agreement.
        now: Milliseconds since the epoch.
    """
    held = in_force(versions, now)
    if held is None or held.report.also is None:
        return None
    at = held.report.also.latest(held.period, now - SETTLING)
    starts = whole_period(versions, now)[0], held.start, now if sources.first is None else sources.first
    return at if at > max(starts) else None


def interim(
    sources: Sources, versions: Sequence[Agreement], at: int, issued: Sequence[Issue], now: int
) -> list[Json]:
    """Tell how a period stood at an instant within it, by what is known now: a document for each version that was in force by then and writes reports.

    Args:
        sources: The record.
        versions: Of one agreement.
        at: Milliseconds since the epoch.
        issued: What was said of it before, in order.
        now: Milliseconds since the epoch.
    """
    found = drafts(_as_of(sources, at), versions, whole_period(versions, at), issued, now)
    return [
        unissued(each.document)
        for each in found
        if each.result.agreement.report.folder and each.result.period.span[0] < at
    ]


def _as_of(sources: Sources, at: int) -> Sources:
    """The record up to an instant, with nothing that began later."""
    ledger = sources.ledger._replace(
        incidents={ident: each for ident, each in sources.ledger.incidents.items() if each.start < at},
        records={
            measure: [each for each in values if each.at < at]
            for measure, values in sources.ledger.records.items()
        },
    )
    return replace(sources, until=min(sources.until, at), ledger=ledger)
