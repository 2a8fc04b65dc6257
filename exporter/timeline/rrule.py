"""The text of a recurrence rule (RFC 5545), read strictly: what is wrong is said in one line.

The library that expands rules accepts more than the standard and reads some of it in its
own way; what others would understand otherwise is refused here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exporter.errors import nearest

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST = 10_000
"""The largest COUNT and INTERVAL."""

_RANGES = {
    "BYMONTH": (1, 12),
    "BYWEEKNO": (1, 53),
    "BYYEARDAY": (1, 366),
    "BYMONTHDAY": (1, 31),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
    "BYSETPOS": (1, 366),
}
_FROM_THE_END = {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYSETPOS"}
_FREQUENCIES_OF = {
    "BYWEEKNO": ("YEARLY",),
    "BYYEARDAY": ("YEARLY", "HOURLY", "MINUTELY"),
    "BYMONTHDAY": ("YEARLY", "MONTHLY", "DAILY", "HOURLY", "MINUTELY"),
    "BYSETPOS": ("YEARLY", "MONTHLY", "WEEKLY", "DAILY"),
}
_NAMES = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_RANGES)
_ELSEWHERE = {
    "DTSTART": "write the start as `from`",
    "DTEND": "write `duration`",
    "DURATION": "write `duration`",
    "TZID": "write the zone as `timezone`",
    "EXDATE": "dates cannot be taken out; end the rule with `to` and begin another",
    "EXRULE": "dates cannot be taken out; end the rule with `to` and begin another",
    "RDATE": "write the date as an exclusion of its own, with `from` and `to`",
}
_FOREIGN = re.compile(rf"\b({'|'.join(_ELSEWHERE)})\b")
_DAY = re.compile(rf"([+-]?[0-9]{{1,2}})?({'|'.join(WEEKDAYS)})", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,5}", re.ASCII)
_UNTIL = re.compile(r"[0-9]{8}T[0-9]{6}Z?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parts:
    """A rule's parts.

    Attributes:
        text: The rule in capitals, without spaces.
        frequency: One of `FREQUENCIES`.
        interval: From 1.
        count: From 1; None where the rule has none.
        until: Local time, or in UTC where `until_is_utc`; None where the rule has none.
        until_is_utc: Whether UNTIL ends in `Z`.
        week_start: From 0, Monday.
        days: Weekdays of BYDAY, from 0, each with its number in the month or year, 0 for every.
        by: The other BY parts that the rule has.
    """

    text: str
    frequency: str
    interval: int
    count: int | None
    until: datetime | None
    until_is_utc: bool
    week_start: int
    days: tuple[tuple[int, int], ...]
    by: Mapping[str, tuple[int, ...]]

    def lacking(self) -> list[str]:
        """The parts that its frequency needs and that it takes from its start, in the order in which one writes them."""
        names = []
        if not self.days and not self.by.keys() & {"BYMONTHDAY", "BYYEARDAY"}:
            by_date = {"YEARLY": ["BYMONTH", "BYMONTHDAY"], "MONTHLY": ["BYMONTHDAY"], "WEEKLY": ["BYDAY"]}
            names += by_date.get(self.frequency, [])
        finer = FREQUENCIES.index(self.frequency)
        times = (("BYHOUR", "HOURLY"), ("BYMINUTE", "MINUTELY"), ("BYSECOND", ""))
        names += [name for name, unit in times if not unit or finer < FREQUENCIES.index(unit)]
        return [name for name in names if name not in self.by]


def read(text: str) -> Parts:
    """Read a rule such as `FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0`.

    Raises:
        ValueError: It is no rule; the message says what is wrong with it.
    """
    values = _split(text)
    frequency = values.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise ValueError(_no_frequency(frequency))
    until = values.get("UNTIL", "")
    parts = Parts(
        text=";".join(f"{name}={value}" for name, value in values.items()),
        frequency=frequency,
        interval=_number("INTERVAL", values.get("INTERVAL", "1"), 1, MOST),
        count=_number("COUNT", values["COUNT"], 1, MOST) if "COUNT" in values else None,
        until=_until(until) if "UNTIL" in values else None,
        until_is_utc=until.endswith("Z"),
        week_start=_week_start(values.get("WKST", "MO")),
        days=_days(values["BYDAY"]) if "BYDAY" in values else (),
        by={name: _numbers(name, value) for name, value in values.items() if name in _RANGES},
    )
    _check(parts)
    return parts


def _split(text: str) -> dict[str, str]:
    """Take a rule apart into its names and values, in the order in which they are written."""
    bare = text.strip().upper().removeprefix("RRULE:")
    if foreign := _FOREIGN.search(bare):
        msg = f"{foreign[0]} does not belong into the rule: {_ELSEWHERE[foreign[0]]}"
        raise ValueError(msg)
    if len(bare.splitlines()) > 1:
        msg = "a rule is one line, parts with `;` between them"
        raise ValueError(msg)
    values = dict[str, str]()
    for part in bare.split(";"):
        name, equals, value = part.partition("=")
        name, value = name.strip(), value.replace(" ", "")
        if not equals or not value:
            msg = f"`{part.strip()}` is no part of a rule; write FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=0;BYSECOND=0"
            raise ValueError(msg)
        if name not in _NAMES:
            msg = f"`{name}` is no part of a rule" + (
                nearest(name, _NAMES) or f"; known are {', '.join(_NAMES)}"
            )
            raise ValueError(msg)
        if name in values:
            msg = f"{name} is there twice; write {name}={values[name]},{value} for both"
            raise ValueError(msg)
        values[name] = value
    return values


def _no_frequency(frequency: str) -> str:
    if not frequency:
        return f"a rule needs FREQ={' or '.join(FREQUENCIES)}"
    if frequency == "SECONDLY":
        return "FREQ=SECONDLY fires more than once a minute; FREQ=MINUTELY is the finest"
    return f"FREQ={frequency} is unknown" + (
        nearest(frequency, FREQUENCIES) or f"; write {' or '.join(FREQUENCIES)}"
    )


def _number(name: str, text: str, low: int, high: int) -> int:
    if not _NUMBER.fullmatch(text) or not low <= int(text) <= high:
        msg = f"{name}={text}: write a number from {low} to {high}"
        raise ValueError(msg)
    return int(text)


def _numbers(name: str, text: str) -> tuple[int, ...]:
    low, high = _RANGES[name]
    negative = name in _FROM_THE_END
    numbers = [_number(name, each, -high if negative else low, high) for each in text.split(",")]
    if negative and 0 in numbers:
        msg = f"{name}=0: count from 1, or from -1 at the end"
        raise ValueError(msg)
    return tuple(sorted(set(numbers)))


def _until(text: str) -> datetime:
    try:
        if _UNTIL.fullmatch(text):
            return datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 -- local time
    except ValueError:
        pass
    # A day without a time is its end to some programs and its start to others.
    msg = f"UNTIL={text}: write the last start with its time, such as 20261231T235959, or 20261231T235959Z in UTC"
    raise ValueError(msg)


def _week_start(text: str) -> int:
    if text not in WEEKDAYS:
        msg = f"WKST={text}: write a day of {' '.join(WEEKDAYS)}"
        raise ValueError(msg)
    return WEEKDAYS.index(text)


def _days(text: str) -> tuple[tuple[int, int], ...]:
    matches = [_DAY.fullmatch(each) for each in text.split(",")]
    days = sorted({(WEEKDAYS.index(match[2]), int(match[1] or 0)) for match in matches if match})
    if None in matches or any(match and match[1] and not int(match[1]) for match in matches):
        msg = f"BYDAY={text}: write days of {' '.join(WEEKDAYS)}, or such as 1MO for the first Monday and -1FR for the last Friday"
        raise ValueError(msg)
    return tuple(days)


def _check(parts: Parts) -> None:
    """Refuse parts that do not go together."""
    if parts.count and parts.until:
        msg = "COUNT and UNTIL exclude each other; leave one of them out"
        raise ValueError(msg)
    for name in parts.by:
        allowed = _FREQUENCIES_OF.get(name, FREQUENCIES)
        if parts.frequency not in allowed:
            msg = f"{name} does not go with FREQ={parts.frequency}, only with {' or '.join(allowed)}"
            raise ValueError(msg)
    numbered = any(number for _, number in parts.days)
    if numbered and (parts.frequency not in ("YEARLY", "MONTHLY") or "BYWEEKNO" in parts.by):
        msg = "a number in BYDAY, such as 1MO, goes with FREQ=MONTHLY or YEARLY only, and not with BYWEEKNO"
        raise ValueError(msg)
    if "BYWEEKNO" in parts.by and not parts.days:
        msg = "BYWEEKNO needs BYDAY"  # to some it is one day of that week, to others the seven
        raise ValueError(msg)
