"""What configuration the daemon is to go by: its files, and the targets that were found."""

from collections.abc import Mapping, Sequence

from exporter.config.discovered import read_files
from exporter.config.files import read_bytes
from exporter.config.lenient import Loaded, load_leniently
from exporter.config.load import load_discovery
from exporter.discovery.findings import Findings


class Configuration:
    """Loads it anew, or as it is with other targets: half of an edit is never taken up because a target has changed.

    Args:
        paths: Files, or globs.
        environ: What `${NAME}` refers to.
        findings: What the sources of targets say.
        commands: Whether programs of this machine may be run.
    """

    def __init__(
        self, paths: Sequence[str], environ: Mapping[str, str], findings: Findings, *, commands: bool
    ) -> None:
        self._commands = commands
        self._paths = paths
        self._environ = environ
        self._findings = findings
        self._read: dict[str, bytes] = {}
        self._in_force: Mapping[str, bytes] = {}

    def first(self) -> Loaded:
        """Load it when the daemon starts.

        Raises:
            ConfigError: With all that is wrong with the files.
        """
        found = load_discovery(self._paths, self._environ)
        if found is not None:
            for source, content in read_files(found).items():
                self._findings.found(source, content)
        return self.anew()

    def anew(self) -> Loaded:
        """Load it as the files say now; in any thread.

        Raises:
            ConfigError: With all that is wrong with them.
        """
        self._read = {}
        return load_leniently(
            self._paths, self._environ, *self._contents(), self._reading, commands=self._commands
        )

    def retargeted(self) -> Loaded:
        """Load it as the files were, with the targets that there are now; in any thread.

        Raises:
            ConfigError: What the files refer to has gone.
        """
        self._read = dict(self._in_force)
        return load_leniently(
            [*self._read], self._environ, *self._contents(), self._read.__getitem__, commands=self._commands
        )

    def is_new(self, loaded: Loaded) -> bool:
        """Whether it is made of other targets than what is in force."""
        return loaded.contents != self._findings.good

    def accept(self, loaded: Loaded) -> None:
        """What was loaded last is in force."""
        self._in_force = self._read
        self._findings.accept(loaded)

    def _contents(self) -> tuple[dict[str, str], dict[str, str]]:
        return dict(self._findings.latest), dict(self._findings.good)

    def _reading(self, name: str) -> bytes:
        data = self._read[name] = read_bytes(name)
        return data
