"""A dashboard as a whole: who it is, where its panels are, and its way to the others."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as model

TAG = "uptime-slo-exporter"
WIDTH = 24
"""Columns of Grafana's grid."""

WALL, SLOS, SLO = "uptime-wall", "uptime-slos", "uptime-slo"
ENDPOINTS, AGREEMENTS, EXPORTER = "uptime-endpoints", "uptime-agreements", "uptime-exporter"
ABOUT = "Written by `uptime-slo-exporter dashboards`; changes are lost when it runs again."
"""The description of each dashboard, by which the command knows its own files."""

Panel: TypeAlias = Builder[model.Panel]
Row: TypeAlias = tuple[int, Sequence[tuple[int, Panel]]]
"""A height, and panels from left to right with their widths."""


def page(
    uid: str, title: str, variables: Sequence[Builder[model.VariableModel]], rows: Sequence[Row]
) -> build.Dashboard:
    """A dashboard of rows of panels.

    Args:
        uid: Part of its address; never changes.
        title: Of it.
        variables: From left to right.
        rows: From top to bottom.
    """
    made = build.Dashboard(title).uid(uid).tags([TAG]).description(ABOUT).readonly()
    made.refresh("30s").time("now-6h", "now").timezone("browser").tooltip(model.DashboardCursorSync.CROSSHAIR)
    made.variables(list(variables)).link(_others())
    for place, panel in _placed(rows):
        made.with_panel(_At(panel, place))
    return made


def _placed(rows: Sequence[Row]) -> Iterator[tuple[model.GridPos, Panel]]:
    top = 0
    for height, panels in rows:
        left = 0
        for width, panel in panels:
            yield model.GridPos(h=height, w=width, x=left, y=top), panel
            left += width
        top += height


class _At(Builder[model.Panel]):
    """A panel at a place: each kind has a builder of its own, which know nothing of each other."""

    def __init__(self, panel: Panel, place: model.GridPos) -> None:
        self._panel = panel
        self._place = place

    def build(self) -> model.Panel:
        built = self._panel.build()
        built.grid_pos = self._place
        return built


def _others() -> build.DashboardLink:
    """Links to the other dashboards, which keep the time range and what is chosen."""
    link = build.DashboardLink("Uptime").type(model.DashboardLinkType.DASHBOARDS).tags([TAG])
    return link.as_dropdown(as_dropdown=False).keep_time(keep_time=True).include_vars(include_vars=True)
