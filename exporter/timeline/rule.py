"""How several members of an SLO are one (rule 8)."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a combination asks of its members."""

    ALL = "all"
    ANY = "any"
    QUORUM = "quorum"
    WEIGHTED = "weighted"


@dataclass(frozen=True, slots=True)
class Rule:
    """How members combine.

    Attributes:
        kind: Down if any is down (`all`), up if any is up (`any`), up if `quorum` are up, or
            each instant shared out by weight.
        quorum: For `quorum`: how many must be up, >= 1; else 0.
        weights: For `weighted`: ids of members and their weights, whole numbers >= 1; else empty.
    """

    kind: Kind = Kind.ALL
    quorum: int = 0
    weights: tuple[tuple[str, int], ...] = ()


ALL = Rule()
