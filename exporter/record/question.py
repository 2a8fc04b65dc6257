"""An SLO asked of the store, as of any instant."""

from exporter.config.model import Config, Service, SloConfig
from exporter.config.objectives import objective_of
from exporter.errors import UsageError
from exporter.record.histories import all_settled_until, history_of, load, members
from exporter.slo import answer
from exporter.store.base import Mark, Reader
from exporter.units import EARLIEST

ALIVE = 5_000
"""Milliseconds after its last commit for which a daemon is taken to be alive."""


def default_instant(mark: Mark | None, now: int) -> int:
    """The instant that a question is about if it does not say: the newest commit of a daemon that lives, else now."""
    return mark.at if mark is not None and 0 <= now - mark.at < ALIVE else now


def ask(
    store: Reader,
    config: Config,
    service: Service,
    slo: SloConfig,
    *,
    now: int,
    at: int | None = None,
    window: int | None = None,
) -> answer.Answer:
    """Answer an SLO from the store, with all that is known today.

    Args:
        store: The record, or what a daemon has committed of it so far.
        config: That has the SLO.
        service: Its service.
        slo: The question.
        now: Milliseconds since the epoch.
        at: The instant that is asked about; None for the default one.
        window: Milliseconds, in place of the SLO's own window; None for that.

    Raises:
        UsageError: The window begins before there were instants.
    """
    mark = store.mark()
    at = default_instant(mark, now) if at is None else at
    if at - (window or slo.window) < EARLIEST:
        msg = "the window begins before the year 1; ask for a shorter one, or for a later instant"
        raise UsageError(msg)
    known = members(slo, load(store, {service.id}).get(service.id, ()))
    if mark is not None and now - mark.at >= ALIVE:
        for each in known:  # nobody has been watching since
            each.history.timeline.cut(mark.at)
    return answer.ask(
        service.name,
        slo.name,
        objective_of(service, slo, config.min_bad),
        history_of(slo, known),
        at=at,
        window=window,
        settled_until=None if mark is None else all_settled_until(known, mark),
    )
