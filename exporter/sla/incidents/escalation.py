"""Who is to be told when an incident goes on for too long."""

from collections.abc import Sequence
from dataclasses import dataclass

from exporter.sla.incidents.clock import elapsed
from exporter.sla.incidents.incident import Incident
from exporter.timeline.spans import Spans


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
    if not incident.is_open(until):
        return 0
    running = incident.open(until) - incident.paused
    lasted = elapsed(running or Spans(), (incident.start, until))
    return sum(lasted >= step.after for step in steps if not step.severities or severity in step.severities)
