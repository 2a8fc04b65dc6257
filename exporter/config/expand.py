"""`${NAME}` from the environment, and secrets from files."""

import re
from collections.abc import Mapping
from pathlib import Path

from exporter.config.files import digest, read_bytes
from exporter.config.report import Report
from exporter.config.tree import Expanded

_REFERENCE = re.compile(r"\$(?:(\$)|\{([^}\n]*)(\}?))")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


OWN_ADDRESS = "EXPORTER_ADDRESS"
"""Where this machine reaches the exporter itself, `host:port`: set by the daemon, no secret, and never undefined."""

DEFAULT_OWN_ADDRESS = "127.0.0.1:9895"


class Expander:
    """Fills `${NAME}` in; `$$` is a dollar sign, any other `$` stays what it is."""

    def __init__(self, environ: Mapping[str, str], report: Report) -> None:
        self._environ = environ
        self._report = report

    def __call__(self, text: str, mark: int) -> str:
        """Give the text with its references filled in: plain where it had none."""
        values: list[str] = []

        def value(match: re.Match[str]) -> str:
            plain = self._plain(match)
            if plain is not None:
                return plain
            found = self._look_up(match, mark)
            values.append(found)
            return found

        expanded = _REFERENCE.sub(value, text)
        if not values:
            return expanded
        for secret in values:
            self._report.secrets.add(secret)
        self._report.secrets.add(expanded)
        return Expanded(expanded, _REFERENCE.sub(lambda match: self._plain(match) or "***", text))

    def _plain(self, match: re.Match[str]) -> str | None:
        """Give what a reference stands for if everybody may see it."""
        if match[1]:
            return "$"
        return (
            self._environ.get(OWN_ADDRESS, DEFAULT_OWN_ADDRESS) if match[0] == f"${{{OWN_ADDRESS}}}" else None
        )

    def _look_up(self, match: re.Match[str], mark: int) -> str:
        name = match[2]
        if not match[3] or not _NAME.fullmatch(name):
            self._report.problem(
                mark, "`${` needs a name and `}`, as in ${TOKEN}; write `$$` for a dollar sign"
            )
            return ""
        if name not in self._environ:
            self._report.problem(
                mark,
                f"`${{{name}}}` is not set in the environment; set it, or write `$${{{name}}}` for the text",
            )
            return ""
        return self._environ[name]


def read_secret(key: str, name: str, folder: Path, mark: int, report: Report) -> Expanded:
    """Read a secret from a file, without the line's end.

    A file that cannot be read, is empty or has several lines is a problem at `mark`,
    and gives an empty text.

    Args:
        key: What refers to it, for the message.
        name: Path, relative to `folder`.
        folder: Of the configuration file.
        mark: Of the key.
        report: Gets the problems and the secret.
    """
    place = str(folder / name)
    try:
        said = read_bytes(place)
        report.beside[place] = digest(said)
        text = said.decode().rstrip("\r\n")
    except OSError as error:
        report.beside[place] = str(error)
        report.problem(mark, f"`{key}`: {name} cannot be read: {error.strerror}")
        text = ""
    except UnicodeDecodeError:
        report.problem(mark, f"`{key}`: {name} is not UTF-8 text")
        text = ""
    else:
        if not text:
            report.problem(mark, f"`{key}`: {name} is empty")
        elif len(text.splitlines()) > 1:
            report.secrets.add(text)
            report.problem(mark, f"`{key}`: {name} has several lines; a secret is one line")
            text = ""
    report.secrets.add(text)
    return Expanded(text, "***")
