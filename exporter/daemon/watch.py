"""Whether the files of a configuration have changed."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path


class Watch:
    """Looks at what files say, not at their times: a mounted ConfigMap changes by a link, an editor by a rename.

    Args:
        files: Gives the names of the configuration files, of which there may be more or fewer by now.
        beside: Gives the names of files that they refer to.
    """

    def __init__(self, files: Callable[[], Iterable[str]], beside: Callable[[], Iterable[str]]) -> None:
        self._files = files
        self._beside = beside
        self._seen = {name: _digest(name) for name in files()}
        self._beside_seen: dict[str, str] = {}

    def has_changed(self) -> bool:
        """Whether any has since this was asked the last time; reads all of them."""
        seen = {name: _digest(name) for name in self._files()}
        beside = {name: _digest(name) for name in self._beside()}
        changed = seen != self._seen or any(
            self._beside_seen.get(name, digest) != digest for name, digest in beside.items()
        )
        self._seen, self._beside_seen = seen, beside
        return changed


def _digest(name: str) -> str:
    """What a file says, in short; of one that cannot be read, why."""
    try:
        return hashlib.sha256(Path(name).read_bytes()).hexdigest()
    except OSError as error:
        return str(error)
