"""An SLO asked of the store, as of any instant."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from exporter.config.model import Config, Service, SloConfig
from exporter.config.objectives import parts
from exporter.errors import UsageError
from exporter.record.exclusions import in_force
from exporter.record.histories import ALIVE, all_settled_until, load_as_of
from exporter.record.questions import Covering, Questions
from exporter.record.sampled import load_sampled
from exporter.slo import answer
from exporter.slo.causes import FUTURE, STOPPED, Absence
from exporter.slo.explain import explain
from exporter.slo.explained import Explained, explained
from exporter.slo.periods import closed_periods
from exporter.slo.question import Question
from exporter.store import base
from exporter.store.base import Mark, Reader, SloKey
from exporter.timeline.spans import FOREVER, Span
from exporter.units import DAY, EARLIEST, LATEST, YEAR

LONGEST_PERIOD = YEAR + 2 * DAY
"""Milliseconds; no calendar period is longer."""


def default_instant(mark: Mark | None, now: int) -> int:
    """The instant that a question is about if it does not say: the newest commit of a daemon that lives, else now."""
    return mark.at if mark is not None and 0 <= now - mark.at < ALIVE else now


def reach(config: Config, at: int, window: int | None = None) -> Span:
    """The span that a question about the instant `at` can depend on, whatever the SLO.

    Raises:
        UsageError: It begins before there were instants, or ends after them.
    """
    start = at - max(window or 0, config.retention, LONGEST_PERIOD)
    if start < EARLIEST or at + LONGEST_PERIOD > LATEST:
        msg = "the window lies beyond the years 1 to 9999; ask for a shorter one, or for another instant"
        raise UsageError(msg)
    return start, at + LONGEST_PERIOD


class Asked(NamedTuple):
    """A question to the store.

    Attributes:
        service: The SLO's.
        slo: As configured.
        question: What it asks, and whom.
        covering: What excludes anything of it.
        at: The instant that it is about.
        settled_until: Before it nothing changes but by corrections; None where nothing was ever recorded.
        kept_from: Before it nothing is kept, or nothing was ever watched; None where nothing was ever recorded.
        absences: Spans that the prober did not live, in order of their starts, as far as they are known.
    """

    service: Service
    slo: SloConfig
    question: Question
    covering: Covering
    at: int
    settled_until: int | None
    kept_from: int | None
    absences: Sequence[Absence] = ()

    def periods(self) -> Iterator[answer.Answer]:
        """The answers of all closed periods of which anything is kept, the latest first; none for a rolling window."""
        since = self.at if self.kept_from is None else self.kept_from - LONGEST_PERIOD
        for found in closed_periods(self.question, self.at, since):
            if self.kept_from is not None and found.end > self.kept_from:
                yield answer.answer(self.service.name, self.slo.name, self.question, found)

    def explain(self, window: int | None = None, most: int | None = None) -> Explained:
        """Every interval behind the figures of `answer`; arguments as there.

        Raises:
            UsageError: There may be more than `most` of them.
        """
        explanation = explain(self.question, self.covering, self.at, window, self.absences, most=most)
        return explained(self.answer(window), explanation)

    def absent(self, absences: Iterable[base.Absence], now: int, died: int | None = None) -> "Asked":
        """The same question, told why nothing is known of some spans.

        Args:
            absences: Those of the record.
            now: Milliseconds since the epoch; what lies beyond is yet to come.
            died: Since when no daemon has lived; None where one does.
        """
        known = [Absence(*each) for each in absences]
        if died is not None:
            known.append(Absence(died, FOREVER, STOPPED))
        return self._replace(absences=sorted([*known, Absence(now, FOREVER, FUTURE)]))

    def answer(self, window: int | None = None) -> answer.Answer:
        """All figures, of the SLO's own window or of one of that many milliseconds."""
        return answer.ask(
            self.service.name,
            self.slo.name,
            self.question,
            at=self.at,
            window=window,
            settled_until=self.settled_until,
        )


def pose(
    store: Reader,
    config: Config,
    service: Service,
    slo: SloConfig,
    *,
    now: int,
    at: int | None = None,
    window: int | None = None,
) -> Asked:
    """Put an SLO to the store, with all that is known today.

    Args:
        store: The record, or what a daemon has committed of it so far.
        config: That has the SLO.
        service: Its service.
        slo: The question.
        now: Milliseconds since the epoch.
        at: The instant that is asked about; None for the default one.
        window: Milliseconds, the longest window that will be asked about beside the SLO's own.

    Raises:
        UsageError: The window begins before there were instants.
    """
    mark = store.mark()
    at = default_instant(mark, now) if at is None else at
    within = reach(config, at, window)
    services = {service.id, *(part.id for part, _ in parts(config, slo))}
    known = load_as_of(store, now, services)
    sampled = load_sampled(store, [SloKey(service.id, slo.id)]) if slo.promql else {}
    questions = Questions(config, known, in_force(config, store.exclusion_log()), within, sampled)
    settled = None if mark is None else all_settled_until(questions.asked(service, slo), mark)
    died = mark.at if mark is not None and now - mark.at >= ALIVE else None
    return asked_of(questions, service, slo, at, settled).absent(store.absence_spans(), now, died)


def asked_of(
    questions: Questions, service: Service, slo: SloConfig, at: int, settled_until: int | None
) -> Asked:
    """One of several questions, as of an instant.

    Args:
        questions: All of them.
        service: The SLO's.
        slo: As configured.
        at: Milliseconds since the epoch.
        settled_until: Of its endpoints; what a source has counted is settled at once.
    """
    counted = questions.counted(service, slo)
    firsts = [each.history.first for each in questions.asked(service, slo)]
    if counted is not None:
        firsts, settled_until = [counted.first], counted.until
    return Asked(
        service,
        slo,
        questions.of(service, slo),
        questions.covering(service, slo),
        at,
        settled_until,
        min((first for first in firsts if first is not None), default=None),
    )
