"""What the web server shows, as the composition root gives it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web

from exporter.config.model import Service, SloConfig
from exporter.engine.adhoc import AdHoc
from exporter.engine.corrections import Corrections
from exporter.engine.imports import Imports
from exporter.engine.live import Live, LiveSlo
from exporter.errors import StoreError, UptimeError
from exporter.output.renders import Renders
from exporter.record.incidents.writing import Writing
from exporter.record.question import Asked
from exporter.store.base import Absence, EndpointKey, Issue, LogEntry

STARTING = "uptime-slo-exporter is starting.\n"
"""What is answered until the record was read."""


def _never(_slo: LiveSlo) -> int | None:
    return None


def _nobody(_service: Service, _slo: SloConfig, _at: int | None, _window: int | None) -> Callable[[], Asked]:
    msg = "there is nobody to be asked yet"
    raise UptimeError(msg)


async def _nobody_keeps(_issue: Issue) -> None:
    msg = "there is nobody to keep it yet"
    raise StoreError(msg)


async def _no_absences() -> Sequence[Absence]:
    return ()


Hourly = Sequence[tuple[float | None, ...]]
"""p50, p95 and p99 in seconds of each hour of a span, oldest first; None where nothing is known."""


def _no_latencies(_endpoints: Collection[EndpointKey], _start: int, _end: int) -> Hourly:
    return ()


Pose = Callable[[Service, SloConfig, int | None, int | None], Callable[[], Asked]]
"""As `Showing.pose`."""


class Beat(Protocol):
    """Takes a heartbeat."""

    def __call__(self, service: str, endpoint: str, token: str, *, done: bool) -> Awaitable[None]:
        """As `Told.beat`."""


@dataclass(slots=True)
class Source:
    """The running daemon as its server sees it.

    Attributes:
        live: What is shown; a reload puts another in its place.
        now: Gives the engine's present instant, milliseconds since the epoch.
        settled: Gives the instant before which an SLO's past changes only by corrections;
            None where nothing is settled.
        ready: Whether there is anything to show.
        corrections: Exclusions, once there is anything to correct.
        imports: Takes past results, likewise.
        absences: Gives the prober's absences.
        beat: Takes a heartbeat: service, endpoint and token, and whether the job was done; None before anybody can.
        adhoc: Runs single probes; None where nobody may ask for them.
        issue: Keeps what was issued of an agreement.
        write_down: Keeps what somebody writes of incidents and measures; None until the daemon runs.
        ledger: Tells what was written down, with the outages that the record has by now; likewise.
        latencies: Tells how long probes of some endpoints took in a span of whole hours; may be called in any thread.
        reload: Reads the configuration again; None where nobody may ask for it over HTTP.
        pose: Puts an SLO to the past as of an instant, None for the present one, over perhaps another window; what it
            gives may be called in any thread.
    """

    live: Live
    now: Callable[[], int]
    settled: Callable[[LiveSlo], int | None] = _never
    ready: bool = False
    corrections: Corrections | None = None
    imports: Imports | None = None
    pose: Pose = _nobody
    absences: Callable[[], Awaitable[Sequence[Absence]]] = _no_absences
    beat: Beat | None = None
    adhoc: AdHoc | None = None
    reload: Callable[[], Awaitable[None]] | None = None
    issue: Callable[[Issue], Awaitable[None]] = _nobody_keeps
    write_down: Callable[[str, Writing], Awaitable[Sequence[LogEntry]]] | None = None
    ledger: Callable[[], Awaitable[Sequence[LogEntry]]] | None = None
    latencies: Callable[[Collection[EndpointKey], int, int], Hourly] = _no_latencies

    def show(
        self, live: Live, now: Callable[[], int], settled: Callable[[LiveSlo], int | None] = _never
    ) -> None:
        """Show this from now on."""
        self.live, self.now, self.settled, self.ready = live, now, settled, True


SOURCE = web.AppKey("source", Source)
RENDERS = web.AppKey("renders", Renders)
