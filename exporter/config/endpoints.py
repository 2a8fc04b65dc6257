"""Endpoints: which settings, which policy, which name."""

from typing import Any, NamedTuple

from exporter import units
from exporter.config.expand import read_secret
from exporter.config.heartbeats import check_token, heartbeat_policy
from exporter.config.labels import Labels, merged_labels
from exporter.config.model import Endpoint
from exporter.config.names import Names
from exporter.config.probing import Probes
from exporter.config.report import Report
from exporter.config.sections import EndpointSection, ServiceSection, Shape
from exporter.config.targets import default_name, keep_userinfo_secret, refusal, target
from exporter.config.tree import Map
from exporter.config.validate import validate
from exporter.probes.base import ProbeSettings
from exporter.probes.heartbeat import HeartbeatSettings
from exporter.timeline.policy import Policy

DEFAULT_INTERVAL = 15 * units.SECOND
DEFAULT_TIMEOUT = 5 * units.SECOND
LONGEST_RETRY = 5 * units.SECOND
SHORTEST_INTERVAL = 100
"""Milliseconds; below it the engine's tick would be a large part of the interval."""

_SHAPING = frozenset({"interval", "timeout", "staleness", "retry_interval"})


class Shaped(NamedTuple):
    """A section that may shape probes, where it stands, and which of its keys were wrong."""

    section: Shape
    node: Map | None
    wrong: frozenset[str]


class EndpointBuilder:
    """Builds the endpoints of all services.

    Args:
        defaults: The section `defaults`.
        probes: Named and built-in settings.
        report: Gets the problems.
    """

    def __init__(self, defaults: Shaped, probes: Probes, report: Report) -> None:
        self._defaults = defaults
        self._probes = probes
        self._report = report
        self._policies: dict[Policy, Policy] = {}

    def build(
        self, service: ServiceSection, shaped: Shaped, labels: Labels
    ) -> tuple[tuple[Endpoint, ...], bool]:
        """Build a service's endpoints.

        Returns:
            The endpoints, and whether all of them could be built.
        """
        nodes = service.endpoints
        if nodes is None:
            return (), True
        names = Names(f"endpoint of `{service.name}`", self._report)
        endpoints = []
        for node, mark in zip(nodes, nodes.marks, strict=True):
            if not isinstance(node, Map):
                self._report.problem(mark, "an endpoint must be a map, such as {url: https://example.com/}")
                continue
            endpoint = self._endpoint(node, shaped, labels, names)
            if endpoint is not None:
                endpoints.append(endpoint)
        return tuple(endpoints), len(endpoints) == len(nodes)

    def share(self, policy: Policy) -> Policy:
        """Give one policy for all that are equal, so that fleets stay small."""
        return self._policies.setdefault(policy, policy)

    def _endpoint(self, node: Map, service: Shaped, labels: Labels, names: Names) -> Endpoint | None:
        section, wrong = validate(
            EndpointSection,
            node,
            self._report,
            "endpoint",
            data=self._filled(node),
            stand_in={"url": "tcp://unknown:1"},
        )
        if section is None:
            return None
        chain = (Shaped(section, node, wrong), service, self._defaults)
        policy, retry_interval = self._policy(chain)
        if "url" in wrong:
            return None
        settings = self._settings(section.url, node.mark_of("url"), chain, policy)
        if settings is not None:
            check_token(section, node, settings, self._report)
        if isinstance(settings, HeartbeatSettings):
            policy = self.share(heartbeat_policy(section, node, settings, policy, self._report))
        own_labels = merged_labels(labels, section.labels, self._report)
        name = section.name or default_name(section.url)
        if name is None:
            message = "`name` is missing: it cannot be made of this URL, of which a part is secret; give the endpoint one"
            if "name" not in wrong and settings is not None:
                self._report.problem(node.mark_of("url"), message)
            return None
        names.take(name, section.id or name, node.mark_of("name"), node.mark_of("id"))
        if settings is None:
            return None
        return Endpoint(
            id=section.id or name,
            name=name,
            kind=settings.kind,
            url=str(section.url),
            target=target(section.url),
            settings=settings,
            policy=policy,
            retry_interval=retry_interval,
            labels=own_labels,
            token=str(section.token or ""),
        )

    def _filled(self, node: Map) -> Map | dict[str, object]:
        """The endpoint with what the file of its token says."""
        if not isinstance(node.get("token_file"), str):
            return node
        filled: dict[str, object] = {key: value for key, value in node.items() if key != "token_file"}
        name, mark = str(node["token_file"]), node.mark_of("token_file")
        if "token" in node:
            self._report.problem(mark, "`token` and `token_file` are both given; remove one")
        filled["token"] = read_secret("token_file", name, self._report.folder(mark), mark, self._report)
        return filled

    def _settings(
        self, url: str, mark: int, chain: tuple[Shaped, ...], policy: Policy
    ) -> ProbeSettings | None:
        """Pick the settings and see that the URL fits them."""
        if "@" in url:
            keep_userinfo_secret(url, self._report.secrets)
        name, name_mark = _first(chain, "probe")
        settings = self._probes.choose(url, name, mark, name_mark)
        if settings is None:
            return None
        wrong = misfit(settings, url, policy.timeout)
        if wrong:
            self._report.problem(mark, f"`url`: {wrong}")
            return None
        return settings

    def _policy(self, chain: tuple[Shaped, ...]) -> tuple[Policy, int]:
        """Fill in the policy and the retry interval, both checked."""
        interval: int = _first(chain, "interval")[0] or DEFAULT_INTERVAL
        timeout: int = _first(chain, "timeout")[0] or DEFAULT_TIMEOUT
        staleness, staleness_mark = _first(chain, "staleness")
        retry_interval, retry_mark = _first(chain, "retry_interval")
        down_after, down_mark = _first(chain, "down_after")
        up_after, _ = _first(chain, "up_after")
        if interval < SHORTEST_INTERVAL:
            _, mark = _first(chain, "interval")
            shortest = units.format_duration(SHORTEST_INTERVAL)
            self._report.problem(
                mark, f"`interval` is shorter than {shortest}, the shortest that beats can be kept at"
            )
        if not any(shaped.wrong & _SHAPING for shaped in chain):
            self._check(interval, "staleness", staleness, staleness_mark)
            self._check(interval, "retry_interval", retry_interval, retry_mark)
        if (down_after or 1) > 1 and (up_after or 1) > 1:
            self._report.warn(
                down_mark,
                "with both `down_after` and `up_after` above 1 an endpoint that keeps changing may never get a verdict",
            )
        policy = Policy(
            interval=interval,
            timeout=timeout,
            staleness=staleness or 2 * interval + timeout,
            down_after=down_after or 1,
            up_after=up_after or 1,
        )
        return self.share(policy), retry_interval or min(interval, LONGEST_RETRY)

    def _check(self, interval: int, key: str, length: int | None, mark: int) -> None:
        """See that a staleness is not shorter, and a retry not longer, than the interval."""
        if length is None:
            return
        shown = f"`{key}` {units.format_duration(length)} is"
        beside = f"than the interval {units.format_duration(interval)}"
        if key == "staleness" and length < interval:
            self._report.problem(mark, f"{shown} shorter {beside}: the state would be unknown between probes")
        elif key == "retry_interval" and length > interval:
            self._report.problem(mark, f"{shown} longer {beside}; make it at most that")


def _first(chain: tuple[Shaped, ...], key: str) -> tuple[Any, int]:
    """Give the value that holds, and its place; None and 0 where nothing sets it."""
    for section, node, _ in chain:
        value = getattr(section, key)
        if value is not None:
            return value, node.mark_of(key) if node is not None else 0
    return None, 0


def misfit(settings: ProbeSettings, url: str, timeout: int) -> str:
    """Say why a URL does not fit a probe, without quoting a secret; empty where it does fit."""
    return refusal(url, lambda text: settings.check(text, timeout))
