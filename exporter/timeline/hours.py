"""Service hours: weekly times of a zone's wall clock at which a service is promised, less public holidays (ruling 40)."""

import re
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby, pairwise

from exporter.errors import nearest
from exporter.timeline.spans import Span, Spans
from exporter.timeline.zones import first_instant, local_of, zone
from exporter.units import YEAR

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAILY = "daily"
_MIDNIGHT = 24 * 60
_RANGE = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?- ?([0-9]{1,2}):([0-9]{2})", re.ASCII)
_YEARS = (1, 9998)  # the first and last of which both edges can be written

Range = tuple[int, int]
"""Minutes of the day from opening to closing; a closing beyond 24 * 60 is on the next day."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The time outside of service hours, as an exclusion's `When`; made by `hours`, which checks them.

    Times are those of the wall clock: a day from 08:00 to 20:00 is never shifted, and one of
    midnight to midnight has 23 or 25 hours where clocks change. Service that opens or closes
    at a time that clocks skip does so when they skip it; at one that they show twice, the
    first time.

    A holiday is a whole local day without service, neither more nor less: a range from the
    evening before ends at its midnight, and one that would start on its evening is there
    from the next midnight on.

    Attributes:
        zone: IANA name of the zone whose clocks they follow.
        days: The ranges of Monday to Sunday, in order.
        holidays: Country of the `holidays` library, with its subdivision if any, such as
            `GB` or `DE-BE`; empty for none. A year that the library does not know has none.
    """

    zone: str
    days: tuple[tuple[Range, ...], ...]
    holidays: str = ""

    def described(self) -> str:
        """As a configuration has them, such as `mon-fri 08:00-20:00, sat 10:00-14:00 but public holidays of DE-BE`."""
        weeks = groupby(range(7), key=lambda day: self.days[day])
        runs = [(list(days), ranges) for ranges, days in weeks if ranges]
        told = ", ".join(f"{_named(days)} {' '.join(map(_told, ranges))}" for days, ranges in runs)
        return told + (f" but public holidays of {self.holidays}" if self.holidays else "")

    def spans(self, start: int, end: int) -> list[Span]:
        """Every span outside of the hours that has an instant in [start, end), whole and in order.

        Only one that lasts for more than a year, as of hours that no day has, is cut: at
        the edge of a year before the start, or after the end.
        """
        if start >= end:
            return []
        where = zone(self.zone)
        first, last = local_of(start, where).year - 1, local_of(end - 1, where).year + 1
        found = list[Span]()
        for year in range(max(first, _YEARS[0]), min(last, _YEARS[1]) + 1):
            closed = _closed(self, year)
            if found and closed and found[-1][1] == closed[0][0]:  # it is closed over New Year
                found[-1] = (found[-1][0], closed[0][1])
                closed = closed[1:]
            found += closed
        return found[bisect_right(found, start, key=_end) : bisect_left(found, end, key=_start)]


@dataclass(frozen=True, slots=True)
class Rest:
    """The time within service hours, as an exclusion's `When`: what is left are the hours that none of them has.

    Attributes:
        hours: At least one.
    """

    hours: tuple[Hours, ...]

    def spans(self, start: int, end: int) -> list[Span]:
        """Every span within any of the hours that has an instant in [start, end), in order; cut a year before and after."""
        if start >= end:
            return []
        around = (start - YEAR, end + YEAR)
        within = (Spans([around]) - Spans(each.spans(*around)) for each in self.hours)
        found = list(Spans(span for spans in within for span in spans))
        return found[bisect_right(found, start, key=_end) : bisect_left(found, end, key=_start)]


def hours(zone_name: str, days: Mapping[str, str], holidays: str | None = None) -> Hours:
    """Read service hours.

    Args:
        zone_name: IANA name of the time zone.
        days: By days (`mon`, `mon-fri`, `sat,sun`, `daily`) the times, such as
            `08:00-12:00, 13:00-17:00`; `22:00-06:00` belongs to the day on which it
            starts, and 24:00 is midnight at its end. Days that are not named have none.
        holidays: Country of the `holidays` library, with its subdivision if any, such as
            `DE-BE`; None or empty for none.

    Raises:
        ValueError: Something is wrong with them; the message says what, in one line.
    """
    zone(zone_name)
    ranges = dict[int, tuple[Range, ...]]()
    for names, text in days.items():
        for day in _days(_line(names)):
            if day in ranges:
                msg = f"{DAYS[day]} is named twice"
                raise ValueError(msg)
            ranges[day] = _ranges(_line(text))
    if not ranges:
        msg = 'service hours need a day, such as `mon-fri: "08:00-20:00"`'
        raise ValueError(msg)
    country = _line(holidays or "")
    return Hours(zone_name, tuple(ranges.get(day, ()) for day in range(7)), country and _country(country))


def _named(days: list[int]) -> str:
    """A run of days, as a key names it."""
    if len(days) == len(DAYS):
        return _DAILY
    return DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"


def _told(minutes: Range) -> str:
    """A range as it is written."""
    opening, closing = minutes
    closing -= _MIDNIGHT if closing > _MIDNIGHT else 0
    return "-".join(f"{each // 60:02}:{each % 60:02}" for each in (opening, closing))


def _start(span: Span) -> int:
    return span[0]


def _end(span: Span) -> int:
    return span[1]


def _line(text: str) -> str:
    """What was written, in one line."""
    return " ".join(text.split())


def _days(names: str) -> Iterator[int]:
    """The days that a key such as `mon-fri` or `mon,wed` names."""
    for part in names.lower().split(","):
        first, dash, last = part.strip().partition("-")
        if first == _DAILY and not dash:
            yield from range(7)
            continue
        start, end = _day(first), _day(last if dash else first)
        yield from ((start + day) % 7 for day in range((end - start) % 7 + 1))


def _day(name: str) -> int:
    name = name.strip()
    if name == _DAILY:
        msg = "`daily` is all days; write it without others"
        raise ValueError(msg)
    if name not in DAYS:
        hint = f"; did you mean `{name[:3]}`?" if name[:3] in DAYS else nearest(name, [*DAYS, _DAILY])
        msg = f"`{name}` is no day" + (hint or "; write mon, mon-fri, `sat,sun` or daily")
        raise ValueError(msg)
    return DAYS.index(name)


def _ranges(text: str) -> tuple[Range, ...]:
    """The ranges of a day, in order."""
    ranges = sorted(_range(part.strip()) for part in text.split(","))
    for (_, closing), (opening, _) in pairwise(ranges):
        if opening < closing:
            msg = f"`{text}` has times that overlap"
            raise ValueError(msg)
    return tuple(ranges)


def _range(text: str) -> Range:
    match = _RANGE.fullmatch(text)
    if match is None:
        msg = f"`{text}` is no range of times; write 08:00-20:00"
        raise ValueError(msg)
    hour, minute, last_hour, last_minute = map(int, match.groups())
    opening, closing = hour * 60 + minute, last_hour * 60 + last_minute
    if minute > 59 or last_minute > 59 or opening >= _MIDNIGHT or closing > _MIDNIGHT:  # noqa: PLR2004 -- of a clock
        msg = f"`{text}` has a time that does not exist; times are 00:00 to 23:59, and 24:00 at the end of a range"
        raise ValueError(msg)
    if opening == closing:
        msg = f"`{text}` starts where it ends; write 00:00-24:00 for a whole day"
        raise ValueError(msg)
    return opening, closing if closing > opening else closing + _MIDNIGHT


@lru_cache(maxsize=1024)
def _closed(asked: Hours, year: int) -> list[Span]:
    """The spans outside of the hours in a local year, cut at its edges, in order; not to be changed."""
    where, free = zone(asked.zone), _holidays(asked.holidays, year) if asked.holidays else ()

    def instant(day: date, minutes: int = 0) -> int:
        return first_instant(datetime.combine(day, time()) + timedelta(minutes=minutes), where)

    pieces = [_pieces(asked, weekday) for weekday in range(7)]
    begin, end = date(year, 1, 1), date(year + 1, 1, 1)
    days = (begin + timedelta(days=number) for number in range((end - begin).days))
    served = [
        (instant(day, opening), instant(day, closing))
        for day in days
        if day not in free
        for opening, closing in pieces[day.weekday()]
    ]
    return list(Spans([(instant(begin), instant(end))]) - Spans(served))


def _pieces(asked: Hours, weekday: int) -> list[Range]:
    """Minutes of a day in which there is service, those of a range from the day before too; none is beyond its midnight."""
    before = [(0, closing - _MIDNIGHT) for _, closing in asked.days[weekday - 1] if closing > _MIDNIGHT]
    return before + [(opening, min(closing, _MIDNIGHT)) for opening, closing in asked.days[weekday]]


@lru_cache(maxsize=1024)
def _holidays(country: str, year: int) -> frozenset[date]:
    """Public holidays of a year, those that fall on a weekend also where they are observed."""
    from holidays import country_holidays  # noqa: PLC0415 -- takes a while, and most configurations have none

    code, _, part = country.partition("-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of some countries only some years are known
        return frozenset(country_holidays(code, subdiv=part or None, years=year))


def _country(written: str) -> str:
    """Spell a country, and its part if any, as the `holidays` library does.

    Raises:
        ValueError: The library does not have it.
    """
    from holidays import list_supported_countries  # noqa: PLC0415 -- likewise

    countries = list_supported_countries(include_aliases=True)
    country, dash, part = written.partition("-")
    country = country.upper()
    if country not in countries:
        msg = f"no holidays are known of `{written}`; write a country such as GB, or a part of one such as DE-BE"
        raise ValueError(msg)
    parts = {one.lower(): one for one in countries[country]}
    if not dash:
        return country
    if part.lower() not in parts:
        msg = f"no holidays are known of `{written}`; {country} has " + (
            ", ".join(parts.values()) or "no parts"
        )
        raise ValueError(msg)
    return f"{country}-{parts[part.lower()]}"
