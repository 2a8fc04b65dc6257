import socket
import threading
from collections.abc import Iterator

import pytest

from exporter.probes.net.poller import Poller


class Probe:
    """A source that notes what happens to it."""

    def __init__(self, poller: Poller, deadline: int = 0) -> None:
        self.poller: Poller | None = poller
        self.deadline = deadline
        self.seen: list[object] = []
        self.fails = False

    def ready(self, events: int) -> None:
        self.seen.append(events)
        if self.fails:
            raise ZeroDivisionError

    def expire(self) -> None:
        self.seen.append("expired")
        self.poller = None
        if self.fails:
            raise ZeroDivisionError

    def crash(self, error: Exception) -> None:
        self.seen.append(type(error))

    def abandon(self) -> None:
        self.seen.append("abandoned")
        self.poller = None


@pytest.fixture
def poller() -> Iterator[Poller]:
    made = Poller()
    yield made
    made.close()


def test_what_is_due_expires_in_the_order_of_deadlines(poller: Poller) -> None:
    probes = [Probe(poller, deadline) for deadline in (10, 30, 20)]
    for probe in probes:
        poller.watch(probe, 5)
    poller.expire(9)
    assert [probe.seen for probe in probes] == [[], [], []]
    poller.expire(20)
    assert [probe.seen for probe in probes] == [["expired"], [], ["expired"]]
    poller.expire(1000)
    assert [probe.seen for probe in probes] == [["expired"]] * 3


def test_different_timeouts_do_not_wait_for_each_other(poller: Poller) -> None:
    slow, fast = Probe(poller, 100), Probe(poller, 10)
    poller.watch(slow, 100)
    poller.watch(fast, 10)
    poller.expire(50)
    assert (slow.seen, fast.seen) == ([], ["expired"])


def test_what_has_ended_never_expires_and_does_not_hold_others_back(poller: Poller) -> None:
    ended, moved, due = Probe(poller, 1), Probe(poller, 2), Probe(poller, 3)
    for probe in (ended, moved, due):
        poller.watch(probe, 5)
    ended.poller = None
    moved.poller = Poller()
    poller.expire(10)
    assert (ended.seen, moved.seen, due.seen) == ([], [], ["expired"])
    moved.poller.close()


def test_a_crash_ends_with_its_own_probe(poller: Poller) -> None:
    bad, good = Probe(poller, 1), Probe(poller, 2)
    bad.fails = True
    for probe in (bad, good):
        poller.watch(probe, 5)
    poller.expire(10)
    assert (bad.seen, good.seen) == (["expired", ZeroDivisionError], ["expired"])


def test_a_poller_in_a_thread_serves_sockets_posts_and_deadlines() -> None:
    poller = Poller()
    thread = threading.Thread(target=poller.run)
    thread.start()
    ours, theirs = socket.socketpair()
    posted, expired, read = threading.Event(), threading.Event(), threading.Event()

    class Due(Probe):
        def expire(self) -> None:
            super().expire()
            expired.set()

        def ready(self, events: int) -> None:
            super().ready(events)
            if theirs.recv(10) == b"hello":
                read.set()

    probe = Due(poller, 1)

    def begin(_nothing: object) -> None:
        theirs.setblocking(False)  # noqa: FBT003 -- the standard library's
        poller.register(theirs, probe)
        posted.set()

    poller.post(probe, begin)
    assert posted.wait(10)
    ours.send(b"hello")
    assert read.wait(10)
    poller.post(probe, lambda _nothing: poller.watch(probe, 5))
    assert expired.wait(10)
    poller.stop()
    thread.join(10)
    assert not thread.is_alive()
    poller.close()
    ours.close()
    theirs.close()


def test_a_post_that_raises_is_told_to_its_source_and_the_rest_goes_on(poller: Poller) -> None:
    probe = Probe(poller)
    poller.post(probe, probe.seen.remove, "what is not there")
    poller.post(probe, probe.seen.append, "second")
    thread = threading.Thread(target=poller.run)
    thread.start()
    poller.post(probe, lambda _: poller.stop())
    thread.join(10)
    assert probe.seen == [ValueError, "second"]


def test_posts_after_the_end_go_nowhere() -> None:
    poller = Poller()
    poller.close()
    poller.post(Probe(poller), print)


def test_abandoning_drops_what_is_in_flight_and_nothing_else(poller: Poller) -> None:
    ended, flying = Probe(poller, 1), Probe(poller, 2)
    for probe in (ended, flying):
        poller.watch(probe, 5)
    ended.poller = None
    poller.abandon()
    assert (ended.seen, flying.seen) == ([], ["abandoned"])
