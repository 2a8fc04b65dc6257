"""The only parser and formatter of durations, per cent, sizes and instants.

Lengths and instants are integer milliseconds, floored where they enter; ratios are
`Fraction`. Nothing here ever goes through a float. Every parser raises `ValueError`
with one line that says what is wrong and how to write it.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
YEAR = 365 * DAY
NANOSECONDS = 1_000_000
"""Of a millisecond."""

EARLIEST = -62_135_596_800_000
"""The first instant that can be written: 0001-01-01T00:00:00Z."""

LATEST = 253_402_300_800_000
"""The first instant that cannot be written any more: the end of the year 9999."""

_UNITS = {"y": YEAR, "w": WEEK, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
_SHORT = tuple(_UNITS.items())[2:]  # weeks and years are not written: 7d says the same to everybody
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_DURATION = re.compile("".join(rf"(?:({_NUMBER}){unit}(?![a-z]))?" for unit in _UNITS), re.ASCII)
_PLAIN_NUMBER = re.compile(rf"[+-]?{_NUMBER}", re.ASCII)
_SIZE = re.compile(rf"({_NUMBER}) ?([A-Za-z]*)", re.ASCII)
_SIZE_UNITS = {
    "": 1,
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
}
_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))?", re.ASCII
)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LONGEST = 10_000 * YEAR
_MAX_DIGITS = 40


def parse_duration(text: str) -> int:
    """Read a duration as Prometheus writes it, such as `250ms`, `15s` or `1h30m`.

    Units from the largest to the smallest, each at most once: `y w d h m s ms`; a day
    has 24 hours, a year 365 days. A number may have decimals (`1.5h`).

    Returns:
        Milliseconds >= 0, floored.

    Raises:
        ValueError: It is no duration; the message says how to write one.
    """
    return floor(_length(text))


def parse_nanoseconds(text: str) -> int:
    """Read a duration, as `parse_duration` does, for comparison with a measured one: `2.5ms` stays that.

    Returns:
        Nanoseconds >= 0, floored.

    Raises:
        ValueError: It is no duration; the message says how to write one.
    """
    return floor(_length(text) * NANOSECONDS)


def _length(text: str) -> Fraction:
    """Read a duration as exact milliseconds.

    Raises:
        ValueError: It is no duration.
    """
    text = text.strip()
    match = _DURATION.fullmatch(text) if len(text) <= _MAX_DIGITS else None
    if match is not None and text:
        sizes = zip(match.groups(), _UNITS.values(), strict=True)
        length = sum((Fraction(number) * unit for number, unit in sizes if number), Fraction())
        if length > _LONGEST:
            msg = f"{_quoted(text)} is longer than 10,000 years"
            raise ValueError(msg)
        return length
    if text == "0":
        return Fraction()
    if _PLAIN_NUMBER.fullmatch(text):
        msg = f"{_quoted(text)} has no unit; write {text.lstrip('+-')}s for seconds"
        raise ValueError(msg)
    msg = f"{_quoted(text)} is not a duration; write 250ms, 15s, 5m, 1h30m or 30d"
    raise ValueError(msg)


def format_duration(milliseconds: int) -> str:
    """Write a length as Prometheus reads it: `30d`, `1h30m`, `0s`. `parse_duration` gives it back.

    Raises:
        ValueError: The length is negative.
    """
    if milliseconds < 0:
        msg = "a duration is never negative"
        raise ValueError(msg)
    return "".join(_parts(milliseconds)) or "0s"


def describe_duration(milliseconds: int) -> str:
    """Write a length for people: `43m 12s`, `-1d 2h`, `0s`. Exact to the millisecond."""
    sign = "-" if milliseconds < 0 else ""
    return sign + (" ".join(_parts(abs(milliseconds))) or "0s")


def describe_briefly(milliseconds: int) -> str:
    """Write a length for people in its largest unit and the next: `3m 20s`, `1d`, `-2h 39m`; in whole seconds below a minute.

    Floored towards minus infinity to the finer of the two, so that it never says more than there is: 1 ms less than nothing is `-1s`.
    """
    pairs = pairwise((DAY, HOUR, MINUTE, SECOND))
    finer = next((finer for size, finer in pairs if abs(milliseconds) >= size), SECOND)
    return describe_duration(milliseconds // finer * finer)


def _parts(milliseconds: int) -> list[str]:
    """Split a length >= 0 into days and what is below, without zeros."""
    parts = []
    for unit, size in _SHORT:
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return parts


def parse_percent(text: str, *, whole: bool = False) -> Fraction:
    """Read an objective in per cent: `99.9` and `99.9%` are 999/1000.

    Args:
        text: What was written.
        whole: Whether it may be 100 per cent.

    Returns:
        A ratio, 0 < ratio < 1, or <= 1 where it may be whole.

    Raises:
        ValueError: It is not a number between 0 and 100, or looks like a ratio.
    """
    bare = percent_text(text)
    if not _PLAIN_NUMBER.fullmatch(bare) or len(bare) > _MAX_DIGITS:
        msg = f"{_quoted(text)} is not a number; write per cent, such as 99.9"
        raise ValueError(msg)
    percent = Fraction(bare)
    if whole and percent == 100:  # noqa: PLR2004 -- per cent
        return Fraction(1)
    if not 0 < percent < 100:  # noqa: PLR2004 -- per cent
        msg = f"{_quoted(text)} is not between 0 and 100 per cent, {'0' if whole else 'both'} excluded"
        raise ValueError(msg)
    if percent < 1 and bare == text.strip():
        guess = f"{(Decimal(bare) * 100).normalize():f}"
        msg = f"{_quoted(text)} looks like a ratio; objectives are per cent: did you mean {guess}?"
        raise ValueError(msg)
    return percent / 100


def percent_text(text: str) -> str:
    """Strip the sign and spaces off a percentage: `99.9 %` is shown as `99.9`."""
    return text.strip().removesuffix("%").rstrip()


def format_percent(ratio: Fraction, places: int = 2) -> str:
    """Write a ratio as per cent, floored towards minus infinity: 0.999951 is `99.99 %`.

    Only exactly 0 and exactly 1 are written without decimals, `0 %` and `100 %`, so
    that neither is ever said of something that is merely close to it.
    """
    percent = ratio * 100
    if percent in (0, 100):
        return f"{percent} %"
    scaled = floor(percent * 10**places)
    return f"{Decimal(scaled).scaleb(-places):f} %"


def describe_share(ratio: Fraction) -> str:
    """Write a ratio as per cent with two decimals, or with as many as a small one needs to be seen; floored.

    0.0000041 is `0.0004 %`; below 0.000001 % it is `0.00 %`, as nobody would read more zeros.
    """
    places = next((places for places in range(2, 7) if abs(ratio) * 10 ** (places + 2) >= 1), 2)
    return format_percent(ratio, places)


def parse_size(text: str) -> int:
    """Read a size such as `1MiB`, `64kB` or `1024`.

    Returns:
        Bytes >= 0, floored.

    Raises:
        ValueError: It is no size.
    """
    match = _SIZE.fullmatch(text.strip())
    unit = _SIZE_UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None or len(text) > _MAX_DIGITS:
        msg = f"{_quoted(text)} is not a size; write 1024, 64KiB or 1MiB"
        raise ValueError(msg)
    return floor(Fraction(match[1]) * unit)


def format_size(size: int) -> str:
    """Write bytes >= 0 in the largest binary unit that divides them: `1MiB`, `1500B`."""
    for unit in ("GiB", "MiB", "KiB"):
        scale = _SIZE_UNITS[unit.lower()]
        if size and size % scale == 0:
            return f"{size // scale}{unit}"
    return f"{size}B"


def parse_instant(text: str) -> int:
    """Read an instant: RFC 3339 with a zone, or seconds since the epoch.

    Days have 86,400 seconds (POSIX); a leap second `:60` is the next minute's first.

    Returns:
        Milliseconds since the epoch, floored; negative before 1970.

    Raises:
        ValueError: It is no instant, has no zone, or lies outside of the years 1 to 9999.
    """
    text = text.strip()
    match = _RFC3339.fullmatch(text)
    if match is not None:
        return within_years(_from_rfc3339(text, match), _quoted(text))
    if not _PLAIN_NUMBER.fullmatch(text) or len(text) > _MAX_DIGITS:
        msg = f"{_quoted(text)} is not a time; write 2026-11-01T00:00:00Z or seconds since 1970"
        raise ValueError(msg)
    return within_years(
        floor(Fraction(text) * SECOND), _quoted(text), "times are in seconds, not milliseconds"
    )


def within_years(milliseconds: int, what: str, hint: str = "write an earlier one") -> int:
    """Give back an instant that can be written.

    Raises:
        ValueError: It lies outside of the years 1 to 9999; the message calls it `what`, and has the hint where it is too late.
    """
    if milliseconds >= LATEST:
        msg = f"{what} is beyond the year 9999; {hint}"
        raise ValueError(msg)
    if milliseconds < EARLIEST:
        msg = f"{what} is before the year 1; write a later one"
        raise ValueError(msg)
    return milliseconds


def _from_rfc3339(text: str, match: re.Match[str]) -> int:
    """Count the milliseconds of a matched RFC 3339 time.

    Raises:
        ValueError: A field is out of range, or the zone is missing.
    """
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, utc, sign, zone_hour, zone_minute = match.groups()[6:]
    if not utc and not sign:
        msg = f"{_quoted(text)} has no time zone; write {text.replace(' ', 'T')}Z for UTC, or +01:00"
        raise ValueError(msg)
    offset = timedelta()
    if sign:
        offset = timedelta(hours=int(zone_hour), minutes=int(zone_minute))
        if int(zone_hour) > 23 or int(zone_minute) > 59:  # noqa: PLR2004 -- of a clock
            msg = f"{_quoted(text)} has a time zone that does not exist"
            raise ValueError(msg)
    try:
        days = date(year, month, day).toordinal() - _EPOCH_DAY
    except ValueError as error:
        msg = f"{_quoted(text)} has a day that does not exist"
        raise ValueError(msg) from error
    if hour > 23 or minute > 59 or second > 60:  # noqa: PLR2004 -- of a clock
        msg = f"{_quoted(text)} has a time of day that does not exist"
        raise ValueError(msg)
    whole = days * DAY + hour * HOUR + minute * MINUTE + second * SECOND
    shift = int(offset.total_seconds()) * SECOND * (-1 if sign == "-" else 1)
    return whole + int((fraction or "").ljust(3, "0")[:3]) - shift


def format_instant(milliseconds: int) -> str:
    """Write an instant in UTC: `2026-11-01T00:00:00Z`, with milliseconds where it has some.

    Raises:
        OverflowError: It lies outside of the years 1 to 9999.
    """
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    precision = "milliseconds" if milliseconds % SECOND else "seconds"
    return instant.isoformat(timespec=precision).replace("+00:00", "Z")


def _quoted(text: str) -> str:
    """Show what was written, shortened so that a message stays one line."""
    shown = " ".join(text.split())
    return f"`{shown if len(shown) <= _MAX_DIGITS else shown[:_MAX_DIGITS] + '...'}`"
