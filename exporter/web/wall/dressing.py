"""What is put into the wall for one who looks at it: how long each state has lasted, and links that keep its look."""

import re

from markupsafe import Markup, escape

from exporter.units import SECOND, describe_briefly

_PLACES = re.compile(r'<(?:a href="[^"]*(?=")|time data-since="(?P<since>\d+)">)')
"""Of our own: what others say was escaped, and has no `<`."""


def dressed(html: Markup, at: int, look: str) -> Markup:
    """Fill in what is not the same for everybody, or goes with time; a picture of the wall has none of it.

    Args:
        html: Of tiles, or of another part of a picture.
        at: Its instant, milliseconds since the epoch.
        look: The query of links, not escaped.
    """
    query = escape(look)

    def fill(found: re.Match[str]) -> str:
        since = found["since"]
        return f"{found[0]}{query if since is None else lasting(at - int(since) * SECOND)}"

    return Markup(_PLACES.sub(fill, html))  # noqa: S704 -- what is put in is escaped


def lasting(milliseconds: int) -> str:
    """How long it has been so; `0s` for what is yet to come. The script says the same."""
    return describe_briefly(max(0, milliseconds))
