"""Types of settings that several probe types share; scalars arrive as text."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from exporter.probes.check import Rule
from exporter.units import parse_duration, parse_size

_STATUS = re.compile(r"([1-9])xx|(\d{3})(?:-(\d{3}))?", re.IGNORECASE)
_ANYTHING = re.compile(r"\.\*\??")

IpFamily = Literal["any", "4", "6"]
"""Which addresses of a name are tried."""


def parse_status(text: str) -> range:
    """Status codes from `200`, `2xx` or `200-204`.

    Raises:
        ValueError: It is none of these.
    """
    found = _STATUS.fullmatch(text.strip())
    if found is None:
        msg = f"is not a status: {text!r} (a code, a class like 2xx, or a range like 200-204)"
        raise ValueError(msg)
    if found[1]:
        return range(int(found[1]) * 100, int(found[1]) * 100 + 100)
    codes = range(int(found[2]), int(found[3] or found[2]) + 1)
    if codes.start < 100 or not codes:  # noqa: PLR2004 -- no status code has two digits
        msg = f"is not a range of status codes: {text!r}"
        raise ValueError(msg)
    return codes


def rule(text: str) -> Rule:
    """Compile a rule that is searched for anywhere.

    A leading `.*` changes nothing in a search, but makes it quadratic in the length of
    a line: it is left out.

    Raises:
        ValueError: It is no regular expression.
    """
    import regex  # noqa: PLC0415 -- most configurations have no such rule

    try:
        regex.compile(text)
    except (regex.error, RecursionError) as error:
        msg = f"is not a regular expression: {error}"
        raise ValueError(msg) from error
    bare = text
    while found := _ANYTHING.match(bare):
        if bare[found.end() : found.end() + 1] in ("?", "+", "*", "{"):
            break
        bare = bare[found.end() :]
    return Rule(text, regex.compile(bare))


def _size(text: object) -> int:
    size = parse_size(str(text))
    if size == 0:
        msg = "must be more than nothing"
        raise ValueError(msg)
    return size


def listed(value: Any) -> Any:  # noqa: ANN401 -- whatever the file says
    """Let a single value stand for a list of it."""
    return [value] if isinstance(value, str | int) else value


def _length(text: object) -> int:
    length = parse_duration(str(text))
    if length == 0:
        msg = "must be longer than nothing"
        raise ValueError(msg)
    return length


def _checked_pattern(text: str) -> str:
    rule(text)
    return text


def _checked_status(text: str) -> str:
    parse_status(text)
    return text


def _text(value: Any) -> Any:  # noqa: ANN401 -- whatever the file says
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Pattern = Annotated[str, AfterValidator(_checked_pattern)]
Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(listed)]
Status = Annotated[str, BeforeValidator(_text), AfterValidator(_checked_status)]
Statuses = Annotated[tuple[Status, ...], BeforeValidator(listed)]
Length = Annotated[int, BeforeValidator(_length), WithJsonSchema({"type": "string"})]
"""A duration in milliseconds, above nought."""
Size = Annotated[int, BeforeValidator(_size), WithJsonSchema({"type": ["string", "integer"]})]
