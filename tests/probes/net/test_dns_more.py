"""DNS over TLS, the other sections of an answer, serials, and name servers that mean ill."""

import asyncio
from typing import Any

import pytest
from dnslib import NS, QTYPE, RR, A, DNSHeader, DNSRecord

from exporter.probes.dns import DnsSettings
from exporter.probes.result import Outcome, Reason
from tests.probes.conftest import ServerTls
from tests.support.nameserver import Nameserver, serving
from tests.support.raw import Probing

SUCCESS, FAILURE = Outcome.SUCCESS, Outcome.FAILURE
SOA = "example.com. 60 IN SOA ns1.example.com. root.example.com. 2026112501 3600 600 86400 60\n"
WWW = "www.example.com. 60 IN A 192.0.2.1\nwww.example.com. 60 IN A 192.0.2.2\n"


def recursive(request: DNSRecord) -> DNSRecord:
    """Two records where recursion is desired, none where it is not."""
    reply = request.reply()
    if request.header.rd:
        reply.add_answer(*RR.fromZone(WWW))
    return reply


@pytest.mark.parametrize(
    ("recursion", "expect", "said", "answers"),
    [
        (True, {"answers_min": 2}, "", 2),
        (False, {"answers_min": 1}, "the answer has no records, not at least 1", 0),
        (True, {"rcode": ["SERVFAIL", "NXDOMAIN"]}, "the answer is NOERROR, not NXDOMAIN or SERVFAIL", 2),
    ],
)
async def test_scenario_44_recursion_and_rcodes(
    probing: Probing, recursion: bool, expect: dict[str, Any], said: str, answers: int
) -> None:
    query = {"name": "www.example.com", "recursion": recursion}
    with serving(Nameserver(reply=recursive)) as server:
        context = await probing.context(details=True)
        result = await probing.probe(
            f"dns://127.0.0.1:{server.port}", context=context, query=query, expect=expect
        )
    assert result.detail == said
    assert result.details is not None
    assert (result.details.facts["rcode"], result.details.facts["answer_records"]) == ("NOERROR", answers)


@pytest.mark.parametrize(("expect", "outcome"), [({}, FAILURE), ({"rcode": "SERVFAIL"}, SUCCESS)])
async def test_scenario_46_servfail_is_a_failure_unless_it_is_expected(
    probing: Probing, expect: dict[str, Any], outcome: Outcome
) -> None:
    with serving(Nameserver(rcode=2)) as server:
        result = await probing.probe(f"dns://127.0.0.1:{server.port}/example.com", expect=expect)
    assert result.outcome is outcome


@pytest.mark.parametrize(
    "settings",
    [{"query": {"name": "a", "type": "INVALID"}}, {"expect": {"rcode": "OOPS"}}, {"transport": "http"}],
)
def test_scenario_46_a_bad_type_rcode_or_transport_is_refused_at_load(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is not a type|is not an rcode|Input should be"):
        DnsSettings.model_validate(settings)


async def test_scenario_47_a_server_of_tcp_only_fails_over_udp_and_does_not_hang(probing: Probing) -> None:
    with serving(Nameserver(WWW), udp=False) as server:
        url = f"dns://127.0.0.1:{server.port}/www.example.com"
        assert (await probing.probe(url, 300)).reason in {Reason.TIMEOUT, Reason.REFUSED}
        assert (await probing.probe(url, transport="tcp")).outcome is SUCCESS


def delegation(request: DNSRecord) -> DNSRecord:
    reply = request.reply()
    reply.add_answer(*RR.fromZone(SOA))
    reply.add_auth(RR("example.com", QTYPE.NS, rdata=NS("ns1.example.com"), ttl=60))
    reply.add_ar(RR("ns1.example.com", QTYPE.A, rdata=A("192.0.2.53"), ttl=60))
    return reply


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"authority_any_match": r"NS ns1", "additional_all_match": r"192\.0\.2\.53"}, ""),
        ({"authority_all_match": "ns2"}, "'example.com. 60 IN NS ns1.example.com.' does not match 'ns2'"),
        (
            {"additional_none_match": "192"},
            "'ns1.example.com. 60 IN A 192.0.2.53' matches '192'",
        ),
        ({"serial_min": 2026112501}, ""),
        ({"serial_min": 2026112502}, "the serial is 2026112501, not at least 2026112502"),
    ],
)
async def test_all_sections_and_the_serial_are_judged(
    probing: Probing, expect: dict[str, Any], said: str
) -> None:
    with serving(Nameserver(reply=delegation)) as server:
        context = await probing.context(details=True)
        url = f"dns://127.0.0.1:{server.port}/example.com?type=SOA"
        result = await probing.probe(url, context=context, expect=expect)
    assert result.detail == said
    assert result.details is not None
    facts = result.details.facts
    assert (facts["authority_records"], facts["additional_records"], facts["serial"]) == (1, 1, 2026112501)


async def test_a_zone_without_a_serial_fails_a_rule_for_it(probing: Probing) -> None:
    with serving(Nameserver(WWW)) as server:
        url = f"dns://127.0.0.1:{server.port}/www.example.com"
        result = await probing.probe(url, expect={"serial_min": 1})
    assert result.detail == "the answer has no SOA record"


async def test_the_class_may_be_another(probing: Probing) -> None:
    with serving(Nameserver(reply=lambda request: request.reply())) as server:
        query = {"name": "version.bind", "type": "TXT", "class": "CH"}
        result = await probing.probe(f"dns://127.0.0.1:{server.port}", query=query, expect={"answers_min": 0})
    assert result.outcome is SUCCESS
    assert server.asked[0].q.qclass == 3


def over_tls(reply: Any) -> Any:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(2))
        data = reply(await reader.readexactly(length))
        writer.write(len(data).to_bytes(2) + data)
        await writer.drain()

    return handler


def zone(data: bytes) -> bytes:
    reply = DNSRecord.parse(data).reply()
    reply.add_answer(*RR.fromZone(WWW))
    packed: bytes = reply.pack()
    return packed


async def test_dns_over_tls_is_verified(probing: Probing, server_tls: ServerTls, ca_file: str) -> None:
    server = await probing.serve(handler=over_tls(zone), tls=server_tls("localhost"))
    url = f"dns://localhost:{server.port}/www.example.com"
    result = await probing.probe(url, transport="tls", tls={"ca_file": ca_file}, expect={"answers_min": 2})
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert result.tls is not None
    assert None not in result.phases[:4]
    unknown = await probing.probe(url, transport="tls")
    assert (unknown.reason, unknown.tls is not None) == (Reason.CERTIFICATE, True)
    insecure = await probing.probe(url, transport="tls", tls={"insecure": True})
    assert insecure.outcome is SUCCESS
    plain = await probing.serve(b"no TLS")
    assert (await probing.probe(f"dns://127.0.0.1:{plain.port}/a", 500, transport="tls")).reason in {
        Reason.TLS,
        Reason.TIMEOUT,
    }


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (lambda data: data[:2] + b"\xff" * 30, Reason.PROTOCOL),
        (lambda data: b"\0\0" + zone(data)[2:], Reason.PROTOCOL),
        (lambda _: b"", Reason.PROTOCOL),
    ],
    ids=["garbage", "another id", "nothing"],
)
async def test_nonsense_over_tls_is_no_answer(
    probing: Probing, server_tls: ServerTls, reply: Any, reason: Reason
) -> None:
    server = await probing.serve(handler=over_tls(reply), tls=server_tls("127.0.0.1"))
    result = await probing.probe(
        f"dns://127.0.0.1:{server.port}/www.example.com", transport="tls", tls={"insecure": True}
    )
    assert (result.outcome, result.reason) == (FAILURE, reason)


async def test_a_name_that_points_at_itself_ends_the_probe(probing: Probing) -> None:
    """A loop of compression pointers, and one of aliases."""

    async def looped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(2))
        asked = await reader.readexactly(length)
        data = (
            asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + asked[12:] + b"\xc0" + bytes([len(asked)]) + b"\0\5\0\1"
        )
        writer.write(len(data).to_bytes(2) + data + bytes(6))
        await writer.drain()

    server = await probing.serve(handler=looped)
    result = await probing.probe(f"dns://127.0.0.1:{server.port}/a.example", 2_000, transport="tcp")
    assert (result.outcome, result.reason) == (FAILURE, Reason.PROTOCOL)
    aliases = "a.example. 1 IN CNAME b.example.\nb.example. 1 IN CNAME a.example.\n"

    def alias(request: DNSRecord) -> DNSRecord:
        reply = DNSRecord(DNSHeader(id=request.header.id, qr=1), q=request.q)
        reply.add_answer(*RR.fromZone(aliases))
        return reply

    with serving(Nameserver(reply=alias)) as nameserver:
        found = await probing.probe(f"dns://127.0.0.1:{nameserver.port}/a.example", 2_000)
    assert found.outcome is SUCCESS, "nobody follows them: there are records"
