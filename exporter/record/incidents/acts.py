"""What people do to an incident: the keys that each act takes, and what is right."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from exporter.record.incidents.fields import Fields
from exporter.record.incidents.ledger import Body
from exporter.sla.agreement import Agreement
from exporter.sla.incidents.incident import Act, Incident, Kind
from exporter.sla.terms import PARTIES
from exporter.timeline.spans import FOREVER
from exporter.units import format_instant

FAULTS = (*PARTIES, "third party", "nobody")

KEYS: Mapping[Act, Sequence[str]] = MappingProxyType(
    {
        Act.ACKNOWLEDGE: ("text",),
        Act.UPDATE: ("text",),
        Act.RESOLVE: ("text",),
        Act.REOPEN: ("text",),
        Act.PAUSE: ("from", "to", "text"),
        Act.RESUME: ("text",),
        Act.SEVERITY: ("value", "text"),
        Act.FAULT: ("value", "text"),
        Act.ACTION: ("value", "text", "due"),
        Act.DONE: ("value", "text"),
        Act.DISPUTE: ("text",),
        Act.SETTLE: ("text",),
        Act.WITHDRAW: ("value", "text"),
    }
)


OF_PARTIES = frozenset({Act.SETTLE, Act.WITHDRAW})
"""What only somebody of another's party may do."""


def _words(fields: Fields, _incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"text": fields.text("text")}


def _resolve(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    if incident.kind is Kind.OUTAGE and incident.end is None:
        fields.problems.append("probes still see it; it is over when they do not, so write an update instead")
    _in_order(fields, incident)
    return {"text": fields.text("text")}


def _in_order(fields: Fields, incident: Incident) -> None:
    """What closes and opens comes in the order of its times."""
    at = fields.instant("at", fields.now)
    begun = incident.start if incident.end is None else incident.end
    last = max((each.at for each in incident.of(Act.RESOLVE, Act.REOPEN)), default=begun)
    if at is not None and incident.start <= at < last:
        fields.problems.append(f"at: is before {format_instant(last)}, when it was last closed or opened")


def _update(fields: Fields, _incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"text": fields.text("text", "say what is new")}


def _reopen(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    if incident.is_open(fields.now):
        fields.problems.append("it is open; only what is over can be reopened")
    _in_order(fields, incident)
    return {"text": fields.text("text", "say why it is not over")}


def _pause(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    end = fields.instant("to")
    start = fields.instant("from", fields.now if end is None else incident.start)
    if end is not None and start is not None and end <= start:
        fields.problems.append(
            f"to: {format_instant(end)} is not after from: {format_instant(start)}; a pause ends after it starts"
        )
    if start is not None and start < incident.start:
        fields.problems.append(
            f"from: is before the incident, which began at {format_instant(incident.start)}"
        )
    return {"span": [start, end], "text": fields.text("text", "say what is waited for")}


def _resume(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    at = fields.instant("at", fields.now)
    if at is not None and not any(start < at and end == FOREVER for start, end in incident.paused):
        fields.problems.append("nobody waits then; `pause` without an end says when somebody does")
    return {"text": fields.text("text")}


def _severity(fields: Fields, _incident: Incident, about: Sequence[Agreement]) -> Body:
    names = sorted({rule.name for each in about for rule in each.terms.severities})
    return {"value": fields.one_of("value", names), "text": fields.text("text", "say why it is another one")}


def _fault(fields: Fields, _incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"value": fields.one_of("value", FAULTS), "text": fields.text("text", "say why")}


def _action(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    named = sum(each.act is Act.ACTION for each in incident.entries)
    name = fields.text("value") or f"{incident.ident}.{named + 1}"
    if name in incident.actions():
        fields.problems.append(f"value: `{name}` is still to be done; give this one another name")
    return {"value": name, "text": fields.text("text", "say what is to be done"), "due": fields.day("due")}


def _done(fields: Fields, incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"value": fields.one_of("value", list(incident.actions())), "text": fields.text("text")}


def _dispute(fields: Fields, _incident: Incident, _about: Sequence[Agreement]) -> Body:
    return {"text": fields.text("text", "say what is not so")}


def _settle(fields: Fields, incident: Incident, about: Sequence[Agreement]) -> Body:
    found = incident.disputants()
    if not found:
        fields.problems.append("nobody disputes it; there is nothing to settle")
        return {}
    own = [by for by in found if _are_of_a_party(fields.who, by, about)]
    if not own:
        fields.problems.append(_theirs(fields.who, found, about))
    return {"value": own[-1] if own else "", "text": fields.text("text", "say how it was settled")}


def _are_of_a_party(one: str, other: str, about: Sequence[Agreement]) -> bool:
    """Whether one speaks for the party of another, in this version of an agreement or that one; of nobody's anybody does."""
    theirs = _sides(other, about)
    return not theirs or bool(theirs & _sides(one, about, only_people=True))


def _sides(name: str, about: Sequence[Agreement], *, only_people: bool = False) -> set[tuple[str, str]]:
    """The parties that somebody is, or was, of: each as an agreement's name and a side of it."""
    return {
        (each.name, side)
        for each in about
        for side, party in each.parties.items()
        if name in party.people or (not only_people and name in party.automation)
    }


def _theirs(who: str, disputants: Sequence[str], about: Sequence[Agreement]) -> str:
    """A dispute is settled once the party says so that raised it."""
    by = disputants[-1]
    return f"`{by}` disputes it; it is settled once one of that party says so{_told(who, by, about)}"


def _told(who: str, by: str, about: Sequence[Agreement]) -> str:
    """The people of somebody's parties, as far as the writer is somebody of those agreements, too."""
    sides = _sides(by, about)
    own = [each for each in about if each.may_write(who)]
    parties = [each.parties[side] for each in own for side in each.parties if (each.name, side) in sides]
    names = sorted({name for party in parties for name in party.people})
    return f": {', '.join(names)}" if names else ""


def _withdraw(fields: Fields, incident: Incident, about: Sequence[Agreement]) -> Body:
    standing = {str(each.number): each.by for each in incident.of(*Act) if each.act is not Act.WITHDRAW}
    return withdrawing(fields, standing, about)


def withdrawing(fields: Fields, standing: Mapping[str, str], about: Sequence[Agreement]) -> Body:
    """What withdraws an entry; its own party may, which alone knows that it was a mistake.

    Args:
        fields: Has its number as `value`.
        standing: Who wrote each entry that still stands, by number.
        about: All versions of the agreements on it.
    """
    number = fields.one_of("value", list(standing))
    by = standing.get(number, "")
    if by and not _are_of_a_party(fields.who, by, about):
        names = _told(fields.who, by, about)
        fields.problems.append(f"value: `{by}` wrote {number}; one of that party may withdraw it{names}")
    return {"value": number, "text": fields.text("text", "say why it is withdrawn")}


BODIES: Mapping[Act, Callable[[Fields, Incident, Sequence[Agreement]], Body]] = MappingProxyType(
    {
        Act.ACKNOWLEDGE: _words,
        Act.UPDATE: _update,
        Act.RESOLVE: _resolve,
        Act.REOPEN: _reopen,
        Act.PAUSE: _pause,
        Act.RESUME: _resume,
        Act.SEVERITY: _severity,
        Act.FAULT: _fault,
        Act.ACTION: _action,
        Act.DONE: _done,
        Act.DISPUTE: _dispute,
        Act.SETTLE: _settle,
        Act.WITHDRAW: _withdraw,
    }
)
