"""The metrics as text: one picture at one instant, in slices of about a millisecond."""

import asyncio
from collections.abc import AsyncIterator, Collection

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
        columns.reverse()
        yield evaluated_line(at, style)
        while columns:  # each is dropped once shown: to free them all at once takes milliseconds
            for text in columns.pop().slices(style, self._texts):
                yield text
                await asyncio.sleep(0)
        if Group.EXPORTER in groups:
            yield "".join((*exporter_lines(live, style), *self._process.lines(style)))
        yield style.end


async def take(live: Live, at: int, groups: Collection[Group]) -> list[Column]:
    """Compute every figure that endpoints and SLOs show at an instant."""
    endpoint_users, slo_users = await user_labels(live)
    endpoint_columns, slo_columns = EndpointColumns(endpoint_users), SloColumns(slo_users)
    of_endpoints, of_slos = Group.ENDPOINT in groups, Group.SLO in groups
    async for endpoints, slos in breathing(live):
        if of_endpoints:
            for endpoint in endpoints:
                endpoint_columns.take(endpoint, at)
        if of_slos:
            for slo in slos:
                slo_columns.take(slo, at)
    return [*endpoint_columns.columns(), *slo_columns.columns()]


async def user_labels(live: Live) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The one label set that the info metrics of endpoints are padded to, and that of SLOs; sorted."""
    shared, of_endpoints, of_slos = set[str](), set[str](), set[str]()
    async for endpoints, slos in breathing(live):
        service = (endpoints or slos)[0].service if endpoints or slos else None
        shared.update(name for name, _ in (service.labels if service else ()))
        of_endpoints.update(name for each in endpoints for name, _ in each.config.labels)
        of_slos.update(name for each in slos for name, _ in each.config.labels)
    return tuple(sorted(shared | of_endpoints)), tuple(sorted(shared | of_slos))
