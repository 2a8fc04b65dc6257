"""Probes that somebody asks for once: they never enter the record."""

import asyncio
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from exporter.config.model import Blackbox, Config
from exporter.probes.base import Prober, ProbeSettings
from exporter.probes.net.context import Context
from exporter.probes.result import Result

MOST = 100
"""Probes in flight at most."""


class BusyError(Exception):
    """Too many are in flight."""


class _Asked:
    """One probe, as its prober sees it."""

    __slots__ = ("answer", "attempt", "check")

    def __init__(self, check: Any, answer: "asyncio.Future[Result]") -> None:  # noqa: ANN401 -- each type has its own
        self.check = check
        self.attempt: Any = None
        self.answer = answer


class AdHoc:
    """Runs them.

    Args:
        context: Of their own, which keeps details and lets nobody go where `permits` does not.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._probers = dict[type[ProbeSettings], Prober]()
        self._in_flight = 0

    async def probe(self, settings: ProbeSettings, url: str, timeout: int) -> Result:  # noqa: ASYNC109 -- the probe's own
        """Probe a URL once.

        Args:
            settings: Of the probe.
            url: Its target.
            timeout: Milliseconds.

        Raises:
            ValueError: The URL does not fit the settings.
            BusyError: Too many are in flight.
        """
        if self._in_flight >= MOST:
            raise BusyError
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        asked = _Asked(settings.check(url, timeout), answer)
        prober = self._prober(settings)
        self._in_flight += 1
        try:
            prober.begin(asked)
            return await answer
        finally:
            self._in_flight -= 1
            if not answer.done() or answer.cancelled():
                prober.cancel(asked)

    def _prober(self, settings: ProbeSettings) -> Prober:
        kind = type(settings)
        if kind not in self._probers:
            self._probers[kind] = kind.prober(self._context, _finished)
        return self._probers[kind]


def _finished(asked: _Asked, result: Result) -> None:
    if not asked.answer.done():
        asked.answer.set_result(result)


def permits(config: Callable[[], Config]) -> Callable[[str], bool]:
    """Whether an address is one that the section `blackbox` of the present configuration allows."""

    def is_permitted(address: str) -> bool:
        section: Blackbox | None = config().blackbox
        where = ip_address(address.partition("%")[0])
        where = getattr(where, "ipv4_mapped", None) or where  # another spelling opens no other door
        return section is not None and any(where in network for network in section.networks)

    return is_permitted
