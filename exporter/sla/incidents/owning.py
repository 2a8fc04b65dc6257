"""Whose an incident is, where several agreements are about one service."""

from collections.abc import Sequence

from exporter.sla.agreement import Agreement
from exporter.sla.incidents.incident import Incident


def is_of(incident: Incident, versions: Sequence[Agreement]) -> bool:
    """Whether an incident of a service is an agreement's on it: outages are everybody's, what somebody opened is of where they are somebody.

    Args:
        incident: It.
        versions: Of the agreement that ever held, in any order: who has left since has opened it all the same.
    """
    return not incident.opened_by or any(each.may_write(incident.opened_by) for each in versions)
