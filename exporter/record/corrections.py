"""Entering exclusions and taking them back: the same by a command and in the daemon."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from exporter.config.model import Config
from exporter.errors import UsageError
from exporter.record.exclusions import (
    approval_of,
    approvals,
    configured,
    corrections,
    entry_of,
    in_force,
    moving,
    next_ident,
    removal_of,
)
from exporter.record.histories import Known
from exporter.record.moves import Change, Move, State, compared, first_moves, moves
from exporter.record.sampled import NONE_SAMPLED, Sampled
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


class Draft(NamedTuple):
    """What a person asks for, checked; which figures it moves is not known yet.

    Attributes:
        exclusion: That is entered, or taken back.
        entry: For the trail, without the figures that move.
        change: What it does to what is in force.
    """

    exclusion: Exclusion
    entry: LogEntry
    change: Change

    def moving(self, found: Iterable[Move | None]) -> Correction:
        """With the figures that move, as `moves` tells them."""
        moved, more = first_moves(found)
        (entry,) = moving([self.entry], moved)
        return Correction(self.exclusion, entry, moved, more)

    def worked_out(self, known: Mapping[str, Sequence[Known]], sampled: Sampled = NONE_SAMPLED) -> Correction:
        """With the figures that move of these pasts."""
        return self.moving(moves(compared(known, self.change, sampled)))


def adding(wanted: Wanted, config: Config, log: Sequence[LogEntry], *, author: str, now: int) -> Draft:
    """Check what a person enters; nothing is written.

    Args:
        wanted: The exclusion in the person's words.
        config: Whose services it names.
        log: The trail so far.
        author: The person.
        now: Milliseconds since the epoch.

    Raises:
        UsageError: With everything that is wrong with it.
    """
    exclusion = checked(wanted, config, ident=next_ident(config, log), author=author, now=now)
    return _draft(exclusion, entry_of(exclusion), config, log)


def removing(
    ident: str, why: str, config: Config, log: Sequence[LogEntry], *, author: str, now: int
) -> Draft:
    """Check what a person takes back; arguments as of `adding`.

    Raises:
        UsageError: There is no such exclusion, it stands in the configuration, or no reason is given.
    """
    found = next((each for each in corrections(log) if each.ident == ident), None)
    if found is None:
        msg = f"there is no entered exclusion `{ident}`; `exclude list` shows them"
        if any(each.ident == ident for each in configured(config)):
            msg = f"`{ident}` stands in the configuration; remove it there"
        raise UsageError(msg)
    if not why.strip():
        msg = "reason: is missing; say why it is taken back"
        raise UsageError(msg)
    return _draft(found, removal_of(ident, author, now, why.strip()), config, log)


def approving(
    ident: str, why: str, config: Config, log: Sequence[LogEntry], *, author: str, now: int
) -> Draft:
    """Check that a person may agree to an exclusion, which moves no figure of an SLO; arguments as of `adding`.

    Raises:
        UsageError: There is no such exclusion, or the person has agreed to it already.
    """
    found = next((each for each in in_force(config, log) if each.ident == ident), None)
    if found is None:
        msg = f"there is no exclusion `{ident}`; `exclude list` shows them"
        raise UsageError(msg)
    if any(entry.who == author for entry in approvals(log, ident)):
        msg = f"{author} has agreed to `{ident}` already"
        raise UsageError(msg)
    return _draft(found, approval_of(ident, author, now, why.strip()), config, log)


def _draft(exclusion: Exclusion, entry: LogEntry, config: Config, log: Sequence[LogEntry]) -> Draft:
    before, after = in_force(config, log), in_force(config, [*log, entry])
    change = Change(State(config, before), State(config, after), entry.at)
    return Draft(exclusion, entry, change)
