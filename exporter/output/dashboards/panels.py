"""The kinds of panels, with what all of a kind have in common."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import common as look_model
from grafana_foundation_sdk.models import dashboard as model

from exporter.output.dashboards import look
from exporter.output.dashboards.queries import DATA_SOURCE

Queries = prometheus.Dataquery

_LAST = ["lastNotNull"]


def tiles(title: str, about: str, *queries: Queries) -> stat.Panel:
    """A tile for each value, filled with its colour."""
    panel = stat.Panel().title(title).description(about).datasource(DATA_SOURCE)
    panel.reduce_options(common.ReduceDataOptions().calcs(_LAST).values(values=False))
    panel.color_mode(look_model.BigValueColorMode.BACKGROUND_SOLID).graph_mode(
        look_model.BigValueGraphMode.NONE
    )
    panel.justify_mode(look_model.BigValueJustifyMode.AUTO).thresholds(look.thresholds(look.CALM))
    return panel.targets(list(queries))


def figure(title: str, about: str, *queries: Queries) -> stat.Panel:
    """Plain numbers, coloured only where they are bad."""
    panel = tiles(title, about, *queries).color_mode(look_model.BigValueColorMode.VALUE)
    return panel.thresholds(look.thresholds(look.TEXT))


def bars(title: str, about: str, *queries: Queries) -> bargauge.Panel:
    """A bar for each value, with the value beside it."""
    panel = bargauge.Panel().title(title).description(about).datasource(DATA_SOURCE)
    panel.reduce_options(common.ReduceDataOptions().calcs(_LAST).values(values=False))
    panel.orientation(look_model.VizOrientation.HORIZONTAL).max_viz_height(28).display_mode(
        look_model.BarGaugeDisplayMode.BASIC
    )
    return panel.value_mode(look_model.BarGaugeValueMode.TEXT).targets(list(queries))


def graph(title: str, about: str, *queries: Queries) -> timeseries.Panel:
    """Lines over time; what is missing stays a gap."""
    panel = timeseries.Panel().title(title).description(about).datasource(DATA_SOURCE)
    panel.line_width(2).show_points(look_model.VisibilityMode.NEVER).fill_opacity(0)
    panel.color_scheme(look.by_name()).thresholds(look.thresholds(look.PLAIN))
    panel.legend(
        common.VizLegendOptions()
        .display_mode(look_model.LegendDisplayMode.LIST)
        .placement(look_model.LegendPlacement.BOTTOM)
        .show_legend(show_legend=True)
        .calcs([])
    )
    tooltip = common.VizTooltipOptions().mode(look_model.TooltipDisplayMode.MULTI)
    return panel.tooltip(tooltip.sort(look_model.SortOrder.DESCENDING)).targets(list(queries))


def state_lines(title: str, about: str, words: Sequence[str], *queries: Queries) -> statetimeline.Panel:
    """A band for each thing that says in which state it was when."""
    panel = statetimeline.Panel().title(title).description(about).datasource(DATA_SOURCE)
    panel.mappings(look.states(words)).merge_values(merge_values=True).fill_opacity(90).line_width(0)
    panel.show_value(look_model.VisibilityMode.AUTO).row_height(0.8).thresholds(look.thresholds(look.CALM))
    return panel.targets(list(queries))


def rows(title: str, about: str, columns: Mapping[str, str], *queries: Queries) -> table.Panel:
    """A table of several queries, joined where their labels are the same.

    Args:
        title: Of the panel.
        about: Its description.
        columns: Heads by field, in order; a query's value is the field `Value #A` by its letter. Others are not shown.
        queries: With their letters.
    """
    panel = table.Panel().title(title).description(about).datasource(DATA_SOURCE)
    panel.cell_height(look_model.TableCellHeight.SM).show_header(show_header=True)
    panel.thresholds(look.thresholds(look.PLAIN)).targets(list(queries))
    if len(queries) > 1:
        panel.with_transformation(model.DataTransformerConfig(id_val="merge", options={}))
    shown: dict[str, object] = {
        "include": {"names": list(columns)},
    }
    panel.with_transformation(model.DataTransformerConfig(id_val="filterFieldsByName", options=shown))
    order = {
        "indexByName": {name: place for place, name in enumerate(columns)},
        "renameByName": dict(columns),
        "excludeByName": {},
    }
    return panel.with_transformation(model.DataTransformerConfig(id_val="organize", options=order))
