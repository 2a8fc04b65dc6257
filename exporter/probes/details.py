"""What one probe saw, for somebody who asks for a single one; the daemon's own probes keep none of it."""

import re
from typing import NamedTuple

_BREAK = re.compile(r"\r\n|[\r\n]")


class Line(NamedTuple):
    """One line of what happened.

    Attributes:
        kind: `sent`, `received`, `expected` (a rule, and whether it held) or `note`.
        text: For people; secrets of the configuration are masked by whoever shows it.
    """

    kind: str
    text: str


class Certificate(NamedTuple):
    """A certificate of a chain, as it says of itself.

    Attributes:
        subject: As RFC 4514 writes it; likewise `issuer`.
        issuer: Who signed it.
        names: Names and addresses that it is for; empty for an authority's.
        serial: Hexadecimal.
        not_before: Seconds since the epoch.
        not_after: Likewise.
        sha256: Fingerprint, hexadecimal.
    """

    subject: str
    issuer: str
    names: tuple[str, ...]
    serial: str
    not_before: int
    not_after: int
    sha256: str


class Details:
    """Filled by a probe that is in flight, whether it succeeds or not.

    Attributes:
        lines: What was sent, received and expected, in order.
        facts: What its type tells besides, by name in snake_case: texts, numbers, booleans, lists of them.
        chain: The certificates of the latest handshake, the leaf first; empty without one.
    """

    __slots__ = ("chain", "facts", "lines")

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.facts: dict[str, object] = {}
        self.chain: tuple[Certificate, ...] = ()

    def sent(self, text: str) -> None:
        """Note what was sent."""
        self.lines += (Line("sent", line) for line in _lines(text))

    def received(self, text: str) -> None:
        """Note what was received."""
        self.lines += (Line("received", line) for line in _lines(text))

    def expected(self, rule: str, *, held: bool) -> None:
        """Note what a rule asked for, and whether that was so."""
        self.lines.append(Line("expected", f"{rule}: {'yes' if held else 'no'}"))

    def note(self, text: str) -> None:
        """Note something else."""
        self.lines.append(Line("note", text))


def _lines(text: str) -> list[str]:
    """Lines as a terminal breaks them; what Unicode calls a break besides would let a server write lines of its own."""
    *lines, rest = _BREAK.split(text)
    return [*lines, rest] if rest else lines
