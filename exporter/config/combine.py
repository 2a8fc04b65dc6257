"""How the members of an SLO combine, checked against their names."""

from collections.abc import Collection, Mapping

from exporter.config.fields import count
from exporter.config.report import Report
from exporter.config.sections import CombineSection
from exporter.config.tree import Map
from exporter.config.validate import validate
from exporter.errors import nearest
from exporter.timeline.rule import ALL, Kind, Rule

MOST_WEIGHT = 1_000
"""What the weights of an SLO may add up to: the scale of its sums is a common multiple of all that may take part together."""


def combination(
    written: str | Map | None,
    members: Mapping[str, str],
    what: str,
    report: Report,
    *,
    complete: bool,
    removed: Collection[str] = (),
) -> Rule:
    """Make the rule of an SLO.

    Args:
        written: The key `combine`.
        members: Ids of the members by their names, in order.
        what: The members are, e.g. `endpoint`.
        report: Gets the problems.
        complete: Whether `members` has all of them; else what is missing is not told.
        removed: Ids of those that are gone, and count in the past only.
    """
    if not isinstance(written, Map):
        return Rule(Kind(written)) if written else ALL
    section, wrong = validate(CombineSection, written, report, "combine")
    if section is None or wrong:
        return ALL
    if (section.quorum is None) == (section.weighted is None):
        message = "`combine` takes one of `quorum: 2` and `weighted: {web: 2, api: 1}`"
        report.problem(written.mark, message)
        return ALL
    if section.weighted is not None:
        for name in members:
            if name not in section.weighted:
                also = ", removed ones too" if removed else ""
                message = f"`weighted`: `{name}` has no weight; give every {what} one{also}"
                report.problem(written.mark_of("weighted"), message)
        weights = _weights(section.weighted, members, what, report, complete=complete)
        return Rule(Kind.WEIGHTED, weights=weights)
    quorum = section.quorum or 0
    present = sum(ident not in removed for ident in members.values())
    if complete and quorum > present:
        there = f"{present} {what}{'' if present == 1 else 's'}"
        message = f"`quorum` {quorum} can never be reached: the SLO has {there}"
        report.problem(written.mark_of("quorum"), message)
    return Rule(Kind.QUORUM, quorum)


def _weights(
    node: Map, members: Mapping[str, str], what: str, report: Report, *, complete: bool
) -> tuple[tuple[str, int], ...]:
    """Pair ids and weights, in the order of the members."""
    weights = dict[str, int]()
    for (name, value), mark in zip(node.items(), node.marks, strict=True):
        if name not in members and complete:
            hint = nearest(name, list(members)) or f"; it has {', '.join(members)}"
            report.problem(mark, f"`weighted`: `{name}` is no {what} of this SLO{hint}")
        try:
            weights[name] = count(value)
        except ValueError as error:
            report.problem(mark, f"the weight of `{name}` {error}")
            weights[name] = 1
    if sum(weights.values()) > MOST_WEIGHT:
        report.problem(
            node.mark,
            f"`weighted`: the weights add up to {sum(weights.values())}; keep them within {MOST_WEIGHT:,}, as shares are exact: "
            "`{web: 3, api: 2}` says the same as `{web: 300, api: 200}`",
        )
        return ()
    return tuple((ident, weights[name]) for name, ident in members.items() if name in weights)
