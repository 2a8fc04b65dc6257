"""How downtime is made, and what of it does not count."""

from fractions import Fraction

from exporter.config.agreements.sections import MeasureSection, RecognitionSection
from exporter.config.choices import CATEGORIES, refusal
from exporter.config.fields import shape
from exporter.config.report import Report
from exporter.config.sections import CombineSection
from exporter.config.tree import Map
from exporter.config.validate import validate
from exporter.sla.incidents.heard import Hearing, Pauses
from exporter.sla.terms import Denominator, Measure, Recognition, Rounding, Starts, Unknown
from exporter.timeline.exclusion import Category
from exporter.timeline.rule import ALL, Kind, Rule


def measure(node: Map | None, report: Report) -> Measure:
    """Read the key `measure`; None of it is the usual."""
    if node is None:
        return Measure()
    section, _ = validate(MeasureSection, node, report, "measure")
    if section is None:  # pragma: no cover -- it has no required key
        return Measure()
    rounded = section.round.outage if section.round else None
    return Measure(
        _rule(section.combine, report),
        Starts(section.starts or Starts.DETECTED),
        section.smallest_outage or 0,
        Rounding(rounded or Rounding.EXACT),
        Denominator(section.denominator or Denominator.AGREED_TIME),
        Unknown(section.unknown or Unknown.UP),
        section.minimum_coverage or Fraction(0),
        Hearing(Pauses(section.pauses or Pauses.EITHER), section.written_within),
    )


def over(node: Map | None, own: Map) -> Map:
    """The measure of a target: whole keys of its own over those of the agreement."""
    joined = own.only(own)
    for (key, value), mark in zip(node.items(), node.marks, strict=True) if node is not None else ():
        if key not in own and key not in own.empty:
            joined.put(key, value, mark)
    return joined


def _rule(written: str | Map | None, report: Report) -> Rule:
    if written is None:
        return ALL
    if isinstance(written, str):
        return Rule(Kind(written))
    section, wrong = validate(CombineSection, written, report, "combine")
    if section is None or wrong:
        return ALL
    if section.quorum is None or section.weighted is not None:
        message = (
            "`combine` of an agreement is all, any or {quorum: 2}: an outage of a weighted part has no edges"
        )
        report.problem(written.mark, message)
        return ALL
    return Rule(Kind.QUORUM, section.quorum)


def recognised(node: Map | None, report: Report) -> dict[Category, Recognition]:
    """Read the key `exclusions`: the categories that do not count, and when."""
    found = dict[Category, Recognition]()
    for (name, value), mark in zip(node.items(), node.marks, strict=True) if node is not None else ():
        if name not in CATEGORIES:
            report.problem(mark, f"a category of `exclusions` {refusal(name, CATEGORIES)}")
        elif not isinstance(value, Map):
            report.problem(
                mark, f"`{name}` must be a map such as {{notice: 72h, allowance: 240m}}, not {shape(value)}"
            )
        else:
            section, _ = validate(RecognitionSection, value, report, "recognition")
            if section is not None:
                found[Category(name)] = Recognition(
                    section.notice or 0, section.allowance, section.agreed_by or ""
                )
    return found
