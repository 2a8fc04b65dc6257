"""Terms and evidence of thirty days, for tests of what is made of them."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from exporter.sla.evaluate import evaluate
from exporter.sla.evidence import Claim, Evidence, Period, Slice
from exporter.sla.lane import Lane
from exporter.sla.result import TargetResult
from exporter.sla.terms import Measure, Recognition, SliceTerms, Target, Terms
from exporter.timeline.exclusion import Category
from exporter.timeline.spans import Span, Spans
from exporter.timeline.tally import Standing
from exporter.units import DAY

START = 1_790_812_800_000
"""2026-10-01T00:00:00Z."""

END = START + 30 * DAY
PERIOD = Period((START, END), END)
MARGIN = DAY
"""Of evidence on both sides of the period."""

RECOGNISED = {Category.MAINTENANCE: Recognition()}


def percent(text: str) -> Fraction:
    return Fraction(text) / 100


def lane(
    down: Iterable[Span] = (),
    unknown: Iterable[Span] = (),
    start: int = START - MARGIN,
    end: int = END + MARGIN,
) -> Lane:
    """Up but for spans, in milliseconds after the start of the period; unknown ones count where both are."""
    lost, bad = (Spans((START + first, START + beyond) for first, beyond in each) for each in (unknown, down))
    edges = {start, *(edge for spans in (lost, bad) for span in spans for edge in span)}
    runs = [
        (at, Standing.UNKNOWN if lost.covers(at) else Standing.DOWN if bad.covers(at) else Standing.UP)
        for at in sorted(edges)
        if start <= at < end
    ]
    return Lane.of(runs, start, end)


def target(agreed: str = "99.9", **more: object) -> Target:
    given: dict[str, object] = {
        "name": "shop",
        "service": "shop",
        "endpoints": ("web",),
        "agreed": percent(agreed),
    }
    return Target(**(given | more))  # type: ignore[arg-type]


def terms(
    measure: Measure | None = None,
    recognised: Mapping[Category, Recognition] = RECOGNISED,
    people: Mapping[str, frozenset[str]] | None = None,
) -> Terms:
    return Terms(measure or Measure(), (), recognised, people or {})


def evidence(
    *lanes: Lane,
    claims: Iterable[Claim] = (),
    hours: Spans | None = None,
    reported: tuple[int, ...] = (),
    slices: tuple[Slice, ...] = (),
) -> Evidence:
    named = {f"web{number or ''}": each for number, each in enumerate(lanes or (lane(),))}
    return Evidence((START - MARGIN, END + MARGIN), named, tuple(claims), hours, reported, slices=slices)


def claim(first: int, beyond: int, category: Category = Category.MAINTENANCE, **more: object) -> Claim:
    """An exclusion, in milliseconds after the start of the period."""
    return Claim("c1", "move", category, (START + first, START + beyond), **more)  # type: ignore[arg-type]


def judged(
    *lanes: Lane,
    agreed: str = "99.9",
    measure: Measure | None = None,
    period: Period = PERIOD,
    **more: object,
) -> TargetResult:
    """The result of a target over time."""
    return evaluate(terms(measure), target(agreed), evidence(*lanes, **more), period)  # type: ignore[arg-type]


def of_slices(
    slices: SliceTerms, *runs: Slice, agreed: str = "99.9", period: Period = PERIOD
) -> TargetResult:
    """The result of a target over events."""
    return evaluate(terms(), target(agreed, slices=slices), evidence(slices=runs), period)


def six(figure: Fraction | None) -> str:
    """Per cent with six places, cut off."""
    assert figure is not None
    millionths = figure * 100 * 10**6 // 1
    return f"{millionths // 10**6}.{millionths % 10**6:06}"
