"""Probes of type `ws`: a WebSocket, and what is said over it."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from exporter.probes.access_settings import Line
from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import Place, Secure, Step, deadline, place
from exporter.probes.dialogue import StepSettings, checked, steps
from exporter.probes.expect import header_names
from exporter.probes.fields import IpFamily, listed
from exporter.probes.request import basic
from exporter.probes.result import Reason
from exporter.probes.tls_settings import TlsSettings
from exporter.probes.url import parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

_OURS = ("connection", "host", "upgrade", "content-length", "transfer-encoding")
_PORTS = {"ws": 80, "wss": 443}


def _headers(value: dict[str, str]) -> dict[str, str]:
    for name in header_names(value):
        if name.lower() in _OURS or name.lower().startswith("sec-websocket-"):
            msg = f"{name} is set by the prober and cannot be given"
            raise ValueError(msg)
    return value


@dataclass(frozen=True, slots=True)
class WsCheck:
    """A ws endpoint.

    Attributes:
        place: Where to connect to.
        timeout: Nanoseconds.
        host: Of the header `Host`.
        target: Path and query.
        headers: Of the request.
        subprotocols: That are offered.
        steps: What is said then.
        secure: Over TLS; None for not.
    """

    place: Place
    timeout: int
    host: str
    target: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    subprotocols: tuple[str, ...]
    steps: tuple[Step, ...] = field(repr=False)
    secure: Secure | None


class WsSettings(ProbeSettings):
    """Settings of `type: ws`: good if the upgrade succeeds, and the dialogue goes as it must, within the timeout."""

    kind: ClassVar[str] = "ws"
    schemes: ClassVar[tuple[str, ...]] = ("ws", "wss")
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
        Reason.ANSWER,
        Reason.TOO_LARGE,
    )
    phases: ClassVar[tuple[str, ...]] = ("resolve", "connect", "tls", "processing", "transfer")

    headers: Annotated[dict[str, Line], AfterValidator(_headers)] = Field(default={}, repr=False)
    subprotocols: Annotated[tuple[Line, ...], BeforeValidator(listed)] = ()
    dialogue: Annotated[tuple[StepSettings, ...], Field(repr=False)] = ()
    tls: TlsSettings = TlsSettings()
    ip_family: IpFamily = "any"

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        if any(step.starttls for step in self.dialogue):
            msg = "a dialogue over a WebSocket has no `starttls`: write wss:// instead"
            raise ValueError(msg)
        checked(self.dialogue, secure=False)
        return self

    @cached_property
    def _steps(self) -> tuple[Step, ...]:
        return steps(self.dialogue)

    def check(self, url: str, timeout: int) -> WsCheck:
        """Compile an endpoint's address and request; the URL is `ws://host/path`, or `wss://`.

        Raises:
            ValueError: The URL is another.
        """
        parts = parse_url(url)
        if parts.scheme not in self.schemes:
            msg = "the URL of a ws probe is ws://host/path, or wss:// for TLS"
            raise ValueError(msg)
        headers = tuple(self.headers.items())
        if parts.userinfo:
            headers = (*headers, ("Authorization", basic(parts.userinfo)))
        host = f"[{parts.host}]" if ":" in parts.host else parts.host
        secure = Secure(self.tls.server_name or parts.host, self.tls.check(), self.tls.insecure)
        return WsCheck(
            place=place(parts.host, parts.port or _PORTS[parts.scheme], self.ip_family),
            timeout=deadline(timeout),
            host=f"{host}:{parts.port}" if parts.port else host,
            target=parts.path if parts.path.startswith("/") else f"/{parts.path}",
            headers=headers,
            subprotocols=self.subprotocols,
            steps=self._steps,
            secure=secure if parts.scheme == "wss" else None,
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs ws probes."""
        from exporter.probes.net.ws import prober  # noqa: PLC0415 -- the library is loaded on first use

        return prober(context, finished)
