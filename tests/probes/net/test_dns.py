"""DNS probes of a real name server."""

import asyncio
import socket
import threading

import pytest
from dnslib import RR, TXT, DNSRecord

from exporter.probes.result import Outcome, Reason
from tests.support.nameserver import Nameserver, serving
from tests.support.raw import Probing, probe_all

ZONE = """
example.com. 300 IN MX 10 mx1.example.com.
example.com. 300 IN MX 20 mx2.example.com.
www.example.com. 300 IN A 192.0.2.1
"""
SUCCESS, FAILURE = Outcome.SUCCESS, Outcome.FAILURE


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_record_that_is_there_is_a_success(probing: Probing, transport: str) -> None:
    with serving(Nameserver(ZONE)) as server:
        result = await probing.probe(
            f"dns://127.0.0.1:{server.port}/www.example.com?type=A", transport=transport
        )
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert result.phases.resolve is None
    assert result.phases.processing is not None
    assert 0 < result.phases.processing <= result.duration
    assert str(server.asked[0].q.qname) == "www.example.com."


async def test_the_question_may_stand_in_the_probe(probing: Probing) -> None:
    query = {"name": "example.com", "type": "MX", "recursion": False}
    with serving(Nameserver(ZONE)) as server:
        result = await probing.probe(
            f"dns://localhost:{server.port}", query=query, expect={"answers_min": 2}, ip_family="4"
        )
    assert result.outcome is SUCCESS
    assert result.phases.resolve is not None
    assert not server.asked[0].header.rd


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"answers_min": 3}, "the answer has 2 records, not at least 3"),
        ({"answers_all_match": ["mx1"]}, "'example.com. 300 IN MX 20 mx2.example.com.' does not match 'mx1'"),
        ({"answers_any_match": ["mx1", "mx9"]}, "no record matches 'mx9'"),
        ({"answers_none_match": ["MX 20"]}, "'example.com. 300 IN MX 20 mx2.example.com.' matches 'MX 20'"),
        ({"rcode": ["NXDOMAIN", "REFUSED"]}, "the answer is NOERROR, not NXDOMAIN or REFUSED"),
    ],
)
async def test_an_answer_that_is_not_what_it_must_be_fails(
    probing: Probing, expect: dict[str, object], said: str
) -> None:
    with serving(Nameserver(ZONE)) as server:
        result = await probing.probe(f"dns://127.0.0.1:{server.port}/example.com?type=MX", expect=expect)
    assert (result.outcome, result.reason, result.detail) == (FAILURE, Reason.ANSWER, said)


@pytest.mark.parametrize(
    "expect", [{"answers_all_match": [r"mx\d"]}, {"answers_any_match": "mx2"}, {"answers_none_match": "mx3"}]
)
async def test_rules_that_hold_are_a_success(probing: Probing, expect: dict[str, object]) -> None:
    with serving(Nameserver(ZONE)) as server:
        result = await probing.probe(f"dns://127.0.0.1:{server.port}/example.com?type=MX", expect=expect)
    assert result.outcome is SUCCESS


async def test_scenario_46_a_servfail_fails_unless_it_is_expected(probing: Probing) -> None:
    with serving(Nameserver(rcode=2)) as server:
        url = f"dns://127.0.0.1:{server.port}/example.com"
        wrong = await probing.probe(url)
        right = await probing.probe(url, expect={"rcode": "servfail"})
    assert (wrong.reason, wrong.detail) == (Reason.ANSWER, "the answer is SERVFAIL, not NOERROR")
    assert right.outcome is SUCCESS


async def test_an_answer_without_a_record_fails_unless_that_is_right(probing: Probing) -> None:
    """A name without such a record answers NOERROR too."""
    with serving(Nameserver(ZONE)) as server:
        url = f"dns://127.0.0.1:{server.port}/www.example.com?type=AAAA"
        assert (await probing.probe(url)).reason is Reason.ANSWER
        assert (await probing.probe(url, expect={"answers_min": 0})).outcome is SUCCESS


async def test_scenario_47_a_server_of_tcp_alone_that_is_asked_by_udp_fails_at_the_deadline(
    probing: Probing,
) -> None:
    with serving(Nameserver(ZONE), udp=False) as server:
        result = await probing.probe(f"dns://127.0.0.1:{server.port}/www.example.com", 200)
    assert (result.outcome, result.reason) == (FAILURE, Reason.TIMEOUT)


async def test_an_answer_that_was_cut_short_is_asked_for_again_over_tcp(probing: Probing) -> None:
    def reply(request: DNSRecord) -> DNSRecord:
        answer = request.reply()
        for number in range(40):
            answer.add_answer(RR("example.com", 16, rdata=TXT(f"{number:02} " + "x" * 100)))
        return answer

    with serving(Nameserver(reply=reply)) as server:
        result = await probing.probe(
            f"dns://127.0.0.1:{server.port}/example.com?type=TXT", expect={"answers_min": 40}
        )
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert len(server.asked) == 2


async def test_a_closed_port_refuses(probing: Probing) -> None:
    with socket.create_server(("127.0.0.1", 0)) as place:
        port = place.getsockname()[1]
    result = await probing.probe(f"dns://127.0.0.1:{port}/example.com", transport="tcp")
    assert (result.reason, result.detail) == (Reason.REFUSED, f"127.0.0.1:{port}: connection refused")


async def test_what_is_no_dns_is_a_failure_of_the_protocol(probing: Probing) -> None:
    async def junk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"\x00\x04junk")
        await writer.drain()

    server = await probing.serve(handler=junk)
    result = await probing.probe(f"dns://127.0.0.1:{server.port}/example.com", transport="tcp")
    assert result.reason is Reason.PROTOCOL


async def test_a_server_whose_name_does_not_resolve_is_a_failure_of_dns(probing: Probing) -> None:
    def nobody(_host: str, _family: int) -> list[tuple[int, str]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    context = await probing.context(look_up=nobody)
    result = await probing.probe("dns://ns.example.com/example.com", context=context)
    assert (result.reason, result.detail) == (Reason.DNS, "ns.example.com: name or service not known")


async def test_a_rule_that_never_ends_holds_up_nobody_and_ends_at_the_deadline(probing: Probing) -> None:
    zone = 'example.com. 300 IN TXT "' + "a" * 200 + '!"\n'
    with serving(Nameserver(zone)) as server:
        url = f"dns://127.0.0.1:{server.port}/example.com?type=TXT"
        result = await probing.probe(url, 300, expect={"answers_any_match": "(a|aa)+$"})
    assert (result.outcome, result.reason) == (FAILURE, Reason.TIMEOUT)


async def test_where_the_first_address_refuses_the_next_one_is_asked(probing: Probing) -> None:
    def both(_host: str, _family: int) -> list[tuple[int, str]]:
        return [(socket.AF_INET, "127.0.0.2"), (socket.AF_INET, "127.0.0.1")]

    context = await probing.context(look_up=both)
    with serving(Nameserver(ZONE)) as server:
        url = f"dns://ns.example.com:{server.port}/www.example.com"
        result = await probing.probe(url, context=context, transport="tcp")
    assert (result.outcome, result.detail) == (SUCCESS, "")


async def test_an_address_that_answers_wrongly_is_the_last_that_is_asked(probing: Probing) -> None:
    def twice(_host: str, _family: int) -> list[tuple[int, str]]:
        return [(socket.AF_INET, "127.0.0.1")] * 2

    context = await probing.context(look_up=twice)
    server = await probing.serve(b"", handler=_hang_up)
    result = await probing.probe(
        f"dns://ns.example.com:{server.port}/example.com", context=context, transport="tcp"
    )
    assert result.reason in {Reason.PROTOCOL, Reason.RESET}


async def test_a_lookup_that_takes_too_long_is_a_failure_of_dns(probing: Probing) -> None:
    done = threading.Event()

    def slow(_host: str, _family: int) -> list[tuple[int, str]]:
        done.wait()
        return [(socket.AF_INET, "127.0.0.1")]

    context = await probing.context(look_up=slow, max_lookups=1)
    try:
        first, second = await probe_all(
            context, ["dns://ns1.example.com/example.com", "dns://ns2.example.com/example.com"], 100
        )
    finally:
        done.set()
    assert (first.reason, first.detail) == (Reason.DNS, "timed out looking up the name")
    assert (second.outcome, second.detail) == (
        Outcome.INCONCLUSIVE,
        "no thread was free for the name lookup",
    )


async def _hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
