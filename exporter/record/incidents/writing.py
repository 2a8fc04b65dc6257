"""Writing into the ledger: who may, and what is right; the same by a command and in the daemon."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from exporter.errors import UptimeError, UsageError, nearest
from exporter.record.incidents.acts import BODIES, KEYS, OF_PARTIES, withdrawing
from exporter.record.incidents.fields import Fields, Given
from exporter.record.incidents.ledger import Body, Fold, Ledger, Written, text_of
from exporter.sla.agreement import Agreement, by_name, ends, ever_held, in_force
from exporter.sla.incidents.incident import Act, Incident, Kind
from exporter.sla.incidents.owning import is_of
from exporter.sla.terms import FOLLOWED
from exporter.store.base import LogEntry
from exporter.units import format_instant

PROGRAMS_MAY = frozenset({Act.ACKNOWLEDGE, Act.UPDATE})
"""What programs may do to an incident; all else decides something, and is for people."""

OPENED = (Kind.FAULT.value, Kind.REQUEST.value)

ALIASES: Mapping[str, Act] = MappingProxyType({"ack": Act.ACKNOWLEDGE, "close": Act.RESOLVE})
"""Short names of acts, wherever one is asked for; the ledger has the long ones."""

_MAY_NOT = "may not write here; who may is named under `parties` of the agreement"
_LONGEST = 200
"""Letters that are kept of what somebody wanted to write about who may not."""
_IDENT = re.compile(r"i[0-9]+")
_OPENING = ("service", "kind", "title", "severity", "channel", "start", "reported_at", "ref")
_RECORDING = ("value", "at", "group", "weight", "evidence")
EVERY_KEY = tuple(dict.fromkeys((*_OPENING, *_RECORDING, *(key for keys in KEYS.values() for key in keys))))
"""Keys that any entry may have."""


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
        fold: The ledger so far.
        who: Who writes.
        now: Milliseconds since the epoch.
    """

    agreements: Sequence[Agreement]
    services: Sequence[str]
    fold: Fold
    who: str
    now: int

    def open(self, given: Given) -> LogEntry:
        """Open an incident that no probe sees.

        Raises:
            UsageError: With all that is wrong.
            ForbiddenError: The writer is nobody of an agreement on the service.
        """
        self._may_any(Written.OPEN, given.get("service", ""))
        fields = Fields(given, _OPENING, self.now)
        service = fields.one_of("service", self.services)
        about = self._about(service)
        if service in self.services:
            self._may(about, Written.OPEN, service, person=False)
        severities = {rule.name for each in about for rule in each.terms.severities}
        channels = {name for each in about for name in each.channels}
        began, told = fields.instant("start"), fields.instant("reported_at")
        reported_at = next((at for at in (told, began) if at is not None), self.now)
        start = reported_at if began is None else began
        body: Body = {
            "service": service,
            "kind": fields.one_of("kind", OPENED),
            "title": fields.text("title", "say in a few words what it is"),
            "severity": fields.one_of("severity", sorted(severities), needed=bool(severities)),
            "channel": fields.one_of("channel", sorted(channels), needed=False),
            "start": start,
            "reported_at": reported_at,
            "ref": fields.text("ref"),
        }
        if _IDENT.fullmatch(body["ref"]):
            fields.problems.append(
                f"ref: `{body['ref']}` is how incidents are called here; give it another name"
            )
        if body["ref"] and self.fold.standing(body["ref"]) is not None:
            fields.problems.append(f"ref: `{body['ref']}` is there already")
        if reported_at < start:
            fields.problems.append("reported_at: is before start; nobody reports what has not begun")
        fields.done()
        return LogEntry(self.now, self.who, Written.OPEN, self.fold.next_ident(), text_of(body))

    def act(self, ident: str, act: Act, given: Given) -> LogEntry:
        """Do something to an incident.

        Raises:
            UsageError: With all that is wrong.
            ForbiddenError: The writer is nobody who may.
        """
        self._may_any(act, ident)
        _see_named(ident, "incident list")
        incident = self.fold.standing(ident)
        if incident is None:
            msg = f"there is no incident `{ident}`; `incident list` has them"
            raise UsageError(msg)
        held = self._about(incident.service)
        about = [each for each in held if is_of(incident, ever_held(self.agreements, each.name))]
        self._may(about, act, incident.ident, person=act not in PROGRAMS_MAY)
        fields = Fields(given, ("at", *KEYS[act]), self.now, self.who)
        at = fields.instant("at", self.now)
        if at is not None and at < incident.start:
            fields.problems.append(
                f"at: is before the incident, which began at {format_instant(incident.start)}"
            )
        known = self._versions(about) if act in OF_PARTIES else about
        body = {"at": at, **BODIES[act](fields, incident, known)}
        fields.done()
        return LogEntry(self.now, self.who, act, incident.ident, text_of(body))

    def record(self, measure: str, given: Given) -> LogEntry:
        """Write down a value of a measure.

        Raises:
            UsageError: With all that is wrong.
            ForbiddenError: The writer is nobody of an agreement that has the measure.
        """
        about = self._asking(measure, Written.RECORD, person=False)
        fields = Fields(given, _RECORDING, self.now)
        value, weight = fields.number("value"), fields.number("weight", Fraction(1))
        if weight is not None and weight <= 0:
            fields.problems.append("weight: must be more than 0")
        body: Body = {
            "at": fields.instant("at", self.now),
            "group": _group(fields, groups_of(about, measure)),
            "evidence": fields.text("evidence", "say where the value is from"),
            "value": str(value),
            "weight": str(weight),
        }
        fields.done()
        entry = LogEntry(self.now, self.who, Written.RECORD, measure, text_of(body))
        there = self.fold.standing_as(entry)
        if there:
            msg = f"this value of `{measure}` is written down {there}; leave it out, as it would count once more"
            raise UsageError(msg)
        return entry

    def withdraw(self, measure: str, given: Given) -> LogEntry:
        """Withdraw a value of a measure: it stays in the ledger, and counts for nothing.

        Raises:
            UsageError: With all that is wrong.
            ForbiddenError: The writer is nobody of an agreement that has the measure.
        """
        about = self._asking(measure, Act.WITHDRAW, person=True)
        fields = Fields(given, KEYS[Act.WITHDRAW], self.now, self.who)
        standing = {str(each.number): each.by for each in self.fold.records(measure) if not each.withdrawn_by}
        body = {"at": self.now, **withdrawing(fields, standing, self._versions(about))}
        fields.done()
        return LogEntry(self.now, self.who, Act.WITHDRAW, measure, text_of(body))

    @property
    def measures(self) -> frozenset[str]:
        """Names of the measures that agreements ask for."""
        return frozenset(name for each in self._in_force() for name in measures_of(each))

    def _asking(self, measure: str, action: str, *, person: bool) -> list[Agreement]:
        """The agreements that ask for a measure.

        Raises:
            UsageError: None does.
            ForbiddenError: The writer is nobody of theirs.
        """
        self._may_any(action, measure)
        _see_named(measure, "measure list")
        asked = self.measures
        if measure not in asked:
            hint = nearest(measure, sorted(asked)) or f"; they ask for {', '.join(sorted(asked)) or 'none'}"
            msg = f"no agreement asks for the measure `{measure}`{hint}"
            raise UsageError(msg)
        about = [each for each in self._in_force() if measure in measures_of(each)]
        self._may(about, action, measure, person=person)
        return about

    def _in_force(self) -> list[Agreement]:
        """The version of each agreement that holds now; of one that has ended its people may still write while its incidents are followed."""
        versions = by_name(self.agreements).values()
        held = (in_force(each, self.now) or self._ended(each) for each in versions)
        return [each for each in held if each is not None]

    def _ended(self, versions: Sequence[Agreement]) -> Agreement | None:
        """The version that was the last one to hold, while its incidents are followed."""
        approved = (each for each in versions if not each.is_draft and each.start <= self.now)
        last = max(approved, key=lambda each: each.start, default=None)
        return last if last is not None and self.now < ends(last) + FOLLOWED else None

    def _versions(self, about: Sequence[Agreement]) -> list[Agreement]:
        """All versions of some agreements: whose party somebody was of is asked of those who have left, too."""
        return [version for each in about for version in ever_held(self.agreements, each.name)]

    def _about(self, service: str) -> list[Agreement]:
        return [each for each in self._in_force() if service in each.services]

    def _may_any(self, action: str, ident: str) -> None:
        """See that the writer is somebody of any agreement, before anything is said of what there is, or of who may."""
        if not any(each.may_write(self.who) for each in self._in_force()):
            raise self._refused(action, ident, _MAY_NOT)

    def _may(self, about: Sequence[Agreement], action: str, ident: str, *, person: bool) -> None:
        people = {name for each in about for party in each.parties.values() for name in party.people}
        programs = {name for each in about for party in each.parties.values() for name in party.automation}
        if self.who in people or (not person and self.who in programs):
            return
        if self.who not in programs:
            raise self._refused(action, ident, _MAY_NOT)
        own = [each for each in about if each.may_write(self.who)]
        names = {name for each in own for party in each.parties.values() for name in party.people}
        told = ", ".join(sorted(names)) or "nobody; name them under `parties`"
        why = f"is a program, and only people may do that; people of its agreements on it are {told}"
        raise self._refused(action, ident, why)

    def _refused(self, action: str, ident: str, why: str) -> ForbiddenError:
        told = ident[:_LONGEST].encode("utf-8", "backslashreplace").decode()  # it is as it was sent
        entry = LogEntry(self.now, self.who, Written.REFUSED, told, text_of({"action": action}))
        return ForbiddenError(f"`{self.who}` {why}", entry)


Writing = Callable[[Desk], Sequence[LogEntry]]
"""What somebody writes, once it is known where."""


def act_of(name: str) -> Act | None:
    """An act by its name, or by a short one; None where there is none."""
    return ALIASES.get(name) or (Act(name) if name in list(Act) else None)


def measures_of(agreement: Agreement) -> set[str]:
    """Names of the measures that an agreement asks for."""
    targets = agreement.terms.targets
    recorded = {each.recorded.measure for each in targets if each.recorded is not None}
    return recorded | {each.ceiling.measure for each in targets if each.ceiling is not None}


def groups_of(about: Sequence[Agreement], measure: str) -> list[str]:
    """Names of the groups of a measure that values can be of; none where they can be of any.

    Args:
        about: Agreements that ask for it.
        measure: Its name.
    """
    targets = [each for made in about for each in made.terms.targets]
    asked = [each.recorded.groups for each in targets if each.recorded and each.recorded.measure == measure]
    of_all = any(each.ceiling is not None and each.ceiling.measure == measure for each in targets)
    return [] if of_all or not all(asked) else sorted({name for names in asked for name in names})


def _see_named(ident: str, listing: str) -> None:
    """See that it is said what is written about.

    Raises:
        UsageError: It is not.
    """
    if not ident.strip():
        msg = f"id: is missing; `{listing}` has them"
        raise UsageError(msg)


def _group(fields: Fields, names: Sequence[str]) -> str:
    return fields.one_of("group", names) if names else fields.text("group")


def known(ledger: Ledger, ident: str) -> Incident:
    """An incident by its ident, also by one that turned out to be another's.

    Raises:
        UsageError: There is none.
    """
    _see_named(ident, "incident list")
    found = (
        each for each in ledger.incidents.values() if ident in {each.ident, each.ref, *each.merged} - {""}
    )
    incident = next(found, None)
    if incident is None:
        hint = nearest(ident, list(ledger.incidents)) or "; `incident list` has them"
        msg = f"there is no incident `{ident}`{hint}"
        raise UsageError(msg)
    return incident
