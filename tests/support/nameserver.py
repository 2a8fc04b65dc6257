"""A real name server on loopback, over UDP and TCP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from dnslib import RR, DNSRecord
from dnslib.server import BaseResolver, DNSHandler, DNSServer

Reply = Callable[[DNSRecord], DNSRecord]


class Nameserver(BaseResolver):
    """Answers from a zone, or by a function of its own.

    Attributes:
        asked: What was asked, in order.
        port: Where it listens.
    """

    def __init__(self, zone: str = "", rcode: int = 0, reply: Reply | None = None) -> None:
        self._records = RR.fromZone(zone)
        self._rcode = rcode
        self._reply = reply
        self.asked: list[DNSRecord] = []
        self.port = 0

    def resolve(self, request: DNSRecord, handler: Any) -> DNSRecord:  # noqa: ARG002 -- the library's
        """What is answered to a request."""
        self.asked.append(request)
        if self._reply is not None:
            return self._reply(request)
        reply = request.reply()
        for record in self._records:
            if record.rname == request.q.qname and record.rtype == request.q.qtype:
                reply.add_answer(record)
        reply.header.rcode = self._rcode
        return reply


class _Handler(DNSHandler):
    """Cuts an answer over UDP short where it is too long."""

    udplen = 512


@contextmanager
def serving(nameserver: Nameserver, *, udp: bool = True, tcp: bool = True) -> Iterator[Nameserver]:
    """Let it listen, on the same port for both transports."""
    quiet = _Quiet()
    first = DNSServer(nameserver, address="127.0.0.1", port=0, tcp=tcp, logger=quiet, handler=_Handler)
    nameserver.port = first.server.server_address[1]
    servers = [first]
    if udp and tcp:
        port = nameserver.port
        servers.append(DNSServer(nameserver, address="127.0.0.1", port=port, logger=quiet, handler=_Handler))
    threads = [Thread(target=each.server.serve_forever, args=(0.01,)) for each in servers]
    for thread in threads:
        thread.start()
    try:
        yield nameserver
    finally:
        for each, thread in zip(servers, threads, strict=True):
            each.server.shutdown()
            thread.join()
            each.server.server_close()


class _Quiet:
    """Logs nothing."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_arguments: None
