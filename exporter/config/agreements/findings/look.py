"""All that is weak in agreements."""

from collections.abc import Sequence

from exporter.config.agreements.build import Written
from exporter.config.agreements.findings.chain import chain
from exporter.config.agreements.findings.dates import drafts, overdue, signed, terms
from exporter.config.agreements.findings.figures import (
    allowances,
    both_sides,
    consent,
    nobody_answers,
    resolution,
    small,
    unprobed,
    unpromised,
)
from exporter.config.agreements.findings.finding import Case, Finding
from exporter.config.agreements.findings.holes import holes
from exporter.config.agreements.findings.money import shares, uncapped
from exporter.config.agreements.findings.severities import never
from exporter.config.agreements.findings.texts import placeholders, vague
from exporter.config.agreements.findings.unused import unused
from exporter.config.model import Config

LOOKS = (
    placeholders,
    vague,
    drafts,
    signed,
    terms,
    overdue,
    holes,
    shares,
    uncapped,
    allowances,
    consent,
    both_sides,
    nobody_answers,
    never,
    resolution,
    small,
    unprobed,
    unpromised,
    unused,
    chain,
)


def findings(written: Sequence[Written], now: int, config: Config | None = None) -> list[Finding]:
    """Look at agreements that are free of problems.

    Args:
        written: All that there are, as they may rest on each other.
        now: Milliseconds since the epoch.
        config: The services; without it nothing is said of probes.

    Returns:
        What is weak, in the order of the files, each once.
    """
    others = [each.agreement for each in written]
    cases = [Case(each, others, now, config) for each in written]
    return sorted({found for case in cases for look in LOOKS for found in look(case)})
