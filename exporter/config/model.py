"""The configuration as the program sees it: frozen, complete, typed, with every default filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from exporter import units
from exporter.config.alerting import NO_ALERTING, USUAL_DELAYS, Alerting, Delays
from exporter.config.report import Secrets
from exporter.config.tree import Map
from exporter.probes.base import ProbeSettings
from exporter.probes.check import SYSTEM_LOOKUP, LookupCheck
from exporter.sla.agreement import Agreement
from exporter.slo.objective import Periods
from exporter.timeline import rule
from exporter.timeline.exclusion import Category, Exclusion, When
from exporter.timeline.policy import Policy

RETENTION = 400 * units.DAY
"""How long history is kept unless the file says otherwise; milliseconds."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that is probed.

    Attributes:
        id: Stable identity within its service; keys the store. The name, unless set.
        name: The label `uptime_endpoint`.
        kind: Probe type, e.g. `http`.
        url: As configured, with secrets; never shown.
        target: For people and the label `target`: without credentials and query.
        settings: Of the probe type.
        policy: What shapes its probes, kept with each result.
        retry_interval: Milliseconds from the start of a failure that is not yet a
            verdict to the next probe; 0 < x <= interval.
        labels: The user's own, on the info metric only: the service's with its own
            over them, sorted by name.
        token: Of a heartbeat: who has it may say that the job was done; never shown.
    """

    id: str
    name: str
    kind: str
    url: str = field(repr=False)
    target: str
    settings: ProbeSettings = field(repr=False)
    policy: Policy
    retry_interval: int
    labels: tuple[tuple[str, str], ...] = ()
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Latency:
    """What makes a good event of a latency SLO.

    Attributes:
        threshold: Nanoseconds > 0 that a good success may take at most.
        failures: What a failure is: `bad`, or no event at all (`ignore`).
    """

    threshold: int
    failures: str = "bad"


@dataclass(frozen=True, slots=True)
class Promql:
    """Events that a Prometheus has counted.

    Attributes:
        good: Query for the good events of a step, to be evaluated at its end; has the step for `$interval`.
        total: Likewise for all of them.
        step: Milliseconds; steps begin at its multiples.
        delay: Milliseconds after a step's end at which it is asked about.
    """

    good: str
    total: str
    step: int
    delay: int


@dataclass(frozen=True, slots=True)
class SloConfig:
    """One objective of a service.

    Attributes:
        id: Stable identity within its service.
        name: The label `slo`.
        title: Free text for people; the name where none is given.
        objective: 0 < x < 1.
        objective_text: Per cent as configured, without the sign, e.g. `99.9`.
        window: Milliseconds of the rolling window, or calendar periods.
        method: `time`, `events` or `timeslices`.
        unknown: How watched unknown time counts: `ignore`, `down` or `up`.
        endpoints: Ids of the endpoints it asks about; None for all but heartbeats.
        labels: As an endpoint's.
        slice: Milliseconds of a slice, > 0; 0 for other methods than `timeslices`.
        slice_objective: 0 < x < 1 that makes a slice good; None for other methods.
        latency: Of a latency SLO, whose method is `events`; else None.
        promql: Of an SLO over events that a Prometheus has counted, whose method is `events` and
            whose `endpoints` are the empty tuple; else None.
        combine: How its members are one.
        categories: Of the exclusions that it recognises; None for all.
        hours: Its service hours, or else those of its service.
        services: Of a composite SLO, its members: ids of services, or of a service and
            one of its SLOs as `service/slo`; its `endpoints` are then the empty tuple.
            Empty for an SLO over endpoints.
        alerting: What its alert rules say.
    """

    id: str
    name: str
    title: str
    objective: Fraction
    objective_text: str
    window: int | Periods
    method: str = "time"
    unknown: str = "ignore"
    endpoints: tuple[str, ...] | None = None
    labels: tuple[tuple[str, str], ...] = ()
    slice: int = 0
    slice_objective: Fraction | None = None
    latency: Latency | None = None
    promql: Promql | None = None
    combine: rule.Rule = rule.ALL
    categories: frozenset[Category] | None = None
    hours: When | None = None
    services: tuple[str, ...] = ()
    alerting: Alerting = NO_ALERTING


@dataclass(frozen=True, slots=True)
class Service:
    """What users care about; owns endpoints and SLOs.

    Attributes:
        id: Stable identity; keys the store.
        name: The label `uptime_service`.
        title: Free text for people; the name where none is given.
        owner: Empty where not given.
        labels: The user's own, sorted by name; endpoints and SLOs have them already.
        endpoints: At least one, unless all of its SLOs are composite or over `promql`.
        slos: Perhaps none.
        hours: Its service hours, if it has any.
        removed: Ids of endpoints that it had, and that SLOs and exclusions may still name.
        depends_on: Ids of services without which it cannot be well; there is no circle.
    """

    id: str
    name: str
    title: str
    owner: str
    labels: tuple[tuple[str, str], ...]
    endpoints: tuple[Endpoint, ...]
    slos: tuple[SloConfig, ...]
    hours: When | None = None
    removed: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()

    def endpoint_ids(self) -> dict[str, str]:
        """Ids of its endpoints by their names; of removed ones by themselves."""
        return {each.name: each.id for each in self.endpoints} | {each: each for each in self.removed}


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something that answers as long as the prober is connected.

    Attributes:
        url: As configured, with secrets; never shown.
        settings: Built-in ones of the URL's scheme.
    """

    url: str = field(repr=False)
    settings: ProbeSettings = field(repr=False)


@dataclass(frozen=True, slots=True)
class Connectivity:
    """How the prober finds out whether it is blind.

    Attributes:
        anchors: At least one.
        quorum: How many must answer, 1 <= x <= their number.
        interval: Milliseconds from one check to the next.
        timeout: Milliseconds for a whole check.
    """

    anchors: tuple[Anchor, ...]
    quorum: int
    interval: int
    timeout: int


class Target(NamedTuple):
    """What discovered targets become where their labels do not say; each may be empty.

    Attributes:
        service: Name of their service.
        scheme: Of those that are no URLs.
        probe: Name of their settings.
        slos: Names of SLOs for their service.
    """

    service: str
    scheme: str
    probe: str
    slos: tuple[str, ...]


class FileSd(NamedTuple):
    """Files with targets.

    Attributes:
        becomes: What their targets become.
        pattern: A path, or a glob.
        refresh: Milliseconds from one look to the next.
    """

    becomes: Target
    pattern: str
    refresh: int


class HttpSd(NamedTuple):
    """A URL with targets.

    Attributes:
        becomes: What its targets become.
        url: With secrets; never shown.
        source: The URL as it may be shown.
        refresh: Milliseconds from one request to the next.
        headers: Of the request; never shown.
        ca_file: Trusted instead of the system's certificates; empty for those.
    """

    becomes: Target
    url: str
    source: str
    refresh: int
    headers: tuple[tuple[str, str], ...]
    ca_file: str


class DnsSd(NamedTuple):
    """A name with SRV records.

    Attributes:
        becomes: What its targets become.
        name: The name.
        refresh: Milliseconds from one question to the next.
    """

    becomes: Target
    name: str
    refresh: int

    @property
    def source(self) -> str:
        """What it is called where sources are named."""
        return f"dns:{self.name}"


@dataclass(frozen=True, slots=True)
class Discovery:
    """Where further targets come from.

    Attributes:
        files: In file order; likewise the others.
        https: URLs.
        names: Names with SRV records.
        slos: Of services that targets are of, by name, as they are written.
    """

    files: tuple[FileSd, ...]
    https: tuple[HttpSd, ...]
    names: tuple[DnsSd, ...]
    slos: Map = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Blackbox:
    """What may be asked for at `/probe`.

    Attributes:
        modules: Names of probes.
        networks: Where they may go.
        timeout: Milliseconds of a probe at most; 0 for as long as its scrape waits.
        timeout_offset: Milliseconds by which it ends before that.
    """

    modules: tuple[str, ...]
    networks: tuple[IPv4Network | IPv6Network, ...]
    timeout: int
    timeout_offset: int


@dataclass(frozen=True, slots=True)
class Prometheus:
    """The server that SLOs over `promql` ask.

    Attributes:
        url: The root of its API, without `/api/v1`, credentials and a slash at its end; shown only as
            `secrets.redact` has it, as a part may be secret.
        headers: Of every request, credentials among them; never shown.
        ca_file: Trusted instead of the system's certificates; empty for those.
        timeout: Milliseconds that an answer may take.
    """

    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ca_file: str = ""
    timeout: int = 30_000


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration, free of problems.

    Attributes:
        services: In file order.
        site: Names this prober; empty where not set.
        hash: SHA-256 over the files' bytes, hexadecimal.
        warnings: What is allowed but likely a mistake, as `file:line: message`.
        probes: The named settings, also those that no endpoint uses.
        connectivity: The anchors; None where there are none.
        secrets: What no log line, page, metric or dump may show; `secrets.redact(text)` masks it.
        exclusions: In file order; their ids are their names.
        retention: Milliseconds for which history is kept.
        beside: Files that it refers to and that were read with it, and what each said, in short.
        discovery: Where further targets come from; None for nowhere else.
        blackbox: What may be asked for at `/probe`; None for nothing.
        resolver: How names are looked up.
        prometheus: Whom SLOs over `promql` ask; None where there is nobody to ask, and no such SLO.
        alerting: What alert rules say that are of no SLO.
        delays: How long those take through whose hands an alert goes.
        agreements: All versions, drafts among them, in the order of their files; what they name is among the services.
        agreement_files: Files or globs that they are in, as this program opens them.
    """

    services: tuple[Service, ...]
    site: str
    hash: str
    warnings: tuple[str, ...] = ()
    probes: Mapping[str, ProbeSettings] = field(default_factory=dict, repr=False)
    connectivity: Connectivity | None = None
    secrets: Secrets = field(default_factory=Secrets, repr=False, compare=False)
    exclusions: tuple[Exclusion, ...] = ()
    retention: int = RETENTION
    beside: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    discovery: Discovery | None = None
    blackbox: Blackbox | None = None
    resolver: LookupCheck = SYSTEM_LOOKUP
    prometheus: Prometheus | None = None
    alerting: Alerting = NO_ALERTING
    delays: Delays = USUAL_DELAYS
    agreements: tuple[Agreement, ...] = ()
    agreement_files: tuple[str, ...] = ()

    @property
    def endpoint_count(self) -> int:
        """How many endpoints there are in all."""
        return sum(len(service.endpoints) for service in self.services)

    def service(self, identity: str) -> Service:
        """The service of that id; there is one."""
        return next(service for service in self.services if service.id == identity)
