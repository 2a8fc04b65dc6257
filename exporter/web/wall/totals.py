"""How many there are of everything."""

from collections import Counter

from exporter.output.ranks import Rank
from exporter.web.view import ServiceView


class Totals:
    """Counts services and endpoints.

    Attributes:
        services: All.
        firing: Those with an alert and nothing down.
        endpoints: By state.
    """

    def __init__(self) -> None:
        self.services = self.firing = 0
        self.endpoints: Counter[str] = Counter()

    def count(self, view: ServiceView) -> None:
        """Count a service."""
        self.services += 1
        self.firing += view.rank is Rank.FIRING
        self.endpoints.update(endpoint.state for endpoint in view.endpoints)

    def text(self) -> str:
        """Say it in one line."""
        states = self.endpoints
        counts = ", ".join(f"{states[state]} {state}" for state in ("down", "unknown", "up") if states[state])
        parts = [f"services: {self.services}", f"endpoints: {counts or 'none'}"]
        if self.firing:
            parts.append(f"alerts firing for {self.firing} more that are not down")
        return "; ".join(parts)
