"""An SLO's answer as lines for people."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

from exporter.slo.answer import Answer
from exporter.units import describe_duration, describe_share, parse_instant

YOUNG = Fraction(1, 2)
"""Coverage below which an SLI is said together with how little it was seen."""

NO_VALUE = "no value"


def lines(answer: Answer) -> Iterator[str]:
    """Every figure of an answer, ratios floored and lengths exact."""
    window = answer["window"]
    length = describe_duration(parse_instant(window["end"]) - parse_instant(window["start"]))
    objective = f"{Decimal(repr(answer['objective'])) * 100:f}".rstrip("0").rstrip(".")
    so_far = " so far of its period" if answer["period"] else ""
    yield f"{answer['service']}/{answer['slo']}: {objective} % over {length}{so_far}"
    yield f"  window     {window['start']} to {window['end']}"
    if answer["period"]:
        yield f"  period     {answer['period']['start']} to {answer['period']['end']}{_pace(answer['pace'])}"
    yield f"  SLI        {_sli(answer)}"
    yield f"  bounds     {_percent(answer['bounds']['worst'])} to {_percent(answer['bounds']['best'])}"
    yield f"  coverage   {_percent(answer['coverage'])}"
    yield "  time       " + ", ".join(f"{length} {state}" for state, length in _times(answer))
    events = answer["events"]
    excluded = f", {events['excluded']} excluded" if events["excluded"] else ""
    yield f"  events     {events['good']} good, {events['bad']} bad{excluded}"
    if answer["slices"] is not None:
        yield f"  slices     {answer['slices']['good']} good, {answer['slices']['bad']} bad"
    yield f"  budget     {_budget(answer)}"
    yield f"  objective  {_verdict(answer['met'])}"
    burn = ", ".join(f"{window} {_rate(rate)}" for window, rate in answer["burn_rate"].items())
    yield f"  burn rate  {burn or 'no window is short enough'}"
    settled = answer["settled_until"]
    if answer["kept_from"]:
        yield f"  kept       from {answer['kept_from']} on; what lies before was let go of"
    yield f"  settled    {f'until {settled}' if settled else 'nothing yet: no daemon has written to this store'}"


def source_line(samples: int, interval: int, staleness: int) -> str:
    """What an answer was made of where that is not a store; lengths in milliseconds."""
    apart, speaks = describe_duration(interval), describe_duration(staleness)
    return f"  samples    {samples:,}, {apart} apart; each speaks for at most {speaks}"


def periods(answers: Sequence[Answer]) -> Iterator[str]:
    """The closed periods of an SLO, a line each, the latest first."""
    rows = [("FROM", "TO", "SLI", "SEEN", "BUDGET LEFT", "OBJECTIVE")]
    rows += [
        (
            each["window"]["start"],
            each["window"]["end"],
            _percent(each["sli"]),
            _percent(each["coverage"]),
            _budget(each),
            _verdict(each["met"]),
        )
        for each in answers
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _pace(pace: float | None) -> str:
    return "" if pace is None else f"; pace {_rate(pace)}, where 1 spends the budget by its end"


def _sli(answer: Answer) -> str:
    if answer["sli"] is None:
        excluded = answer["coverage"] is None
        return f"{NO_VALUE}: {'all of this window is excluded' if excluded else 'nothing is known of this window'}"
    seen = _exact(answer["seconds"]["up"]) + _exact(answer["seconds"]["down"])
    share = answer["coverage"]
    if share is None or _exact(share) >= YOUNG:
        return _percent(answer["sli"])
    return f"{_percent(answer['sli'])} of the {_length(seen)} seen ({_percent(share)})"


def _budget(answer: Answer) -> str:
    budget = answer["error_budget"]
    allowed = _length(_exact(budget["allowed_seconds"]))
    if budget["remaining_seconds"] is None:
        return f"{allowed} allowed; {NO_VALUE} for what is left"
    left = _length(_exact(budget["remaining_seconds"]))
    return f"{left} left of {allowed} ({_percent(budget['remaining_ratio'])})"


def _verdict(met: bool | None) -> str:
    if met is None:
        return NO_VALUE
    return "met" if met else "missed"


def _times(answer: Answer) -> Iterator[tuple[str, str]]:
    """The states and how long they lasted; where instants are shared out by weight, what was down is not floored."""
    seconds = answer["seconds"]
    yield "up", _length(_exact(seconds["up"]))
    yield "down", describe_duration(ceil(_exact(seconds["down"]) * 1000))
    yield "excluded", _length(_exact(seconds["excluded"]))
    yield "unknown", _length(_exact(seconds["unknown"]))


def _exact(number: float) -> Fraction:
    """The number that was written, so that flooring it does not floor a binary neighbour of it."""
    return Fraction(repr(number))


def _percent(ratio: float | None) -> str:
    return NO_VALUE if ratio is None else describe_share(_exact(ratio))


def _length(seconds: Fraction) -> str:
    return describe_duration(int(seconds * 1000 // 1))


def _rate(rate: float | None) -> str:
    return NO_VALUE if rate is None else f"{rate:.3g}"
