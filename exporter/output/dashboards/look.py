"""Colours, marks and words: the same on all dashboards, and legible without colour.

The colours are those of Okabe and Ito, which people of all kinds of colour vision tell apart, darkened where white
letters lie on them. Each goes with a mark.
"""

from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.models import dashboard as model

from exporter.output.ranks import MARKS, Rank

GOOD, BUSY, WARN, BAD, GONE, CALM = "#0067A3", "#007A59", "#8F6A00", "#C23B00", "#A6407D", "#5C6370"
"""To fill: as dark as white letters on them need."""

GOOD_LINE, BUSY_LINE, WARN_LINE, BAD_LINE, GONE_LINE = "#56B4E9", "#009E73", "#E69F00", "#E8590C", "#CC79A7"
"""For lines and letters."""

LINES = (GOOD_LINE, BUSY_LINE, WARN_LINE, BAD_LINE, GONE_LINE)

TIER_LINES = (BAD_LINE, WARN_LINE, BUSY_LINE, GONE_LINE)
"""Of the alert tiers, the fastest first."""

PLAIN, TEXT = "transparent", "text"

RANKS = {
    Rank.DOWN: (MARKS[Rank.DOWN], BAD),
    Rank.FIRING: (MARKS[Rank.FIRING], "#FFB300"),
    Rank.MISSED: (MARKS[Rank.MISSED], GONE),
    Rank.UNKNOWN: (MARKS[Rank.UNKNOWN], "#B5B5B5"),
    Rank.EXCLUDED: (MARKS[Rank.EXCLUDED], "#8FD3BB"),
    Rank.FINE: (MARKS[Rank.FINE], GOOD),
}
"""Mark and fill of a service, those of the page; light enough for Grafana to write dark letters, or dark enough for light ones."""

SLO_STATES = ("good", "excluded", "unknown", "bad")
ENDPOINT_STATES = ("up", "unknown", "down")
VERDICTS = ("met", "at_risk", "undetermined", "missed")
"""From the best to the worst, as numbers stand for them."""

_MARKS = {
    "good": ("● good", GOOD),
    "up": ("● up", GOOD),
    "excluded": ("‖ excluded", BUSY),
    "unknown": ("? unknown", CALM),
    "bad": ("✖ bad", BAD),
    "down": ("✖ down", BAD),
    "met": ("● met", GOOD),
    "at_risk": ("▲ at risk", WARN),
    "undetermined": ("? undetermined", CALM),
    "missed": ("✖ missed", BAD),
}


def states(words: Sequence[str]) -> list[model.ValueMapping]:
    """What numbers mean that stand for states."""
    return [
        model.ValueMap({str(place): _result(*_MARKS[word], place) for place, word in enumerate(words)}),
    ]


def ranges(*steps: tuple[float | None, float | None, str, str]) -> list[model.ValueMapping]:
    """Words for ranges: from, to, text, colour."""
    return [
        model.RangeMap(model.DashboardRangeMapOptions(start, end, _result(text, colour, place)))
        for place, (start, end, text, colour) in enumerate(steps)
    ]


def yes_or_no(no: str = "✖ no", yes: str = "● yes") -> list[model.ValueMapping]:
    """Words for 0, which is bad, and 1."""
    return [model.ValueMap({"0": _result(no, BAD, 0), "1": _result(yes, GOOD, 1)})]


def _result(text: str, colour: str, place: int) -> model.ValueMappingResult:
    return model.ValueMappingResult(text=text, color=colour, index=place)


def thresholds(base: str, *steps: tuple[float, str]) -> build.ThresholdsConfig:
    """Colours from values on; `base` below all of them, and where there is no value."""
    all_steps = [model.Threshold(None, base), *(model.Threshold(value, colour) for value, colour in steps)]
    return build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(all_steps)


def threshold_values(base: str, *steps: tuple[float, str]) -> dict[str, Any]:
    """The same as the value of an override."""
    all_steps = [{"color": base, "value": None}, *({"color": colour, "value": at} for at, colour in steps)]
    return {"mode": "absolute", "steps": all_steps}


def by_name() -> build.FieldColor:
    """A colour of its own for each line, the same wherever it is named."""
    return build.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME)


Property = model.DynamicConfigValue

FILLED = {"type": "color-background", "mode": "basic"}
"""Cells that are all of their colour."""


def set_to(**properties: Any) -> list[Property]:  # noqa: ANN401 -- as Grafana's JSON has them
    """Properties of an override; `custom_width` is `custom.width`."""
    return [Property(name.replace("custom_", "custom."), _plain(value)) for name, value in properties.items()]


def _plain(value: Any) -> Any:  # noqa: ANN401 -- likewise
    """Mappings as JSON, which the SDK leaves to us in overrides."""
    if isinstance(value, list):
        return [each.to_json() if hasattr(each, "to_json") else each for each in value]
    return value


def one_colour(colour: str) -> dict[str, str]:
    """The value of the property `color`."""
    return {"mode": "fixed", "fixedColor": colour}


def link(title: str, url: str) -> list[dict[str, Any]]:
    """The value of the property `links`."""
    return [{"title": title, "url": url, "targetBlank": False}]


def to(uid: str, **variables: str) -> str:
    """The address of another dashboard, with the time range, the data source and the sites of this one."""
    given = "".join(f"&var-{name}={value}" for name, value in variables.items())
    return f"/d/{uid}?${{__url_time_range}}&${{datasource:queryparam}}&${{site:queryparam}}{given}"
