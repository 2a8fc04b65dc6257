"""A real gRPC server on loopback that answers health checks."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import grpc

METHOD = "/grpc.health.v1.Health/Check"


class Health(grpc.GenericRpcHandler):
    """Says of each service what it is told to.

    Attributes:
        states: Number of the state by service.
        metadata: Of the latest call.
        hanging: Calls wait for this where they are told to hang.
    """

    def __init__(self, states: Mapping[str, int], *, implemented: bool = True, hangs: bool = False) -> None:
        self.states = states
        self.metadata: dict[str, Any] = {}
        self.hanging = Event()
        self._implemented = implemented
        self._hangs = hangs

    def service(self, details: Any) -> Any:
        if details.method != METHOD or not self._implemented:
            return None
        return grpc.unary_unary_rpc_method_handler(self._check, bytes, bytes)

    def _check(self, request: bytes, context: Any) -> bytes:
        self.metadata = {each.key: each.value for each in context.invocation_metadata()}
        if self._hangs:
            self.hanging.wait()
        service = request[3 if len(request) > 129 else 2 :].decode()  # a length of two bytes
        if service not in self.states:
            context.abort(grpc.StatusCode.NOT_FOUND, "who?")
        state = self.states[service]
        return bytes([8, state]) if state else b""


@contextmanager
def serving_health(health: Health, credentials: grpc.ServerCredentials | None = None) -> Iterator[int]:
    """Let it listen; its port."""
    server = grpc.server(ThreadPoolExecutor(2), handlers=[health])
    if credentials is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    try:
        yield port
    finally:
        health.hanging.set()
        server.stop(0).wait()
