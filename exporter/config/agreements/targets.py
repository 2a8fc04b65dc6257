"""What an agreement promises."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction

from exporter import units
from exporter.config.agreements.cases import LIMITS, OF_CASES, Cases, is_about_cases
from exporter.config.agreements.measures import measure, over
from exporter.config.agreements.sections import AgreementSection, SlicesSection, TargetSection
from exporter.config.fields import shape
from exporter.config.names import Names
from exporter.config.promql import promql
from exporter.config.report import Report
from exporter.config.tree import Map, Seq, find
from exporter.config.validate import validate
from exporter.errors import nearest
from exporter.sla.terms import Judged, Queries, SliceTerms, Target

LATENCY_SLICE = units.MINUTE
"""Milliseconds of the slices in which probes are counted; they count together, so that it changes no figure of whole minutes."""

_PROMISES = frozenset({"availability", "latency", "share", "slices", "promql", "recorded", *LIMITS})
"""Keys that say what is promised; of one that is wrong something else is told."""

_EXAMPLE = "{name: shop, service: shop, availability: 99.9}"
_STAND_IN = {"name": "unnamed"}


class Targets:
    """Reads the key `targets`.

    Args:
        root: The document.
        section: The same, read; its names are those that targets may have.
        report: Gets the problems.
    """

    def __init__(self, root: Map, section: AgreementSection, report: Report) -> None:
        common = root.get("measure")
        self._common = common if isinstance(common, Map) else None
        self._hours = list(section.hours or ())
        self._credits = list(section.credits or ())
        self._cases = Cases(
            [each.name for each in section.severities or ()], section.channels or {}, self._hours, report
        )
        self._report = report

    def read(self, nodes: Seq) -> tuple[Target, ...]:
        """Give those without a problem, in order."""
        if not nodes:
            self._report.problem(nodes.mark, f"`targets` is empty; promise something, such as {_EXAMPLE}")
        names, found = Names("target", self._report), list[Target]()
        for node, mark in zip(nodes, nodes.marks, strict=True):
            if not isinstance(node, Map):
                self._report.problem(mark, f"a target must be a map, such as {_EXAMPLE}, not {shape(node)}")
                continue
            section, wrong = validate(TargetSection, node, self._report, "target", stand_in=_STAND_IN)
            if section is None:  # pragma: no cover -- with a stand-in for each required key there is one
                continue
            if "name" not in wrong:
                names.take(section.name, section.name, node.mark_of("name"), node.mark_of("name"))
            found.append(self._target(section, node, wrong))
        return tuple(found)

    def _target(self, section: TargetSection, node: Map, wrong: Collection[str]) -> Target:
        own = None if section.measure is None else measure(over(self._common, section.measure), self._report)
        if is_about_cases(section, node, wrong):
            credit = self._known(section.credit, "credit", self._credits, node)
            return replace(self._cases.read(section, node, credit), measure=own)
        for key in OF_CASES:
            if key in node:
                message = f"`{key}` is of answers to incidents, or of what is recorded; make a target of its own of it"
                self._report.problem(node.mark_of(key), message)
        if section.service is None and "service" not in wrong:
            self._report.problem(node.mark, "`service` is missing; write which one it is about")
        agreed, slices = self._promised(section, node, wrong)
        queries, length = self._queries(section, node)
        if queries is not None and slices is None:
            slices = SliceTerms(length, Judged.SHARE)
        elif queries is not None and slices is not None and slices.length % length:
            message = (
                f"`length` must be a multiple of the `step` of `promql`, {units.format_duration(length)}"
            )
            self._report.problem(find(node, ("slices", "length")).mark, message)
        return Target(
            section.name,
            section.service or "",
            self._endpoints(section.endpoints),
            agreed,
            self._known(section.hours, "hours", self._hours, node),
            self._known(section.credit, "credit", self._credits, node),
            slices,
            section.latency.threshold if section.latency else None,
            queries,
            own,
        )

    def _promised(
        self, section: TargetSection, node: Map, wrong: Collection[str]
    ) -> tuple[Fraction, SliceTerms | None]:
        """What the figure must reach, and of which slices it is made."""
        figures = {
            "availability": section.availability,
            "latency": section.latency.share if section.latency else None,
            "share": section.share,
        }
        given = {key: figure for key, figure in figures.items() if figure is not None}
        if len(given) > 1:
            message = f"a target promises one thing, but has {' and '.join(f'`{key}`' for key in given)}; make two of it"
            self._report.problem(node.mark_of(list(given)[-1]), message)
        elif not given and not _PROMISES & {*wrong, *node.empty}:
            message = "the target promises nothing; write `availability: 99.9`, or `latency: {threshold: 800ms, share: 99}`"
            self._report.problem(node.mark, message)
        if section.share is not None and section.promql is None:
            self._report.problem(
                node.mark_of("share"), "`share` is of the events of `promql`; of time write `availability`"
            )
        agreed = next(iter(given.values()), Fraction(1))
        if section.latency is not None:
            self._alone("latency", ("slices", "promql"), node)
            return agreed, SliceTerms(LATENCY_SLICE, Judged.SHARE)
        if section.slices is None:
            return agreed, None
        return agreed, self._slices(section.slices, node)

    def _alone(self, key: str, others: Sequence[str], node: Map) -> None:
        for other in others:
            if other in node:
                self._report.problem(
                    node.mark_of(other), f"`{other}` does not go with `{key}`; make two targets of it"
                )

    def _slices(self, section: SlicesSection, node: Map) -> SliceTerms:
        def mark(key: str) -> int:
            return find(node, ("slices", key)).mark

        if section.length < units.SECOND or units.DAY % section.length:
            message = "`length` must be from 1s to 1d and divide a day, such as 1m or 5m"
            self._report.problem(mark("length"), message)
        judged = Judged(section.judge)
        if judged is Judged.MEAN:
            for key in ("errors_above", "errors_from", "at_least"):
                if getattr(section, key) is not None:
                    message = f"`{key}` goes with `judge: bad_slices`; a mean counts every error"
                    self._report.problem(mark(key), message)
        elif (section.errors_above is None) == (section.errors_from is None):
            message = (
                "`slices` needs one of `errors_above: 10%` and `errors_from: 100%`, which say when one is bad"
            )
            self._report.problem(mark("judge"), message)
        if section.errors_above == 1:
            self._report.problem(
                mark("errors_above"), "`errors_above` 100% is never so; write `errors_from: 100%`"
            )
        if section.errors_from not in (None, 1):
            message = "`errors_from` may only be 100%, where every event is an error; below that write `errors_above`"
            self._report.problem(mark("errors_from"), message)
        above = Fraction(1) if section.errors_from is not None else section.errors_above or Fraction(0)
        return SliceTerms(section.length, judged, above, section.at_least or 1, section.empty != "ignore")

    def _queries(self, section: TargetSection, node: Map) -> tuple[Queries | None, int]:
        """What a Prometheus is asked, and how long a step is."""
        asked = node.get("promql")
        if section.promql is None or not isinstance(asked, Map):
            return None, 0
        found = promql(section.promql, asked, self._report)
        if section.endpoints is not None:
            self._report.problem(
                node.mark_of("endpoints"),
                "`endpoints` does not go with `promql`: its queries say what is counted",
            )
        return Queries(found.good, found.total, found.delay), found.step

    def _endpoints(self, nodes: Seq | None) -> tuple[str, ...]:
        if nodes is None:
            return ()
        if not nodes:
            self._report.problem(
                nodes.mark, "`endpoints` is empty; name those that count, or remove it for all"
            )
        found = list[str]()
        for name, mark in zip(nodes, nodes.marks, strict=True):
            if not isinstance(name, str):
                self._report.problem(
                    mark, f"`endpoints` are names of the service's endpoints, not {shape(name)}"
                )
            elif name in found:
                self._report.problem(mark, f"`{name}` is named twice; remove one")
            else:
                found.append(str(name))
        return tuple(found)

    def _known(self, name: str | None, key: str, known: Sequence[str], node: Map) -> str:
        """A name that the document has elsewhere; empty for none."""
        if name is None:
            return ""
        if name not in known:
            where = "hours" if key == "hours" else "credits"
            hint = nearest(name, known) or f"; define it under `{where}`"
            what = "there are no hours" if key == "hours" else "there is no rule"
            self._report.problem(node.mark_of(key), f"`{key}`: {what} `{name}`{hint}")
        return name
