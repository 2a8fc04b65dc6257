"""Entering exclusions and taking them back: the same by a command and in the daemon."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from exporter.config.model import Config
from exporter.errors import UsageError
from exporter.record.exclusions import corrections, entry_of, in_force, next_ident, removal_of
from exporter.record.histories import Known
from exporter.record.moves import MOST, Move, State, moves
from exporter.record.wanted import Wanted, checked
from exporter.store.base import LogEntry
from exporter.timeline.exclusion import Exclusion


class Correction(NamedTuple):
    """What is to be written, and what it does.

    Attributes:
        exclusion: That is entered, or taken back.
        entry: For the trail.
        moves: Figures that differ with it; the first `MOST` of them.
        more: Whether there are more.
    """

    exclusion: Exclusion
    entry: LogEntry
    moves: Sequence[Move]
    more: bool


def adding(
    wanted: Wanted,
    config: Config,
    log: Sequence[LogEntry],
    known: Mapping[str, Sequence[Known]],
    *,
    author: str,
    now: int,
) -> Correction:
    """Work out what a person enters; nothing is written.

    Args:
        wanted: The exclusion in the person's words.
        config: Whose services it names.
        log: The trail so far.
        known: The pasts of all services.
        author: The person.
        now: Milliseconds since the epoch.

    Raises:
        UsageError: With everything that is wrong with it.
    """
    exclusion = checked(wanted, config, ident=next_ident(log), author=author, now=now)
    moved, more = _moved(entry_of(exclusion), config, log, known)
    return Correction(exclusion, entry_of(exclusion, moved), moved, more)


def removing(
    ident: str,
    why: str,
    config: Config,
    log: Sequence[LogEntry],
    known: Mapping[str, Sequence[Known]],
    *,
    author: str,
    now: int,
) -> Correction:
    """Work out what a person takes back; arguments as of `adding`.

    Raises:
        UsageError: There is no such exclusion, it stands in the configuration, or no reason is given.
    """
    found = next((each for each in corrections(log) if each.ident == ident), None)
    if found is None:
        msg = f"there is no entered exclusion `{ident}`; `exclude list` shows them"
        if any(each.ident == ident for each in config.exclusions):
            msg = f"`{ident}` stands in the configuration; remove it there"
        raise UsageError(msg)
    if not why.strip():
        msg = "reason: is missing; say why it is taken back"
        raise UsageError(msg)
    moved, more = _moved(removal_of(ident, author, now, why.strip()), config, log, known)
    return Correction(found, removal_of(ident, author, now, why.strip(), moved), moved, more)


def _moved(
    entry: LogEntry, config: Config, log: Sequence[LogEntry], known: Mapping[str, Sequence[Known]]
) -> tuple[Sequence[Move], bool]:
    """Figures that an entry moves, at its own instant: the first `MOST`, and whether there are more."""
    before, after = State(config, in_force(config, log)), State(config, in_force(config, [*log, entry]))
    found = list(islice(moves(known, before, after, entry.at), MOST + 1))
    return found[:MOST], len(found) > MOST
