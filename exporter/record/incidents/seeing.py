"""Outages as the record has them now, of the services that agreements ask incidents of."""

from collections.abc import Mapping, Sequence

from exporter.config.model import Config
from exporter.config.objectives import HEARTBEAT
from exporter.record.histories import Known
from exporter.record.incidents.deriving import UNSAID, Seen, derived
from exporter.record.incidents.ledger import Ledger, fold_of
from exporter.sla.agreement import Agreement
from exporter.sla.incidents.outages import outages
from exporter.sla.lane import Lane
from exporter.store.base import LogEntry
from exporter.timeline.spans import FOREVER


def asked_of(agreements: Sequence[Agreement]) -> list[str]:
    """Names of the services of which incidents are kept: those of approved agreements that promise answers."""
    found = [
        name
        for each in agreements
        if not each.is_draft and any(target.answers is not None for target in each.terms.targets)
        for name in each.services
    ]
    return list(dict.fromkeys(found))


def seen(
    config: Config, known: Mapping[str, Sequence[Known]], until: int, more: Sequence[str] = ()
) -> Mapping[str, Seen]:
    """The outages of each such service: when any of its endpoints was down, heartbeats aside.

    Args:
        config: Has the services, and the agreements.
        known: The pasts of their endpoints, by id of the service.
        until: How far the record goes, milliseconds since the epoch.
        more: Names of further services.
    """
    ids = {service.name: service.id for service in config.services}
    names = [name for name in dict.fromkeys([*asked_of(config.agreements), *more]) if name in ids]
    return {name: _of_service(known.get(ids[name], ()), until) for name in names}


def as_of(
    log: Sequence[LogEntry],
    config: Config,
    known: Mapping[str, Sequence[Known]],
    until: int,
    more: Sequence[str] = (),
) -> Ledger:
    """What a ledger comes to with what the record has since it was last written to; ids of that are marked as `UNSAID`."""
    fold = fold_of(log)
    fold.extend(derived(fold, seen(config, known, until, more), until, until, UNSAID))
    return fold.ledger()


def _of_service(known: Sequence[Known], until: int) -> Seen:
    members = [each.history for each in known if each.stored.kind != HEARTBEAT]
    firsts = [each.first for each in members if each.first is not None]
    if not firsts:
        return Seen(())
    start = min(firsts)
    down = outages(Lane.of(each.standings(start, until), start, until) for each in members)
    return Seen(list(down), max((each.kept_from for each in members), default=-FOREVER))
