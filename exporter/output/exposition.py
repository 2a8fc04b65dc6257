"""The metrics as text: one picture at one instant, in slices of about a millisecond."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field

from exporter.engine.live import Live
from exporter.output.agreements import agreement_columns
from exporter.output.column import Column, Texts, fastest_texts
from exporter.output.endpoints import EndpointColumns
from exporter.output.names import Group
from exporter.output.process import Process, evaluated_line, exporter_lines
from exporter.output.ranks import answer, seen
from exporter.output.services import ServiceColumns
from exporter.output.slos import SloColumns
from exporter.output.style import Style, WordsById
from exporter.output.walk import breathing

ALL = frozenset(Group)


@dataclass(slots=True)
class Shown:
    """What does not change while the same things are shown.

    Attributes:
        live: What is shown.
        endpoint_users: The one set of users' labels that the info metric of endpoints is padded to, sorted.
        slo_users: Likewise of SLOs.
        endpoints: Label texts, as they are first needed; about 0.4 KB for an endpoint and an SLO.
        slos: Likewise.
    """

    live: Live
    endpoint_users: tuple[str, ...]
    slo_users: tuple[str, ...]
    endpoints: WordsById = field(default_factory=dict)
    slos: WordsById = field(default_factory=dict)


class Exposition:
    """Renders what a daemon shows; between two renders it keeps label texts and no values."""

    def __init__(self) -> None:
        self._shown: Shown | None = None
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
        if self._shown is None or self._shown.live is not live:
            self._shown = Shown(live, *await user_labels(live))
        columns = await take(self._shown, at, groups)
        columns.reverse()
        yield evaluated_line(at, style)
        while columns:  # each is dropped once shown: to free them all at once takes milliseconds
            for text in columns.pop().slices(style, self._texts):
                yield text
                await asyncio.sleep(0)
        if Group.EXPORTER in groups:
            yield "".join((*exporter_lines(live, at, style), *self._process.lines(style)))
        yield style.end


async def take(shown: Shown, at: int, groups: Collection[Group]) -> list[Column]:
    """Compute every figure that services, endpoints and SLOs show at an instant, each once, and take those of agreements as last judged."""
    service_columns = ServiceColumns()
    endpoint_columns = EndpointColumns(shown.endpoint_users, shown.endpoints)
    slo_columns = SloColumns(shown.slo_users, shown.slos)
    of_services, of_endpoints, of_slos = (
        group in groups for group in (Group.SERVICE, Group.ENDPOINT, Group.SLO)
    )
    async for service, endpoints, slos in breathing(shown.live):
        states = [seen(each, at) for each in endpoints] if of_services or of_endpoints else []
        answers = [answer(each, at) for each in slos] if of_services or of_slos else []
        if of_services:
            service_columns.take(service, states, answers)
        if of_endpoints:
            for endpoint, state in zip(endpoints, states, strict=True):
                endpoint_columns.take(endpoint, state, at)
        if of_slos:
            for slo, found in zip(slos, answers, strict=True):
                slo_columns.take(slo, found)
    agreements = agreement_columns(shown.live.agreements, at) if Group.SLA in groups else []
    return [*service_columns.columns(), *endpoint_columns.columns(), *slo_columns.columns(), *agreements]


async def user_labels(live: Live) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The one label set that the info metrics of endpoints are padded to, and that of SLOs; sorted."""
    shared, of_endpoints, of_slos = set[str](), set[str](), set[str]()
    async for service, endpoints, slos in breathing(live):
        shared.update(name for name, _ in service.labels)
        of_endpoints.update(name for each in endpoints for name, _ in each.config.labels)
        of_slos.update(name for each in slos for name, _ in each.config.labels)
    return tuple(sorted(shared | of_endpoints)), tuple(sorted(shared | of_slos))
