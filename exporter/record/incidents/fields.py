"""What somebody asks to write down, key by key; every problem is told at once."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from fractions import Fraction

from exporter.errors import UsageError, nearest
from exporter.units import format_instant, parse_instant

Given = Mapping[str, str]
"""Keys and what was given for them; what is empty was not given."""

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
"""What moves a terminal's cursor, or ends a line unseen; line ends and tabs are not among it."""
_UNPAIRED = re.compile(r"[\ud800-\udfff]")
"""Half of a character as UTF-16 has it, which UTF-8 cannot write."""
_MOST = 10_000
"""Letters of a text."""


class Fields:
    """Reads the keys of one entry.

    Args:
        given: What was asked for.
        known: Keys that there may be.
        now: Milliseconds since the epoch: nothing has happened later.
        who: Who writes.
    """

    def __init__(self, given: Given, known: Collection[str], now: int, who: str = "") -> None:
        self.now = now
        self.who = who
        self.problems = [f"{key}: is not a key here{_hint(key, known)}" for key in given if key not in known]
        self._given = given

    def text(self, key: str, why: str = "") -> str:
        """Words, in one line or several; with `why` they must be there, and that says what for."""
        found = self._given.get(key, "").replace("\r\n", "\n").strip()
        if why and not found:
            self.problems.append(f"{key}: is missing; {why}")
        if len(found) > _MOST:
            self.problems.append(f"{key}: is longer than {_MOST:,} letters")
        if control := _CONTROL.search(found):
            self.problems.append(
                f"{key}: has the control character U+{ord(control[0]):04X}; of these there may only be line ends and tabs"
            )
        if unpaired := _UNPAIRED.search(found):
            self.problems.append(
                f"{key}: has half of a character, U+{ord(unpaired[0]):04X}, which is no text; send UTF-8"
            )
        return found

    def one_of(self, key: str, known: Collection[str], *, needed: bool = True) -> str:
        """One of some words."""
        found = self._given.get(key, "").strip()
        if (found or needed) and found not in known:
            there = f"{key}: is missing" if not found else f"{key}: there is no `{found}`"
            self.problems.append(there + _hint(found, known))
        return found

    def instant(self, key: str, default: int | None = None) -> int | None:
        """An instant that is over; the default where none was given."""
        text = self._given.get(key, "").strip()
        if not text:
            return default
        try:
            at = parse_instant(text)
        except ValueError as error:
            self.problems.append(f"{key}: {error}")
            return default
        if at > self.now:
            self.problems.append(f"{key}: {format_instant(at)} is still to come")
        return at

    def number(self, key: str, default: Fraction | None = None) -> Fraction | None:
        """A plain number, such as 70.5."""
        text = self._given.get(key, "").strip()
        if not text and default is not None:
            return default
        if _NUMBER.fullmatch(text):
            return Fraction(text)
        self.problems.append(
            f"{key}: must be a number such as 70.5, not `{text[:40]}`" if text else f"{key}: is missing"
        )
        return None

    def day(self, key: str) -> str:
        """A day, as ISO 8601 writes it."""
        text = self._given.get(key, "").strip()
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            self.problems.append(f"{key}: must be a day such as 2026-12-31, not `{text}`")
            return ""

    def done(self) -> None:
        """See that all was right.

        Raises:
            UsageError: With every problem, a line each, and once.
        """
        if self.problems:
            raise UsageError("\n".join(dict.fromkeys(self.problems)))


def _hint(given: str, known: Collection[str]) -> str:
    close = nearest(given, list(known)) if given else None
    return close or f"; there are {', '.join(known) or 'none'}"
