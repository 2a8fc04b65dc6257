"""What a correction costs that covers every SLO, and for how long it holds up the probes at a time."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import process_time
from typing import Any

from exporter.config.load import load
from exporter.config.model import Config
from exporter.record.histories import Known
from exporter.record.moves import Change, State, compared, moves
from exporter.record.question import reach
from exporter.record.questions import Questions
from exporter.store.base import StoredEndpoint
from exporter.timeline.exclusion import EVERY, Category, Exclusion, Scope
from exporter.timeline.recurrence import recurring
from exporter.units import HOUR
from tests.benchmarks.daemon import Load, write_config
from tests.benchmarks.figures import INTERVAL, NOW, history
from tests.benchmarks.table import show

RESULTS, TRANSITIONS = 500, 20


def corrections(directory: Path, services: int) -> dict[str, Any]:
    """Run and print all of it; milliseconds."""
    file = directory / "corrections.yml"
    write_config(Load("https://shop.example", None, services, INTERVAL // 1000), file)
    config = load([str(file)], {})
    known = pasts(config)
    nightly = recurring("FREQ=DAILY;BYHOUR=2;BYMINUTE=0;BYSECOND=0", 2 * HOUR, "Europe/Berlin")
    night = Exclusion("night", "night", Category.MAINTENANCE, Scope(frozenset({EVERY})), nightly)
    change = Change(State(config, ()), State(config, (night,)), NOW)
    questions = Questions(config, known, (night,), reach(config, NOW))
    asked = (questions.of(service, slo) for service in config.services for slo in service.slos)
    found = {
        **held(
            f"a nightly exclusion of {services} SLOs, the figures that it moves",
            moves(compared(known, change)),
        ),
        **held(f"a nightly exclusion of {services} SLOs, put to all", asked),
    }
    show("corrections, CPU", ["", "ms"], [[name, f"{value:.3g}"] for name, value in found.items()])
    return found


def pasts(config: Config) -> Mapping[str, Sequence[Known]]:
    """A past for every endpoint."""
    found = {}
    for number, service in enumerate(config.services):
        stored = StoredEndpoint(number, service.id, service.endpoints[0].id, "http", ())
        found[service.id] = [Known(stored, history(RESULTS, TRANSITIONS))]
    return found


def held(what: str, steps: Iterable[Any]) -> dict[str, float]:
    """Milliseconds of all steps, and of the longest, after each of which others have their turn."""
    began, times = process_time(), list[float]()
    for _ in steps:
        times.append(process_time() - began)
        began = process_time()
    return {what: 1e3 * sum(times), f"{what}, longest at a time": 1e3 * max(times)}
