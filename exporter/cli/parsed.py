"""Options as values, or a line that says which one is wrong."""

from collections.abc import Callable
from typing import TypeVar

from exporter.errors import UsageError

T = TypeVar("T")


def parsed(option: str, text: str | None, parse: Callable[[str], T]) -> T | None:
    """Parse an option's text; None where it was not given.

    Raises:
        UsageError: `parse` refused it with a ValueError.
    """
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        msg = f"{option}: {error}"
        raise UsageError(msg) from error


def parsed_length(option: str, text: str | None) -> int | None:
    """Parse an option that is a duration above nought, in milliseconds; None where it was not given.

    Raises:
        UsageError: It is no duration, or nought.
    """
    from exporter.units import parse_duration  # noqa: PLC0415 -- `--help` needs none of this

    length = parsed(option, text, parse_duration)
    if length == 0:
        msg = f"{option}: `{text}` has to be longer than that"
        raise UsageError(msg)
    return length
