"""Texts of strangers on a terminal: they do nothing to it, and break where it ends."""

import re
import shutil
import sys
from textwrap import wrap

_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they change the direction of what is beside them
    r"\u2028\u2029]"  # separators of lines and paragraphs
)
_NARROWEST = 20
"""Columns beside the hanging indent; with fewer, lines stay whole."""


def printable(text: str) -> str:
    r"""The same with what a terminal would obey written out: `\x1b`."""
    return _UNSAFE.sub(_escape, text)


def hung(lead: str, text: str) -> list[str]:
    """Text after its lead, in lines of the terminal's width; whole where nobody looks, so that it can be searched."""
    whole = lead + text
    if not sys.stdout.isatty():
        return [whole]
    columns = shutil.get_terminal_size().columns
    if len(whole) <= columns or columns - len(lead) < _NARROWEST:
        return [whole]
    hang = " " * len(lead)
    return wrap(text, columns, initial_indent=lead, subsequent_indent=hang, break_on_hyphens=False) or [lead]


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 -- what two digits can say
