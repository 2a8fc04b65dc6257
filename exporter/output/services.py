"""The column of what services show."""

from collections.abc import Sequence

from exporter.config.model import Service
from exporter.output import names
from exporter.output.column import Column
from exporter.output.ranks import Answer, Seen, rank
from exporter.output.style import labels


class ServiceColumns:
    """Takes services one by one, each at the same instant."""

    def __init__(self) -> None:
        self.rank = Column(names.SERVICE_RANK)

    def columns(self) -> list[Column]:
        """In the order in which they are shown."""
        return [self.rank]

    def take(self, service: Service, endpoints: Sequence[Seen], slos: Sequence[Answer]) -> None:
        """Add what the service shows, by how its parts were at the one instant."""
        self.rank.add(labels((names.SERVICE, service.name)), int(rank(endpoints, slos)))
