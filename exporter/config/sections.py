"""What the configuration file may say: one model for each kind of map in it.

A map inside a list is validated by itself, so that one mistake hides no other; the
models therefore hold the lists as they are. All of this is dropped once the
configuration is built.
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from exporter.config.choices import CategoryName, Combine, Failures, Method, Unit, Unknown
from exporter.config.fields import (
    Count,
    Delay,
    Duration,
    Items,
    Labels,
    Maps,
    Name,
    Nanoseconds,
    Percent,
    Query,
    Secret,
    Share,
    Shown,
    Url,
    Window,
)
from exporter.config.times import Day, Zone
from exporter.probes.access_settings import BasicAuthSettings, Line, RequestHeaders, see_one_identity


class Section(BaseModel):
    """A map whose keys are all known."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)


def key(description: str) -> Any:  # noqa: ANN401 -- as pydantic's own Field
    """An optional key."""
    return Field(default=None, description=description)


class Shape(Section):
    """What shapes a probe: on an endpoint, over its service, over `defaults`."""

    interval: Duration | None = key("Time from one probe to the next. Default 15s.")
    timeout: Duration | None = key("Time that a whole probe may take. Default 5s.")
    staleness: Duration | None = key("How long a result speaks. Default 2 x interval + timeout.")
    retry_interval: Duration | None = key(
        "Time to the next probe after a failure that is not yet a verdict. Default the smaller of interval and 5s."
    )
    down_after: Count | None = key("Consecutive failures that make an endpoint down. Default 1.")
    up_after: Count | None = key("Consecutive successes that make an endpoint up. Default 1.")
    probe: Name | None = key("Name of one of `probes`. Default: the settings that the URL's scheme picks.")


class Defaults(Shape):
    """Settings of all services that do not set them."""

    window: Window | None = key("Window of SLOs. Default 30d.")


class EndpointSection(Shape):
    """One thing that is probed."""

    url: Annotated[Url, Field(description="What to probe; the scheme picks the type of probe.")]
    name: Name | None = key("Default: made of the URL's host, port and path.")
    id: Name | None = key("Stable identity; a rename that keeps it keeps the history. Default: the name.")
    labels: Labels | None = key("Labels on the info metric, over the service's.")
    token: Secret | None = key("Of a heartbeat: who has it may say that the job was done.")


class CalendarSection(Section):
    """A window that is a period of the calendar."""

    calendar: Annotated[Unit, Field(description="Length of a period; a week begins on Monday.")]
    timezone: Zone | None = key("In which days begin. Default UTC.")
    anchor: Day | None = key("Day on which a period begins. Default: the calendar's own.")


class LatencySection(Section):
    """What makes a success good."""

    threshold: Annotated[Nanoseconds, Field(description="That the whole probe may take at most.")]


class PromqlSection(Section):
    """Events that a Prometheus has counted."""

    good: Annotated[Query, Field(description="Query for the good events of a step.")]
    total: Annotated[Query, Field(description="Query for all events of a step.")]
    step: Duration | None = key(
        "How long a step is. Default: 1m where the queries have `$interval`, else the range that they have."
    )
    delay: Delay | None = key("How long after its end a step is asked about. Default 30s.")


class SliSection(Section):
    """Another source of events than success and failure; one of the two."""

    latency: LatencySection | None = key("Good is a success that is not slow.")
    promql: PromqlSection | None = key("Events are those that `prometheus` has counted.")


class CombineSection(Section):
    """How members combine, where that takes a number; one of the two."""

    quorum: Count | None = key("Up if so many are up, down if so many no longer can be.")
    weighted: Maps | None = key("Weights of all members; each instant is shared out by them.")


class SloAlertingSection(Section):
    """What the alert rules of an SLO say, over the root's."""

    name: Shown | None = key("Of the alert that fires when a budget burns. Default: ErrorBudgetBurn.")
    tiers: Items | None = key("Names of the alert tiers: fast, medium, slow, long. Default: all.")
    min_bad: Count | None = key("Bad beats that the long window of a tier needs. Default 3.")
    severities: Maps | None = key("What generated rules call `page` and `ticket`.")
    runbook: Shown | None = key("URL; may have {service}, {slo} and {alert}.")
    dashboard: Shown | None = key("URL; may have {service}, {slo} and {alert}.")
    labels: Maps | None = key("Labels of generated rules.")


class SloSection(Section):
    """One objective."""

    objective: Annotated[Percent, Field(description="Per cent, 0 < x < 100.")]
    name: Name | None = key("Default: availability, or latency for a latency SLO.")
    id: Name | None = key("Stable identity; a rename that keeps it keeps the history. Default: the name.")
    title: Shown | None = key("Free text for people. Default: the name.")
    window: Window | None = key("Rolling, or of the calendar. Default 30d.")
    endpoints: Items | None = key("Names of the endpoints that count. Default: all of the service.")
    services: Items | None = key(
        "Instead of endpoints: names of services, or of SLOs as service/slo, that count as a whole."
    )
    unknown: Unknown | None = key("How watched unknown time counts. Default: ignore.")
    method: Method | None = key("What is measured. Default: time.")
    slice: Duration | None = key("Length of a slice, with method timeslices. Default 1m.")
    slice_objective: Share | None = key("Per cent of a slice that make it good, with method timeslices.")
    sli: SliSection | None = key("Another source of events than success and failure.")
    failures: Failures | None = key("What a failed probe is to a latency SLO. Default: bad.")
    combine: Combine | None = key("How members combine. Default all: down if any is down.")
    exclusions: Items | None = key("Categories of exclusions that it recognises. Default: all.")
    service_hours: Name | None = key("One of the root's. Default: the service's.")
    labels: Labels | None = key("Labels on the info metric, over the service's.")
    alerting: Maps | None = key("What its alert rules say, over the root's.")


class ServiceSection(Shape):
    """What users care about."""

    name: Annotated[Name, Field(description="Unique among the services.")]
    endpoints: Items | None = key(
        "What is probed; may be left out where all SLOs are over services or over promql."
    )
    id: Name | None = key("Stable identity; a rename that keeps it keeps the history. Default: the name.")
    title: Shown | None = key("Free text for people. Default: the name.")
    owner: Shown | None = key("Who looks after it.")
    labels: Labels | None = key("Labels on the info metrics of its endpoints and SLOs.")
    service_hours: Name | None = key("One of the root's; the time outside of them does not count.")
    slos: Items | None = key("What it should reach.")
    depends_on: Items | None = key("Names of services without which it cannot be well.")
    removed: Items | None = key("Ids of endpoints that were here: SLOs and exclusions may still name them.")


class HoursSection(Section):
    """Service hours; besides these keys it has days such as mon-fri with hours such as 08:00-20:00."""

    timezone: Zone | None = key("Of the hours and holidays. Default UTC.")
    holidays: Shown | None = key("Country, or country and region, whose public holidays have no hours.")


class ExclusionSection(Section):
    """Time that does not count: once, or recurring where it has a rule."""

    name: Annotated[Name, Field(description="Unique among the exclusions; a rename is another exclusion.")]
    category: Annotated[CategoryName, Field(description="Why it does not count.")]
    services: Items | None = key('Names of services that it covers; "*" is all.')
    endpoints: Items | None = key("Endpoints that it covers, as service/endpoint.")
    labels: Labels | None = key("Covers what has all of these labels.")
    since: Shown | None = Field(
        default=None, alias="from", description="When it begins; of a recurrence, when that starts."
    )
    until: Shown | None = Field(
        default=None, alias="to", description="When it ends; of a recurrence, when that stops."
    )
    rrule: Shown | None = key("How it recurs: an RRULE of RFC 5545.")
    duration: Duration | None = key("Of each recurrence.")
    timezone: Zone | None = key("Of times that do not say theirs, and of a rule. Default UTC for a rule.")
    reason: Shown | None = key("Free text for people.")


class StorageSection(Section):
    """What is kept."""

    retention: Duration | None = key("How long history is kept. Default 400d.")


class AlertingSection(SloAlertingSection):
    """What the alert rules of all SLOs say, and how often they are looked at."""

    scrape_interval: Duration | None = key("Of Prometheus. Default 15s.")
    evaluation_interval: Duration | None = key("Of the rules. Default 15s.")
    group_wait: Delay | None = key("Of Alertmanager. Default 30s.")


class ConnectivitySection(Section):
    """What answers as long as the prober itself is connected."""

    anchors: Annotated[Items, Field(description="URLs that are probed with built-in settings; at least one.")]
    quorum: Count | None = key("How many anchors must answer. Default 1.")
    interval: Duration | None = key("Time from one check to the next. Default 1s.")
    timeout: Duration | None = key("Time that a check may take. Default 2s.")


class Provider(Section):
    """What all sources of targets may say."""

    service: Name | None = key(
        "Service of targets without the label uptime_service. Default: their label job."
    )
    scheme: Shown | None = key("Of targets that are no URLs. Default: as their probe's type has it, or http.")
    probe: Name | None = key("Name of one of `probes`, for targets without the label uptime_probe.")
    slos: Items | None = key("Names of `slos` for their services, without the label uptime_slos.")
    refresh: Duration | None = key("Time from one look to the next. Default 5s for files, 60s for others.")


class FileSdSection(Provider):
    """Files in Prometheus' format, JSON or YAML."""

    files: Annotated[Shown, Field(description="A file, or a glob.")]


class HttpSdSection(Provider):
    """A URL that answers in Prometheus' format."""

    url: Annotated[Url, Field(description="http or https.")]
    headers: Maps | None = key("Of the request.")
    ca_file: Shown | None = key("Trusted instead of the system's certificates.")


class DnsSdSection(Provider):
    """SRV records of a name."""

    name: Annotated[Shown, Field(description="Such as _https._tcp.example.com.")]


class DiscoverySection(Section):
    """Where further targets come from."""

    file_sd: Items | None = key("Files in Prometheus' format.")
    http_sd: Items | None = key("URLs that answer in Prometheus' format.")
    dns_sd: Items | None = key("Names with SRV records.")
    slos: Maps | None = key("SLOs by name, for the services that targets are of.")


class ResolverSection(Section):
    """Who looks names up."""

    servers: Items | None = key(
        "Addresses of name servers, with ports or without. Default: the system's resolver."
    )
    cache: Duration | None = key("How long answers are kept at most. Default: not at all.")
    stale_on_error: bool | None = key("Whether an old answer is better than none. Default: false.")
    timeout: Duration | None = key("That a server is given. Default 2s.")
    attempts: Count | None = key("How often each is asked. Default 2.")


class BlackboxSection(Section):
    """What may be asked for at /probe, as of blackbox_exporter."""

    modules: Annotated[Items, Field(description="Names of `probes` that may be asked for.")]
    networks: Annotated[Items, Field(description="Where they may go, such as 10.0.0.0/8.")]
    timeout: Duration = Field(default=0, description="Of a probe. Default: that of the scrape.")
    timeout_offset: Duration = Field(
        default=500, description="By how much a probe ends before its scrape does. Default 500ms."
    )


class PrometheusSection(Section):
    """The Prometheus that SLOs over promql ask."""

    url: Annotated[Url, Field(description="Root of its API, http or https.")]
    token: Annotated[Line, Field(description="Sent as Authorization: Bearer. Never shown.")] = ""
    basic_auth: BasicAuthSettings | None = key("User and password.")
    headers: Annotated[RequestHeaders, Field(description="Of its requests.")] = Field(default={})
    ca_file: Shown | None = key("Trusted instead of the system's certificates.")
    timeout: Duration | None = key("Time that an answer may take. Default 30s.")

    @model_validator(mode="after")
    def _asks_as_one(self) -> Self:
        see_one_identity(self.headers, {"basic_auth": self.basic_auth, "token": self.token})
        return self


class AnchorSection(Section):
    """One of `anchors`."""

    anchors: Url


class RootSection(Section):
    """A configuration of uptime-slo-exporter."""

    services: Annotated[Items, Field(description="What is watched; at least one.")]
    site: Shown | None = key("Names this prober.")
    defaults: Maps | None = key("Settings of all services that do not set them.")
    probes: Maps | None = key("Named settings that endpoints refer to with `probe`.")
    exclusions: Items | None = key("Time that does not count.")
    service_hours: Maps | None = key("Named hours outside of which time does not count.")
    alerting: Maps | None = key("What the alert rules of all SLOs say.")
    resolver: Maps | None = key("Who looks names up. Default: the system, each time anew.")
    blackbox: Maps | None = key("What may be asked for at /probe. Default: nothing.")
    discovery: Maps | None = key("Where further targets come from.")
    prometheus: Maps | None = key("The Prometheus that SLOs over promql ask.")
    connectivity: Maps | None = key("What answers as long as the prober itself is connected.")
    storage: Maps | None = key("What is kept.")
    agreements: Items | None = key("Files of agreements, or globs, relative to this file.")
