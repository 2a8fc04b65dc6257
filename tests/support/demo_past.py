"""What a Prometheus would have of `demo`'s month, had it scraped it all along: the real exporter's figures, as of each instant."""

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from exporter.config.load import load
from exporter.config.model import Service
from exporter.demo.past import nights, past_of
from exporter.demo.play import CONFIG, STORAGE
from exporter.demo.stories import STORIES
from exporter.engine.live import Counters, Health, LastProbe, Live, LiveEndpoint, LiveSlo
from exporter.probes.result import NO_PHASES, Outcome, Phases, Reason, Result
from exporter.record.csv_file import Past
from exporter.record.histories import load as load_pasts
from exporter.record.questions import Questions
from exporter.store.reader import SqliteReader
from exporter.timeline.tally import State
from exporter.units import DAY, HOUR, MINUTE
from tests.support.stamped import openmetrics, stamped

DAYS = 30
STEP = 10 * MINUTE
"""From one scrape to the next; graphs of the whole month look at every sixth, where there is one."""

LATELY = 3 * HOUR
"""In which there was one each minute, as graphs of hours need it."""

_OUTCOMES = {State.UP: Outcome.SUCCESS, State.DOWN: Outcome.FAILURE, State.UNKNOWN: Outcome.INCONCLUSIVE}
_MILLISECOND = 1_000_000


async def past_samples(kept: Path, target: str, end: int) -> str:
    """All of it as OpenMetrics with instants, up to `end`, milliseconds since the epoch.

    Args:
        kept: The folder that the demo keeps.
        target: Labels of the scrape target, as text.
        end: The last instant is the last whole step before.
    """
    live = _live(kept, end)
    told = stamped(_shown(live, end // STEP * STEP), target)
    return openmetrics([sample async for sample in told])


def _live(kept: Path, now: int) -> Live:
    """The whole record, to be asked as of any instant."""
    config = load([str(kept / CONFIG)], {})
    store = SqliteReader.open(kept / STORAGE)
    try:
        pasts = load_pasts(store)
    finally:
        store.close()
    questions = Questions(config, pasts, config.exclusions, (now - 3 * DAYS * DAY, now + DAY))
    histories = {
        (each.stored.service, each.stored.id): each.history for found in pasts.values() for each in found
    }
    live = Live(config, [], [], Health(reload_success_at=now - DAYS * DAY), config.exclusions)
    for service in config.services:
        live.endpoints += [
            LiveEndpoint(
                service,
                each,
                histories[service.id, each.id],
                Counters(),
                LastProbe(),
                excluded=questions.excluded(service, each),
            )
            for each in service.endpoints
        ]
        live.slos += [LiveSlo(service, each, questions.of(service, each)) for each in service.slos]
    return live


def _shown(live: Live, end: int) -> Iterator[tuple[int, Live]]:
    """What there is to see at each step; endpoints count their results as they come."""
    coming = deque(
        sorted(
            ((result, each) for each in live.endpoints for result in _results(each.service, end)),
            key=lambda told: told[0].at,
        )
    )
    lately = range(end - LATELY, end + 1, MINUTE)
    for at in (*range(end - DAYS * DAY, lately.start, STEP), *lately):
        while coming and coming[0][0].at <= at:
            _count(*coming.popleft())
        live.health.commit_at = at - 500
        live.health.lag.observe(_MILLISECOND)
        yield at, live


def _results(service: Service, now: int) -> Iterable[Past]:
    story = next((each for each in STORIES if each.service == service.name), None)
    return past_of(story, now, DAYS) if story else nights(now, DAYS)


def _count(result: Past, endpoint: LiveEndpoint) -> None:
    outcome, took = _OUTCOMES[result.vote], result.duration or 0
    reason = Reason(result.reason) if result.reason else None
    endpoint.counters.count(outcome, reason, took)
    phases = Phases(connect=_MILLISECOND, processing=took - 2 * _MILLISECOND, transfer=_MILLISECOND)
    endpoint.last.update(result.at, Result(outcome, reason, phases=phases if took else NO_PHASES))
