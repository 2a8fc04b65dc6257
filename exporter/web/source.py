"""What the web server shows, as the composition root gives it."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from exporter.engine.live import Live, LiveSlo
from exporter.output.renders import Renders


def _never(_slo: LiveSlo) -> int | None:
    return None


@dataclass(slots=True)
class Source:
    """The running daemon as its server sees it.

    Attributes:
        live: What is shown; a reload puts another in its place.
        now: Gives the engine's present instant, milliseconds since the epoch.
        settled: Gives the instant before which an SLO's past changes only by corrections;
            None where nothing is settled.
        ready: Whether there is anything to show.
    """

    live: Live
    now: Callable[[], int]
    settled: Callable[[LiveSlo], int | None] = _never
    ready: bool = False

    def show(
        self, live: Live, now: Callable[[], int], settled: Callable[[LiveSlo], int | None] = _never
    ) -> None:
        """Show this from now on."""
        self.live, self.now, self.settled, self.ready = live, now, settled, True


SOURCE = web.AppKey("source", Source)
RENDERS = web.AppKey("renders", Renders)
