"""What the store has when the daemon starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exporter.clock import Clock
from exporter.config.model import Config
from exporter.engine.instants import Instants
from exporter.record.histories import load
from exporter.record.pasts import Pasts, kinds_of
from exporter.record.sampled import Sampled, counted_slos, load_sampled
from exporter.store.base import EndpointKey, LogEntry, Writer


@dataclass(frozen=True, slots=True)
class Record:
    """What the store had when the daemon started.

    Attributes:
        instants: The engine's clock.
        began: The instant at which the record was taken up: the present, or its end if that is later.
        numbers: Of the configured endpoints.
        pasts: Theirs, and those of the endpoints that their services had.
        trail: All that was ever done to exclusions.
        sampled: The pasts of SLOs over `promql`.
    """

    instants: Instants
    began: int
    numbers: Mapping[EndpointKey, int]
    pasts: Pasts
    trail: Sequence[LogEntry]
    sampled: Sampled


def take_up(config: Config, store: Writer, clock: Clock) -> Record:
    """Let the record go on from now, with the endpoints of a configuration."""
    instants, mark = Instants(clock), store.mark()
    began = max(instants.now, mark.at if mark is not None else 0)
    numbers = store.begin(began, kinds_of(config))
    pasts = load(store, {service.id for service in config.services})
    sampled = load_sampled(store, counted_slos(config))
    return Record(instants, began, numbers, pasts, store.exclusion_log(), sampled)
