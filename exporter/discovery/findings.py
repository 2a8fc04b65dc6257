"""What the sources of targets found: the latest of each, and the latest that could be used."""

import json
from collections.abc import Callable
from pathlib import Path

from exporter.config.discovered import Contents
from exporter.config.lenient import Loaded, kept
from exporter.engine.live import Health, SourceHealth
from exporter.log import log


class Findings:
    """Kept over restarts, so that a source that does not answer takes no target away.

    Attributes:
        latest: By source; what it says now.
        good: By source; what it said when that could be used.
    """

    def __init__(self, path: Path, health: Health, now: Callable[[], int]) -> None:
        """Take up what was kept.

        Args:
            path: Where it is kept.
            health: Told how each source is.
            now: Milliseconds since the epoch.
        """
        self._path = path
        self._health = health
        self._now = now
        self.good: Contents = kept(path)
        self.latest: dict[str, str] = dict(self.good)

    def found(self, source: str, content: str) -> bool:
        """Take what a source says; whether that is new."""
        if self.latest.get(source) != content:
            self.latest[source] = content
            return True
        if self.good.get(source) == content:
            self._fine(source)
        return False

    def lost(self, source: str) -> bool:
        """A source is there no more, and neither are its targets; whether that is new."""
        self._health.sources.pop(source, None)
        return self.latest.pop(source, None) is not None

    def failed(self, source: str, problem: str) -> None:
        """A source could not be asked: what it said before goes on."""
        status = self._health.sources.get(source, SourceHealth())
        if status.problem != problem:
            log().error("discovery_failed", source=source, problem=problem, in_force="the targets before")
        self._health.sources[source] = SourceHealth(status.success_at, problem)

    def accept(self, loaded: Loaded) -> None:
        """A configuration that was made of them is in force."""
        for source in self._health.sources.keys() | self.good.keys():
            if source not in loaded.contents and source not in loaded.refused:
                self._health.sources.pop(source, None)
                self.latest.pop(source, None)
        for source in loaded.contents:
            if source not in loaded.refused:
                self._fine(source)
        for source, problem in loaded.refused.items():
            self.failed(source, str(problem))
        if loaded.contents != self.good:
            self.good = dict(loaded.contents)
            self._keep()

    def _fine(self, source: str) -> None:
        if self._health.sources.get(source, SourceHealth()).problem:
            log().info("discovery_recovered", source=source)
        self._health.sources[source] = SourceHealth(self._now(), "")

    def _keep(self) -> None:
        written = self._path.with_name(f"{self._path.name}.new")
        try:
            written.write_text(json.dumps(self.good), encoding="utf-8")
            written.replace(self._path)
        except OSError as error:
            log().error("targets_not_kept", file=str(self._path), error=error.strerror)
