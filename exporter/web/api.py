"""`/api/v1/...`: what programs ask for."""

import json

from aiohttp import hdrs, web

from exporter.engine.live import LiveSlo
from exporter.output.walk import breathing
from exporter.slo.answer import Answer, ask
from exporter.slo.status import Status, status_at
from exporter.web.source import SOURCE, Source


class StatedAnswer(Answer):
    """An SLO's answer and what it is at that instant."""

    state: Status


async def slos(request: web.Request) -> web.StreamResponse:
    """List every SLO's answer, all of one instant, in the order of the configuration."""
    source = request.app[SOURCE]
    response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: "application/json; charset=utf-8"})
    await response.prepare(request)
    if request.method != hdrs.METH_HEAD:
        at, live = source.now(), source.live
        await response.write(b"[")
        before = "\n"
        async for part in breathing(live):
            for slo in part.slos:
                await response.write((before + json.dumps(stated(source, slo, at))).encode())
                before = ",\n"
        await response.write(b"\n]\n")
    await response.write_eof()
    return response


def stated(source: Source, slo: LiveSlo, at: int) -> StatedAnswer:
    """One SLO's answer at an instant, and its state."""
    shown = ask(
        slo.service.name,
        slo.config.name,
        slo.question,
        at=at,
        settled_until=source.settled(slo),
    )
    return {**shown, "state": status_at(slo.question, at)}
