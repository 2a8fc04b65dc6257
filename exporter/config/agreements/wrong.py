"""What follows when it keeps going wrong: the right to leave, a review, and who is to be told."""

from collections.abc import Collection, Iterator
from typing import TypeVar

from exporter.config.agreements.sections import EscalationSection, TerminationSection
from exporter.config.fields import shape
from exporter.config.report import Report
from exporter.config.sections import Section
from exporter.config.tree import Map, Seq
from exporter.config.validate import validate
from exporter.errors import nearest
from exporter.sla.incidents.escalation import EscalationStep
from exporter.sla.termination import TerminationRule

M = TypeVar("M", bound=Section)

MOST = 12
"""Periods that reports tell of."""

_KINDS = ("missed", "consecutive", "below")


def termination(nodes: Seq | None, targets: Collection[str], report: Report) -> tuple[TerminationRule, ...]:
    """Read the key `termination`; gives the rules without a problem.

    Args:
        nodes: It; None without one.
        targets: Names of those that there are.
        report: Gets the problems.
    """
    return tuple(_rules(nodes, "termination", targets, report))


def triggers(
    nodes: Seq | None, targets: Collection[str], report: Report
) -> tuple[tuple[str, ...], tuple[TerminationRule, ...]]:
    """Read the key `triggers` of `reviews`; gives those that are text, and the rules without a problem.

    Args:
        nodes: It; None without one.
        targets: Names of those that there are.
        report: Gets the problems.
    """
    texts, rules = list[str](), Seq(0)
    for node, mark in zip(nodes, nodes.marks, strict=True) if nodes is not None else ():
        if isinstance(node, Map):
            rules.put(node, mark)
        elif isinstance(node, str) and node.strip():
            texts.append(str(node))
        else:
            message = (
                f"`triggers` is a list of texts, and of maps such as {{consecutive: 2}}, not of {shape(node)}"
            )
            report.problem(mark, message)
    return tuple(texts), tuple(_rules(rules, "triggers", targets, report))


def _rules(
    nodes: Seq | None, name: str, targets: Collection[str], report: Report
) -> Iterator[TerminationRule]:
    for section, node in _each(nodes, TerminationSection, name, "{missed: 3, of: 6}", report):
        kinds = [kind for kind in _KINDS if getattr(section, kind) is not None]
        if len(kinds) != 1:
            message = "a rule has one of `missed` (with `of`), `consecutive` and `below`"
            report.problem(node.mark, message)
        if section.of is not None and (section.missed is None or section.of < section.missed):
            message = "`of` goes with `missed`, and is not less: so many of the last so many"
            report.problem(node.mark_of("of"), message)
        if max(section.of or 0, section.missed or 0, section.consecutive or 0) > MOST:
            report.problem(node.mark, f"a rule looks at {MOST} periods at most, as reports do")
        if section.target is not None and section.target not in targets:
            hint = nearest(section.target, list(targets)) or ""
            report.problem(node.mark_of("target"), f"there is no target `{section.target}`{hint}")
        yield TerminationRule(
            section.missed, section.of, section.consecutive, section.below, section.target or ""
        )


def escalation(nodes: Seq | None, severities: Collection[str], report: Report) -> tuple[EscalationStep, ...]:
    """Read the key `escalation`; gives the steps without a problem.

    Args:
        nodes: It; None without one.
        severities: Names of those that there are.
        report: Gets the problems.
    """
    found = list[EscalationStep]()
    for section, node in _each(
        nodes, EscalationSection, "escalation", "{after: 1h, to: head of operations}", report
    ):
        for name in section.severity or ():
            if name not in severities:
                hint = nearest(name, list(severities)) or "; define it under `severities`"
                report.problem(node.mark_of("severity"), f"there is no severity `{name}`{hint}")
        found.append(EscalationStep(section.after, section.to, section.severity or ()))
    return tuple(found)


def _each(
    nodes: Seq | None, model: type[M], name: str, example: str, report: Report
) -> Iterator[tuple[M, Map]]:
    """The maps of a list, typed; others are told."""
    for node, mark in zip(nodes, nodes.marks, strict=True) if nodes is not None else ():
        if not isinstance(node, Map):
            report.problem(mark, f"`{name}` is a list of maps such as {example}, not of {shape(node)}")
            continue
        section, wrong = validate(model, node, report, name)
        if section is not None and not wrong:
            yield section, node
