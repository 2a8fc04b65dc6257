"""What people have written down of incidents: how they answered those of the past, and some that are still open."""

from collections.abc import Iterator, Sequence

from exporter.config.model import Config
from exporter.demo.stories import STORIES
from exporter.record.agreements.asking import sources_of
from exporter.record.incidents.batch import Row, batch
from exporter.record.incidents.deriving import derived
from exporter.record.incidents.ledger import fold_of
from exporter.record.incidents.seeing import seen
from exporter.record.incidents.writing import Desk
from exporter.sla.incidents.incident import Incident
from exporter.store.base import Writer
from exporter.units import HOUR, MINUTE, format_instant

PROVIDER, CUSTOMER = "mara", "jo"
"""Who writes."""

BAD = "billing"
"""Whose outages somebody answered: their story is a bad week."""

ANSWERED_AFTER = (8 * MINUTE, 25 * MINUTE, 5 * MINUTE, 11 * MINUTE)
"""Of its outages, in the order of the story; a quarter of an hour was promised."""


def write_tickets(store: Writer, config: Config, now: int) -> None:
    """Write them down, after the outages that the record has by now.

    Args:
        store: Has the past.
        config: With the agreement.
        now: Milliseconds since the epoch.
    """
    found = sources_of(store, config, now)
    before = fold_of(store.ledger())
    store.write_down(derived(before, seen(config, found.known, found.until), found.until, now))
    fold, services = fold_of(store.ledger()), [each.name for each in config.services]
    outages = list(fold.ledger().incidents.values())
    for who, rows in ((CUSTOMER, _reported(now)), (PROVIDER, [*_answers(outages, now), *_at_work(now)])):
        store.write_down(batch(Desk(config.agreements, services, fold, who, now), rows))


def _reported(now: int) -> list[Row]:
    """What no probe sees: one of which the next update is due soon, one that is late, and one that nobody has answered."""
    return [
        _opened("T-1", BAD, now - 55 * MINUTE, severity="sev2", title="Invoices lack the order's number"),
        _opened("T-2", "warehouse", now - 26 * HOUR, severity="sev3", title="The stock of shoes is wrong"),
        _opened("T-3", "checkout", now - 12 * MINUTE, severity="sev2", title="Coupons are refused"),
    ]


def _at_work(now: int) -> list[Row]:
    return [
        _said("T-1", now - 45 * MINUTE, "A template was changed; it is being put back"),
        _said("T-2", now - 24 * HOUR, "Will be counted anew"),
    ]


def _answers(outages: Sequence[Incident], now: int) -> Iterator[Row]:
    """How the outages of the bad week were answered, as far as there is history of them."""
    story = next(each for each in STORIES if each.service == BAD)
    after = {now - outage.ago: each for outage, each in zip(story.outages, ANSWERED_AFTER, strict=True)}
    for each in outages:
        if each.service == BAD and each.start in after:
            yield _said(each.ident, each.start + after[each.start], "On it")


def _opened(name: str, service: str, at: int, **more: str) -> Row:
    return {
        "do": "open",
        "id": name,
        "service": service,
        "kind": "fault",
        "start": format_instant(at),
        **more,
    }


def _said(ident: str, at: int, text: str) -> Row:
    return {"do": "acknowledge", "id": ident, "at": format_instant(at), "text": text}
