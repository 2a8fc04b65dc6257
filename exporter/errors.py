"""What can go wrong in a way that a user can mend.

Every class here carries a message for the person who ran the command: what is
wrong, where, and what to do. The commands print it as it is and exit with the
class's status. Anything else that escapes is a bug and keeps its traceback.

    UptimeError                 3  could not be answered or done
    ├── ConfigError             2  the configuration is wrong; lists every problem
    ├── UsageError              2  the arguments are wrong
    ├── StoreError              3  the store cannot be read or written
    │   └── StoreLockedError    3  another process is its writer
    └── ListenError             3  the listen address cannot be used
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar


class UptimeError(Exception):
    """Base of all errors that are told to the user in one line."""

    exit_status: ClassVar[int] = 3


class UsageError(UptimeError):
    """The arguments of a command do not fit together."""

    exit_status: ClassVar[int] = 2


class StoreError(UptimeError):
    """The store is unreadable, full, of another version or not a store."""


class StoreLockedError(StoreError):
    """Another process holds the store's writing lock."""


class ListenError(UptimeError):
    """The listen address is taken, forbidden or does not exist."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in the configuration.

    Attributes:
        file: Path as the user gave it.
        line: From 1; 0 where the mistake belongs to the file as a whole.
        message: What is wrong and what to do, in one line.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Read as compilers print it, so that editors can jump to the place."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class ConfigError(UptimeError):
    """The configuration is wrong; `problems` has every mistake found, in file order."""

    exit_status: ClassVar[int] = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems and make one message of them, a line each."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the known word that was probably meant, as `; did you mean ...?`; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only mistakes need it

    spelled = {one.lower(): one for one in known}
    close = get_close_matches(word.lower(), spelled, n=1, cutoff=0.6)
    return f"; did you mean `{spelled[close[0]]}`?" if close else ""
