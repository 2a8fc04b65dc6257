"""A record made of a configuration and CSV files, as a user makes one, and asked as `sli` asks it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from exporter.config.load import load as load_config
from exporter.config.model import Config
from exporter.record.backfill import Imported, Origin, backfill
from exporter.record.csv_file import read_csv
from exporter.record.histories import Known, load
from exporter.record.question import Asked, pose
from exporter.slo.answer import Answer
from exporter.slo.figures import Figures, figures
from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.timeline.spans import Span
from exporter.timeline.tally import State
from exporter.units import format_instant

HEADER = "timestamp,service,endpoint,result\n"
RESULTS = {"S": "success", "F": "failure", "I": "inconclusive"}
LONG_AFTER = 4_000_000_000_000
"""An instant after all that tests bring in."""

Told = tuple[str, int]
"""`S`, `F` or `I`, and the instant in milliseconds."""


def steady(letter: str, start: int, end: int, step: int) -> list[Told]:
    """A result each `step` of [start, end)."""
    return [(letter, at) for at in range(start, end, step)]


def config_text(endpoint: str = "", slo: str = "", service: str = "") -> str:
    """One service `shop` with one endpoint `web` and one SLO of 99.9 % over 1 d; more keys may be given."""
    return (
        f"services:\n  - name: shop\n    {service}\n"
        f"    endpoints:\n      - {{name: web, url: 'http://127.0.0.1/'{endpoint and ', ' + endpoint}}}\n"
        f"    slos:\n      - {{objective: 99.9{', ' + slo if slo else ', window: 1d'}}}\n"
    )


@dataclass
class Past:
    """A folder with a configuration and a store.

    Attributes:
        folder: Has `uptime.yml`, `uptime.db` and the CSV files.
        config: As it was loaded last.
    """

    folder: Path
    config: Config

    @classmethod
    def of(cls, folder: Path, text: str) -> "Past":
        return cls(folder, load_text(folder, text))

    @property
    def store(self) -> Path:
        return self.folder / "uptime.db"

    def reconfigure(self, text: str) -> None:
        """Ask, and bring in, with another configuration from now on."""
        self.config = load_text(self.folder, text)

    def write(self, results: Iterable[Told], endpoint: str = "shop,web") -> Path:
        """A CSV file with these results."""
        path = self.folder / "past.csv"
        rows = (f"{format_instant(at)},{endpoint},{RESULTS[letter]}\n" for letter, at in results)
        path.write_text(HEADER + "".join(rows))
        return path

    def bring(
        self,
        results: Iterable[Told],
        endpoint: str = "shop,web",
        *,
        staleness: int | None = None,
        replaced: Span | None = None,
    ) -> Imported:
        """Do as `backfill --csv` does."""
        read = read_csv(self.write(results, endpoint), self.config, LONG_AFTER)
        store = SqliteWriter.open(self.store)
        try:
            return backfill(
                store,
                self.config,
                read.results,
                Origin("mara", "past.csv", read.sha256),
                now=LONG_AFTER,
                staleness=staleness,
                replaced=replaced,
            )
        finally:
            store.close()

    def ask(
        self, at: int | None, *, slo: int = 0, window: int | None = None, now: int = LONG_AFTER
    ) -> Answer:
        """Do as `sli --at` does."""
        service = self.config.services[0]
        store = SqliteReader.open(self.store)
        try:
            return pose(store, self.config, service, service.slos[slo], now=now, at=at, window=window).answer(
                window
            )
        finally:
            store.close()

    def figures(self, at: int, *, slo: int = 0, window: int | None = None) -> Figures:
        """The same figures before they become floats."""
        return figures(self.pose(at, slo=slo, window=window).question, at, window)

    def pose(self, at: int, *, slo: int = 0, window: int | None = None, now: int = LONG_AFTER) -> Asked:
        """The question that `sli` asks, and what it depends on."""
        service = self.config.services[0]
        store = SqliteReader.open(self.store)
        try:
            return pose(store, self.config, service, service.slos[slo], now=now, at=at, window=window)
        finally:
            store.close()

    def known(self, service: str = "shop") -> Sequence[Known]:
        """The past of a service's endpoints."""
        store = SqliteReader.open(self.store)
        try:
            return load(store, {service})[service]
        finally:
            store.close()

    def states(self, *instants: int) -> list[State]:
        """What is known of each instant, of the first endpoint."""
        return [self.known()[0].history.state(at) for at in instants]


def load_text(folder: Path, text: str) -> Config:
    path = folder / "uptime.yml"
    path.write_text(text)
    return load_config([str(path)], {})
