"""The metrics as text: one picture at one instant, in slices of about a millisecond."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable

from exporter.config.model import Endpoint, Service, SloConfig
from exporter.engine.live import Live
from exporter.output.column import Column, Texts, fastest_texts
from exporter.output.endpoints import EndpointColumns
from exporter.output.names import Group
from exporter.output.process import Process, evaluated_line, exporter_lines
from exporter.output.slos import SloColumns
from exporter.output.style import Style
from exporter.output.walk import breathing

ALL = frozenset(Group)


class Exposition:
    """Renders what a daemon shows; holds nothing between two renders."""

    def __init__(self) -> None:
        self._texts: Texts = fastest_texts()
        self._process = Process()

    async def slices(
        self, live: Live, at: int, style: Style, groups: Collection[Group] = ALL
    ) -> AsyncIterator[str]:
        """Render everything as of one instant, giving way between slices.

        Args:
            live: What is shown; all figures of one service are taken in one go.
            at: The engine's present instant, milliseconds since the epoch.
            style: The format.
            groups: What to show.
        """
        columns = await take(live, at, groups)
        yield evaluated_line(at, style)
        for column in columns:
            for text in column.slices(style, self._texts):
                yield text
                await asyncio.sleep(0)
        if Group.EXPORTER in groups:
            yield "".join((*exporter_lines(live, style), *self._process.lines(style)))
        yield style.end


async def take(live: Live, at: int, groups: Collection[Group]) -> list[Column]:
    """Compute every figure that endpoints and SLOs show at an instant."""
    shown: list[Column] = []
    endpoint_columns = slo_columns = None
    if Group.ENDPOINT in groups:
        endpoint_columns = EndpointColumns(
            user_labels(live.config.services, (each.config for each in live.endpoints))
        )
        shown += endpoint_columns.columns()
    if Group.SLO in groups:
        slo_columns = SloColumns(user_labels(live.config.services, (each.config for each in live.slos)))
        shown += slo_columns.columns()
    if shown:
        async for endpoints, slos in breathing(live):
            if endpoint_columns:
                for endpoint in endpoints:
                    endpoint_columns.take(endpoint, at)
            if slo_columns:
                for slo in slos:
                    slo_columns.take(slo, at)
    return shown


def user_labels(services: Iterable[Service], configs: Iterable[Endpoint | SloConfig]) -> tuple[str, ...]:
    """The one label set that all info metrics of a kind are padded to, sorted."""
    names = {name for service in services for name, _ in service.labels}
    names.update(name for config in configs for name, _ in config.labels)
    return tuple(sorted(names))
