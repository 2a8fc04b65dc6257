"""Samples read from what answers as Prometheus does: each once, and every trouble in a line."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.config.load import load as load_config
from exporter.config.model import Config
from exporter.errors import ConfigError, UptimeError, UsageError
from exporter.record import prometheus as reading
from exporter.record.matching import match
from exporter.record.prometheus import Read, read
from exporter.record.prometheus_api import PrometheusApi
from exporter.record.samples import Samples, digest
from exporter.timeline.tally import State
from tests.support.prometheus_like import Answer, Asked, PrometheusLike, Sample, failure, success

HOUR = 3_600_000
START = 1_760_000_000_000
WEB = {"__name__": "probe_success", "instance": "https://web.example.com/"}

Start = Callable[..., PrometheusLike]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a server: `start([(labels, samples)], left_open=True)`."""
    with ExitStack() as servers:
        yield lambda *args, **more: servers.enter_context(closing(PrometheusLike(*args, **more)))


def ask(
    server: PrometheusLike,
    query: str = "probe_success",
    *,
    end: int = START + HOUR,
    step: int | None = None,
    url: str = "",
    token_file: str | None = None,
    ca_file: str | None = None,
) -> Read:
    with closing(PrometheusApi(url or server.url, token_file, ca_file)) as api:
        return read(api, query, (START, end), step=step)


def told(samples: Samples) -> list[tuple[int, State]]:
    return [(past.at, past.vote) for past in samples]


def steady(start: int, end: int, step: int = 15_000, text: str = "1") -> list[Sample]:
    return [(at, text) for at in range(start, end, step)]


@pytest.mark.parametrize("left_open", [False, True])
def test_each_sample_of_a_half_open_span_is_read_once_where_pieces_meet(
    start: Start, left_open: bool
) -> None:
    """Prometheus 2 closes a range at both ends, Prometheus 3 leaves its start open."""
    edges = [(at + off, "1") for at in range(START - HOUR, START + 30 * HOUR, HOUR) for off in (-1, 0, 1)]
    server = start([(WEB, edges)], left_open=left_open)

    (samples,) = ask(server, end=START + 29 * HOUR).series

    assert told(samples) == [(at, State.UP) for at, _ in edges if START <= at < START + 29 * HOUR]
    assert len(server.asked) > 3


@settings(max_examples=40, deadline=None)
@given(
    gaps=st.lists(st.integers(1, 2 * HOUR), min_size=1, max_size=60),
    left_open=st.booleans(),
    most=st.integers(1, 20),
    length=st.integers(1, 40 * HOUR),
)
def test_no_sample_is_lost_or_doubled_whatever_the_server_can_carry(
    gaps: Sequence[int], left_open: bool, most: int, length: int
) -> None:
    at, samples = START - 2 * HOUR, list[Sample]()
    for number, gap in enumerate(gaps):
        at += gap + 60_000  # so that the shortest piece always fits
        samples.append((at, str(number % 2)))
    with closing(PrometheusLike([(WEB, samples)], left_open=left_open, most_samples=most)) as server:
        found = ask(server, end=START + length)

    wanted = [
        (at, State.UP if text == "1" else State.DOWN) for at, text in samples if START <= at < START + length
    ]
    assert [each for series in found.series for each in told(series)] == wanted


def test_a_piece_that_is_too_much_is_halved_and_one_that_stays_so_is_told(start: Start) -> None:
    server = start([(WEB, steady(START, START + HOUR))], most_samples=50)
    assert len(ask(server).series[0]) == 240

    server = start([(WEB, steady(START, START + HOUR, 500))], most_samples=50)
    with pytest.raises(
        UptimeError, match="cannot answer the query: query processing would load too many samples"
    ):
        ask(server)


def test_no_number_in_the_answer_goes_through_a_float(start: Start) -> None:
    """Ruling 34: instants are floored from their text."""
    texts = ("1760000000.0009", "1760000000.29", "1760000001", "1.760000002e9")
    body = ",".join(f'[{text},"1"]' for text in texts)
    whole = f'{{"status":"success","data":{{"resultType":"matrix","result":[{{"metric":{{}},"values":[{body}]}}]}}}}'
    server = start(instead=lambda _: Answer(200, whole.encode()))

    (samples,) = ask(server).series

    assert [past.at - START for past in samples] == [0, 290, 1_000, 2_000]


def test_nan_is_no_result_and_other_values_than_1_and_0_are_refused(start: Start) -> None:
    values = ["1", "NaN", "0", "1.0", "0e0"]
    server = start([(WEB, [(START + index, text) for index, text in enumerate(values)])])
    up, down = State.UP, State.DOWN
    assert told(ask(server).series[0]) == [(START, up), (START + 2, down), (START + 3, up), (START + 4, down)]

    for odd in ("0.5", "2", "-1", "+Inf", "much"):
        server = start([(WEB, [(START, odd)])])
        with pytest.raises(UsageError, match=r"a result is 1 .* or 0 .*; compare it") as caught:
            ask(server)
        assert f'probe_success{{instance="https://web.example.com/"}} is {odd} at 2025-10-09' in str(
            caught.value
        )


def test_a_series_of_nan_alone_gives_no_samples(start: Start) -> None:
    assert ask(start([(WEB, [(START, "NaN")])])).series == []


def test_an_expression_is_evaluated_at_the_multiples_of_its_step(start: Start) -> None:
    server = start([(WEB, steady(START + 1, START + HOUR))])

    found = ask(server, "min(probe_success)")

    assert found.step == 15_000
    first = START + -START % 15_000
    assert [past.at for past in found.series[0]] == list(range(first, START + HOUR, 15_000))
    assert {past.at % 60_000 for past in ask(server, step=60_000).series[0]} == {0}


def test_an_expression_asks_for_no_more_points_than_prometheus_gives(start: Start) -> None:
    server = start([(WEB, [(START, "1")])])
    ask(server, "min(probe_success)", end=START + 30 * HOUR, step=1_000)
    spans = [
        (float(asked.parameters["end"]) - float(asked.parameters["start"])) / float(asked.parameters["step"])
        for asked in server.asked
        if asked.path.endswith("query_range")
    ]
    assert max(spans) < 11_000
    assert sum(int(span) + 1 for span in spans) == 30 * 3600


def test_a_comment_at_the_end_of_a_query_hides_nothing(start: Start) -> None:
    server = start([(WEB, steady(START, START + HOUR))])
    assert ask(server, "probe_success # all of them").step == 15_000


def test_what_is_wrong_with_a_query_is_said_in_the_servers_words(start: Start) -> None:
    with pytest.raises(
        UsageError, match=r"cannot read the query: 1:6: parse error: unclosed left parenthesis"
    ):
        ask(start([(WEB, [(START, "1")])]), "prob(")


def test_a_histogram_is_refused(start: Start) -> None:
    answer = success("matrix", [{"metric": WEB, "histograms": [[1, {}]]}])
    with pytest.raises(UsageError, match="is a histogram"):
        ask(start(instead=lambda _: answer))


PAGE = Answer(200, b"<html>log in</html>", "text/html")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            PAGE,
            "answers 200 OK, but not as Prometheus does; is it the root of a Prometheus, and is there no login",
        ),
        (
            Answer(404, b"404 page not found\n", "text/plain"),
            "answers 404 Not Found, but not as Prometheus does",
        ),
        (
            Answer(401, b"Unauthorized", "text/plain"),
            "answers 401 Unauthorized; give credentials as https://user:",
        ),
        (Answer(403, b"{}"), "answers 403 Forbidden; give credentials"),
        (
            failure(500, "internal", "the disk\nis gone"),
            "answers 500 Internal Server Error: the disk is gone",
        ),
        (failure(503, "timeout", "query timed out"), "cannot answer the query: query timed out"),
        (
            Answer(200, b'{"status": "success", "data": {"resultType": "matrix"}}'),
            "does not answer with series",
        ),
        (Answer(200, b'{"status": "success", "data": []}'), "not as Prometheus does"),
        (Answer(200, b"[" * 100_000), "not as Prometheus does"),
        (
            success("matrix", [{"metric": WEB, "values": [["soon", "1"]]}]),
            "gives an instant that is none: soon",
        ),
        (success("matrix", [], warnings=["one store is down"]), "may lack something: one store is down"),
        (success("matrix", [], isPartial=True), "may lack something: the answer is partial"),
    ],
)
def test_every_wrong_answer_is_one_line_that_names_the_server(
    start: Start, answer: Answer, words: str
) -> None:
    server = start(instead=lambda _: answer)
    with pytest.raises(UptimeError) as caught:
        ask(server, url=f"http://mara:secret@{server.address}/")
    assert words in str(caught.value)
    assert server.url in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_is_not_there_is_one_line_without_its_credentials(start: Start) -> None:
    server = start()
    server.close()
    with pytest.raises(
        UptimeError, match="does not answer: Connection refused; is --prometheus right"
    ) as caught:
        ask(server, url=f"http://mara:secret@{server.address}/prometheus/")
    assert str(caught.value).startswith(f"http://{server.address}/prometheus does")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("localhost:9090", "`localhost:9090`"),
        ("http://", "`http://`"),
        ("ftp://u:secret@host/", "it"),
        ("http://[", "`http://[`"),
    ],
)
def test_what_is_no_url_is_refused_without_its_credentials(url: str, shown: str) -> None:
    with pytest.raises(UsageError) as caught:
        PrometheusApi(url)
    assert str(caught.value) == f"--prometheus: {shown} is not a URL; write http://localhost:9090"


def test_credentials_are_sent_and_the_path_of_the_api_is_forgiven(start: Start, tmp_path: Path) -> None:
    server = start([(WEB, [(START, "1")])])
    ask(server, url=f"http://mara:s%C3%A9cret@{server.address}/api/v1")
    assert server.asked[-1].headers["authorization"] == "Basic bWFyYTpzw6ljcmV0"
    assert server.asked[-1].path == "/api/v1/query"

    token = tmp_path / "token"
    token.write_text("abc.def\n")
    ask(server, url=f"{server.url}/tenant/", token_file=str(token))
    assert server.asked[-1].headers["authorization"] == "Bearer abc.def"
    assert server.asked[-1].path == "/tenant/api/v1/query"


def test_a_token_that_cannot_be_one_is_refused_and_not_repeated(start: Start, tmp_path: Path) -> None:
    token = tmp_path / "token"
    server = start()
    for text, words in (
        ("", "one bearer token"),
        ("two\nlines", "one bearer token"),
        ("sécret", "one bearer token"),
    ):
        token.write_text(text)
        with pytest.raises(UsageError, match=words) as caught:
            ask(server, token_file=str(token))
        assert text not in str(caught.value).removeprefix("--token-file: ") or not text
    token.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="cannot be read: it is not text"):
        ask(server, token_file=str(token))
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        ask(server, token_file=str(tmp_path / "none"))
    token.write_text("abc")
    with pytest.raises(UsageError, match="has a user already"):
        ask(server, url=f"http://mara:x@{server.address}", token_file=str(token))
    with pytest.raises(UsageError, match="--ca-file: there is no file"):
        ask(server, ca_file=str(tmp_path / "none.pem"))


def test_a_long_query_is_posted(start: Start) -> None:
    server = start([(WEB, [(START, "1")])])
    names = "|".join(f"https://{number}.example.com/" for number in range(200))
    assert len(ask(server, f'probe_success{{instance=~"{names}"}}').series) == 1
    assert server.asked[0].method == "POST"


def test_more_samples_than_can_be_held_are_refused(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_SAMPLES", 100)
    with pytest.raises(UptimeError, match="more than 100 samples in that span; ask for fewer series"):
        ask(start([(WEB, steady(START, START + HOUR))]))


def test_a_selector_that_stops_being_one_is_told(start: Start) -> None:
    def instead(_: Asked) -> Answer | None:
        return failure(400, "bad_data", "tenant gone") if len(server.asked) > 1 else None

    server = start([(WEB, steady(START, START + 9 * HOUR))], instead=instead)
    with pytest.raises(UsageError, match="cannot read the query: tenant gone"):
        ask(server, end=START + 9 * HOUR)


CONFIG = """
services:
  - name: shop
    endpoints:
      - {name: web, url: "https://web.example.com/"}
      - {name: api, url: "https://user:pw@api.example.com/v1?key=1"}
      - {name: mail, url: "tcp://mail.example.com:25"}
      - {name: plain, url: "http://both.example.com"}
      - {name: secure, url: "https://both.example.com"}
      - {name: twin, url: "https://twin.example.com/"}
  - name: other
    endpoints: [{name: twin, url: "https://twin.example.com/"}]
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "uptime.yml"
    path.write_text(CONFIG)
    return load_config([str(path)], {})


def samples(*values: Sample, **labels: str) -> Samples:
    found = Samples(tuple(sorted(labels.items())))
    for at, text in values:
        found.add(at, State.UP if text == "1" else State.DOWN)
    return found


@pytest.mark.parametrize(
    ("labels", "endpoint"),
    [
        ({"instance": "https://web.example.com/"}, "web"),
        ({"instance": "https://web.example.com"}, "web"),
        ({"instance": "web.example.com"}, "web"),
        ({"instance": "https://user:pw@api.example.com/v1?key=1"}, "api"),
        ({"instance": "https://api.example.com/v1"}, "api"),
        ({"instance": "mail.example.com:25"}, "mail"),
        ({"instance": "http://both.example.com/"}, "plain"),
        ({"uptime_service": "shop", "uptime_endpoint": "web", "instance": "exporter:9895"}, "web"),
    ],
)
def test_a_series_finds_its_endpoint_by_its_labels(
    config: Config, labels: dict[str, str], endpoint: str
) -> None:
    series = samples((1, "1"), **labels)
    assert dict(match([series], config, "here")) == {("shop", endpoint): series}


def test_series_that_are_about_none_or_several_are_all_listed_with_what_is_configured(config: Config) -> None:
    series = [
        samples((1, "1"), instance="https://web.example.com/"),
        samples((1, "1"), instance="https://elsewhere.example.com/"),
        samples((1, "1"), instance="both.example.com"),
        samples((1, "1"), instance="https://twin.example.com/"),
        samples((1, "1"), uptime_service="shop", uptime_endpoint="gone", instance="https://web.example.com/"),
        samples((1, "1"), job="x"),
    ]
    with pytest.raises(ConfigError) as caught:
        match(series, config, "http://p")
    assert str(caught.value).splitlines() == [
        'http://p: {instance="https://elsewhere.example.com/"} is about no endpoint of the configuration',
        'http://p: {instance="both.example.com"} may be about shop/plain or shop/secure; ask for it alone, and name one with --endpoint',
        'http://p: {instance="https://twin.example.com/"} may be about shop/twin or other/twin; ask for it alone, and name one with --endpoint',
        'http://p: {instance="https://web.example.com/",uptime_endpoint="gone",uptime_service="shop"} is about no endpoint of the configuration',
        'http://p: {job="x"} is about no endpoint of the configuration',
        (
            "http://p: configured are shop/web (https://web.example.com/), shop/api (https://api.example.com/v1), "
            "shop/mail (tcp://mail.example.com:25), shop/plain (http://both.example.com), shop/secure (https://both.example.com), "
            "shop/twin (https://twin.example.com/), other/twin (https://twin.example.com/); "
            "where the query gives one series, --endpoint SERVICE/ENDPOINT names it"
        ),
    ]


def test_many_series_about_nothing_are_counted(config: Config) -> None:
    with pytest.raises(ConfigError, match=r"and 80 more series"):
        match([samples((1, "1"), job=str(number)) for number in range(100)], config, "here")


def test_two_series_of_one_endpoint_are_joined_unless_they_contradict_each_other(config: Config) -> None:
    """Ruling 14: the same instant with the same result counts once, with another result it is an error."""
    labels = {"instance": "https://web.example.com/"}
    first = samples((1, "1"), (3, "0"), **labels, replica="a")
    second = samples((1, "1"), (2, "0"), **labels, replica="b")
    joined = match([first, second], config, "here")[("shop", "web")]
    assert told(joined) == [(1, State.UP), (2, State.DOWN), (3, State.DOWN)]

    second.add(3, State.UP)
    with pytest.raises(ConfigError) as caught:
        match([first, second], config, "here")
    assert str(caught.value) == (
        'here: shop/web: {instance="https://web.example.com/",replica="a"} is 0 and '
        '{instance="https://web.example.com/",replica="b"} is 1 at 1970-01-01T00:00:00.003Z; '
        "ask for one of them, or say which counts with `min by (...)` or `max by (...)`"
    )


def test_a_named_endpoint_takes_one_series_whatever_its_labels(config: Config) -> None:
    one, two = samples((1, "1"), job="x"), samples((1, "1"), job="y")
    assert dict(match([one], config, "here", ("shop", "web"))) == {("shop", "web"): one}
    with pytest.raises(
        UsageError, match=r'--endpoint: the query gives 2 series, \{job="x"\}, \{job="y"\}; ask for one'
    ):
        match([one, two], config, "here", ("shop", "web"))


def test_the_digest_depends_on_labels_and_samples_and_not_on_their_order() -> None:
    a, b = samples((1, "1"), job="a"), samples((1, "1"), job="b")
    assert digest([a, b]) == digest([b, a])
    assert (
        len(
            {
                digest([a, b]),
                digest([a]),
                digest([samples((1, "0"), job="a")]),
                digest([samples((2, "1"), job="a")]),
            }
        )
        == 4
    )


def test_samples_are_a_sequence_and_know_their_interval() -> None:
    found = samples((1, "1"), (11, "0"), (21, "1"), (61, "1"))
    assert found.interval == 10
    assert samples((1, "1")).interval is None
    assert [past.at for past in found[1:3]] == [11, 21]
    assert found[-1].vote is State.UP
    assert str(samples((1, "1"), __name__="up", job='a"b')) == 'up{job="a\\"b"}'
