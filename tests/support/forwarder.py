"""A TCP forwarder on loopback that can go dead for a while: what a network does to scrapes."""

import socket
import threading
from contextlib import suppress


class Forwarder:
    """Passes connections on to another port of the loopback interface; until it knows to which, it closes them.

    Attributes:
        address: `host:port` where it listens.
    """

    def __init__(self) -> None:
        self._port = 0
        self._refusals = 0
        self._is_swallowing = False
        self._swallowed = set[socket.socket]()
        self._lock = threading.Lock()
        self._open = set[socket.socket]()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def lead_to(self, port: int) -> None:
        """Pass on from now."""
        self._port = port

    def refuse(self, connections: int) -> None:
        """Cut all that are open, and close the next ones before anything is said."""
        with self._lock:
            self._refusals = connections
        self._cut()

    def swallow(self) -> None:
        """Take what is said on connections that are open, and on new ones, and let none of it through; end none."""
        with self._lock:
            self._is_swallowing = True
            self._swallowed |= self._open

    def pass_on(self) -> None:
        """Let through what is said on new connections; those that were swallowed stay so."""
        with self._lock:
            self._is_swallowing = False

    def close(self) -> None:
        """Listen no more, and cut what is open."""
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # which wakes up who accepts; closing alone does not
        self._server.close()
        self._cut()

    def _cut(self) -> None:
        with self._lock:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            if self._is_refused():
                client.close()
            else:
                self._connect(client)

    def _is_refused(self) -> bool:
        with self._lock:
            refused = self._refusals > 0
            self._refusals -= refused
            return refused

    def _connect(self, client: socket.socket) -> None:
        try:
            upstream = socket.create_connection(("127.0.0.1", self._port))
        except OSError:
            client.close()
            return
        with self._lock:
            self._open |= {client, upstream}
            if self._is_swallowing:
                self._swallowed |= {client, upstream}
        for source, sink in ((client, upstream), (upstream, client)):
            threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Pass on what comes from one side until it ends; then the other is told, and its own pump ends it."""
        with suppress(OSError):
            while data := source.recv(1 << 16):
                if source not in self._swallowed:
                    sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)
            self._swallowed.discard(source)
        source.close()
