"""Who is to be told when an incident goes on for too long."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exporter.sla.incidents.clock import reached
from exporter.sla.incidents.incident import Incident


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """A step.

    Attributes:
        after: Milliseconds for which an incident has been open, waiting for the customer aside.
        to: Whom to tell, and how, in words.
        severities: Names of those that it is about; none for all.
    """

    after: int
    to: str
    severities: tuple[str, ...] = ()


def level(steps: Sequence[EscalationStep], incident: Incident, severity: str, until: int) -> int:
    """How many steps are due of an incident that is open; 0 where it is over.

    Args:
        steps: That were agreed on.
        incident: It.
        severity: Of it.
        until: How far it is known, milliseconds since the epoch.
    """
    return len(list(escalated(steps, incident, severity, until))) if incident.is_open(until) else 0


def escalated(
    steps: Sequence[EscalationStep], incident: Incident, severity: str, until: int
) -> Iterator[tuple[EscalationStep, int]]:
    """The steps that have become due of an incident, each with the instant at which it did; also where it is over by now.

    Args:
        steps: That were agreed on.
        incident: It.
        severity: Of it.
        until: How far it is known, milliseconds since the epoch.
    """
    running = incident.open(until) - incident.paused
    for step in steps:
        at = reached(running, incident.start, step.after)
        if at is not None and (not step.severities or severity in step.severities):
            yield step, at
