"""Figures, money, lengths and verdicts as people read them in a report."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from exporter.output.reports.blocks import Cell
from exporter.output.reports.document import Document, Instant, PeriodPart, Target
from exporter.timeline.zones import instant_of, local_of, zone
from exporter.units import DAY, HOUR, MINUTE, SECOND, describe_duration, format_instant, parse_instant

NOT_KNOWN = "not known"
NO_DATA = "no data"


class Verdict(NamedTuple):
    """How a verdict is shown: the shape says what the colour says."""

    mark: str
    word: str


VERDICTS: Mapping[str, Verdict] = MappingProxyType(
    {
        "met": Verdict("●", "met"),
        "at_risk": Verdict("▲", "at risk"),
        "missed": Verdict("✕", "missed"),
        "undetermined": Verdict("?", "undetermined"),
    }
)


def verdict_of(name: str) -> Cell:
    """A verdict in words; one that this version does not know is undetermined to it, and is called as it is."""
    known = VERDICTS.get(name)
    return Cell(known.word, verdict=name) if known else Cell(name or NOT_KNOWN, verdict="undetermined")


def known(text: str | None) -> str:
    """A text, or that it is not known."""
    return text or NOT_KNOWN


def per_cent(figure: str | None) -> str:
    """A figure without the zeros at its end: `99.95 %`; whole ones have no point, and what was cut off to 0 keeps its zeros."""
    if figure is None:
        return NO_DATA
    short = figure.rstrip("0").rstrip(".") if "." in figure else figure
    return f"{figure if short == '0' else short} %"


def money(amount: str | None, currency: str) -> str:
    """An amount with the places that it has: `2,400.00 EUR`."""
    return "no fee agreed" if amount is None else f"{Decimal(amount):,f} {currency}"


def count(number: int, thing: str) -> str:
    """So many of something: `1 outage`, `1,200 outages`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def of_downtime(document: Document) -> list[Target]:
    """The targets that downtime, or events, decide: answers and recorded measures have sections of their own."""
    return [each for each in document["targets"] if each["base_unit"] not in {"incidents", "groups"}]


def later(milliseconds_: int) -> str:
    """How much later something was written down than it happened, in its largest unit; empty for less than a minute."""
    lengths = ((DAY, "d"), (HOUR, "h"), (MINUTE, "m"))
    found = next(((milliseconds_ // unit, letter) for unit, letter in lengths if milliseconds_ >= unit), None)
    return f"written down {found[0]}{found[1]} later" if found else ""


def base_of(target: Target) -> str:
    """What downtime of a target is divided by."""
    unit, base = target["base_unit"], target["base_ms"]
    return describe_duration(base) if unit == "time" else count(base, unit.removesuffix("s"))


def misses_of(target: Target) -> int:
    """How many incidents, or groups, of a target were not as promised."""
    late = sum(each["met"] is False and not each["ignored"] for each in target["incidents"])
    return late + sum(each["holds"] is False for each in target["groups"])


@dataclass(frozen=True, slots=True)
class Times:
    """Instants as clocks of the period's zone show them.

    Attributes:
        name: IANA name of the zone.
        zone: It.
    """

    name: str
    zone: ZoneInfo

    @classmethod
    def of(cls, period: PeriodPart) -> "Times":
        """The zone that the label of a period names, such as `month/Europe/Berlin`; UTC where it is none."""
        name = re.sub(r"/\d{4}-\d\d-\d\d$", "", period["label"].partition("/")[2])
        try:
            return cls(name, zone(name))
        except ValueError:
            return cls("UTC", zone("UTC"))

    def cell(self, instant: Instant | None, *more: str) -> Cell:
        """An instant: `2026-10-01 02:00:00 CEST`, with milliseconds where it has some."""
        if instant is None:
            return Cell(NOT_KNOWN, more)
        at = milliseconds(instant)
        return Cell(self.text(at), more, format_instant(at))

    def text(self, instant: Instant) -> str:
        """The same as text; the abbreviation tells the two hours apart that clocks show twice."""
        at = milliseconds(instant)
        local = local_of(at, self.zone)
        second = local.replace(tzinfo=self.zone, fold=int(instant_of(local, self.zone) != at))
        precision = "milliseconds" if at % SECOND else "seconds"
        return f"{local.isoformat(' ', precision)} {second.tzname()}"

    def days(self, start: Instant, end: Instant) -> str:
        """A span as its first and last day where it has whole ones, else as two instants."""
        first, beyond = (local_of(milliseconds(each), self.zone) for each in (start, end))
        if first.time() == beyond.time() == first.min.time() and first < beyond:
            return f"{first.date()} to {(beyond - timedelta(days=1)).date()}"
        return f"{self.text(start)} to {self.text(end)}"


def milliseconds(instant: Instant) -> int:
    """An instant since the epoch."""
    return instant if isinstance(instant, int) else parse_instant(instant)
