"""The web configuration that is in force, whatever happens to its file."""

from pathlib import Path

from exporter.errors import ConfigError
from exporter.log import log
from exporter.web.load import Loaded, load
from exporter.web.readings import Readings
from exporter.web.tls_names import ClientAuth

_RESTART = "while the daemon runs; restart it"


class InForce:
    """Reads the file again whenever it or a file that it names has changed.

    What is wrong leaves the former configuration in force, and so does what takes away protection: a
    file that is being written looks like one that asks for less. Where the file cannot be read at all
    and people have to say who they are, nobody is let in.

    Attributes:
        name: Path of the file.
        loaded: What is in force.
        problem: Why the file as it is now is not, in a line; empty while it is.
    """

    def __init__(self, name: str) -> None:
        """Read the file.

        Raises:
            ConfigError: With all that is wrong with it.
        """
        self.name = name
        self.problem = ""
        self._readings = Readings()
        self.loaded = load(name, self._readings)
        self._warn()

    @property
    def closed(self) -> bool:
        """Whether nobody may come in, because who may cannot be read."""
        return bool(self.loaded.settings.basic_auth_users) and self._readings.lacks(Path(self.name))

    def refresh(self) -> Loaded:
        """Take up what has changed, and give what is in force then; it never raises."""
        if self._readings.changed():
            self._readings = Readings()
            try:
                self._take_up(load(self.name, self._readings))
            except ConfigError as error:
                self.problem = error.problems[0].message
                for problem in error.problems:
                    log().error("web_config_refused", problem=str(problem), in_force="the one before")
        return self.loaded

    def _take_up(self, new: Loaded) -> None:
        self.problem = _weaker(self.loaded, new)
        if self.problem:
            log().error(
                "web_config_refused", problem=f"{self.name}: {self.problem}", in_force="the one before"
            )
            return
        self.loaded = new
        log().info("web_config_reloaded", users=len(new.settings.basic_auth_users), tls=new.tls is not None)
        self._warn()

    def _warn(self) -> None:
        for warning in self.loaded.warnings:
            log().warning("web_config_doubtful", warning=warning)


def _weaker(old: Loaded, new: Loaded) -> str:
    """Say what protection would go; empty where none does."""
    if (old.tls is None) != (new.tls is None):
        return f"TLS cannot be switched {'on' if old.tls is None else 'off'} {_RESTART}"
    if old.settings.basic_auth_users and not new.settings.basic_auth_users:
        return f"`basic_auth_users` cannot go {_RESTART}"
    before, after = old.settings.tls_server_config, new.settings.tls_server_config
    if _strictness(after.client_auth) < _strictness(before.client_auth):
        return f"`client_auth_type` cannot go from {before.client_auth} to {after.client_auth} {_RESTART}"
    if before.client_allowed_sans is not None and after.client_allowed_sans is None:
        return f"`client_allowed_sans` cannot go {_RESTART}"
    return ""


def _strictness(asked: ClientAuth) -> tuple[bool, bool]:
    return asked.requires and asked.verifies, asked.requires or asked.verifies
