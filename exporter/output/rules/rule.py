"""What rule files are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from exporter.config.alerting import NO_ALERTING, Alerting
from exporter.output import names
from exporter.output.rules.promql import selected, spoken
from exporter.units import MINUTE, SECOND, format_duration

Labels = Mapping[str, str]

PAGE, TICKET = "page", "ticket"
SLO_WHOM = "{{ $labels.uptime_service }}/{{ $labels.slo }}"
"""Whom an alert is about, in its annotations."""

EXPORTER_WHOM = "{{ $labels.instance }}"

EXPORTER = {"job": "uptime", "instance": "a:9895"}
OTHER = {"job": "uptime", "instance": "b:9895"}
"""Two exporters of histories."""

EXAMPLE = {names.SERVICE: "shop", names.ENDPOINT: "web", names.SLO: "availability"}
"""Whom histories are about where rules are about everybody."""


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert as it should be at a minute of a history."""

    minute: int
    labels: Labels
    annotations: Labels


@dataclass(frozen=True, slots=True)
class Case:
    """A history, and what an alert does in it; no minute is at the very edge of a range, which Prometheus 3 leaves open.

    Attributes:
        about: What happens, and what comes of it, for people.
        series: Values by series, a minute apart, in promtool's notation.
        silent: Minutes at which nothing fires.
        fires: What fires when.
    """

    about: str
    series: Mapping[str, str]
    silent: tuple[int, ...] = ()
    fires: tuple[Firing, ...] = ()


def firing(minute: int, labels: Labels, annotations: Labels, told: Mapping[str, str] | None = None) -> Firing:
    """What fires at a minute, its annotations filled in as by `spoken`."""
    return Firing(minute, labels, {name: spoken(text, labels, told) for name, text in annotations.items()})


@dataclass(frozen=True, slots=True)
class Alert:
    """An alerting rule.

    Attributes:
        name: The label `alertname`.
        expr: In PromQL; perhaps of several lines.
        labels: That it adds.
        annotations: Templates.
        hold: Milliseconds for which `expr` must hold.
        cases: Histories that prove it.
    """

    name: str
    expr: str
    labels: Labels
    annotations: Labels
    hold: int = 0
    cases: tuple[Case, ...] = ()

    def labelled(self, more: Labels) -> "Alert":
        """The same with further labels, in its histories too."""
        cases = (
            replace(case, fires=tuple(_labelled(each, more) for each in case.fires)) for case in self.cases
        )
        return replace(self, labels={**self.labels, **more}, cases=tuple(cases))


def _labelled(firing: Firing, more: Labels) -> Firing:
    return replace(firing, labels={**firing.labels, **more})


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording rule."""

    record: str
    expr: str
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated together.

    Attributes:
        name: Unique within a file.
        interval: Milliseconds from one evaluation to the next.
        rules: In order.
    """

    name: str
    interval: int
    rules: tuple[Alert | Recording, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom rules are about, and what they say besides.

    Attributes:
        service: The one service; empty for all of every exporter.
        slo: The one SLO of it; empty for all.
        owner: Of the service; empty for none.
        alerting: What the configuration says of rules.
        scrape: Milliseconds from one scrape to the next.
    """

    service: str = ""
    slo: str = ""
    owner: str = ""
    alerting: Alerting = NO_ALERTING
    scrape: int = 15 * SECOND

    @property
    def bridge(self) -> str:
        """How long a series that is missing from scrapes is taken for what it was: two scrapes may fail."""
        return format_duration(max(3 * MINUTE, 3 * self.scrape))

    @property
    def _brief(self) -> int:
        return max(MINUTE, 3 * self.scrape)

    def over(self, family: names.Family, **matchers: str) -> str:
        """The series of a metric, bridged."""
        return f"last_over_time({selected(family, self.matchers(**matchers))}[{self.bridge}])"

    def briefly(self, family: names.Family, **matchers: str) -> str:
        """The same, bridged for less than any `for` that `hold` gives: one last sample alone never fires."""
        brief = format_duration(self._brief)
        return f"last_over_time({selected(family, self.matchers(**matchers))}[{brief}])"

    def hold(self, least: int) -> int:
        """Milliseconds for which something must hold, at least so many and longer than `briefly` bridges."""
        return least if least > self._brief else self._brief + max(self.scrape, MINUTE)

    def within(self, least: int) -> str:
        """A range that holds several scrapes, at least so many milliseconds."""
        return format_duration(max(least, 4 * self.scrape))

    def matchers(self, **more: str) -> Labels:
        """What picks its series."""
        own = {names.SERVICE: self.service, names.SLO: self.slo}
        return {name: value for name, value in (own | more).items() if value}

    def example(self, *labels: str) -> dict[str, str]:
        """Identity labels of a series that it is about."""
        own = EXAMPLE | {name: value for name, value in self.matchers().items() if name in EXAMPLE}
        return {name: own[name] for name in labels}

    def labels(self, severity: str, **more: str) -> dict[str, str]:
        """What its alerts are labelled with."""
        owner = {"owner": self.owner} if self.owner else {}
        # Who it is about comes from the expression too, but rules without it would look like doubles to promtool.
        return (
            dict(self.matchers())
            | more
            | {"severity": self.alerting.severity(severity)}
            | owner
            | dict(self.alerting.labels)
        )

    def links(self, alert: str) -> dict[str, str]:
        """Annotations with URLs; one that needs an SLO is only there where the rules are about one."""
        known = {"alert": alert, "service": self.service, "slo": self.slo}
        made = {}
        for name, url in (
            ("runbook_url", self.alerting.runbook),
            ("dashboard_url", self.alerting.dashboard),
        ):
            for key, value in known.items():
                url = url.replace(f"{{{key}}}", value or f"{{{key}}}")  # noqa: PLW2901 -- filled in step by step
            if url and not any(f"{{{key}}}" in url for key in known):
                made[name] = url
        return made
