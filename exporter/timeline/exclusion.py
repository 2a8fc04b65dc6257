"""What does not count, for whom, and why."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from exporter.timeline.spans import Span

EVERY = "*"
"""Names every service."""


class Category(StrEnum):
    """Why something does not count; an instant belongs to the first one that covers it (ruling 33)."""

    OUT_OF_HOURS = "out_of_hours"
    FORCE_MAJEURE = "force_majeure"
    CUSTOMER = "customer"
    DEPENDENCY = "dependency"
    MAINTENANCE = "maintenance"
    OTHER = "other"


class When(Protocol):
    """Instants that an exclusion covers: once, recurring, or the time outside of service hours.

    Values are frozen, equal where they cover the same, and hashable.
    """

    def spans(self, start: int, end: int) -> Sequence[Span]:
        """Every span that has an instant in [start, end), in order of their starts; not clipped to it."""


@dataclass(frozen=True, slots=True)
class Once:
    """A single span, as an exclusion's `When`."""

    start: int
    end: int

    def spans(self, start: int, end: int) -> Sequence[Span]:
        """The span, if it has an instant in [start, end)."""
        return [(self.start, self.end)] if max(start, self.start) < min(end, self.end) else []


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom an exclusion covers: whatever any of the three names.

    Attributes:
        services: Ids; `*` for all. Covers the service's SLOs and all of its endpoints.
        endpoints: Ids of a service and of one of its endpoints. Covers that endpoint.
        labels: Names and values that a service, or else an endpoint, must have all of;
            empty for none.
    """

    services: frozenset[str] = frozenset()
    endpoints: frozenset[tuple[str, str]] = frozenset()
    labels: tuple[tuple[str, str], ...] = ()

    def has_service(self, service: str, labels: Mapping[str, str]) -> bool:
        """Whether a service of that id and those labels is covered as a whole."""
        return EVERY in self.services or service in self.services or self._has(labels)

    def has_endpoint(self, service: str, endpoint: str, labels: Mapping[str, str]) -> bool:
        """Whether an endpoint is named itself; `labels` are its service's with its own over them."""
        return (service, endpoint) in self.endpoints or self._has(labels)

    def _has(self, labels: Mapping[str, str]) -> bool:
        return bool(self.labels) and all(labels.get(name) == value for name, value in self.labels)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Spans that do not count.

    Attributes:
        ident: Stable identity: of a correction what `exclude add` gave it, else its name in the file.
        name: For people and the label `name`.
        category: Why.
        scope: Whom it covers.
        when: What it covers.
        reason: For people; may be empty.
        author: Who entered it; empty for one from a file.
        entered_at: When, milliseconds since the epoch; None where that is not known yet.
    """

    ident: str
    name: str
    category: Category
    scope: Scope
    when: When
    reason: str = ""
    author: str = ""
    entered_at: int | None = None


def recognised(
    exclusions: Sequence[Exclusion], categories: Collection[Category] | None
) -> Sequence[Exclusion]:
    """Those of the categories that a question recognises, None for all; first those whose category comes first."""
    order = list(Category)
    kept = [each for each in exclusions if categories is None or each.category in categories]
    return sorted(kept, key=lambda each: order.index(each.category))
