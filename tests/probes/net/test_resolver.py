import socket
import threading
from collections.abc import Sequence

import pytest

from exporter.probes.check import Address
from exporter.probes.net.resolver import system_lookup
from exporter.probes.result import Outcome, Reason
from tests.support.raw import Probing, ok, probe_all

HERE = (int(socket.AF_INET), "127.0.0.1")
NOWHERE = (int(socket.AF_INET), "127.0.0.2")
SHORT = 200


class Names:
    """A name service that hangs, fails and counts as it is told to."""

    def __init__(self, answers: dict[str, Sequence[Address] | Exception]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, int]] = []
        self.hanging = threading.Semaphore(0)
        self.go = threading.Event()

    def look_up(self, host: str, family: int) -> Sequence[Address]:
        self.asked.append((host, family))
        if host.startswith("hang"):
            self.hanging.release()
            assert self.go.wait(30)
        answer = self.answers[host]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_a_name_is_looked_up_for_each_probe_and_never_kept(probing: Probing) -> None:
    server = await probing.serve(ok())
    names = Names({"a.example": [HERE]})
    context = await probing.context(look_up=names.look_up)
    for _ in range(3):
        result = await probing.probe(f"http://a.example:{server.port}/", context=context)
        assert result.outcome is Outcome.SUCCESS
        assert result.phases.resolve is not None
    assert names.asked == [("a.example", socket.AF_UNSPEC)] * 3


@pytest.mark.parametrize(
    ("family", "asked"), [("any", socket.AF_UNSPEC), ("4", socket.AF_INET), ("6", socket.AF_INET6)]
)
async def test_the_family_is_asked_for(probing: Probing, family: str, asked: int) -> None:
    names = Names({"a.example": [HERE]})
    context = await probing.context(look_up=names.look_up)
    await probing.probe("tcp://a.example:1", context=context, ip_family=family)
    assert names.asked == [("a.example", asked)]


async def test_probes_that_want_the_same_name_share_one_lookup(probing: Probing) -> None:
    server = await probing.serve(ok())
    names = Names({"hang.example": [HERE]})
    context = await probing.context(look_up=names.look_up)
    context.loop.call_later(0.05, names.go.set)
    results = await probe_all(context, [f"tcp://hang.example:{server.port}"] * 50)
    assert {result.outcome for result in results} == {Outcome.SUCCESS}
    assert len(names.asked) == 1


async def test_a_lookup_that_hangs_fails_its_own_probe_only(probing: Probing) -> None:
    server = await probing.serve(ok())
    names = Names({"hang.example": [HERE], "a.example": [HERE]})
    context = await probing.context(look_up=names.look_up)
    hung, well = await probe_all(
        context, [f"tcp://{host}:{server.port}" for host in ("hang.example", "a.example")], SHORT
    )
    assert (hung.outcome, hung.reason) == (Outcome.FAILURE, Reason.DNS)
    assert "no answer from the name lookup within 0.2s" in hung.detail
    assert well.outcome is Outcome.SUCCESS
    names.go.set()


async def test_a_lookup_that_got_no_thread_is_our_own_fault(probing: Probing) -> None:
    names = Names({"hang.example": [HERE], "hang2.example": [HERE], "a.example": [HERE]})
    context = await probing.context(look_up=names.look_up, max_lookups=2)
    urls = [f"tcp://{host}:1" for host in ("hang.example", "hang2.example", "a.example")]
    results = await probe_all(context, urls, SHORT)
    assert [result.outcome for result in results] == ["failure", "failure", "inconclusive"]
    assert results[2].detail == "no thread was free for the name lookup"
    names.go.set()


async def test_threads_that_were_lost_to_lookups_come_back(probing: Probing) -> None:
    server = await probing.serve(ok())
    names = Names({"hang.example": [HERE], "a.example": [HERE]})
    context = await probing.context(look_up=names.look_up, max_lookups=1)
    await probe_all(context, ["tcp://hang.example:1"], SHORT)
    names.go.set()
    result = await probing.probe(f"tcp://a.example:{server.port}", context=context)
    assert result.outcome is Outcome.SUCCESS


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "name or service not known"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "temporary failure"),
        (UnicodeError("label too long"), "label too long"),
        ([], "a.example has no address"),
    ],
)
async def test_a_name_that_does_not_resolve_is_a_failure(
    probing: Probing, answer: Sequence[Address] | Exception, detail: str
) -> None:
    context = await probing.context(look_up=Names({"a.example": answer}).look_up)
    result = await probing.probe("http://a.example/", context=context)
    assert (result.outcome, result.reason) == (Outcome.FAILURE, Reason.DNS)
    assert detail in result.detail
    assert result.phases.connect is None


async def test_no_memory_for_a_lookup_is_our_own_fault(probing: Probing) -> None:
    error = socket.gaierror(socket.EAI_MEMORY, "Memory allocation failure")
    context = await probing.context(look_up=Names({"a.example": error}).look_up)
    assert (await probing.probe("http://a.example/", context=context)).outcome is Outcome.INCONCLUSIVE


async def test_the_next_address_is_tried_where_one_refuses(probing: Probing) -> None:
    server = await probing.serve(ok())
    names = Names({"a.example": [NOWHERE, (int(socket.AF_INET6), "::1"), HERE]})
    context = await probing.context(look_up=names.look_up)
    result = await probing.probe(f"http://a.example:{server.port}/", context=context)
    assert result.outcome is Outcome.SUCCESS


async def test_where_all_addresses_refuse_the_last_one_says_why(probing: Probing) -> None:
    names = Names({"a.example": [NOWHERE] * 500})
    context = await probing.context(look_up=names.look_up)
    result = await probing.probe("tcp://a.example:1", context=context)
    assert (result.reason, result.detail) == (Reason.REFUSED, "127.0.0.2:1: connection refused")


async def test_addresses_of_many_probes_are_not_looked_up(probing: Probing) -> None:
    server = await probing.serve(ok())
    names = Names({})
    context = await probing.context(look_up=names.look_up)
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", context=context)
    assert (result.outcome, names.asked) == (Outcome.SUCCESS, [])


def test_the_system_knows_localhost() -> None:
    assert HERE in system_lookup("localhost", socket.AF_INET)


def test_the_system_says_what_it_cannot_find() -> None:
    with pytest.raises(socket.gaierror):
        system_lookup("127.0.0.1", socket.AF_INET6)
