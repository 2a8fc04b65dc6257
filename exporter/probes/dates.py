"""Dates in headers."""

from datetime import UTC
from email.utils import parsedate_to_datetime


def http_date(value: bytes) -> float | None:
    """Seconds since the epoch of a date in a header; None where it is none."""
    try:
        date = parsedate_to_datetime(value.decode("latin-1"))
        return (
            date if date.tzinfo else date.replace(tzinfo=UTC)
        ).timestamp()  # `-0000` is UTC too (RFC 5322)
    except (ValueError, OverflowError):
        return None
