"""Probes of type `grpc`: the standard health check, `grpc.health.v1.Health/Check`."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar
from urllib.parse import unquote

from pydantic import AfterValidator, Field

from exporter.probes.access_settings import Line
from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import Place, Secure, deadline, place
from exporter.probes.expect import header_names
from exporter.probes.fields import IpFamily
from exporter.probes.result import Reason
from exporter.probes.tls_settings import TlsSettings
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


def _metadata(value: dict[str, str]) -> dict[str, str]:
    for name in header_names(value):
        if name.startswith("grpc-") or name.endswith("-bin"):
            msg = f"{name} is no name that metadata in text can have"
            raise ValueError(msg)
    return {name.lower(): content for name, content in value.items()}


@dataclass(frozen=True, slots=True)
class GrpcCheck:
    """A grpc endpoint.

    Attributes:
        place: Where to connect to.
        timeout: Nanoseconds.
        service: Whose health is asked for; empty for the whole server's.
        authority: Host and port.
        headers: Metadata, names in lower case.
        secure: Over TLS; None for not.
    """

    place: Place
    timeout: int
    service: str
    authority: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    secure: Secure | None


class GrpcSettings(ProbeSettings):
    """Settings of `type: grpc`: good if the service says that it is SERVING, within the timeout."""

    kind: ClassVar[str] = "grpc"
    schemes: ClassVar[tuple[str, ...]] = ("grpc", "grpcs")
    reasons: ClassVar[tuple[Reason, ...]] = (
        Reason.DNS,
        Reason.REFUSED,
        Reason.UNREACHABLE,
        Reason.RESET,
        Reason.TIMEOUT,
        Reason.TLS,
        Reason.CERTIFICATE,
        Reason.PROTOCOL,
        Reason.STATUS,
        Reason.UNHEALTHY,
        Reason.TOO_LARGE,
    )
    phases: ClassVar[tuple[str, ...]] = ("resolve", "connect", "tls", "processing")

    service: Line = ""
    headers: Annotated[dict[str, Line], AfterValidator(_metadata)] = Field(default={}, repr=False)
    tls: TlsSettings = TlsSettings()
    ip_family: IpFamily = "any"

    def check(self, url: str, timeout: int) -> GrpcCheck:
        """Compile an endpoint's address and request; the URL is `grpc://host:port/service`, or `grpcs://`.

        Raises:
            ValueError: The URL is another, has no port, or names another service than the probe.
        """
        parts = parse_url(url)
        named = unquote(parts.path.removeprefix("/"))
        if parts.scheme not in self.schemes or not parts.port or parts.userinfo or "?" in parts.path:
            msg = "the URL of a grpc probe is grpc://host:port/service, or grpcs:// for TLS"
            raise ValueError(msg)
        if named and self.service:
            msg = "the URL names a service, and so does its probe: remove one"
            raise ValueError(msg)
        host = f"[{parts.host}]" if ":" in parts.host else parts.host
        name = self.tls.server_name or parts.host
        secure = Secure(name, self.tls.check(alpn="h2"), self.tls.insecure)
        return GrpcCheck(
            place=place(parts.host, parts.port, self.ip_family),
            timeout=deadline(timeout),
            service=named or self.service,
            authority=f"{host}:{parts.port}",
            headers=tuple(self.headers.items()),
            secure=secure if parts.scheme == "grpcs" else None,
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs grpc probes."""
        from exporter.probes.net.grpc import prober  # noqa: PLC0415 -- the library is loaded on first use

        return prober(context, finished)
