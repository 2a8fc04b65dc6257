"""Time zones, days and instants as the file writes them."""

import re
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import PlainValidator

from exporter import units
from exporter.config.fields import shown, texts
from exporter.timeline.zones import instant_of, zone

UTC = "UTC"

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(:\d\d(?:\.\d+)?)?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- local times are what this is about


def instant(text: str, zone_name: str | None) -> int:
    """Read an instant: RFC 3339, or a day or time of a zone.

    Args:
        text: Such as `2026-11-02T01:00:00+01:00`, `2026-11-02 01:00` or `2026-11-02`.
        zone_name: That a time without a zone is in; None where there is none.

    Returns:
        Milliseconds since the epoch, floored.

    Raises:
        ValueError: It is no instant, or has no zone.
    """
    text = text.strip()
    match = _INSTANT.fullmatch(text)
    if match is None:
        msg = f"`{text}` is not a time; write 2026-11-02T01:00:00Z, or 2026-11-02T01:00 with `timezone`"
        raise ValueError(msg)
    written_day, minutes, seconds, offset = match.groups()
    written = units.parse_instant(f"{written_day}T{minutes or '00:00'}{seconds or ':00'}{offset or 'Z'}")
    if offset:
        return written
    if zone_name is None:
        msg = f"`{text}` has no time zone; add `timezone`, or write it as {units.format_instant(written)}"
        raise ValueError(msg)
    return units.within_years(
        instant_of(_EPOCH + timedelta(milliseconds=written), zone(zone_name)), f"`{text}`"
    )


def _zone(node: object) -> str:
    name = shown(node)
    zone(name)
    return name


def day(node: object) -> date:
    """Take a day such as `2026-01-31`."""
    text = shown(node)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        msg = f"`{text}` is a day that does not exist"
        raise ValueError(msg) from None
    msg = f"must be a day such as 2026-01-31, not `{text}`"
    raise ValueError(msg)


Zone = Annotated[str, PlainValidator(_zone), texts("Such as Europe/Berlin or UTC.")]
Day = Annotated[date, PlainValidator(day), texts("Such as 2026-01-31.", r"^\d{4}-\d\d-\d\d$")]
