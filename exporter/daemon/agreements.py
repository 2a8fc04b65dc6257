"""Agreements while the daemon runs: judged each minute, and once a period has closed issued and reported by themselves."""

import asyncio
import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

from exporter.config.model import Config
from exporter.engine.live import LiveAgreement
from exporter.engine.storage import Storage
from exporter.errors import StoreError
from exporter.log import log
from exporter.output.reports.formats import written
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.issuing import SETTLING, Drafted, drafts
from exporter.record.agreements.results import by_name, closed_periods, latest, results, whole_period
from exporter.record.pasts import Pasts
from exporter.record.sampled import Sampled
from exporter.sla.agreement import Agreement, segments
from exporter.sla.period import PeriodResult
from exporter.store.base import Issue, LogEntry
from exporter.timeline.spans import Span
from exporter.units import parse_instant

EVERY = 60.0
"""Seconds."""


class Facts(NamedTuple):
    """What is known now.

    Attributes:
        config: In force.
        pasts: Of its services, as the engine adds to them.
        trail: Of the exclusions.
        sampled: What a Prometheus has counted.
        now: Milliseconds since the epoch.
    """

    config: Config
    pasts: Pasts
    trail: Sequence[LogEntry]
    sampled: Sampled
    now: int


class _Judged(NamedTuple):
    """What became of an agreement.

    Attributes:
        running: Its running period; None where no version is in force.
        closed: Drafts of its closed periods of which nothing was said yet.
        claim_by: Until when the earliest credit that is still open may be claimed; None where nothing is owed.
        said_at: When anything was said of it last; None where nothing ever was.
    """

    running: PeriodResult | None
    closed: list[Drafted]
    claim_by: int | None
    said_at: int | None


class Agreements:
    """Judges, issues and reports.

    Args:
        storage: Where issues are kept.
        facts: Gives what is known.
        show: Lets everybody see the running periods.
    """

    def __init__(
        self,
        storage: Storage,
        facts: Callable[[], Facts],
        show: Callable[[tuple[LiveAgreement, ...]], None],
    ) -> None:
        self._storage = storage
        self._facts = facts
        self._show = show
        self._folder = Path()
        self._unwritten = dict[str, list[Drafted]]()

    async def run(self, folder: Path) -> None:
        """Look at all of them once a minute, until cancelled.

        Args:
            folder: What the folders of reports are relative to.
        """
        self._folder = folder
        while True:
            try:
                await self.look()
            except StoreError as error:
                log().error("agreements_failed", error=str(error))
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Judge all agreements as of now.

        Raises:
            StoreError: The store does not answer.
        """
        facts = self._facts()
        agreements = by_name(facts.config.agreements)
        sources = await self._sources(facts)
        found = [await self._one_by_itself(sources, *each, facts.now) for each in agreements.items()]
        self._show(tuple(filter(None, found)))

    async def _one_by_itself(
        self, sources: Sources, name: str, versions: Sequence[Agreement], now: int
    ) -> LiveAgreement | None:
        """Judge one, whatever becomes of it: what is wrong with an agreement must not end what watches."""
        try:
            return await self._one(sources, name, versions, now)
        except Exception:  # noqa: BLE001 -- see above
            log().exception("agreement_failed", agreement=name)
            return None

    async def issue(self, issue: Issue) -> None:
        """Keep what somebody issued.

        Raises:
            StoreError: It could not be written, or is not the next one.
        """
        await self._storage.run(lambda store: store.add_issue(issue))
        log().info("agreement_issued", agreement=issue.agreement, number=issue.number)

    async def _sources(self, facts: Facts) -> Sources:
        """The record as it is now, for another thread."""
        named = {target.service for each in facts.config.agreements for target in each.terms.targets}
        ids = [service.id for service in facts.config.services if service.name in named]
        pasts = {ident: [each.copy() for each in facts.pasts.get(ident, ())] for ident in ids}
        sampled = {slo: deepcopy(history) for slo, history in facts.sampled.items() if slo.service in pasts}
        absences = await self._storage.run(lambda store: store.absence_spans())
        return Sources(facts.config, pasts, facts.trail, facts.now, absences, sampled)

    async def _one(
        self, sources: Sources, name: str, versions: Sequence[Agreement], now: int
    ) -> LiveAgreement | None:
        issued = await self._storage.run(lambda store: store.issues(name))
        judged = await asyncio.to_thread(_judge, sources, versions, issued, now)
        for each in judged.closed:
            await self.issue(each.issue)
            self._unwritten.setdefault(name, []).append(each)
        reported = await self._report(name)
        if judged.running is None:
            return None
        return LiveAgreement(
            judged.running,
            claim_by=judged.claim_by,
            reported_at=judged.said_at,
            reported=reported if judged.running.agreement.report.folder else None,
        )

    async def _report(self, name: str) -> bool:
        """Write the reports that are still to be written; whether all are."""
        left = list[Drafted]()
        for each in self._unwritten.pop(name, []):
            try:
                await asyncio.to_thread(_write, each, self._folder)
            except OSError as error:
                log().error("report_failed", agreement=name, error=str(error))
                left.append(each)
        if left:
            self._unwritten[name] = left
        return not left


def _judge(sources: Sources, versions: Sequence[Agreement], issued: Sequence[Issue], now: int) -> _Judged:
    """Judge the running period, and the closed ones of which not all was said yet, the oldest first."""
    running = results(sources, versions, whole_period(versions, now), issued)
    closed, said = list[Drafted](), list(issued)
    for span in reversed(_unsaid(sources, versions, issued, now)):
        news = [each for each in drafts(sources, versions, span, said, now) if each.news]
        closed += news
        said += [each.issue for each in news]
    current = [each for each in running if each.period.span[0] <= now]
    return _Judged(
        current[-1] if current else None, closed, _claim_by(said, now), said[-1].at if said else None
    )


def _unsaid(sources: Sources, versions: Sequence[Agreement], issued: Sequence[Issue], now: int) -> list[Span]:
    """Closed periods of which nothing, or not all, was said yet, the latest first: back to the first that was, or that the record knows of."""
    known = min(
        (
            each.history.first
            for all_ in sources.known.values()
            for each in all_
            if each.history.first is not None
        ),
        default=now,
    )
    found = list[Span]()
    for span in closed_periods(versions, now - SETTLING):
        parts = {each.span for each in segments(versions, span)}
        if span[1] <= known or parts <= {each.span for each in issued}:
            break
        found.append(span)
    return found


def _claim_by(issued: Sequence[Issue], now: int) -> int | None:
    """Until when the earliest credit that is still open may be claimed, as the latest issue of each period says."""
    told = (json.loads(each.document)["credit"]["claim_by"] for each in latest(issued))
    open_ = [instant for text in told if text is not None and (instant := parse_instant(text)) > now]
    return min(open_, default=None)


def _write(drafted: Drafted, beside: Path) -> None:
    """Write a report in all formats that its agreement asks for, into its folder beside another.

    Raises:
        OSError: One could not be written.
    """
    agreement, told = drafted.result.agreement, drafted.document
    if not agreement.report.folder:
        return
    folder = beside / agreement.report.folder
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{agreement.name}-{told['period']['name']}-{told['issue']['number']}".replace(" ", "-")
    for format_ in agreement.report.formats:
        (folder / f"{stem}.{format_}").write_text(written(told, format_), encoding="utf-8")
