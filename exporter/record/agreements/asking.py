"""An agreement put to the store, as commands do it: beside a running daemon too."""

from collections.abc import Sequence
from typing import NamedTuple

from exporter.config.model import Config
from exporter.errors import UsageError, nearest
from exporter.record.agreements.evidence import Sources
from exporter.record.agreements.issuing import Drafted, drafts
from exporter.record.agreements.labels import period_named
from exporter.record.agreements.resting import rested_on
from exporter.record.histories import load_as_of
from exporter.record.incidents.seeing import as_of
from exporter.record.question import default_instant
from exporter.record.sampled import counted_slos, load_sampled
from exporter.sla.agreement import Agreement, by_name
from exporter.store.base import Reader


class Question(NamedTuple):
    """What is asked.

    Attributes:
        agreement: Its name.
        period: The name of a period.
        version: Of which version; empty where only one was in force.
    """

    agreement: str
    period: str
    version: str = ""


def versions_of(agreements: Sequence[Agreement], name: str) -> Sequence[Agreement]:
    """All versions of one of them; at least one.

    Raises:
        UsageError: There is none of that name.
    """
    known = by_name(agreements)
    if name not in known:
        hint = nearest(name, list(known)) or f"; there are {', '.join(known) or 'none'}"
        msg = f"there is no agreement `{name}`{hint}"
        raise UsageError(msg)
    return known[name]


def sources_of(store: Reader, config: Config, now: int, more: Sequence[str] = ()) -> Sources:
    """The record as it is now; with incidents of more services than the agreements ask them of."""
    services = {service.id for service in config.services}
    known, until = load_as_of(store, now, services), default_instant(store.mark(), now)
    return Sources(
        config,
        known,
        store.exclusion_log(),
        until,
        store.absence_spans(),
        load_sampled(store, counted_slos(config)),
        as_of(store.ledger(), config, known, until, more),
        {name: store.said(name) for name in rested_on(config.agreements)},
    )


def asked(store: Reader, config: Config, question: Question, now: int) -> list[Drafted]:
    """What is to be said of a period: a draft for each version that was in force in it, or the one that is asked for.

    Raises:
        UsageError: There is no such agreement, period or version, or none was in force.
    """
    versions = versions_of(config.agreements, question.agreement)
    whole = period_named(question.period, versions, now)
    found = drafts(sources_of(store, config, now), versions, whole, store.issues(question.agreement), now)
    if not found:
        msg = f"no approved version of `{question.agreement}` was in force in that period; `agreement check` says what is a draft"
        raise UsageError(msg)
    if not question.version:
        return found
    chosen = [each for each in found if each.result.agreement.version == question.version]
    if not chosen:
        held = ", ".join(each.result.agreement.version for each in found)
        msg = f"--version: `{question.version}` was not in force in that period; {held} was"
        raise UsageError(msg)
    return chosen


def one(drafted: Sequence[Drafted]) -> Drafted:
    """The only draft.

    Raises:
        UsageError: Several versions were in force.
    """
    if len(drafted) > 1:
        held = " and ".join(each.result.agreement.version for each in drafted)
        msg = f"versions {held} were in force in that period, one after the other; say which with --version"
        raise UsageError(msg)
    return drafted[0]
