"""Name servers of one's own, and a cache that hides no failure."""

import socket
from collections.abc import Sequence

import pytest
from dnslib import QTYPE, RR, DNSRecord

from exporter.probes.check import Address, LookupCheck
from exporter.probes.net.lookups import Found, Kept, Servers, look_up_of
from exporter.probes.result import Outcome, Reason
from tests.support.nameserver import Nameserver, serving
from tests.support.processes import free_port
from tests.support.raw import Probing, ok, probe_all

ZONE = """
shop.test. 7 IN A 127.0.0.1
two.test. 60 IN A 192.0.2.1
two.test. 9 IN A 192.0.2.2
six.test. 60 IN AAAA 2001:db8::1
"""
V4, V6, ANY = int(socket.AF_INET), int(socket.AF_INET6), int(socket.AF_UNSPEC)


def asking(*ports: int, cache: int = 0, attempts: int = 1, timeout: int = 2_000) -> LookupCheck:
    return LookupCheck(
        tuple(("127.0.0.1", port) for port in ports),
        cache,
        stale_on_error=False,
        timeout=timeout,
        attempts=attempts,
    )


def test_the_servers_are_asked_for_the_family_that_is_wanted() -> None:
    with serving(Nameserver(ZONE)) as server:
        ask = Servers(asking(server.port)).ask
        assert ask("two.test", V4) == Found([(V4, "192.0.2.1"), (V4, "192.0.2.2")], 9)
        assert ask("six.test", V6).addresses == [(V6, "2001:db8::1")]
        assert ask("shop.test", ANY).addresses == [(V4, "127.0.0.1")]


@pytest.mark.parametrize(
    ("name", "rcode", "said", "kind"),
    [
        ("none.test", 3, "there is no such name", socket.EAI_NONAME),
        ("six.test", 0, "the name has no address", socket.EAI_NONAME),
        ("shop.test", 2, "the name servers failed or refused", socket.EAI_AGAIN),
        ("shop.test", 5, "the name servers failed or refused", socket.EAI_AGAIN),
    ],
)
def test_failures_are_told_apart(name: str, rcode: int, said: str, kind: int) -> None:
    zone = ZONE if not rcode else ""
    with serving(Nameserver(zone, rcode)) as server:
        with pytest.raises(OSError, match=said) as caught:
            Servers(asking(server.port)).ask(name, V4)
        assert caught.value.errno == kind


def test_an_alias_is_kept_no_longer_than_it_says() -> None:
    zone = "a.test. 5 IN CNAME shop.test.\n"

    def reply(request: DNSRecord) -> DNSRecord:
        answer = request.reply()
        answer.add_answer(*RR.fromZone(zone), *RR.fromZone("shop.test. 3600 IN A 127.0.0.1"))
        return answer

    with serving(Nameserver(reply=reply)) as server:
        assert Servers(asking(server.port)).ask("a.test", V4) == Found([(V4, "127.0.0.1")], 5)


def test_one_family_is_enough_where_the_other_fails() -> None:
    def reply(request: DNSRecord) -> DNSRecord:
        answer = request.reply()
        if request.q.qtype == QTYPE.A:
            answer.add_answer(*RR.fromZone("a.test. 60 IN A 127.0.0.1"))
        else:
            answer.header.rcode = 2
        return answer

    with serving(Nameserver(reply=reply)) as server:
        found = Servers(asking(server.port, timeout=200)).ask("a.test", ANY)
    assert found == Found([(V4, "127.0.0.1")], 0), "and it is not kept"


def test_servers_that_say_nothing_are_given_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        with pytest.raises(OSError, match="no name server answered"):
            Servers(asking(silent.getsockname()[1], timeout=100)).ask("shop.test", V4)


def test_the_second_server_is_asked_where_the_first_is_dead() -> None:
    with serving(Nameserver(ZONE)) as server:
        check = asking(free_port(), server.port, timeout=200)
        assert Servers(check).ask("shop.test", V4).addresses == [(V4, "127.0.0.1")]


async def test_a_probe_by_servers_of_its_own(probing: Probing) -> None:
    target = await probing.serve(ok())
    with serving(Nameserver(ZONE)) as server:
        context = await probing.context(look_up=look_up_of(asking(server.port)))
        url = f"http://shop.test:{target.port}/"
        good = await probing.probe(url, context=context, ip_family="4")
        gone = await probing.probe("http://none.test/", context=context, ip_family="4")
    assert good.outcome is Outcome.SUCCESS
    assert (gone.reason, gone.detail) == (Reason.DNS, "none.test: the name has no address")


async def test_scenario_64_a_hundred_first_lookups_are_one_question(probing: Probing) -> None:
    target = await probing.serve(ok())
    with serving(Nameserver(ZONE)) as server:
        context = await probing.context(look_up=look_up_of(asking(server.port, cache=60_000)))
        urls = [f"http://shop.test:{target.port}/{number}" for number in range(100)]
        results = await probe_all(context, urls, ip_family="4")
        again = await probe_all(context, urls[:3], ip_family="4")
    assert {result.outcome for result in (*results, *again)} == {Outcome.SUCCESS}
    assert len(server.asked) == 1


async def test_without_a_cache_each_probe_asks_anew(probing: Probing) -> None:
    target = await probing.serve(ok())
    with serving(Nameserver(ZONE)) as server:
        context = await probing.context(look_up=look_up_of(asking(server.port)))
        for _ in range(3):
            await probing.probe(f"http://shop.test:{target.port}/", context=context, ip_family="4")
    assert len(server.asked) == 3


class Names:
    """Answers that can be changed, and a clock."""

    def __init__(self, *, stale: bool = False, cache: int = 30_000) -> None:
        self.now = 1_000.0
        self.answer: Found | OSError = Found([(V4, "192.0.2.1")], None)
        self.asked = 0
        check = LookupCheck((), cache, stale_on_error=stale, timeout=0, attempts=0)
        self._kept = Kept(self._ask, check, lambda: self.now)

    def _ask(self, _host: str, _family: int) -> Found:
        self.asked += 1
        if isinstance(self.answer, OSError):
            raise self.answer
        return self.answer

    def look_up(self) -> Sequence[Address]:
        return self._kept.look_up("a", V4)


@pytest.mark.parametrize(("seconds", "kept"), [(None, 30), (7, 7), (3_600, 30), (0, 0)])
def test_an_answer_is_kept_as_long_as_both_allow(seconds: float | None, kept: int) -> None:
    names = Names()
    names.answer = Found([(V4, "192.0.2.1")], seconds)
    names.look_up()
    names.now += max(0, kept - 0.001)
    names.look_up()
    assert names.asked == (1 if kept else 2)
    names.now += 0.001
    names.look_up()
    assert names.asked == (2 if kept else 3)


@pytest.mark.parametrize("stale", [False, True])
def test_an_old_answer_is_used_only_where_that_is_asked_for(stale: bool) -> None:
    names = Names(stale=stale)
    names.look_up()
    names.now += 31
    names.answer = OSError(socket.EAI_AGAIN, "the name servers failed")
    if stale:
        assert names.look_up() == [(V4, "192.0.2.1")]
    else:
        with pytest.raises(OSError, match="failed"):
            names.look_up()


def test_a_name_that_is_gone_is_gone_however_stale_answers_may_be() -> None:
    names = Names(stale=True)
    names.look_up()
    names.now += 31
    names.answer = OSError(socket.EAI_NONAME, "there is no such name")
    for _ in range(2):
        with pytest.raises(OSError, match="no such name"):
            names.look_up()
    names.answer = Found([(V4, "192.0.2.2")], None)
    assert names.look_up() == [(V4, "192.0.2.2")], "a failure is never kept"


def test_without_a_section_the_system_is_asked() -> None:
    plain = LookupCheck((), 0, stale_on_error=False, timeout=0, attempts=0)
    assert (V4, "127.0.0.1") in look_up_of(plain)("localhost", V4)
