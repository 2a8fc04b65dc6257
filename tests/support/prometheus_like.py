"""A server that answers as Prometheus does, from samples that a test gives it, and misbehaves when told to."""

import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

Sample = tuple[int, str]
"""Milliseconds since the epoch, and the value's text."""

SELECTOR = re.compile(r"\w+(?:\{[^}]*\})?")
RANGE = re.compile(r"(.*)\[(\d+)ms\]", re.DOTALL)


class Answer(NamedTuple):
    """What is sent back."""

    status: int
    body: bytes
    kind: str = "application/json"


class Asked(NamedTuple):
    """What was asked."""

    method: str
    path: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]


def failure(status: int, kind: str, message: str) -> Answer:
    """An error as Prometheus words it."""
    return Answer(status, json.dumps({"status": "error", "errorType": kind, "error": message}).encode())


def success(result_type: str, result: Sequence[Any], **more: Any) -> Answer:
    return Answer(
        200,
        json.dumps(
            {"status": "success", "data": {"resultType": result_type, "result": result}, **more}
        ).encode(),
    )


@dataclass
class PrometheusLike:
    """Every selector gives all of its series, every other query their values at each step; to be closed.

    Attributes:
        series: Labels and samples of each.
        left_open: Whether a range leaves its start out, as Prometheus 3 does; else both ends belong to it.
        most_samples: More in one answer are refused.
        instead: Answers in its place, unless with None.
        asked: Everything that it was asked.
    """

    series: Sequence[tuple[Mapping[str, str], Sequence[Sample]]] = ()
    left_open: bool = False
    most_samples: int = 1_000_000
    instead: Callable[[Asked], Answer | None] = lambda _: None
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        like = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                like.send(self, urlsplit(self.path).query)

            def do_POST(self) -> None:
                like.send(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_: Any) -> None:
                """Stay quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.address}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def send(self, handler: BaseHTTPRequestHandler, query: str) -> None:
        parameters = dict(parse_qsl(query))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, urlsplit(handler.path).path, parameters, headers)
        self.asked.append(asked)
        answer = self.instead(asked) or self.answer(asked)
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.kind)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)

    def answer(self, asked: Asked) -> Answer:
        query = asked.parameters["query"]
        if "(" in query and ")" not in query:
            return failure(400, "bad_data", "1:6: parse error: unclosed left parenthesis")
        if asked.path.endswith("/query_range"):
            start, end, step = (_milliseconds(asked.parameters[name]) for name in ("start", "end", "step"))
            return self._matrix(lambda samples: _steps(samples, start, end, step))
        ranged = RANGE.fullmatch(query)
        if ranged is None:
            return success("vector", [])
        if SELECTOR.fullmatch(ranged[1]) is None:
            return failure(400, "bad_data", "1:9: parse error: ranges only allowed for vector selectors")
        end, start = _milliseconds(asked.parameters["time"]), 0
        start = end - int(ranged[2]) + self.left_open
        return self._matrix(lambda samples: [each for each in samples if start <= each[0] <= end])

    def _matrix(self, choose: Callable[[Sequence[Sample]], Sequence[Sample]]) -> Answer:
        result = []
        for labels, samples in self.series:
            values = [[_number(at), text] for at, text in choose(samples)]
            if values:
                result.append({"metric": dict(labels), "values": values})
        if sum(len(each["values"]) for each in result) > self.most_samples:
            return failure(422, "execution", "query processing would load too many samples into memory")
        return success("matrix", result)


def _milliseconds(seconds: str) -> int:
    return int(Decimal(seconds) * 1000)


def _number(milliseconds: int) -> float | int:
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


def _steps(samples: Sequence[Sample], start: int, end: int, step: int) -> list[Sample]:
    """The latest value at each step, for up to five minutes, as Prometheus looks back."""
    found = []
    for at in range(start, end + 1, step):
        before = [text for instant, text in samples if at - 300_000 <= instant <= at]
        if before:
            found.append((at, before[-1]))
    return found
