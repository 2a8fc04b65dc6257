"""An incident, and what was written down of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from exporter.timeline.spans import FOREVER, Span, Spans


class Act(StrEnum):
    """What an entry does."""

    ACKNOWLEDGE = "acknowledge"
    UPDATE = "update"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    PAUSE = "pause"
    RESUME = "resume"
    SEVERITY = "severity"
    FAULT = "fault"
    ACTION = "action"
    DONE = "done"
    DISPUTE = "dispute"
    SETTLE = "settle"
    WITHDRAW = "withdraw"


ANSWERS = frozenset({Act.ACKNOWLEDGE, Act.UPDATE, Act.RESOLVE})
"""What stops a clock for a response, if a person of the provider wrote it."""


class Kind(StrEnum):
    """What an incident is: an outage that probes saw, or what somebody reported."""

    OUTAGE = "outage"
    FAULT = "fault"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was written down.

    Attributes:
        at: When it happened, milliseconds since the epoch.
        by: Who wrote it: a person, or a program.
        act: What it does.
        text: In words; of a corrective action what is to be done, of a pause why.
        entered_at: When it was written down, milliseconds; not before `at`.
        span: Of a pause: when nothing could be done but wait; up to `FOREVER` where it went on when it was written.
        value: Of `severity` and `fault` what it is; of `action` and `done` the action's name; of `withdraw` the number of an entry; of `settle`
            who had disputed it.
        due: Of an action its day, as ISO 8601 writes it.
        number: Its place in the ledger, from 1; 0 where it has none.
        withdrawn_by: Who has withdrawn it; empty where nobody has.
        withdrawn: Why, in words.
    """

    at: int
    by: str
    act: Act
    text: str = ""
    entered_at: int = 0
    span: Span | None = None
    value: str = ""
    due: str = ""
    number: int = 0
    withdrawn_by: str = ""
    withdrawn: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """One.

    Attributes:
        ident: Given once, and kept when history is corrected.
        service: Name of the service.
        kind: Of it.
        start: First instant, milliseconds since the epoch: when probes saw it, or when it was reported to have begun.
        end: First instant beyond; None while an outage goes on, and of what was reported, which people resolve.
        title: In words; empty for an outage.
        severity: That whoever opened it gave; empty for an outage, whose severity goes by rules.
        channel: By which it was reported; empty for none.
        reported_at: When somebody reported it, milliseconds; None where nobody did.
        opened_by: Who opened it; empty for an outage.
        entries: In order of `at`; those that were withdrawn, too, which do nothing.
        merged: Idents of those that turned out to be this one.
        split_from: Ident of the one that this turned out to be no part of; empty for none.
        ref: What another system calls it; empty where none does.
        opened_at: When it was written down, milliseconds; 0 for an outage, which probes see.
    """

    ident: str
    service: str
    kind: Kind
    start: int
    end: int | None = None
    title: str = ""
    severity: str = ""
    channel: str = ""
    reported_at: int | None = None
    opened_by: str = ""
    entries: tuple[Entry, ...] = ()
    merged: tuple[str, ...] = ()
    split_from: str = ""
    ref: str = ""
    opened_at: int = 0

    def of(self, *acts: Act) -> Iterator[Entry]:
        """Entries that do any of these and still stand, in order."""
        return (each for each in self.entries if each.act in acts and not each.withdrawn_by)

    def open(self, until: int) -> Spans:
        """When it was to be repaired, as far as that is known: until probes see that it is over, or somebody says so; again once it is reopened."""
        found, since = list[Span](), self.start
        is_open = True
        for at, opens in self._edges():
            if is_open and not opens:
                found.append((since, max(since, at)))
            if opens and not is_open:
                since = at
            is_open = opens
        if is_open:
            found.append((since, max(since, until)))
        return Spans(each for each in found if each[0] < each[1])

    def is_open(self, until: int) -> bool:
        """Whether it is still to be repaired."""
        return bool(self.open(until + 1) & Spans([(until, until + 1)]))

    def closings(self) -> Iterator[int]:
        """Instants at which it was over, in order; after all but the last one it was opened again, perhaps at that instant."""
        is_open = True
        for at, opens in self._edges():
            if is_open and not opens:
                yield at
            is_open = opens

    def _edges(self) -> Iterator[tuple[int, bool]]:
        """Instants at which it was closed or opened again, in order; what people say of an outage that probes still see closes nothing."""
        seen = [] if self.end is None else [(self.end, False)]
        said = [(each.at, each.act is Act.REOPEN) for each in self.of(Act.RESOLVE, Act.REOPEN)]
        if self.kind is Kind.OUTAGE:
            said = [each for each in said if self.end is not None and each[0] >= self.end]
        return iter(sorted([*seen, *said], key=lambda each: each[0]))

    @property
    def paused(self) -> Spans:
        """When nothing could be done but wait for the customer; what went on then ends when somebody says so."""
        return Spans(
            (each.span[0], self._resumed(each, each.span[0]) if each.span[1] == FOREVER else each.span[1])
            for each in self.of(Act.PAUSE)
            if each.span is not None
        )

    def _resumed(self, pause: Entry, start: int) -> int:
        """When a pause that went on was over, by what was written down after it."""
        ends = (each.at for each in self.of(Act.RESUME) if each.number >= pause.number and each.at > start)
        return next(ends, FOREVER)

    @property
    def disputed(self) -> bool:
        """Whether somebody disputes it."""
        return bool(self.disputants())

    def disputants(self) -> list[str]:
        """Who disputes it, without a duplicate: each dispute stands until it is settled by itself."""
        found = list[str]()
        for each in sorted(self.of(Act.DISPUTE, Act.SETTLE), key=lambda each: (each.entered_at, each.number)):
            if each.act is Act.SETTLE:
                found = [by for by in found if by != each.value]
            elif each.by not in found:
                found.append(each.by)
        return found

    def actions(self) -> dict[str, Entry]:
        """Corrective actions that are still to be done, by name."""
        left = dict[str, Entry]()
        for each in self.of(Act.ACTION, Act.DONE):
            if each.act is Act.ACTION:
                left[each.value] = each
            else:
                left.pop(each.value, None)
        return left
