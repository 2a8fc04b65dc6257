"""Terms put to the past that a store has."""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from exporter.cli.configured import load
from exporter.cli.parsed import parsed
from exporter.clock import SystemClock
from exporter.config.agreements.load import load_agreements
from exporter.errors import UsageError
from exporter.record.agreements.asking import sources_of, versions_of
from exporter.record.agreements.simulating import Summary, by_measure_of, compared, simulated
from exporter.sla.agreement import Agreement, in_force
from exporter.sla.period import PeriodResult
from exporter.store.reader import SqliteReader
from exporter.units import parse_instant


def simulation(  # noqa: PLR0917 -- one argument an option
    name: str,
    version: str,
    history: int,
    at: str | None,
    files: Sequence[str],
    config_files: Sequence[str],
    storage: str,
) -> list[PeriodResult]:
    """Judge the last periods by the terms of an agreement.

    Raises:
        UptimeError: There is no such agreement or version, or the store cannot be read.
    """
    config, now = load(config_files, storage), _instant(at)
    known = load_agreements(files, os.environ) if files else config.agreements
    chosen = _version(versions_of(known, name), version, now)
    missing = [each for each in chosen.services if each not in {service.name for service in config.services}]
    if missing:
        msg = f"the configuration has no service {', '.join(f'`{each}`' for each in missing)}, which `{name}` is about"
        raise UsageError(msg)
    with closing(SqliteReader.open(Path(storage))) as store:
        return simulated(sources_of(store, config, now, chosen.services), chosen, history, now)


def comparison(  # noqa: PLR0917 -- one argument an option
    name: str,
    target: str,
    services: Sequence[str],
    history: int,
    at: str | None,
    config_files: Sequence[str],
    storage: str,
) -> list[Summary]:
    """Compare services by the measure of a target.

    Raises:
        UptimeError: There is no such agreement, target or service, or the store cannot be read.
    """
    config, now = load(config_files, storage), _instant(at)
    chosen = by_measure_of(_version(versions_of(config.agreements, name), "", now), target)
    with closing(SqliteReader.open(Path(storage))) as store:
        return list(compared(sources_of(store, config, now, services), chosen, services, history, now))


def _instant(at: str | None) -> int:
    """The instant before which periods are looked at."""
    instant = parsed("--at", at, parse_instant)
    return SystemClock().wall() if instant is None else instant


def _version(versions: Sequence[Agreement], version: str, now: int) -> Agreement:
    """The version that is asked for; else the one in force, or the latest."""
    if not version:
        return in_force(versions, now) or max(versions, key=lambda each: each.start)
    found = next((each for each in versions if each.version == version), None)
    if found is None:
        msg = f"--version: there is no `{version}`; there are {', '.join(each.version for each in versions)}"
        raise UsageError(msg)
    return found
