"""What the monitor itself did in a period, for whoever doubts what it says of others."""

from collections.abc import Iterable
from functools import reduce
from operator import and_

from exporter import __version__
from exporter.record.agreements.evidence import Sources
from exporter.record.exclusions import Action
from exporter.sla.period import PeriodResult
from exporter.sla.wire import Json
from exporter.timeline.spans import NOTHING, Span, Spans
from exporter.timeline.tally import Standing
from exporter.units import format_instant

_BY_HAND = {Action.ADD, Action.REMOVE, Action.APPROVE}
_WATCHED = {Action.CONFIGURE, Action.DROP}


def monitor(result: PeriodResult, sources: Sources) -> Json:
    """How the period of a result was measured: sites, intervals, when it saw nothing or did not run, and what was changed.

    Corrections are those since the period began, also later ones: it is they that change what was said.
    """
    start, end = result.period.span
    stopped = [each for each in sources.absences if each.since < end and each.until > start]
    return {
        "site": sources.config.site,
        "version": __version__,
        "interval_ms": {
            f"{service.name}/{endpoint.name}": endpoint.policy.interval
            for service in sources.config.services
            for endpoint in service.endpoints
        },
        "blind": _told(blind(result) - Spans((each.since, each.until) for each in stopped)),
        "stopped": _told((each.since, each.until) for each in stopped),
        "restarts": sum(start <= each.until < end for each in stopped),
        "corrections": [
            {"at": format_instant(each.at), "author": each.who, "what": f"{each.action} {each.ident}"}
            for each in sources.log
            if each.action in _BY_HAND and start <= each.at
        ],
        "config_changes": [
            {"at": format_instant(each.at), "what": f"{each.action} {each.ident}"}
            for each in sources.log
            if each.action in _WATCHED and start <= each.at < end
        ],
    }


def blind(result: PeriodResult) -> Spans:
    """When nothing was known of any endpoint that the targets are about, though one was watched; nothing where none ever was."""
    within = Spans([result.period.elapsed])
    lanes = [lane for seen in result.evidence.values() for lane in seen.lanes.values()]
    if not lanes:
        return NOTHING
    silent = reduce(and_, (lane.spans(Standing.UNKNOWN, Standing.ABSENT) for lane in lanes), within)
    return silent - reduce(and_, (lane.spans(Standing.ABSENT) for lane in lanes), within)


def _told(spans: Iterable[Span]) -> list[list[str]]:
    return [[format_instant(start), format_instant(end)] for start, end in spans]
