"""The section `prometheus`: whom SLOs over `promql` ask."""

from collections.abc import Sequence

from exporter import units
from exporter.config.filled import filled, path
from exporter.config.model import Prometheus
from exporter.config.report import Report
from exporter.config.sections import PrometheusSection
from exporter.config.targets import keep_userinfo_secret, refusal
from exporter.config.tree import Map
from exporter.config.validate import validate
from exporter.probes.access_settings import authorization
from exporter.probes.url import parse_url

DEFAULT_TIMEOUT = 30 * units.SECOND

_API = "/api/v1"


def prometheus(node: Map | None, report: Report) -> Prometheus | None:
    """Build the section; None where there is none, or it has a problem.

    Args:
        node: The section.
        report: Gets the problems.
    """
    if node is None:
        return None
    section, wrong = validate(PrometheusSection, node, report, "prometheus", data=filled(node, report))
    if section is None:
        return None
    keep_userinfo_secret(section.url, report.secrets)
    problem = refusal(section.url, _check)
    if problem:
        report.problem(node.mark_of("url"), f"`url`: {problem}")
    identity = authorization(section.basic_auth, section.token)
    for _, value in identity:
        report.secrets.add(value.partition(" ")[2])
    ca_file = path(node, "ca_file", section.ca_file, report) if section.ca_file else ""
    if wrong or problem:
        return None
    headers = tuple((name, str(value)) for name, value in section.headers.items())
    timeout = section.timeout or DEFAULT_TIMEOUT
    return Prometheus(str(section.url).rstrip("/"), (*headers, *identity), ca_file, timeout)


def check_use(root: Map, asking: Sequence[int], report: Report) -> None:
    """See that SLOs over `promql` have somebody to ask.

    Args:
        root: The whole configuration.
        asking: Where these SLOs stand.
        report: Gets the problems.
    """
    if "prometheus" in root or "prometheus" in root.empty:
        return
    for mark in asking:
        message = "the SLO is over `promql`, but nobody is there to ask; add `prometheus: {url: http://prometheus.example.com:9090}` to the root"
        report.problem(mark, message)


def _check(url: str) -> None:
    """See that a URL is the root of an API.

    Raises:
        ValueError: It is not; the message says why.
    """
    parts = parse_url(url)
    if parts.scheme not in ("http", "https"):
        msg = "a Prometheus is asked by http or https"
        raise ValueError(msg)
    if parts.userinfo:
        msg = "it must not have credentials; write `basic_auth: {username: ..., password: ...}`, or `token`"
        raise ValueError(msg)
    if "?" in url or "#" in url:
        msg = "it must not have a query or a fragment"
        raise ValueError(msg)
    if parts.path.rstrip("/").endswith(_API):
        msg = f"it is the root of the API; leave {_API} out"
        raise ValueError(msg)
