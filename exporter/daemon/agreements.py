"""Agreements while the daemon runs: judged each minute, and once a period has closed issued and reported by themselves."""

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from copy import deepcopy
from pathlib import Path
from typing import NamedTuple

from exporter.config.model import Config
from exporter.daemon.reports import Reports
from exporter.engine.live import LiveAgreement
from exporter.engine.storage import Storage
from exporter.errors import StoreError
from exporter.log import log
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.issuing import SETTLING, Drafted, drafts
from exporter.record.agreements.resting import rested_on
from exporter.record.agreements.results import closed_periods, latest, results, whole_period
from exporter.record.agreements.standing import standing_of
from exporter.record.incidents.deriving import derived
from exporter.record.incidents.ledger import Fold, fold_of
from exporter.record.incidents.seeing import asked_of, seen
from exporter.record.incidents.writing import Desk, ForbiddenError, Writing
from exporter.record.pasts import Pasts
from exporter.record.sampled import Sampled
from exporter.sla.agreement import Agreement, by_name, segments
from exporter.sla.deadlines import called_from
from exporter.sla.terms import FOLLOWED
from exporter.store.base import Issue, LogEntry, Said
from exporter.timeline.spans import Span

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
        self._reports = Reports(storage, Path())
        self._writing = asyncio.Lock()
        self._followed = set[tuple[str, Span]]()
        self._calls = dict[str, tuple[str, list[int]]]()

    async def run(self, folder: Path) -> None:
        """Look at all of them once a minute, until cancelled.

        Args:
            folder: What the folders of reports are relative to.
        """
        self._reports = Reports(self._storage, folder)
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
        sources = await self._sources()
        agreements = by_name(sources.config.agreements)
        found = [await self._one_by_itself(sources, *each, sources.until) for each in agreements.items()]
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

    async def issue(self, issue: Issue, *, to_report: bool = False) -> None:
        """Keep what was issued.

        Raises:
            StoreError: It could not be written, or is not the next one.
        """
        await self._storage.run(lambda store: store.add_issue(issue, to_report=to_report))
        log().info("agreement_issued", agreement=issue.said.agreement, number=issue.said.number)

    async def write_down(self, who: str, make: Writing) -> Sequence[LogEntry]:
        """Keep what somebody writes of incidents and measures; the attempt too, where they may not.

        The outages that the record has by now are written down before it, so that what is written may be of them.

        Raises:
            UsageError: With all that is wrong.
            ForbiddenError: The writer may not.
            StoreError: It could not be written.
        """
        async with self._writing:  # an ident is given once
            facts = self._facts()
            services = [each.name for each in facts.config.services]
            _, fold = await self._told(facts, _asked_pasts(facts))
            try:
                entries = await asyncio.to_thread(
                    make, Desk(facts.config.agreements, services, fold, who, facts.now)
                )
            except ForbiddenError as error:
                refused = error.entry
                await self._storage.run(lambda store: store.write_down([refused]))
                raise
            await self._storage.run(lambda store: store.write_down(entries))
        return entries

    async def ledger(self) -> Sequence[LogEntry]:
        """What was written down so far, with the outages that the record has by now."""
        async with self._writing:
            facts = self._facts()
            told, _ = await self._told(facts, _asked_pasts(facts))
            return told

    async def _sources(self) -> Sources:
        """The record as it is now, for another thread."""
        async with self._writing:
            facts = self._facts()
            pasts = _pasts(facts, {name for each in facts.config.agreements for name in each.services})
            sampled = {
                slo: deepcopy(history) for slo, history in facts.sampled.items() if slo.service in pasts
            }
            _, fold = await self._told(facts, pasts)
        absences = await self._storage.run(lambda store: store.absence_spans())
        ledger = await asyncio.to_thread(fold.ledger)
        names = rested_on(facts.config.agreements)
        said = await self._storage.run(lambda store: {name: store.said(name) for name in names})
        return Sources(facts.config, pasts, facts.trail, facts.now, absences, sampled, ledger, said)

    async def _told(self, facts: Facts, pasts: Pasts) -> tuple[Sequence[LogEntry], Fold]:
        """The ledger, once the outages that the record has by now are in it; read once, as there may be much of it.

        Whoever asks holds the lock, and took the facts since: by older ones what others have written down meanwhile never was.
        """
        told = await self._storage.run(lambda store: store.ledger())
        fold = await asyncio.to_thread(fold_of, told)
        entries = await asyncio.to_thread(_derived, fold, facts, pasts)
        if not entries:
            return told, fold
        await self._storage.run(lambda store: store.write_down(entries))
        whole = await self._storage.run(lambda store: store.ledger())
        await asyncio.to_thread(fold.extend, whole[len(told) :])
        return whole, fold

    async def _one(
        self, sources: Sources, name: str, versions: Sequence[Agreement], now: int
    ) -> LiveAgreement | None:
        said = await self._storage.run(lambda store: store.said(name))
        spans = unsaid(sources, versions, said, now)
        followed = [each for each in followed_up(versions, said, now) if (name, each) not in self._followed]
        self._followed |= {(name, each) for each in followed}
        if spans := sorted({*spans, *followed}):
            issued = await self._storage.run(lambda store: store.issues(name))
            for each in await asyncio.to_thread(_news, sources, versions, spans, issued, now):
                await self.issue(each.issue, to_report=bool(each.result.agreement.report.folder))
            said = await self._storage.run(lambda store: store.said(name))
        reported = await self._reports.write(sources, versions, now)
        whole = whole_period(versions, now)
        found = await asyncio.to_thread(results, sources, versions, whole, said)
        running = [each for each in found if each.period.span[0] <= now]
        approved = [each for each in versions if not each.is_draft and each.start <= now]
        if not approved:
            return None
        agreement = running[-1].agreement if running else max(approved, key=lambda each: each.start)
        standing = await asyncio.to_thread(standing_of, sources, agreement, now)
        return LiveAgreement(
            agreement,
            running[-1] if running else None,
            standing,
            review_from=called_from(agreement, await self._calling(name, said)),
            claim_by=_claim_by(said, now),
            reported_at=await self._storage.run(lambda store: store.reported_at(name)),
            reported=reported if agreement.report.folder else None,
        )

    async def _calling(self, name: str, said: Sequence[Said]) -> Sequence[int]:
        """When periods ended that call for a review, as their latest issues say; read only where there is another issue."""
        last = said[-1].sha256 if said else ""
        known, ends = self._calls.get(name, ("", []))
        if known != last:
            issued = await self._storage.run(lambda store: store.issues(name))
            ends = await asyncio.to_thread(_calling, issued)
            self._calls[name] = last, ends
        return ends


def _calling(issued: Sequence[Issue]) -> list[int]:
    standing = set(latest([each.said for each in issued]))
    told = ((each.said, json.loads(each.document)) for each in issued if each.said in standing)
    return [said.span[1] for said, document in told if document.get("reviews")]


def _asked_pasts(facts: Facts) -> Pasts:
    """The pasts of the services of which incidents are kept."""
    return _pasts(facts, asked_of(facts.config.agreements))


def _pasts(facts: Facts, services: Collection[str]) -> Pasts:
    """The pasts of some services, by their names, for another thread."""
    ids = [service.id for service in facts.config.services if service.name in services]
    return {ident: [each.copy() for each in facts.pasts.get(ident, ())] for ident in ids}


def _derived(fold: Fold, facts: Facts, pasts: Pasts) -> list[LogEntry]:
    """What is to be added to the ledger because of what the record has by now."""
    return derived(fold, seen(facts.config, pasts, facts.now), facts.now, facts.now)


def _news(
    sources: Sources, versions: Sequence[Agreement], spans: Sequence[Span], issued: Sequence[Issue], now: int
) -> list[Drafted]:
    """What is to be said of closed periods, in their order."""
    found, said = list[Drafted](), list(issued)
    for span in spans:
        news = [each for each in drafts(sources, versions, span, said, now) if each.news]
        found += news
        said += [each.issue for each in news]
    return found


def unsaid(sources: Sources, versions: Sequence[Agreement], said: Sequence[Said], now: int) -> list[Span]:
    """Closed periods of which nothing, or not all, was said yet, in order: from the first that was, or that the record knows of."""
    known = sources.first
    found = list[Span]()
    for span in closed_periods(versions, now - SETTLING):
        parts = {each.span for each in segments(versions, span)}
        if known is None or span[1] <= known or (parts and parts <= {each.span for each in said}):
            break
        if parts:  # of one that has ended there is nothing to say of what came after
            found.append(span)
    return found[::-1]


def followed_up(versions: Sequence[Agreement], said: Sequence[Said], now: int) -> list[Span]:
    """Closed periods that were issued while their incidents were still followed, which is over by now: they may say more."""
    if not any(target.answers is not None for each in versions for target in each.terms.targets):
        return []
    found = list[Span]()
    for span in closed_periods(versions, now - FOLLOWED - SETTLING):
        if span[1] < now - 3 * FOLLOWED:
            break
        ends = {each.span: each.at for each in said if span[0] <= each.span[0] and each.span[1] <= span[1]}
        if any(at < span[1] + FOLLOWED for at in ends.values()):
            found.append(span)
    return found


def _claim_by(said: Sequence[Said], now: int) -> int | None:
    """Until when the earliest credit that is still open may be claimed, as the latest issue of each period says."""
    open_ = [each.claim_by for each in latest(said) if each.claim_by is not None and each.claim_by > now]
    return min(open_, default=None)
