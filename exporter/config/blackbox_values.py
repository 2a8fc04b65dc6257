"""Single values of blackbox_exporter's configuration, read as it reads them, and written as ours must be."""

import re
from collections.abc import Container
from fractions import Fraction
from itertools import product

_TRUE = frozenset({"true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"})
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_PART = re.compile(r"([0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:([KMGTPE])i?)?B")
_OURS = {"GiB": 1024**3, "MiB": 1024**2, "KiB": 1024}
_SPECIAL = re.compile(r"\$(?:\$+|(?=\{))")


def read_flag(text: str) -> bool | None:
    """Read a boolean in any spelling of YAML 1.1; None where it is none."""
    return True if text in _TRUE else False if text in _FALSE else None


def read_whole(text: str) -> int | None:
    """Read a whole number; None where it is none."""
    return int(text) if _WHOLE.fullmatch(text) else None


def read_size(text: str) -> int | None:
    """Read a size in bytes: `MB` is 2^20 there, as `MiB` is; None where it is none.

    Source: `ParseBase2Bytes` of github.com/alecthomas/units.
    """
    if text == "0":
        return 0
    size, end = Fraction(), 0
    while found := _PART.match(text, end):
        size += Fraction(found[1].rstrip(".")) * 1024 ** (" KMGTPE".index(found[2] or " "))
        end = found.end()
    return int(size) if end and end == len(text) else None


def written_size(size: int) -> str:
    """Write a size so that ours reads the same."""
    return next((f"{size // unit}{name}" for name, unit in _OURS.items() if size % unit == 0), f"{size}B")


def escaped(value: object) -> object:
    """Double every `$` in a value that ours would take for a reference or an escape; keys are never expanded."""
    if isinstance(value, str):
        return _SPECIAL.sub(lambda found: found[0] * 2, value)
    if isinstance(value, dict):
        return {key: escaped(each) for key, each in value.items()}
    return [escaped(each) for each in value] if isinstance(value, list) else value


def free_spelling(name: str, taken: Container[str]) -> str | None:
    """Spell a header's name, which has no case, as none of `taken`; None where no spelling is left."""
    if name not in taken:
        return name
    cases = (sorted({letter.lower(), letter.upper()}, reverse=True) for letter in name)
    return next((text for each in product(*cases) if (text := "".join(each)) not in taken), None)
