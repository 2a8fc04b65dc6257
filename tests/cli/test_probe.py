import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
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
