"""Whether the files of a configuration have changed."""

from collections.abc import Callable, Iterable, Mapping

from exporter.config.files import digest, read_bytes


class Watch:
    """Looks at what files say, not at their times: a mounted ConfigMap changes by a link, an editor by a rename.

    Args:
        files: Gives the names of the configuration files, of which there may be more or fewer by now.
        beside: Gives the names of files that they refer to, with the digests of what they said when they
            were read: they are known only then, and may have changed before the first look.
    """

    def __init__(self, files: Callable[[], Iterable[str]], beside: Callable[[], Mapping[str, str]]) -> None:
        self._files = files
        self._beside = beside
        self._seen = {name: _digest(name) for name in files()}
        self._beside_seen: dict[str, str] = {}

    def has_changed(self) -> bool:
        """Whether any has since this was asked the last time; reads all of them."""
        seen = {name: _digest(name) for name in self._files()}
        read = self._beside()
        beside = {name: _digest(name) for name in read}
        changed = (
            seen != self._seen or {name: self._beside_seen.get(name, read[name]) for name in read} != beside
        )
        self._seen, self._beside_seen = seen, beside
        return changed


def _digest(name: str) -> str:
    """What a file says, in short; of one that cannot be read, why."""
    try:
        return digest(read_bytes(name))
    except OSError as error:
        return str(error)
