"""The configuration that a command asks about: with the targets that the daemon of its store has found."""

import os
from collections.abc import Sequence
from pathlib import Path

from exporter.config.lenient import load_beside
from exporter.config.model import Config
from exporter.store.beside import targets_path


def load(config_files: Sequence[str], storage: str | Path) -> Config:
    """Load it.

    Raises:
        ConfigError: With every problem.
    """
    return load_beside(config_files, os.environ, targets_path(Path(storage)))
