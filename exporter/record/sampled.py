"""What the store keeps of events that a source has counted, as histories."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from exporter.config.model import Config
from exporter.store.base import Reader, SloKey
from exporter.timeline.samples import SampleHistory

Sampled = Mapping[SloKey, SampleHistory]
"""The pasts of SLOs over `promql`."""

NONE_SAMPLED: Sampled = MappingProxyType({})


def counted_slos(config: Config) -> Iterator[SloKey]:
    """The SLOs of a configuration whose events a source counts."""
    for service in config.services:
        for slo in service.slos:
            if slo.promql is not None:
                yield SloKey(service.id, slo.id)


def load_sampled(store: Reader, slos: Iterable[SloKey]) -> Sampled:
    """Load the pasts of some SLOs; those that the record does not know are empty."""
    kept_from = store.kept_from()
    found = dict[SloKey, SampleHistory]()
    for slo in slos:
        found[slo] = SampleHistory(kept_from=kept_from)
        found[slo].extend(store.each_step(slo))
    return found
