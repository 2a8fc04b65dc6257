"""An agreement from its text as a result carries it, without any file."""

from collections.abc import Mapping

from exporter.config.agreements.build import build
from exporter.config.report import Report
from exporter.config.tree import Map, Node, Seq
from exporter.sla.agreement import Agreement

NAME = "terms"
"""What the text is called in messages, as it has no file."""


def agreement_from(document: Mapping[str, object]) -> Agreement:
    """Make an agreement of `Agreement.document`; it is equal to the one that has the document, but for its origins.

    Args:
        document: Maps, lists and text.

    Raises:
        ConfigError: With every problem of the text.
    """
    report = Report()
    base = report.file(NAME)
    root = _map(document, base, report)
    made = build(root, report)
    report.raise_problems()
    return made.agreement


def _map(node: Mapping[str, object], base: int, report: Report) -> Map:
    made = Map(base)
    for key, value in node.items():
        made.put(key, _node(value, f"`{key}`", base, report), base)
    return made


def _node(value: object, what: str, base: int, report: Report) -> Node:
    if isinstance(value, Mapping):
        return _map(value, base, report)
    if isinstance(value, list):
        made = Seq(base)
        for each in value:
            made.put(_node(each, f"an item of {what}", base, report), base)
        return made
    if not isinstance(value, str):
        report.problem(base, f"{what} must be a map, a list or text, as the document of an agreement has it")
    return str(value)
