"""What all probes of a process share: the poller, the name lookups, the TLS threads."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import Self

from exporter.probes.check import Address
from exporter.probes.net.judges import Judges
from exporter.probes.net.poller import Poller
from exporter.probes.net.resolver import LookUp, Resolver
from exporter.probes.net.threads import TlsThreads
from exporter.probes.net.tokens import Tokens
from exporter.probes.result import ProbeFailed, Reason


class Context:
    """Made inside a running event loop, on whose thread all results arrive; closed by `close()`.

    Attributes:
        loop: The event loop.
        poller: Of the loop's thread.
        resolver: Looks names up.
        judges: Threads for rules that take long.
        tls: Threads for probes over TLS, started when they are needed.
        tokens: Of OAuth2, shared by all probes.
        details: Whether probes keep all that they see: for somebody who asks for a single one.
        permits: Whether a probe may go to an address; None for anywhere.
    """

    def __init__(
        self,
        *,
        look_up: LookUp | None = None,
        max_lookups: int = 128,
        max_tls_threads: int | None = None,
        max_judges: int | None = None,
        details: bool = False,
        permits: Callable[[str], bool] | None = None,
    ) -> None:
        """Open it.

        Args:
            look_up: Instead of the system's name lookup; blocking.
            max_lookups: Threads for lookups at most, > 0.
            max_tls_threads: Threads for TLS at most, > 0; None for one a core.
            max_judges: Threads for rules that take long at most, > 0; None for one a core.
            details: Whether probes keep all that they see.
            permits: Whether a probe may go to an address; None for anywhere.
        """
        self.loop = asyncio.get_running_loop()
        self.poller = Poller()
        self.resolver = Resolver(look_up, max_lookups)
        self.judges = Judges(max_judges)
        self.tls = TlsThreads(max_tls_threads)
        self.details = details
        self.permits = permits
        self.tokens = Tokens(self)
        self.poller.attach(self.loop)
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop all probes in flight, without a result, and release everything; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        for task in self._tasks:
            task.cancel()
        self.tokens.close()
        self.tls.close()
        self.poller.abandon()
        self.poller.close()
        self.resolver.close()
        self.judges.close()

    def forbidden(self, addresses: Sequence[Address]) -> ProbeFailed | None:
        """Why a probe may not go to one of some addresses; None where it may."""
        for _, address in addresses:
            if self.permits is not None and not self.permits(address):
                return ProbeFailed(
                    Reason.UNREACHABLE, f"{address} is outside of the networks that may be probed"
                )
        return None

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Run a coroutine in a task that ends with the context at the latest."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def report(self, error: Exception) -> None:
        """Hand a mistake of this program to the event loop's exception handler; from any thread."""
        facts = {"message": "error in the prober", "exception": error}
        self.loop.call_soon_threadsafe(self.loop.call_exception_handler, facts)
