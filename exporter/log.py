"""Structured log lines on standard error: logfmt for people and pipes, JSON for machines.

An event is a constant in snake_case, a noun and what happened to it; facts are keys
with their unit in the name: `log().info("store_pruned", rows=120)`.
"""

import logging
import sys
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, TextIO, cast

import structlog

Logger = structlog.typing.FilteringBoundLogger

LEVELS: Mapping[str, int] = MappingProxyType(
    {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
)
FORMATS = ("logfmt", "json")


def configure(level: str = "info", fmt: str = "logfmt") -> None:
    """Send all log lines, also those of libraries, to standard error.

    Args:
        level: The least that is shown, one of `LEVELS`.
        fmt: One of `FORMATS`.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _renderer(fmt),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Indifferent(sys.stderr))),
    )
    logging.basicConfig(handlers=[_Forward()], level=max(LEVELS[level], logging.WARNING), force=True)


class _Indifferent:
    """A stream that goes on where nobody reads it or its disk is full: a lost line must not end the daemon."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def log() -> Logger:
    """The logger; it never raises."""
    return cast("Logger", structlog.get_logger())


def _renderer(fmt: str) -> structlog.typing.Processor:
    if fmt == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.processors.LogfmtRenderer(
        key_order=["timestamp", "level", "event"], drop_missing=True, bool_as_flag=False
    )


class _Forward(logging.Handler):
    """Passes on what libraries log, warnings and worse, so that it looks like the rest."""

    def emit(self, record: logging.LogRecord) -> None:
        facts: dict[str, Any] = {"logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            facts["exc_info"] = record.exc_info
        log().log(record.levelno, "library_spoke", **facts)
