"""What a reload asks of the engine."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from exporter.engine.slot import Slot
from exporter.store.base import EndpointKey, Writer


@dataclass(frozen=True, slots=True)
class Change:
    """From one configuration to another.

    Attributes:
        gone: Slots whose endpoints are not configured any more.
        kept: Those whose endpoints still are.
        reshaped: Those of them that are probed otherwise from now on.
        told: Endpoints that are told of from now on.
        write: Lets the store go on from an instant; gives the endpoints' numbers. Runs in the store's thread.
        apply: Lets pasts and slots go on from the instant; gives all slots, in the order of the configuration.
    """

    gone: Collection[Slot]
    kept: Collection[Slot]
    reshaped: Collection[Slot]
    told: Collection[EndpointKey]
    write: Callable[[Writer, int], Mapping[EndpointKey, int]]
    apply: Callable[[int, Mapping[EndpointKey, int]], Sequence[Slot]]

    def soon(self, slots: Sequence[Slot]) -> Sequence[Slot]:
        """Of all slots those that are new, or probed otherwise."""
        as_before = set(self.kept) - set(self.reshaped)
        return [slot for slot in slots if slot not in as_before]
