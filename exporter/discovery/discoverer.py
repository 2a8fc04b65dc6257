"""Asks all sources of targets, each in its time."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from exporter.config.discovered import matching
from exporter.config.model import Discovery, FileSd
from exporter.discovery import dns, http
from exporter.discovery.findings import Findings
from exporter.errors import UptimeError
from exporter.units import SECOND

Changed = Callable[[], None]
"""Told that a source says something else."""


class Discoverer:
    """Asks the sources of a configuration, until it is to ask others.

    Args:
        findings: Gets what they say.
        changed: Told of it where it is new.
    """

    def __init__(self, findings: Findings, changed: Changed) -> None:
        self._findings = findings
        self._changed = changed
        self._asked: Discovery | None = None
        self._again = asyncio.Event()

    def follow(self, discovery: Discovery | None) -> None:
        """Ask these sources from now on; those that are asked already as they were."""
        if discovery != self._asked:
            self._asked = discovery
            self._again.set()

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            self._again.clear()
            asking = asyncio.ensure_future(self._ask_all(self._asked))
            try:
                await self._again.wait()
            finally:
                asking.cancel()
                await asyncio.wait([asking])

    async def _ask_all(self, discovery: Discovery | None) -> None:
        if discovery is None:
            return
        async with asyncio.TaskGroup() as group:
            for file in discovery.files:
                group.create_task(self._read(file))
            for url in discovery.https:
                group.create_task(self._keep_asking(url.source, url.refresh, partial(http.ask, url)))
            for name in discovery.names:
                group.create_task(self._keep_asking(name.source, name.refresh, partial(dns.ask, name)))

    async def _keep_asking(self, source: str, refresh: int, ask: Callable[[], Awaitable[str]]) -> None:
        while True:
            try:
                if self._findings.found(source, await ask()):
                    self._changed()
            except UptimeError as error:
                self._findings.failed(source, str(error))
            await asyncio.sleep(refresh / SECOND)

    async def _read(self, file: FileSd) -> None:
        """Read the files of a pattern again and again; one that is gone takes its targets with it."""
        known = set[str]()
        while True:
            names = await asyncio.to_thread(matching, file.pattern)
            changed = [self._findings.lost(name) for name in known - set(names)]
            for name in names:
                try:
                    changed.append(self._findings.found(name, await asyncio.to_thread(_text, name)))
                except UptimeError as error:
                    self._findings.failed(name, str(error))
            if any(changed):
                self._changed()
            known = set(names)
            await asyncio.sleep(file.refresh / SECOND)


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except OSError as error:
        msg = f"cannot be read: {error.strerror}"
        raise UptimeError(msg) from error
    except UnicodeDecodeError as error:
        msg = "is not UTF-8; save the file as UTF-8"
        raise UptimeError(msg) from error
