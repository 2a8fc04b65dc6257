import json
import os
import pty
import socket
import ssl
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from textwrap import wrap
from typing import Any

import pytest
import trustme
from click import unstyle
from click.testing import CliRunner, Result

from exporter.cli.probe import command
from exporter.errors import ConfigError, UsageError
from tests.support.target import Target


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=True, catch_exceptions=False)


@pytest.fixture
def target() -> Iterator[Target]:
    with closing(Target()) as server:
        yield server


def test_a_success_is_told_as_a_table_with_status_0(target: Target) -> None:
    ran = run(target.url)
    assert ran.exit_code == 0
    rows = dict(line.split(None, 1) for line in ran.output.partition("\n\n")[0].splitlines())
    assert (rows["result"], rows["status"], rows["target"]) == ("success", "200", target.url)
    assert rows["connect"].endswith(" ms")
    assert rows["resolve"] == "-"


def test_json_has_everything(target: Target) -> None:
    found: dict[str, Any] = json.loads(run(target.url, "--format", "json").output)
    assert (found["result"], found["reason"], found["detail"], found["type"]) == ("success", None, "", "http")
    assert found["http"] == {"status": 200}
    assert list(found["phases"]) == ["resolve", "connect", "tls", "processing", "transfer"]
    assert found["phases"]["tls"] is None
    assert 0 < found["phases"]["connect"] <= found["duration_seconds"]
    assert "tls" not in found


def test_a_failure_has_its_reason_and_status_1(target: Target) -> None:
    target.fail(503)
    ran = run(target.url, "--format", "json")
    found = json.loads(ran.output)
    assert ran.exit_code == 1
    assert (found["result"], found["reason"], found["detail"]) == ("failure", "status", "status 503")
    assert "failure (status)" in run(target.url).output


def test_a_tcp_probe_has_its_own_phases(target: Target) -> None:
    ran = run(f"tcp://127.0.0.1:{target.port}", "--format", "json")
    assert list(json.loads(ran.output)["phases"]) == ["resolve", "connect", "tls", "processing"]


def test_neither_credentials_nor_query_are_shown(target: Target) -> None:
    ran = run(f"http://me:hush@127.0.0.1:{target.port}/x?key=hush")
    assert "hush" not in ran.output
    assert f"http://127.0.0.1:{target.port}/x" in ran.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("example.com",),
        ("gopher://example.com/",),
        ("http://",),
        ("http://a b/",),
    ],
)
def test_wrong_arguments_are_refused_with_status_2(arguments: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as refused:
        run(*arguments)
    assert refused.value.exit_status == 2
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("timeout", ["5", "0s", "soon"])
def test_a_wrong_timeout_is_refused_by_its_name(timeout: str) -> None:
    with pytest.raises(UsageError, match=r"^--timeout: ") as refused:
        run("http://h/", "--timeout", timeout)
    assert refused.value.exit_status == 2


@pytest.fixture
def config(tmp_path: Path, target: Target, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("API_KEY", "hush-hush")
    file = tmp_path / "uptime.yml"
    file.write_text(
        f"""
probes:
  api: {{type: http, headers: {{X-Key: "${{API_KEY}}"}}, expect: {{status: [503]}}}}
  port: {{type: tcp}}
services:
  - {{name: site, endpoints: [{{url: "{target.url}"}}], slos: [{{objective: 99}}]}}
"""
    )
    return file


def test_named_settings_come_from_the_configuration(target: Target, config: Path) -> None:
    arguments = (target.url, "--probe", "api", "--config.file", str(config))
    assert run(*arguments).exit_code == 1
    target.fail(503)
    assert run(*arguments).exit_code == 0


def test_a_rule_that_comes_from_the_environment_is_not_shown(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATTERN", r".*hush\d")
    file = tmp_path / "uptime.yml"
    file.write_text(
        f"""
probes:
  api: {{type: http, expect: {{body_matches: ["${{PATTERN}}"]}}}}
services:
  - {{name: site, endpoints: [{{url: "{target.url}"}}], slos: [{{objective: 99}}]}}
"""
    )
    ran = run(target.url, "--probe", "api", "--config.file", str(file))
    assert "the body does not match '<secret>'" in ran.output
    assert "hush" not in ran.output


def test_a_name_that_is_unknown_or_of_another_type_is_refused(target: Target, config: Path) -> None:
    for name, why in (("apo", "it has: api, port"), ("port", "does not probe http://")):
        with pytest.raises(UsageError, match=why):
            run(target.url, "--probe", name, "--config.file", str(config))


def test_a_wrong_configuration_is_told(target: Target, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        run(target.url, "--probe", "api", "--config.file", str(tmp_path / "missing.yml"))


def test_a_certificate_that_nobody_trusts_is_shown_with_its_end() -> None:
    certificate = trustme.CA().issue_cert("127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"https://127.0.0.1:{server.server_port}/"
        ran = run(url, "--format", "json")
        table = run(url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    found = json.loads(ran.output)
    assert (ran.exit_code, found["reason"]) == (1, "certificate")
    assert (found["tls"]["verified"], found["tls"]["version"]) == (False, "TLSv1.3")
    assert found["tls"]["not_after"].endswith("Z")
    assert found["tls"]["problem"] == found["detail"]
    assert f"not verified: {found['detail']}" in table.output


SECRETS = """
probes:
  api:
    type: http
    token: "${TOKEN}"
    body: "key=${TOKEN}"
    method: POST
    expect:
      status: [2xx]
      header_matches: {Server: Base, X-None: a}
      body_matches: [ok, "${TOKEN}"]
      body_not_matches: [broken]
      json: "$[?@.a]"
      max_body: 1KiB
services: [{name: a, endpoints: [{url: "tcp://127.0.0.1:1"}]}]
"""


def test_it_says_what_was_sent_received_and_expected_without_secrets(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All rules are tried, also those after the first that does not hold; no secret is shown anywhere."""
    monkeypatch.setenv("TOKEN", "s3cret-token")
    (tmp_path / "uptime.yml").write_text(SECRETS)
    arguments = (target.url, "--probe", "api", "--config.file", str(tmp_path / "uptime.yml"))
    table, found = run(*arguments).output, json.loads(run(*arguments, "--format", "json").output)
    lines = [f"{each['kind']} {each['text']}" for each in found["details"]["lines"]]
    assert "sent POST / HTTP/1.1" in lines
    assert "sent Authorization: <secret>" in lines
    assert "received HTTP/1.0 501" in lines
    judged = [line for line in lines if line.startswith("expected")]
    assert judged[:3] == [
        "expected the status (status 501): no",
        "expected header server matches 'Base': yes",
        "expected header x-none matches 'a': no",
    ]
    assert "  > POST / HTTP/1.1" in table
    assert found["details"]["facts"]["address"] == "127.0.0.1"
    assert "s3cret" not in table + json.dumps(found)


def test_every_rule_of_a_whole_answer_is_tried(target: Target, tmp_path: Path) -> None:
    target.body = b'{"a": 1}'
    (tmp_path / "uptime.yml").write_text(
        "probes: {api: {type: http, expect: {body_matches: [no, a], body_not_matches: [a, b], json: ['$[?@.a]', '$[?@.b]'],"
        " max_body: 1KiB}}}\nservices: [{name: a, endpoints: [{url: 'tcp://127.0.0.1:1'}]}]\n"
    )
    found = json.loads(
        run(
            target.url, "--probe", "api", "--config.file", str(tmp_path / "uptime.yml"), "--format", "json"
        ).output
    )
    judged = [each["text"] for each in found["details"]["lines"] if each["kind"] == "expected"]
    assert judged == [
        "the status: yes",
        "the body matches 'no': no",
        "the body matches 'a': yes",
        "the body does not match 'a': no",
        "the body does not match 'b': yes",
        "the body has something for '$[?@.a]': yes",
        "the body has something for '$[?@.b]': no",
        "at most 1024 bytes: yes",
    ]


def test_scenario_28_a_chain_that_nobody_trusts_is_printed_all_the_same(tmp_path: Path) -> None:
    del tmp_path
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler(BaseHTTPRequestHandler):
        """Never asked."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        url = f"https://localhost:{server.server_address[1]}/"
        found = json.loads(run(url, "--format", "json").output)
        table = run(url).output
    finally:
        server.shutdown()
        server.server_close()
    assert (found["reason"], found["details"]["chain"][0]["names"]) == ("certificate", ["localhost"])
    assert found["details"]["facts"]["tls_version"] == "TLSv1.3"
    assert "certificates\n  " in table
    assert "for        localhost" in table


@contextmanager
def saying(answer: bytes, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that says the same to everybody, whatever it is asked; its port."""

    def serve() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            with (
                suppress(OSError),
                client,
                context.wrap_socket(client, server_side=True) if context else client as peer,
            ):
                peer.sendall(answer)
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(4096):
                    pass

    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        server.close()


def on_a_terminal(columns: int, *arguments: str) -> list[str]:
    """The lines that the command writes on a terminal of that width, without colours."""
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, columns))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    command_line = [sys.executable, "-m", "exporter", "probe", *arguments]
    with subprocess.Popen(command_line, stdin=follower, stdout=follower, env=environment):
        os.close(follower)
        said = b""
        with suppress(OSError):  # Linux tells the end of a terminal so
            while some := os.read(leader, 4096):
                said += some
    os.close(leader)
    return unstyle(said.decode()).splitlines()


def test_control_characters_of_a_dialogue_never_reach_the_terminal(tmp_path: Path) -> None:
    config = tmp_path / "uptime.yml"
    config.write_text(
        "probes: {t: {type: tcp, dialogue: [{expect: ready}]}}\n"
        "services: [{name: a, endpoints: [{url: 'tcp://127.0.0.1:1'}]}]\n"
    )
    answer = "a\x1b]0;title\x07b \x7f\u202eevil\u2066\u200f ready\n"
    with saying(answer.encode()) as port:
        arguments = (f"tcp://127.0.0.1:{port}", "--probe", "t", "--config.file", str(config))
        table, found = run(*arguments).output, json.loads(run(*arguments, "--format", "json").output)
    assert "  < a\\x1b]0;title\\x07b \\x7f\\u202eevil\\u2066\\u200f ready\n" in table
    assert answer.strip() in [each["text"] for each in found["details"]["lines"]]


def test_control_characters_of_a_header_never_reach_the_terminal() -> None:
    answer = b"HTTP/1.1 200 OK\r\nX-Title: \x9b31mred\tand\x9d0;x\x9c\r\nContent-Length: 0\r\n\r\n"
    with saying(answer) as port:
        table = run(f"http://127.0.0.1:{port}/").output
    assert "\\x9b31mred\\x09and\\x9d0;x\\x9c\n" in table
    assert all(sign == "\n" or sign.isprintable() for sign in table)


@pytest.mark.parametrize("mark", ["?", "#"])
def test_the_query_of_a_location_is_not_shown(mark: str) -> None:
    location = f"http://h/in{mark}token=s3cret and s3cret"
    answer = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    with saying(answer.encode()) as port:
        table, found = (
            run(f"http://127.0.0.1:{port}/", "--format", each).output for each in ("table", "json")
        )
    assert f": http://h/in{mark}***\n" in table
    assert "s3cret" not in table + found


def test_long_lines_hang_in_the_width_of_a_terminal_and_are_whole_elsewhere() -> None:
    names = [f"name-{number}.very-long.example.com" for number in range(12)]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1", *names).configure_cert(context)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    with saying(answer, context) as port:
        url = f"https://127.0.0.1:{port}/"
        lines, piped = on_a_terminal(60, url), run(url).output.splitlines()
    assert max(map(len, lines)) <= 60
    first = next(number for number, line in enumerate(lines) if line.startswith("    for        "))
    last = next(number for number, line in enumerate(lines) if line.startswith("    issuer     "))
    assert [line[:15] for line in lines[first + 1 : last]] == [" " * 15] * (last - first - 1)
    (whole,) = [line for line in piped if line.startswith("    for        ")]
    assert [line[15:] for line in lines[first:last]] == wrap(whole[15:], 45, break_on_hyphens=False)
    assert all(name in whole for name in names)


def test_a_long_line_of_the_exchange_hangs_after_its_sign() -> None:
    answer = b"HTTP/1.1 200 OK\r\nX-Long: " + b"word " * 40 + b"\r\nContent-Length: 0\r\n\r\n"
    with saying(answer) as port:
        lines = on_a_terminal(50, f"http://127.0.0.1:{port}/")
    first = next(number for number, line in enumerate(lines) if "x-long:" in line.lower())
    assert lines[first].startswith("  < ")
    assert all(line.startswith("    word ") for line in lines[first + 1 : first + 4])
    assert max(map(len, lines)) <= 50
