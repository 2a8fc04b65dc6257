"""Probes of type `dns`: one question to one server, and what its answer must be."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple
from urllib.parse import parse_qsl, unquote

from pydantic import AfterValidator, BeforeValidator, Field

from exporter.probes.base import Finished, Prober, ProbeSettings
from exporter.probes.check import NO_TLS, Place, Rule, TlsCheck, deadline, place
from exporter.probes.fields import IpFamily, Patterns, rule
from exporter.probes.result import Reason
from exporter.probes.tls_settings import Block, TlsSettings
from exporter.probes.url import ascii_host, parse_url

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

PORTS = {"udp": 53, "tcp": 53, "tls": 853}
_FORM = "the URL of a dns probe is dns://server/name?type=MX, or dns://server with `query` in its probe"


def _name(text: str) -> str:
    if text != ".":
        ascii_host(text.replace("*", "x", 1) if text.startswith("*.") else text)
    return text


def _type(text: str) -> str:
    from dns.rdatatype import UnknownRdatatype, from_text, is_metatype  # noqa: PLC0415 -- few configurations ask DNS

    msg = f"is not a type of records: {text!r} (such as A, AAAA, MX, TXT or SOA)"
    try:
        kind = from_text(text)
    except (UnknownRdatatype, ValueError) as error:
        raise ValueError(msg) from error
    if is_metatype(kind):
        raise ValueError(msg)
    return text.upper()


def _rcode(text: str) -> str:
    from dns.rcode import UnknownRcode, from_text  # noqa: PLC0415 -- likewise

    try:
        from_text(text)
    except (UnknownRcode, ValueError) as error:
        msg = f"is not an rcode: {text!r} (such as NOERROR, NXDOMAIN or REFUSED)"
        raise ValueError(msg) from error
    return text.upper()


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


RecordType = Annotated[str, AfterValidator(_type)]
Rcodes = Annotated[
    tuple[Annotated[str, AfterValidator(_rcode)], ...], BeforeValidator(_listed), Field(min_length=1)
]


class SectionRules(NamedTuple):
    """What the records of one section of a DNS answer must be.

    Attributes:
        every: Each must be found in every record.
        some: Each must be found in one.
        none: None may be found in any.
    """

    every: tuple[Rule, ...]
    some: tuple[Rule, ...]
    none: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class DnsRules:
    """What a DNS answer must be.

    Attributes:
        rcodes: Any of these, in capitals.
        answers_min: Records that an answer without an error must have.
        serial_min: That the zone must have at least, by a SOA record; 0 for any.
        sections: What the records of each section must be, by its name.
    """

    rcodes: frozenset[str]
    answers_min: int
    serial_min: int
    sections: tuple[tuple[str, SectionRules], ...]


@dataclass(frozen=True, slots=True)
class DnsCheck:
    """A dns endpoint.

    Attributes:
        place: The server.
        timeout: Nanoseconds for the whole probe.
        name: That is asked for.
        type: Of the records that are asked for, in capitals.
        klass: Of them: `IN`, `CH` or `HS`.
        recursion: Whether recursion is desired.
        transport: `udp`, and TCP where that answer was cut short; `tcp`, or `tls`.
        rules: What the answer must be.
        server_name: For SNI and verification.
        tls: What a handshake takes.
        insecure: Ask although verification failed.
    """

    place: Place
    timeout: int
    name: str
    type: str
    klass: str
    recursion: bool
    transport: str
    rules: DnsRules
    server_name: str = ""
    tls: TlsCheck = NO_TLS
    insecure: bool = False


class QuerySettings(Block):
    """What is asked."""

    name: Annotated[str, AfterValidator(_name)]
    type: RecordType = "A"
    class_: Annotated[Literal["IN", "CH", "HS"], Field(alias="class")] = "IN"
    recursion: bool = True


class AnswerSettings(Block):
    """What the answer must be; every rule must hold. Patterns are searched for in records as a zone file has them."""

    rcode: Rcodes = ("NOERROR",)
    answers_min: Annotated[int, Field(ge=0, le=65535)] = 1
    answers_all_match: Patterns = ()
    answers_any_match: Patterns = ()
    answers_none_match: Patterns = ()
    authority_all_match: Patterns = ()
    authority_any_match: Patterns = ()
    authority_none_match: Patterns = ()
    additional_all_match: Patterns = ()
    additional_any_match: Patterns = ()
    additional_none_match: Patterns = ()
    serial_min: Annotated[int, Field(ge=0, le=0xFFFFFFFF)] = 0

    @cached_property
    def rules(self) -> DnsRules:
        """They, compiled; shared by all endpoints that use these settings."""
        return DnsRules(
            rcodes=frozenset(self.rcode),
            answers_min=self.answers_min,
            serial_min=self.serial_min,
            sections=tuple(
                (name, rules)
                for name in ("answers", "authority", "additional")
                if any(rules := SectionRules(*(self._patterns(name, how) for how in ("all", "any", "none"))))
            ),
        )

    def _patterns(self, section: str, how: str) -> tuple[Rule, ...]:
        return tuple(map(rule, getattr(self, f"{section}_{how}_match")))


class DnsSettings(ProbeSettings):
    """Settings of `type: dns`."""

    kind: ClassVar[str] = "dns"
    schemes: ClassVar[tuple[str, ...]] = ("dns",)
    reasons: ClassVar[tuple[Reason, ...]] = (
        Reason.DNS,
        Reason.REFUSED,
        Reason.UNREACHABLE,
        Reason.RESET,
        Reason.TIMEOUT,
        Reason.TLS,
        Reason.CERTIFICATE,
        Reason.PROTOCOL,
        Reason.ANSWER,
    )
    phases: ClassVar[tuple[str, ...]] = ("resolve", "connect", "tls", "processing")

    query: QuerySettings | None = None
    expect: AnswerSettings = AnswerSettings()
    transport: Literal["udp", "tcp", "tls"] = "udp"
    tls: TlsSettings = TlsSettings()
    ip_family: IpFamily = "any"

    def check(self, url: str, timeout: int) -> DnsCheck:
        """Compile an endpoint's server and question; the URL is as of RFC 4501.

        Raises:
            ValueError: The URL is none, or asks nothing, or something else than `query`.
        """
        parts = parse_url(url)
        if parts.scheme != "dns" or parts.userinfo:
            raise ValueError(_FORM)
        asked = _asked(parts.path)
        if (asked is None) == (self.query is None):
            msg = (
                _FORM
                if asked is None
                else "the URL asks something, and its probe has a `query` too: remove one"
            )
            raise ValueError(msg)
        query = asked or self.query or QuerySettings(name=".")
        return DnsCheck(
            place=place(parts.host, parts.port or PORTS[self.transport], self.ip_family),
            timeout=deadline(timeout),
            name=query.name,
            type=query.type,
            recursion=query.recursion,
            klass=query.class_,
            transport=self.transport,
            rules=self.expect.rules,
            server_name=self.tls.server_name or parts.host,
            tls=self.tls.check(alpn=""),
            insecure=self.tls.insecure,
        )

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs dns probes."""
        from exporter.probes.net.dns import prober  # noqa: PLC0415 -- the library is loaded on first use

        return prober(context, finished)


def _asked(path: str) -> QuerySettings | None:
    """What a URL's path and query ask; None where they are empty.

    Raises:
        ValueError: They are no question.
    """
    name, _, query = path.partition("?")
    name = unquote(name.removeprefix("/"))
    if not name and not query:
        return None
    given = dict(parse_qsl(query.replace(";", "&"), keep_blank_values=True))
    if not name or given.keys() - {"type"}:
        raise ValueError(_FORM)
    return QuerySettings(name=_name(name), type=_type(given.get("type", "A")))
