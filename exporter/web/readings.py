"""Files as they were read, to notice that one of them has changed."""

import codecs
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read so far, as digests: one of the files holds a private key.

    Contents are compared, not times: two writes within a tick of the file system's clock
    have the same time.
    """

    _digests: dict[Path, bytes | None] = field(default_factory=dict)

    def read(self, path: Path) -> bytes:
        """Read a file, and remember what it said.

        Raises:
            OSError: It cannot be read, which is remembered as well.
        """
        self._digests[path] = None
        data = path.read_bytes()
        self._digests[path] = _digest(data)
        return data

    def read_text(self, path: Path) -> str:
        """Read a file of text in UTF-8; a mark at its start is passed over.

        Raises:
            OSError: It cannot be read.
            UnicodeDecodeError: It is something else; `start` counts from behind such a mark.
        """
        return self.read(path).removeprefix(codecs.BOM_UTF8).decode()

    def lacks(self, path: Path) -> bool:
        """Whether a file could not be read."""
        return self._digests.get(path) is None

    def changed(self) -> bool:
        """Whether any file would now be read differently."""
        return any(_digest_now(path) != digest for path, digest in self._digests.items())


def _digest_now(path: Path) -> bytes | None:
    try:
        return _digest(path.read_bytes())
    except OSError:
        return None


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=32).digest()
