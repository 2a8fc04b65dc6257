"""Loading a configuration although some of its sources of targets say what cannot be used."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from exporter.config.discovered import Contents, sources
from exporter.config.files import Read, read_bytes
from exporter.config.load import load
from exporter.config.model import Config
from exporter.errors import ConfigError, Problem


class Loaded(NamedTuple):
    """A configuration, and what of the sources it is made of.

    Attributes:
        config: Free of problems.
        contents: What it is made of, by source.
        refused: What is wrong with the latest content of the others.
    """

    config: Config
    contents: Contents
    refused: Mapping[str, Problem]


def load_leniently(
    paths: Sequence[str],
    environ: Mapping[str, str],
    latest: Contents,
    good: Contents,
    read: Read = read_bytes,
    *,
    commands: bool = True,
) -> Loaded:
    """Load with the latest contents; where one cannot be used, with what its source said before.

    A source that never said anything that can be used is left out.

    Args:
        paths: As of `load`.
        environ: Likewise.
        latest: What the sources say now.
        good: What they said when that could be used.
        read: As of `load`.
        commands: Likewise.

    Raises:
        ConfigError: The files themselves have problems.
    """
    contents, refused = dict(latest), dict[str, Problem]()
    while True:
        try:
            config = load(paths, environ, contents, read, commands=commands)
        except ConfigError as error:
            wrong = {problem.file: problem for problem in reversed(error.problems)}
            if wrong.keys() - contents.keys():
                raise
        else:
            return Loaded(config, _of_sources(config, contents), refused)
        for source, problem in wrong.items():
            refused.setdefault(source, problem)
            if source in good and contents[source] != good[source]:
                contents[source] = good[source]
            else:
                del contents[source]


def _of_sources(config: Config, contents: Contents) -> Contents:
    """Those of some contents that sources of the configuration have."""
    if config.discovery is None:
        return {}
    return {name: contents[name] for name, _ in sources(config.discovery, contents)}


def load_beside(paths: Sequence[str], environ: Mapping[str, str], targets: Path) -> Config:
    """Load as a daemon has done it that keeps in a file what its sources said.

    Args:
        paths: As of `load`.
        environ: Likewise.
        targets: The file.

    Raises:
        ConfigError: The configuration has problems.
    """
    good = kept(targets)
    return load_leniently(paths, environ, good, good).config


def kept(path: Path) -> Mapping[str, str]:
    """What was kept in a file; nothing where there is none that can be read."""
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return {str(source): str(content) for source, content in found.items()}
    return {}
