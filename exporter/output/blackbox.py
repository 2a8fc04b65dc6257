"""One probe's result in the metrics of blackbox_exporter."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any, NamedTuple

from exporter.output.style import labels, sample
from exporter.probes.base import ProbeSettings
from exporter.probes.details import Certificate, Details
from exporter.probes.result import Outcome, Phases, Reason, Result

SECOND = 1e9

_PHASES = {
    "http": (("resolve", "resolve"), ("connect", "connect"), ("tls", "tls"), ("processing", "processing"), ("transfer", "transfer")),
    "dns": (("resolve", "resolve"), ("connect", "connect"), ("request", "processing")),
    "icmp": (("resolve", "resolve"), ("rtt", "processing")),
    "grpc": (("resolve", "resolve"), ("check", "processing")),
    "websocket": (("resolve", "resolve"), ("connect", "connect"), ("processing", "processing"), ("transfer", "transfer")),
}  # fmt: skip
_STATES = ("UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN")


class Gauge(NamedTuple):
    """One sample.

    Attributes:
        name: Of the metric.
        value: Its value.
        text: Labels, as text; empty for none.
    """

    name: str
    value: float
    text: str = ""


HELP: Mapping[str, str] = {
    "probe_success": "Displays whether or not the probe was a success",
    "probe_duration_seconds": "Returns how long the probe took to complete in seconds",
    "probe_timeout_seconds": "Seconds that the probe was given",
}


def metrics(settings: ProbeSettings, result: Result, seconds: float) -> str:
    """All metrics of one probe, in the text format.

    Args:
        settings: Of the probe.
        result: What it found, with details.
        seconds: That it was given.
    """
    lines, seen = [], set()
    for gauge in gauges(settings.kind, result, seconds):
        if gauge.name not in seen:
            seen.add(gauge.name)
            told = HELP.get(gauge.name, "As of blackbox_exporter")
            lines.append(f"# HELP {gauge.name} {told}\n# TYPE {gauge.name} gauge\n")
        lines.append(sample(gauge.name, gauge.text, gauge.value))
    return "".join(lines)


def gauges(kind: str, result: Result, seconds: float) -> Iterator[Gauge]:
    """The same, one by one; those of one metric together. What is not known is left out, never 0."""
    details = result.details or Details()
    facts: dict[str, Any] = details.facts
    yield Gauge("probe_success", float(result.outcome is Outcome.SUCCESS))
    yield Gauge("probe_duration_seconds", result.duration / SECOND)
    yield Gauge("probe_timeout_seconds", seconds)
    yield Gauge("probe_dns_lookup_time_seconds", (result.phases.resolve or 0) / SECOND)
    if "address" in facts:
        yield Gauge("probe_ip_protocol", 6 if ":" in facts["address"] else 4)
        yield Gauge("probe_ip_addr_hash", _fnv32a(ip_address(facts["address"].partition("%")[0]).packed))
    family = {"ws": "websocket"}.get(kind, kind)
    yield from _phases(family, result.phases)
    yield from _of_kind(family, result, facts)
    if result.tls is not None:
        yield from _tls(result, details.chain, facts)


def _phases(family: str, phases: Phases) -> Iterator[Gauge]:
    for shown, name in _PHASES.get(family, ()):
        spent = getattr(phases, name)
        if spent is not None:
            yield Gauge(f"probe_{family}_duration_seconds", spent / SECOND, labels(("phase", shown)))


def _of_kind(family: str, result: Result, facts: Mapping[str, Any]) -> Iterator[Gauge]:
    reason = result.reason
    if family == "http":
        yield from _http(result, facts)
    elif family in ("tcp", "tls", "unix"):
        yield Gauge("probe_failed_due_to_regex", float(reason is Reason.ANSWER))
    elif family == "dns":
        yield Gauge("probe_dns_query_succeeded", float("rcode" in facts))
        for section in ("answer", "authority", "additional"):
            yield Gauge(f"probe_dns_{section}_rrs", facts.get(f"{section}_records", 0))
        if "serial" in facts:
            yield Gauge("probe_dns_serial", facts["serial"])
    elif family == "icmp" and "hop_limit" in facts:
        yield Gauge("probe_icmp_reply_hop_limit", facts["hop_limit"])
    elif family == "grpc":
        yield from _grpc(result, facts)
    elif family == "websocket":
        yield Gauge("probe_websocket_status_code", result.status or 0)
        yield Gauge("probe_websocket_connection_upgraded", float(bool(facts.get("upgraded"))))
        yield Gauge("probe_websocket_failed_due_to_regex", float(reason is Reason.ANSWER))


def _http(result: Result, facts: Mapping[str, Any]) -> Iterator[Gauge]:
    yield Gauge("probe_http_status_code", result.status or 0)
    yield Gauge("probe_http_ssl", float(bool(result.status and facts.get("secure"))))
    yield Gauge("probe_http_redirects", facts.get("redirects", 0))
    if result.status:
        yield Gauge("probe_http_version", float(facts.get("http_version") or 0))
        yield Gauge("probe_http_content_length", facts.get("content_length", -1))
        yield Gauge("probe_http_uncompressed_body_length", facts.get("body_bytes", 0))
    if "last_modified" in facts:
        yield Gauge("probe_http_last_modified_timestamp_seconds", facts["last_modified"])
    yield Gauge("probe_failed_due_to_regex", float(result.reason in {Reason.BODY, Reason.HEADER}))


def _grpc(result: Result, facts: Mapping[str, Any]) -> Iterator[Gauge]:
    yield Gauge("probe_grpc_ssl", float(result.tls is not None))
    if "grpc_status" in facts:
        yield Gauge("probe_grpc_status_code", facts["grpc_status"])
    if "serving_status" in facts:
        for state in _STATES:
            is_it = float(facts["serving_status"] == state)
            yield Gauge("probe_grpc_healthcheck_response", is_it, labels(("serving_status", state)))


def _tls(result: Result, chain: tuple[Certificate, ...], facts: Mapping[str, Any]) -> Iterator[Gauge]:
    tls = result.tls
    assert tls is not None  # noqa: S101 -- for the type checker
    yield Gauge("probe_ssl_earliest_cert_expiry", tls.chain_not_after)
    if tls.verified:
        yield Gauge("probe_ssl_last_chain_expiry_timestamp_seconds", tls.chain_not_after)
    if chain:
        leaf = chain[0]
        text = labels(
            ("fingerprint_sha256", leaf.sha256),
            ("subject", leaf.subject),
            ("issuer", leaf.issuer),
            ("subjectalternative", ",".join(leaf.names)),
            ("serialnumber", leaf.serial),
        )
        yield Gauge("probe_ssl_last_chain_info", 1, text)
    yield Gauge("probe_tls_version_info", 1, labels(("version", tls.version.replace("TLSv", "TLS "))))
    if "tls_cipher" in facts:
        yield Gauge("probe_tls_cipher_info", 1, labels(("cipher", facts["tls_cipher"])))


def _fnv32a(data: bytes) -> int:
    """The FNV-1a hash of 32 bits."""
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value
