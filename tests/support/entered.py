"""What people enter into a record beside results: exclusions, and rows with more columns."""

from collections.abc import Callable, Sequence

from exporter.record.backfill import Origin, backfill
from exporter.record.corrections import Correction, Draft, adding, removing
from exporter.record.csv_file import read_csv
from exporter.record.exclusions import changed, in_force, last_seen, moving
from exporter.record.histories import load
from exporter.record.moves import Change, State, compared, first_moves, moves
from exporter.record.sampled import counted_slos, load_sampled
from exporter.record.wanted import Wanted
from exporter.store.base import LogEntry
from exporter.store.writer import SqliteWriter
from exporter.units import format_instant
from tests.support.past import LONG_AFTER, Past

Work = Callable[[Sequence[LogEntry]], Draft]


def lasting(text: str, *exclusions: str) -> str:
    """A configuration with exclusions of the service `shop`."""
    return text + "exclusions:\n" + "".join(f"  - {{services: [shop], {each}}}\n" for each in exclusions)


def exclude(
    past: Past,
    start: int,
    end: int,
    *,
    category: str = "maintenance",
    services: Sequence[str] = ("shop",),
    endpoints: Sequence[str] = (),
    now: int = LONG_AFTER,
    planned: bool = False,
) -> Correction:
    """Do as `exclude add` does."""
    wanted = Wanted(
        start=format_instant(start),
        end=format_instant(end),
        category=category,
        reason="Disks",
        services=() if endpoints else services,
        endpoints=endpoints,
        planned=planned,
    )
    return _enter(past, lambda log: adding(wanted, past.config, log, author="mara", now=now))


def take_back(past: Past, ident: str, *, now: int = LONG_AFTER) -> Correction:
    """Do as `exclude remove` does."""
    return _enter(past, lambda log: removing(ident, "Put off", past.config, log, author="jo", now=now))


def see(past: Past, now: int) -> Sequence[LogEntry]:
    """Enter what the configuration says otherwise than before, with the figures that move, as the daemon does at its start."""
    store = SqliteWriter.open(past.store)
    try:
        log = store.exclusion_log()
        entries = changed(past.config, log, now)
        if entries:
            seen, after = last_seen(past.config, log), [*log, *entries]
            known = load(store, {service.id for service in past.config.services})
            states = State(seen, in_force(seen, log)), State(past.config, in_force(past.config, after))
            entries = moving(entries, first_moves(moves(compared(known, Change(*states, now))))[0])
            store.log_exclusions(entries)
        return entries
    finally:
        store.close()


def bring_rows(past: Past, header: str, rows: Sequence[str]) -> None:
    """Bring in rows of a CSV file with any columns."""
    path = past.folder / "rows.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    read = read_csv(path, past.config, LONG_AFTER)
    store = SqliteWriter.open(past.store)
    try:
        origin = Origin("mara", "rows.csv", read.sha256)
        backfill(store, past.config, read.results, origin, now=LONG_AFTER)
    finally:
        store.close()


def _enter(past: Past, drafted: Work) -> Correction:
    store = SqliteWriter.open(past.store)
    try:
        known = load(store, {service.id for service in past.config.services})
        sampled = load_sampled(store, counted_slos(past.config))
        correction = drafted(store.exclusion_log()).worked_out(known, sampled)
        store.log_exclusions([correction.entry])
    finally:
        store.close()
    return correction
