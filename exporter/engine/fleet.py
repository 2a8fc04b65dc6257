"""All endpoints that are probed, from one configuration to the next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from exporter.config.model import Config, Endpoint, Service
from exporter.config.objectives import HEARTBEAT
from exporter.engine.change import Change
from exporter.engine.live import LastProbe
from exporter.engine.slot import Slot
from exporter.probes.base import Prober, ProbeSettings
from exporter.record.pasts import Pasts, kinds_of, of_all_endpoints
from exporter.store.base import EndpointKey, LogEntry, Writer
from exporter.timeline.endpoint import EndpointHistory

ProberOf = Callable[[ProbeSettings], Prober]
"""Gives the prober of some settings; the same for all of one type."""


class Configured(NamedTuple):
    """An endpoint as a configuration has it.

    Attributes:
        service: Its service.
        config: Its configuration.
        check: Its settings, compiled.
    """

    service: Service
    config: Endpoint
    check: Any


Endpoints = Mapping[EndpointKey, Configured]


class Fleet:
    """Slots of all endpoints, and the pasts of all that their services ever had.

    Attributes:
        slots: In the order of the configuration.
        pasts: By id of the service.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        pasts: Pasts,
        numbers: Mapping[EndpointKey, int],
        began: int,
        prober_of: ProberOf,
    ) -> None:
        """Probe some endpoints from the instant `began` on."""
        self._prober_of = prober_of
        self.pasts = pasts
        self.slots: Sequence[Slot] = ()
        self._take_up(endpoints, numbers, began)

    def histories(self) -> Iterator[EndpointHistory]:
        """All pasts."""
        return (each.history for each in chain.from_iterable(self.pasts.values()))

    def change(
        self, config: Config, endpoints: Endpoints, pasts: Pasts, entries: Sequence[LogEntry] = ()
    ) -> Change:
        """What is to be done so that another configuration is in force.

        Args:
            config: That is to be.
            endpoints: Its endpoints, as of `configured`.
            pasts: Of its services, as of `of_services`.
            entries: What it changes of the exclusions.
        """
        gone = [slot for slot in self.slots if _key(slot) not in endpoints]
        kept = [slot for slot in self.slots if _key(slot) in endpoints]
        all_pasts: list[Pasts] = []

        def write(store: Writer, at: int) -> Mapping[EndpointKey, int]:
            numbers = store.reconfigure(at, kinds_of(config), entries)
            all_pasts.append(of_all_endpoints(store, config, pasts))
            return numbers

        def apply(at: int, numbers: Mapping[EndpointKey, int]) -> Sequence[Slot]:
            for slot in gone:
                slot.leave()
                slot.history.remove(at)
            self.pasts = all_pasts[0]
            self._take_up(endpoints, numbers, at)
            return self.slots

        reshaped = [slot for slot in kept if _is_reshaped(slot.config, endpoints[_key(slot)].config)]
        told = {key for key, endpoint in endpoints.items() if endpoint.config.kind == HEARTBEAT}
        return Change(gone, kept, reshaped, told, write, apply)

    def _take_up(self, endpoints: Endpoints, numbers: Mapping[EndpointKey, int], at: int) -> None:
        """Have slots for these endpoints from the instant `at` on; those that had one keep it."""
        histories = {each.stored.number: each.history for each in chain.from_iterable(self.pasts.values())}
        slots = {_key(slot): slot for slot in self.slots}
        for key, endpoint in endpoints.items():
            if key in slots:
                _follow(slots[key], endpoint, self._prober_of)
            else:
                slots[key] = self._slot(endpoint, numbers[key], histories[numbers[key]], at)
        self.slots = [slots[key] for key in endpoints]

    def _slot(self, endpoint: Configured, number: int, history: EndpointHistory, at: int) -> Slot:
        if history.gone:
            history.restore(at)
        service, config, check = endpoint
        prober = self._prober_of(config.settings)
        return Slot(service, config, number=number, prober=prober, history=history, began=at, check=check)


def configured(config: Config, slots: Sequence[Slot] = ()) -> Endpoints:
    """All endpoints of a configuration, compiled; equal policies stay the same objects, so that series go on.

    Args:
        config: That is to be in force.
        slots: What is probed until then.
    """
    policies = {slot.config.policy: slot.config.policy for slot in slots}
    found = dict[EndpointKey, Configured]()
    for service in config.services:
        for each in service.endpoints:
            endpoint = replace(each, policy=policies.setdefault(each.policy, each.policy))
            check = endpoint.settings.check(endpoint.url, endpoint.policy.timeout)
            found[EndpointKey(service.id, endpoint.id)] = Configured(service, endpoint, check)
    return found


def _key(slot: Slot) -> EndpointKey:
    """Its identity, over renames."""
    return EndpointKey(slot.service.id, slot.config.id)


def _is_reshaped(old: Endpoint, new: Endpoint) -> bool:
    """Whether an endpoint is probed otherwise than before."""
    before = old.kind, old.url, old.policy, old.retry_interval, old.settings
    return before != (new.kind, new.url, new.policy, new.retry_interval, new.settings)


def _follow(slot: Slot, endpoint: Configured, prober_of: ProberOf) -> None:
    """Let a slot be as a configuration says from its next probe on.

    A probe in flight ends as it began, but not where another type takes over: that one knows nothing of it.
    """
    old, new = slot.config, endpoint.config
    if old.kind != new.kind:
        slot.leave()
    if (old.kind, old.url) != (new.kind, new.url):
        slot.last = _of_another_target(slot.last)
    slot.follow(endpoint.service, new, prober_of(new.settings), endpoint.check)


def _of_another_target(last: LastProbe) -> LastProbe:
    """What still holds of the latest probe where another target is probed: its verdict, but no certificate."""
    kept = LastProbe()
    kept.at, kept.success_at, kept.failure, kept.detail = last.at, last.success_at, last.failure, last.detail
    return kept
