"""What alert rules say and when they are looked at: `alerting`, of the whole file and of an SLO."""

import re
from dataclasses import dataclass, replace

from exporter import units
from exporter.config.fields import shape
from exporter.config.labels import LABEL_NAME
from exporter.config.report import Report
from exporter.config.sections import AlertingSection, SloAlertingSection
from exporter.config.tree import Expanded, Map, Seq
from exporter.config.validate import validate
from exporter.errors import nearest
from exporter.slo.tiers import PACES, TIERS

DEFAULT_MIN_BAD = 3
DEFAULT_NAME = "ErrorBudgetBurn"
SEVERITIES = tuple(dict.fromkeys(pace.severity for pace in PACES))
"""Those that the metrics have: `page` and `ticket`."""

PLACEHOLDERS = ("alert", "service", "slo")
"""What a link may have in braces."""

RESERVED = frozenset(
    {
        *(
            "alertname",
            "alertstate",
            "category",
            "instance",
            "job",
            "long",
            "name",
            "owner",
            "severity",
            "short",
        ),
        *("slo", "sloth_id", "sloth_service", "sloth_severity", "sloth_slo", "source", "tier"),
        *("uptime_endpoint", "uptime_service"),
    }
)
"""Labels that alerts have of their own."""

_BRACES = re.compile(r"\{([^{}]*)\}")
_URL = re.compile(r"https?://(?:[^\s{}]|\{[^\s{}]*\})+", re.ASCII)
_ALERT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

_TAKEN = re.compile(r"(?:ErrorBudgetE|Endpoint|Certificate|Exclusion|Heartbeat|Slo[A-Z]|Uptime)\w*")
"""How the other alerts begin."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Alerting:
    """What the alert rules of an SLO say.

    Attributes:
        name: Of the alert that fires when its budget burns.
        tiers: Names of the tiers that it should have; perhaps none.
        min_bad: Bad beats that the long window of a tier needs, >= 1.
        severities: What generated rules call `page` and `ticket`.
        runbook: URL with `{service}`, `{slo}` and `{alert}`; empty for none.
        dashboard: Likewise.
        labels: Of generated rules, sorted by name.
    """

    name: str = DEFAULT_NAME
    tiers: tuple[str, ...] = TIERS
    min_bad: int = DEFAULT_MIN_BAD
    severities: Pairs = tuple((each, each) for each in SEVERITIES)
    runbook: str = ""
    dashboard: str = ""
    labels: Pairs = ()

    def severity(self, of_metric: str) -> str:
        """What generated rules call a severity of the metrics."""
        return dict(self.severities).get(of_metric, of_metric)


@dataclass(frozen=True, slots=True)
class Delays:
    """How long those take through whose hands an alert goes; milliseconds.

    Attributes:
        scrape: From one scrape to the next.
        evaluation: From one evaluation of the rules to the next.
        group_wait: What Alertmanager waits for other alerts of the group.
        given: Names of those that the configuration gives; the others are assumed.
    """

    scrape: int = 15 * units.SECOND
    evaluation: int = 15 * units.SECOND
    group_wait: int = 30 * units.SECOND
    given: frozenset[str] = frozenset()


NO_ALERTING = Alerting()
USUAL_DELAYS = Delays()


def alerting(node: Map | None, report: Report) -> tuple[Alerting, Delays]:
    """Build what holds for all SLOs, and the delays."""
    if node is None:
        return NO_ALERTING, USUAL_DELAYS
    section, _ = validate(AlertingSection, node, report, "alerting")
    if section is None:  # pragma: no cover -- no key is required
        return NO_ALERTING, USUAL_DELAYS
    delays = {
        "scrape": section.scrape_interval,
        "evaluation": section.evaluation_interval,
        "group_wait": section.group_wait,
    }
    given = {name: length for name, length in delays.items() if length is not None}
    return _over(NO_ALERTING, section, node, report), Delays(**given, given=frozenset(given))


def of_slo(node: Map | None, outer: Alerting, report: Report) -> Alerting:
    """Build what holds for an SLO, over what holds for all."""
    if node is None:
        return outer
    section, _ = validate(SloAlertingSection, node, report, "slo.alerting")
    return outer if section is None else _over(outer, section, node, report)


def _over(outer: Alerting, section: SloAlertingSection, node: Map, report: Report) -> Alerting:
    if section.name is not None and not _ALERT_NAME.fullmatch(section.name):
        message = "`name` of an alert may have only letters, digits and `_`, and begins with no digit"
        report.problem(node.mark_of("name"), message)
    elif section.name is not None and _TAKEN.fullmatch(section.name):
        report.problem(
            node.mark_of("name"), f"`name`: `{section.name}` is another alert; choose another name"
        )
    for key, url in (("runbook", section.runbook), ("dashboard", section.dashboard)):
        _check_link(key, url or "", node, report)
    return replace(
        outer,
        name=section.name or outer.name,
        tiers=outer.tiers if section.tiers is None else _tiers(section.tiers, report),
        min_bad=section.min_bad or outer.min_bad,
        severities=_severities(outer, section.severities, report),
        runbook=outer.runbook if section.runbook is None else section.runbook,
        dashboard=outer.dashboard if section.dashboard is None else section.dashboard,
        labels=_labels(outer.labels, section.labels, report),
    )


def _check_link(key: str, url: str, node: Map, report: Report) -> None:
    if url and not _URL.fullmatch(url):
        message = f"`{key}` is no URL; write https://host/path, in which {{service}}, {{slo}} and {{alert}} are filled in"
        report.problem(node.mark_of(key), message)
        return
    for name in _BRACES.findall(url):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            report.problem(node.mark_of(key), f"`{key}` has no value for `{{{name}}}`; it may have {known}")


def _tiers(names: Seq, report: Report) -> tuple[str, ...]:
    found = set[str]()
    for name, mark in zip(names, names.marks, strict=True):
        if not isinstance(name, str):
            report.problem(mark, f"`tiers` are names such as `fast`, not {shape(name)}")
        elif name not in TIERS:
            hint = nearest(name, TIERS) or f"; there are {', '.join(TIERS)}"
            report.problem(mark, f"`tiers`: there is no tier `{name}`{hint}")
        elif name in found:
            report.problem(mark, f"`{name}` is named twice; remove one")
        else:
            found.add(name)
    return tuple(name for name in TIERS if name in found)


def _severities(outer: Alerting, node: Map | None, report: Report) -> Pairs:
    made = dict(outer.severities)
    for (name, value), mark in zip((node or {}).items(), node.marks if node else (), strict=True):
        if name not in SEVERITIES:
            hint = nearest(name, SEVERITIES) or f"; there are {' and '.join(SEVERITIES)}"
            report.problem(mark, f"`severities`: there is no severity `{name}`{hint}")
        elif problem := _unfit(value):
            report.problem(mark, f"`severities`: `{name}` {problem}")
        else:
            made[name] = str(value)
    return tuple(made.items())


def _labels(outer: Pairs, node: Map | None, report: Report) -> Pairs:
    made = dict(outer)
    for (name, value), mark in zip((node or {}).items(), node.marks if node else (), strict=True):
        if not LABEL_NAME.fullmatch(name) or name.startswith("__"):
            problem = "is not a label name; use letters, digits and `_`, and no `__` at its start"
        elif name in RESERVED:
            problem = "is one that alerts have already; choose another name"
        else:
            problem = _unfit(value)
        if problem:
            report.problem(mark, f"label `{name}` {problem}")
        else:
            made[name] = str(value)
    return tuple(sorted(made.items()))


def _unfit(value: object) -> str:
    """Say why a value cannot be a label's; empty where it can."""
    if not isinstance(value, str):
        return f"must be a single value, not {shape(value)}"
    if isinstance(value, Expanded):
        return "is shown to everybody, but what `${NAME}` brings in is kept secret; write it out"
    if not value:
        return "is empty"
    return "must not have `{{`, which Prometheus takes for a template" if "{{" in value else ""
