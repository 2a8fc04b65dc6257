"""A real HTTP server that can be told to fail, hang, go away or recover while it is being probed."""

import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that give up are the point here."""


class Target:
    """An HTTP server on a free port of the loopback interface, well until told otherwise.

    Attributes:
        port: It keeps it, also over `go_away()` and `come_back()`.
        requests: How many requests came in so far.
        headers: Of the latest one.
        body: What it answers with.
        failed_at: When it failed a request first since it was told to, by `time.monotonic`; None before that.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.headers: Mapping[str, str] = {}
        self.body = b"ok\n"
        self.failed_at: float | None = None
        self._status = 200
        self._once: int | None = None
        self._every = 0
        self._flowing = threading.Event()
        self._flowing.set()
        self._server: _Server | None = None
        self.port = 0
        self.come_back()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def fail(self, status: int = 500) -> None:
        """Answer everything with that status."""
        self._status, self.failed_at = status, None
        self._flowing.set()

    def fail_once(self, status: int = 500) -> None:
        """Answer the next request with that status, and those after it as before."""
        self._once = status

    def fail_every(self, count: int) -> None:
        """Fail one request in so many, until it recovers."""
        self._every = count

    def hang(self) -> None:
        """Take requests and answer none, until told otherwise."""
        self._flowing.clear()

    def recover(self) -> None:
        """Answer 200 again, also those that hang."""
        self._every = 0
        self.fail(200)

    def go_away(self) -> None:
        """Listen no more: connections are refused."""
        if self._server is not None:
            self._flowing.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def come_back(self) -> None:
        """Listen again, on the same port."""
        if self._server is None:
            self._server = _Server(("127.0.0.1", self.port), self._handler())
            self.port = self._server.server_address[1]
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """The same as going away, for good."""
        self.go_away()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        target = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                target.headers = dict(self.headers)
                target.requests += 1
                target._flowing.wait()
                status, target._once = target._once or target._status, None
                if target._every and target.requests % target._every == 0:
                    status = 500
                if status >= HTTPStatus.BAD_REQUEST and target.failed_at is None:
                    target.failed_at = time.monotonic()
                self.send_response(status)
                self.send_header("Content-Length", str(len(target.body)))
                self.end_headers()
                self.wfile.write(target.body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler
