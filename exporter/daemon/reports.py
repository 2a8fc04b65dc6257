"""Reports that the daemon writes by itself: of periods that have closed, and of those that run."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from exporter.config.agreements.again import agreement_from
from exporter.engine.storage import Storage
from exporter.log import log
from exporter.output.reports.formats import written
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.interim import due, interim
from exporter.sla.agreement import Agreement
from exporter.sla.wire import Json
from exporter.store.base import Issue
from exporter.timeline.zones import local_of, zone
from exporter.units import format_instant


class Reports:
    """Writes each once; what could not be written is tried again, also after a restart.

    Args:
        storage: Knows what was written.
        folder: What the folders of reports are relative to.
    """

    def __init__(self, storage: Storage, folder: Path) -> None:
        self._storage = storage
        self._folder = folder

    async def write(self, sources: Sources, versions: Sequence[Agreement], now: int) -> bool:
        """Write what is still to be written of an agreement; whether all is.

        Args:
            sources: The record.
            versions: Of the agreement.
            now: Milliseconds since the epoch.

        Raises:
            StoreError: The store does not answer.
        """
        closed = await self._closed(versions[0].name, now)
        return await self._running(sources, versions, now) and closed

    async def _closed(self, name: str, now: int) -> bool:
        are_all = True
        for each in await self._storage.run(lambda store: store.unreported(name)):
            if await self._are_written(name, [_of_issue(each)]):
                await self._was_written(each, now)
            else:
                are_all = False
        return are_all

    async def _was_written(self, issue: Issue, now: int) -> None:
        await self._storage.run(lambda store: store.reported(issue.said, now))

    async def _running(self, sources: Sources, versions: Sequence[Agreement], now: int) -> bool:
        """Write how the running period stood when a day, week or month began, if that was not written yet."""
        name, at = versions[0].name, due(sources, versions, now)
        if at is None:
            return True
        last = await self._storage.run(lambda store: store.interim_until(name))
        if last is not None and at <= last:
            return True
        issued = await self._storage.run(lambda store: store.issues(name))
        told = await asyncio.to_thread(interim, sources, versions, at, issued, now)
        if not await self._are_written(name, [(each, _interim(each, at)) for each in told]):
            return False
        await self._storage.run(lambda store: store.reported_interim(name, at, now))
        log().info("interim_reported", agreement=name, until=format_instant(at))
        return True

    async def _are_written(self, name: str, reports: Sequence[tuple[Json, str]]) -> bool:
        """Write documents, each with what tells it from others of its period."""
        try:
            for told, which in reports:
                await asyncio.to_thread(_write, told, which, self._folder)
        except OSError as error:
            log().error("report_failed", agreement=name, error=str(error))
            return False
        return True


def _of_issue(issue: Issue) -> tuple[Json, str]:
    told = json.loads(issue.document)
    return told, str(told["issue"]["number"])


def _interim(told: Json, at: int) -> str:
    """Such as `interim-2026-10-12`, by the local day at the instant as of which it is."""
    where = zone(agreement_from(told["terms"]).period.zone)
    return f"interim-{local_of(at, where).date()}"


def _write(told: Json, which: str, beside: Path) -> None:
    """Write a report in all formats that its terms ask for, into their folder beside another.

    Raises:
        OSError: One could not be written.
    """
    terms = agreement_from(told["terms"]).report
    folder = beside / terms.folder
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{told['agreement']}-{told['period']['name']}-{which}".replace(" ", "-")
    for format_ in terms.formats:
        (folder / f"{stem}.{format_}").write_text(written(told, format_), encoding="utf-8")
