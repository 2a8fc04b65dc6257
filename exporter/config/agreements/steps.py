"""Credit rules: what each gives, and whether its steps are in order."""

from collections.abc import Sequence
from fractions import Fraction

from exporter.config.agreements.sections import CreditSection, StepSection
from exporter.config.fields import shape
from exporter.config.report import Report
from exporter.config.tree import Map, Seq
from exporter.config.validate import validate
from exporter.sla.credit import NamedRule
from exporter.sla.credit_misses import PerMiss
from exporter.sla.credit_rule import CreditRule
from exporter.sla.credit_rules import DaysOfFee, PerClock, PerShortfall, PerTime, ProRata
from exporter.sla.credit_tiers import Step, Tiers
from exporter.units import format_percent

KINDS = ("steps", "per", "per_shortfall", "pro_rata", "per_day", "per_hour", "days", "each_miss")
_NEED_CREDIT = ("per", "per_shortfall")
_MAY_HAVE_CREDIT = (*_NEED_CREDIT, "per_day", "per_hour")
_STEP = "{below: 99.9, credit: 10%}"
_PLACES = 6


def rules(node: Map | None, report: Report) -> dict[str, NamedRule]:
    """Read the key `credits`; gives the rules without a problem, by name."""
    found = dict[str, NamedRule]()
    for (name, value), mark in zip(node.items(), node.marks, strict=True) if node is not None else ():
        if not isinstance(value, Map):
            report.problem(
                mark,
                f"`{name}` must be a map such as {{per: 30m, begun: true, credit: 5%}}, not {shape(value)}",
            )
            continue
        section, wrong = validate(CreditSection, value, report, "credit")
        if section is None or wrong:
            continue
        rule = _rule(section, name, value, mark, report)
        if rule is not None:
            found[name] = NamedRule(name, of_service=section.of == "service", rule=rule)
    return found


def _rule(section: CreditSection, name: str, node: Map, mark: int, report: Report) -> CreditRule | None:
    kinds = [kind for kind in KINDS if getattr(section, kind) is not None]
    if len(kinds) != 1:
        has = f"has {' and '.join(f'`{kind}`' for kind in kinds)}" if kinds else "has none"
        report.problem(mark, f"`{name}` is one kind of rule ({', '.join(KINDS)}), but {has}")
        return None
    kind = kinds[0]
    if section.begun is not None and kind not in _NEED_CREDIT:
        report.problem(node.mark_of("begun"), "`begun` goes with `per` and `per_shortfall`")
    if section.credit is None and kind in _NEED_CREDIT:
        report.problem(
            mark, f"`credit` is missing; write what each costs, such as `{kind}: {node[kind]}, credit: 5%`"
        )
        return None
    if section.credit is not None and kind not in _MAY_HAVE_CREDIT:
        report.problem(
            node.mark_of("credit"), f"`credit` does not go with `{kind}`, which says itself what it costs"
        )
        return None
    if section.steps is not None:
        return _tiers(section.steps, report)
    return _simple(section)


def _simple(section: CreditSection) -> CreditRule | None:
    """A rule of which the keys are all there is."""
    begun, credit = bool(section.begun), section.credit
    if section.per is not None and credit is not None:
        return PerTime(section.per, begun, credit)
    if section.per_shortfall is not None and credit is not None:
        return PerShortfall(section.per_shortfall, begun, credit)
    if section.pro_rata is not None:
        return ProRata(section.pro_rata)
    if section.days is not None:
        return DaysOfFee(section.days)
    if section.each_miss is not None:
        return PerMiss(section.each_miss)
    clock = section.per_day or section.per_hour
    return PerClock(section.per_day is not None, clock.longer_than, credit) if clock else None


def _tiers(nodes: Seq, report: Report) -> Tiers | None:
    if not nodes:
        report.problem(nodes.mark, f"`steps` is empty; write at least one, such as {_STEP}")
        return None
    found = list[Step]()
    for node, mark in zip(nodes, nodes.marks, strict=True):
        if not isinstance(node, Map):
            report.problem(mark, f"a step must be a map, such as {_STEP}, not {shape(node)}")
            continue
        section, wrong = validate(StepSection, node, report, "step")
        step = _step(section, node, report) if section is not None and not wrong else None
        if step is not None:
            _in_order(found, step, mark, report)
            found.append(step)
    return Tiers(tuple(found))


def _step(section: StepSection, node: Map, report: Report) -> Step | None:
    upper = section.below if section.at_or_below is None else section.at_or_below
    if upper is None or (section.below is not None and section.at_or_below is not None):
        report.problem(node.mark, f"a step has one of `below` and `at_or_below`, such as {_STEP}")
        return None
    if section.above is not None and section.at_or_above is not None:
        report.problem(node.mark, "a step has at most one of `above` and `at_or_above`")
        return None
    lower = section.above if section.at_or_above is None else section.at_or_above
    reaches, from_edge = section.at_or_below is not None, section.at_or_above is not None
    if lower is not None and (lower > upper or (lower == upper and not (reaches and from_edge))):
        report.problem(node.mark, "the step has no figure at all: its lower edge is not below its upper one")
        return None
    return Step(upper, section.credit, reaches, lower, from_edge)


def _in_order(before: Sequence[Step], step: Step, mark: int, report: Report) -> None:
    """See that steps go down, and that a lower figure never costs less."""
    if not before:
        return
    last = before[-1]
    if step.below > last.below or (step.below == last.below and step.reaches >= last.reaches):
        message = f"the steps are out of order: {percent(step.below)} comes after {percent(last.below)}; write the highest figure first"
        report.problem(mark, message)
    elif step.credit < last.credit:
        message = f"below {percent(step.below)} less is owed ({percent(step.credit)}) than above it ({percent(last.credit)}); a lower figure cannot cost less"
        report.problem(mark, message)


def percent(ratio: Fraction) -> str:
    """A ratio as per cent, with as many places as it needs, six at most."""
    if ratio in (0, 1):
        return format_percent(ratio)
    return f"{format_percent(ratio, _PLACES).removesuffix(' %').rstrip('0').rstrip('.')} %"
