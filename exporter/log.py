"""Structured log lines on standard error: logfmt for people and pipes, JSON for machines.

An event is a constant in snake_case, a noun and what happened to it; facts are keys
with their unit in the name: `log().info("store_pruned", rows=120)`.
"""

import logging
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

_rich_was_loaded = "rich" in sys.modules
if not _rich_was_loaded:
    # structlog loads rich wherever it is installed, for tracebacks that are not shown
    # here; that would cost every start a tenth of a second.
    sys.modules["rich"] = None  # type: ignore[assignment]
try:
    import structlog
finally:
    if not _rich_was_loaded:
        del sys.modules["rich"]

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
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    logging.basicConfig(handlers=[_Forward()], level=max(LEVELS[level], logging.WARNING), force=True)


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
