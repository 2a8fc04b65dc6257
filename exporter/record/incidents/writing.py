"""Writing into the ledger: who may, and what is right; the same by a command and in the daemon."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from exporter.errors import UptimeError, UsageError, nearest
from exporter.record.incidents.fields import Fields, Wanted
from exporter.record.incidents.ledger import Body, Ledger, Written, folded, next_ident, text_of
from exporter.sla.agreement import PARTIES, Agreement
from exporter.sla.incidents.incident import Act, Incident, Kind
from exporter.store.base import LogEntry
from exporter.units import format_instant

PROGRAMS_MAY = frozenset({Act.ACKNOWLEDGE, Act.UPDATE})
"""What programs may do to an incident; all else decides something, and is for people."""

FAULTS = (*PARTIES, "third party", "nobody")
OPENED = (Kind.FAULT.value, Kind.REQUEST.value)


class ForbiddenError(UptimeError):
    """Somebody wants to write who may not.

    Attributes:
        entry: For the ledger, which has the attempt.
    """

    def __init__(self, message: str, entry: LogEntry) -> None:
        super().__init__(message)
        self.entry = entry


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody writes.

    Attributes:
        agreements: All versions of all of them.
        services: Names of those that there are.
        log: The ledger so far.
        who: Who writes.
        now: Milliseconds since the epoch.
    """

    agreements: Sequence[Agreement]
    services: Sequence[str]
    log: Sequence[LogEntry]
    who: str
    now: int

    def open(self, wanted: Wanted) -> LogEntry:
        """Open an incident that no probe sees.

        Raises:
            UsageError: With all that is wrong.
            ForbiddenError: The writer is nobody of an agreement on the service.
        """
        fields = Fields(
            wanted, ("service", "kind", "title", "severity", "channel", "start", "reported_at"), self.now
        )
        service = fields.one_of("service", self.services)
        about = self._about(service)
        if service in self.services:
            self._may(about, Written.OPEN, service, person=False)
        severities = {rule.name for each in about for rule in each.terms.severities}
        channels = {name for each in about for name in each.channels}
        start = fields.instant("start", self.now)
        reported_at = fields.instant("reported_at", start)
        body: Body = {
            "service": service,
            "kind": fields.one_of("kind", OPENED),
            "title": fields.text("title", "say in a few words what it is"),
            "severity": fields.one_of("severity", sorted(severities), needed=bool(severities)),
            "channel": fields.one_of("channel", sorted(channels), needed=False),
            "start": start,
            "reported_at": reported_at,
        }
        if start is not None and reported_at is not None and reported_at < start:
            fields.problems.append("reported_at: is before start; nobody reports what has not begun")
        fields.done()
        return LogEntry(self.now, self.who, Written.OPEN, next(next_ident(self.log)), text_of(body))

    def act(self, ident: str, act: Act, wanted: Wanted) -> LogEntry:
        """Do something to an incident.

        Raises:
            UsageError: With all that is wrong.
            ForbiddenError: The writer is nobody who may.
        """
        ledger = folded(self.log)
        incident = known(ledger, ident)
        about = self._about(incident.service)
        self._may(about, act, incident.ident, person=act not in PROGRAMS_MAY)
        fields = Fields(wanted, ("at", *_KEYS[act]), self.now)
        at = fields.instant("at", self.now)
        if at is not None and at < incident.start:
            fields.problems.append(
                f"at: is before the incident, which began at {format_instant(incident.start)}"
            )
        body = {"at": at, **_BODIES[act](fields, incident, about)}
        fields.done()
        return LogEntry(self.now, self.who, act, incident.ident, text_of(body))

    def record(self, measure: str, wanted: Wanted) -> LogEntry:
        """Write down a value of a measure.

        Raises:
            UsageError: With all that is wrong.
            ForbiddenError: The writer is nobody of an agreement that has the measure.
        """
        asked = {name for each in self.agreements for name in measures_of(each)}
        if measure not in asked:
            hint = nearest(measure, sorted(asked)) or f"; they ask for {', '.join(sorted(asked)) or 'none'}"
            msg = f"no agreement asks for the measure `{measure}`{hint}"
            raise UsageError(msg)
        self._may(
            [each for each in self.agreements if measure in measures_of(each)],
            Written.RECORD,
            measure,
            person=False,
        )
        fields = Fields(wanted, ("value", "at", "group", "weight", "evidence"), self.now)
        value, weight = fields.number("value"), fields.number("weight", Fraction(1))
        if weight is not None and weight <= 0:
            fields.problems.append("weight: must be more than 0")
        body: Body = {
            "at": fields.instant("at", self.now),
            "group": fields.text("group"),
            "evidence": fields.text("evidence", "say where the value is from"),
            "value": str(value),
            "weight": str(weight),
        }
        fields.done()
        return LogEntry(self.now, self.who, Written.RECORD, measure, text_of(body))

    def _about(self, service: str) -> list[Agreement]:
        return [each for each in self.agreements if not each.is_draft and service in each.services]

    def _may(self, about: Sequence[Agreement], action: str, ident: str, *, person: bool) -> None:
        people = {name for each in about for party in each.parties.values() for name in party.people}
        programs = {name for each in about for party in each.parties.values() for name in party.automation}
        if self.who in people or (not person and self.who in programs):
            return
        names = ", ".join(sorted(people)) or "nobody; name them under `parties`"
        why = "is a program, and only people may do that" if self.who in programs else "may not write here"
        msg = f"`{self.who}` {why}; people of the agreements on it are {names}"
        raise ForbiddenError(
            msg, LogEntry(self.now, self.who, Written.REFUSED, ident, text_of({"action": action}))
        )


Writing = Callable[[Desk], Sequence[LogEntry]]
"""What somebody writes, once it is known where."""


def measures_of(agreement: Agreement) -> set[str]:
    """Names of the measures that an agreement asks for."""
    targets = agreement.terms.targets
    recorded = {each.recorded.measure for each in targets if each.recorded is not None}
    return recorded | {each.ceiling.measure for each in targets if each.ceiling is not None}


def known(ledger: Ledger, ident: str) -> Incident:
    """An incident by its ident, also by one that turned out to be another's."""
    into = ident
    while into in ledger.merged:
        into = ledger.merged[into]
    if into not in ledger.incidents:
        hint = nearest(ident, list(ledger.incidents)) or "; `incident list` has them"
        msg = f"there is no incident `{ident}`{hint}"
        raise UsageError(msg)
    return ledger.incidents[into]


_KEYS: Mapping[Act, Sequence[str]] = MappingProxyType(
    {
        Act.ACKNOWLEDGE: ("text",),
        Act.UPDATE: ("text",),
        Act.RESOLVE: ("text",),
        Act.REOPEN: ("text",),
        Act.PAUSE: ("from", "to", "text"),
        Act.SEVERITY: ("value", "text"),
        Act.FAULT: ("value", "text"),
        Act.ACTION: ("value", "text", "due"),
        Act.DONE: ("value", "text"),
        Act.DISPUTE: ("text",),
        Act.SETTLE: ("text",),
    }
)


def _words(fields: Fields, _incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"text": fields.text("text")}


def _update(fields: Fields, _incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"text": fields.text("text", "say what is new")}


def _reopen(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    if incident.end is None and not any(incident.of(Act.RESOLVE)):
        fields.problems.append("it is open; only what is over can be reopened")
    return {"text": fields.text("text", "say why it is not over")}


def _pause(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    start, end = fields.instant("from", incident.start), fields.instant("to")
    if end is None:
        fields.problems.append("to: is missing; write when the waiting was over")
    elif start is not None and end <= start:
        fields.problems.append(
            f"to: {format_instant(end)} is not after from: {format_instant(start)}; a pause ends after it starts"
        )
    if start is not None and start < incident.start:
        fields.problems.append(
            f"from: is before the incident, which began at {format_instant(incident.start)}"
        )
    return {"span": [start, end], "text": fields.text("text", "say what was waited for")}


def _severity(fields: Fields, _incident: Incident, about: Sequence[Agreement]) -> Body:
    names = sorted({rule.name for each in about for rule in each.terms.severities})
    return {"value": fields.one_of("value", names), "text": fields.text("text", "say why it is another one")}


def _fault(fields: Fields, _incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"value": fields.one_of("value", FAULTS), "text": fields.text("text", "say why")}


def _action(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    name = fields.text("value") or f"a{sum(1 for _ in incident.of(Act.ACTION)) + 1}"
    return {"value": name, "text": fields.text("text", "say what is to be done"), "due": fields.day("due")}


def _done(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"value": fields.one_of("value", list(incident.actions())), "text": fields.text("text")}


def _dispute(fields: Fields, _incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"text": fields.text("text", "say what is not so")}


def _settle(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    if not incident.disputed:
        fields.problems.append("nobody disputes it; there is nothing to settle")
    return {"text": fields.text("text", "say how it was settled")}


_BODIES: Mapping[Act, Callable[[Fields, Incident, Sequence[Agreement]], Body]] = MappingProxyType(
    {
        Act.ACKNOWLEDGE: _words,
        Act.UPDATE: _update,
        Act.RESOLVE: _words,
        Act.REOPEN: _reopen,
        Act.PAUSE: _pause,
        Act.SEVERITY: _severity,
        Act.FAULT: _fault,
        Act.ACTION: _action,
        Act.DONE: _done,
        Act.DISPUTE: _dispute,
        Act.SETTLE: _settle,
    }
)
