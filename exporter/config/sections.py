"""What the configuration file may say: one model for each kind of map in it.

A map inside a list is validated by itself, so that one mistake hides no other; the
models therefore hold the lists as they are. All of this is dropped once the
configuration is built.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from exporter.config.fields import (
    Combine,
    Count,
    Duration,
    Items,
    Labels,
    Maps,
    Method,
    Name,
    Percent,
    Shown,
    Unknown,
    Url,
    Window,
)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, hide_input_in_errors=True)


def _key(description: str) -> Any:  # noqa: ANN401 -- as pydantic's own Field
    """An optional key."""
    return Field(default=None, description=description)


class Shape(_Section):
    """What shapes a probe: on an endpoint, over its service, over `defaults`."""

    interval: Duration | None = _key("Time from one probe to the next. Default 15s.")
    timeout: Duration | None = _key("Time that a whole probe may take. Default 5s.")
    staleness: Duration | None = _key("How long a result speaks. Default 2 x interval + timeout.")
    retry_interval: Duration | None = _key(
        "Time to the next probe after a failure that is not yet a verdict. Default the smaller of interval and 5s."
    )
    down_after: Count | None = _key("Consecutive failures that make an endpoint down. Default 1.")
    up_after: Count | None = _key("Consecutive successes that make an endpoint up. Default 1.")
    probe: Name | None = _key("Name of one of `probes`. Default: the settings that the URL's scheme picks.")


class Defaults(Shape):
    """Settings of all services that do not set them."""

    window: Window | None = _key("Window of SLOs. Default 30d.")


class EndpointSection(Shape):
    """One thing that is probed."""

    url: Annotated[Url, Field(description="What to probe; the scheme picks the type of probe.")]
    name: Name | None = _key("Default: made of the URL's host, port and path.")
    id: Name | None = _key("Stable identity; a rename that keeps it keeps the history. Default: the name.")
    labels: Labels | None = _key("Labels on the info metric, over the service's.")


class SloSection(_Section):
    """One objective."""

    objective: Annotated[Percent, Field(description="Per cent, 0 < x < 100.")]
    name: Name | None = _key("Default: availability.")
    id: Name | None = _key("Stable identity; a rename that keeps it keeps the history. Default: the name.")
    title: Shown | None = _key("Free text for people. Default: the name.")
    window: Window | None = _key("Rolling window. Default 30d.")
    endpoints: Items | None = _key("Names of the endpoints that count. Default: all of the service.")
    unknown: Unknown | None = _key("How watched unknown time counts. Default: ignore.")
    method: Method | None = _key("What is measured. Default: time.")
    combine: Combine | None = _key("How endpoints combine: down if any is down. Default: all.")
    labels: Labels | None = _key("Labels on the info metric, over the service's.")


class ServiceSection(Shape):
    """What users care about."""

    name: Annotated[Name, Field(description="Unique among the services.")]
    endpoints: Annotated[Items, Field(description="What is probed; at least one.")]
    id: Name | None = _key("Stable identity; a rename that keeps it keeps the history. Default: the name.")
    title: Shown | None = _key("Free text for people. Default: the name.")
    owner: Shown | None = _key("Who looks after it.")
    labels: Labels | None = _key("Labels on the info metrics of its endpoints and SLOs.")
    slos: Items | None = _key("What it should reach.")


class AlertingSection(_Section):
    """What holds for all alert tiers."""

    min_bad: Count | None = _key("Bad beats that the long window of a tier needs. Default 3.")


class ConnectivitySection(_Section):
    """What answers as long as the prober itself is connected."""

    anchors: Annotated[Items, Field(description="URLs that are probed with built-in settings; at least one.")]
    quorum: Count | None = _key("How many anchors must answer. Default 1.")
    interval: Duration | None = _key("Time from one check to the next. Default 1s.")
    timeout: Duration | None = _key("Time that a check may take. Default 2s.")


class AnchorSection(_Section):
    """One of `anchors`."""

    anchors: Url


class RootSection(_Section):
    """A configuration of uptime-slo-exporter."""

    services: Annotated[Items, Field(description="What is watched; at least one.")]
    site: Shown | None = _key("Names this prober.")
    defaults: Maps | None = _key("Settings of all services that do not set them.")
    probes: Maps | None = _key("Named settings that endpoints refer to with `probe`.")
    alerting: Maps | None = _key("What holds for all alert tiers.")
    connectivity: Maps | None = _key("What answers as long as the prober itself is connected.")


NOT_YET: dict[str, frozenset[str]] = {
    "root": frozenset(
        {
            "agreements",
            "blackbox",
            "discovery",
            "exclusions",
            "service_hours",
            "storage",
        }
    ),
    "alerting": frozenset({"runbook", "severities"}),
    "service": frozenset({"depends_on", "exclusions", "service_hours"}),
    "endpoint": frozenset({"service_hours", "token"}),
    "slo": frozenset({"exclusions", "failures", "service_hours", "sli", "slice", "slice_objective"}),
    "probe": frozenset({"client_secret", "dialogue", "password", "query", "token"}),
    "probe.expect": frozenset(
        {
            "answers_all_match",
            "answers_any_match",
            "answers_min",
            "answers_none_match",
            "json",
            "rcode",
            "tls",
        }
    ),
}
"""Keys that are part of the format, by section, which nothing serves yet."""

KINDS_NOT_YET = frozenset(
    {"command", "dns", "grpc", "heartbeat", "icmp", "tls", "udp", "unix", "websocket", "ws"}
)
"""Types of probes, likewise."""

SCHEMES_NOT_YET = KINDS_NOT_YET | {"grpcs", "wss"}
"""Schemes of URLs, likewise."""
