import pytest

from exporter.probes.net.http1 import MAX_HEAD, Answer
from exporter.probes.result import ProbeFailed, Reason

LIMIT = 100


def read(*parts: bytes, end: bool = False, limit: int = LIMIT, head_only: bool = False) -> Answer:
    answer = Answer(limit, head_only=head_only, keep=True)
    for part in parts:
        answer.feed(part)
    if end:
        answer.end()
    return answer


def refused(*parts: bytes, end: bool = False) -> ProbeFailed:
    with pytest.raises(ProbeFailed) as found:
        read(*parts, end=end)
    return found.value


def one_by_one(data: bytes) -> list[bytes]:
    return [data[i : i + 1] for i in range(len(data))]


PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Name: value\r\n\r\nok"


@pytest.mark.parametrize("parts", [[PLAIN], one_by_one(PLAIN)])
def test_an_answer_is_read_however_it_is_cut(parts: list[bytes]) -> None:
    answer = read(*parts)
    assert (answer.status, answer.body, answer.complete) == (200, b"ok", True)
    assert answer.header(b"x-name") == [b"value"]


def test_a_body_that_ends_with_the_connection_is_complete_at_its_end() -> None:
    data = b"HTTP/1.1 200 OK\r\n\r\nall of it"
    assert not read(data).complete
    answer = read(data, end=True)
    assert (answer.complete, answer.body) == (True, b"all of it")


@pytest.mark.parametrize("coding", [b"gzip", b"chunked, gzip"])
def test_a_coding_other_than_chunked_ends_with_the_connection(coding: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + b"\r\n\r\nx"
    assert read(head, end=True).complete


def test_an_answer_to_head_has_no_body() -> None:
    answer = read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", head_only=True)
    assert (answer.status, answer.complete, answer.received) == (200, True, 0)


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_answers_without_body_are_complete_after_their_headers(status: bytes) -> None:
    answer = read(b"HTTP/1.1 " + status + b"\r\nContent-Length: 7\r\n\r\n")
    assert (answer.complete, answer.body) == (True, b"")


@pytest.mark.parametrize("cut", [False, True])
def test_interim_answers_are_not_the_answer(cut: bool) -> None:
    data = (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"
    )
    answer = read(*(one_by_one(data) if cut else [data]))
    assert (answer.status, answer.body, answer.complete) == (404, b"no", True)
    assert answer.header(b"link") == []


def test_interim_answers_without_end_are_refused() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    assert refused(*[interim * 100] * 200).reason is Reason.PROTOCOL


def test_a_switch_of_protocols_that_nobody_asked_for_is_an_answer_of_its_own() -> None:
    answer = read(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n\x00\x01")
    assert (answer.status, answer.complete) == (101, True)


def test_an_offer_to_upgrade_does_not_end_the_answer() -> None:
    answer = read(
        b"HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n", b"ok"
    )
    assert (answer.status, answer.body, answer.complete) == (200, b"ok", True)


@pytest.mark.parametrize("rest", [b"more", b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"])
@pytest.mark.parametrize("connection", [b"close", b"keep-alive"])
def test_what_follows_the_answer_is_nobody_s(rest: bytes, connection: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: " + connection + b"\r\n\r\nok"
    for parts in ([head + rest], [head, rest], one_by_one(head + rest)):
        answer = read(*parts)
        assert (answer.status, answer.body, answer.received, answer.complete) == (200, b"ok", 2, True)


def test_lines_may_end_without_carriage_return() -> None:
    assert read(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok").body == b"ok"


def test_a_status_line_may_lack_its_phrase() -> None:
    assert read(b"HTTP/1.0 200\r\nContent-Length: 2\r\n\r\nok").status == 200


def test_chunks_are_joined_and_trailers_are_no_headers() -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: x\r\n\r\n"
    for parts in ([data], one_by_one(data)):
        answer = read(*parts)
        assert (answer.body, answer.complete, answer.header(b"trailer")) == (b"abcde", True, [])


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnothing\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
    ],
)
def test_what_is_not_http_1_fails_as_protocol(data: bytes) -> None:
    assert refused(data).reason is Reason.PROTOCOL


def test_the_message_names_the_version_that_it_cannot_read() -> None:
    assert "HTTP/2.0" in refused(b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n").detail


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"", "without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-", "in the headers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "in the body, after 3 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "in the body, after 3 bytes"),
    ],
)
def test_an_end_before_the_end_is_a_reset(data: bytes, detail: str) -> None:
    found = refused(*[data] if data else [], end=True)
    assert found.reason is Reason.RESET
    assert detail in found.detail


def test_headers_without_end_are_refused() -> None:
    line = b"X-Padding: " + b"x" * 1000 + b"\r\n"
    answer = Answer(LIMIT)
    answer.feed(b"HTTP/1.1 200 OK\r\n")
    for _ in range(MAX_HEAD // len(line)):
        answer.feed(line)
    with pytest.raises(ProbeFailed, match="256 KiB of headers"):
        answer.feed(line)


def test_one_header_without_end_is_refused() -> None:
    assert refused(b"HTTP/1.1 200 OK\r\nX: ", *[b"x" * 10_000] * 40).reason is Reason.PROTOCOL


def test_trailers_without_end_are_refused() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    assert "framing" in refused(head, *[b"X-Padding: " + b"x" * 1000 + b"\r\n"] * 400).detail


def test_small_chunks_are_no_reason_to_refuse() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    count = 100_000
    answer = read(head, b"1\r\nx\r\n" * count, b"0\r\n\r\n", limit=count)
    assert (answer.received, answer.complete) == (count, True)


def test_a_body_of_the_limit_is_whole() -> None:
    answer = read(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd", limit=4)
    assert (answer.body, answer.too_large, answer.complete) == (b"abcd", False, True)


@pytest.mark.parametrize("parts", [[b"abcde"], one_by_one(b"abcde"), [b"abcd", b"e" * 1000]])
def test_a_longer_body_is_cut_at_the_limit_and_said_to_be(parts: list[bytes]) -> None:
    answer = read(b"HTTP/1.1 200 OK\r\n\r\n", *parts, limit=4)
    assert (answer.body, answer.too_large, answer.complete) == (b"abcd", True, True)


def test_a_body_that_is_not_kept_is_counted() -> None:
    answer = Answer(LIMIT)
    answer.feed(PLAIN)
    assert (answer.body, answer.received) == (b"", 2)


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5",
        b"Content-Length: 5\r\nContent-Length: 6",
    ],
)
def test_an_answer_with_two_ends_is_none(framing: bytes) -> None:
    found = refused(b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    assert found.reason is Reason.PROTOCOL
