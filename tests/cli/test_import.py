"""`import blackbox`: what is translated, told of and refused."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from exporter.cli.import_ import command
from exporter.config.load import load
from exporter.errors import ConfigError, UsageError

WHOLE = """
modules:
  http_2xx:
    prober: http
    timeout: 5s
    http:
      valid_http_versions: ["HTTP/1.1", "HTTP/2.0"]
      valid_status_codes: [200, 204]
      method: POST
      headers: {Host: shop.example.com, Accept-Language: en-US}
      follow_redirects: false
      fail_if_ssl: false
      fail_if_not_ssl: true
      body: '{"a": 1}'
      body_size_limit: 1MB
      compression: gzip
      fail_if_body_matches_regexp: ["Could not connect"]
      fail_if_body_not_matches_regexp: ["Download the latest"]
      fail_if_header_matches: [{header: Access-Control-Allow-Origin, allow_missing: false, regexp: '(\\*|example\\.com)'}]
      fail_if_header_not_matches: [{header: Server, regexp: nginx}]
      tls_config: {insecure_skip_verify: true, min_version: TLS13, server_name: shop}
      preferred_ip_protocol: ip4
      ip_protocol_fallback: false
      basic_auth: {username: probe, password: s3cret}
      enable_http2: true
  http_oauth:
    prober: http
    http:
      oauth2: {client_id: a, client_secret: s3cret, token_url: "https://login.example.com/token", scopes: [read]}
      proxy_url: http://proxy.example.com:3128
      no_proxy: 10.0.0.0/8,localhost
  http_token: {prober: http, http: {authorization: {credentials: s3cret}}}
  tcp_connect: {prober: tcp, timeout: 5s}
  smtp_starttls:
    prober: tcp
    tcp:
      query_response:
        - {expect: "^220 ([^ ]+) ESMTP (.+)$"}
        - {send: "EHLO ${1}"}
        - {expect: "^250-STARTTLS"}
        - {send: STARTTLS}
        - {expect: "^220"}
        - {starttls: true}
  imap_tls: {prober: tcp, tcp: {tls: true, query_response: [{expect: OK}]}}
  dns_soa:
    prober: dns
    dns:
      query_name: example.com
      query_type: SOA
      valid_rcodes: [NOERROR]
      transport_protocol: tcp
      validate_answer_rrs: {fail_if_not_matches_regexp: [SOA], fail_if_matches_regexp: [old]}
      validate_authority_rrs: {fail_if_none_matches_regexp: [ns1]}
  icmp_ttl: {prober: icmp, icmp: {ttl: 5, payload_size: 100, dont_fragment: true}}
  grpc_health: {prober: grpc, grpc: {service: shop, metadata: {x-tenant: [a]}}}
  sock: {prober: unix}
  live: {prober: websocket, websocket: {query_response: [{expect: hello}]}}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["blackbox", *arguments], catch_exceptions=False)


def test_what_it_writes_loads_and_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "blackbox.yml").write_text(WHOLE)
    ran = run(str(tmp_path / "blackbox.yml"))
    assert ran.exit_code == 0
    probes = yaml.safe_load(ran.stdout)["probes"]
    assert probes["http_2xx"] == {
        "type": "http",
        "method": "POST",
        "headers": {"Host": "shop.example.com", "Accept-Language": "en-US"},
        "follow_redirects": False,
        "body": '{"a": 1}',
        "compression": "gzip",
        "tls": {"insecure": True, "min_version": "1.3", "server_name": "shop"},
        "basic_auth": {"username": "probe", "password": "s3cret"},
        "ip_family": "4",
        "expect": {
            "http_version": ["1.1"],
            "status": ["200", "204"],
            "tls": "required",
            "max_body": "1MiB",
            "body_not_matches": ["Could not connect"],
            "body_matches": ["Download the latest"],
            "header_not_matches": {"Access-Control-Allow-Origin": r"(\*|example\.com)"},
            "header_matches": {"Server": "nginx"},
        },
    }
    assert probes["smtp_starttls"]["dialogue"][1] == {"send": "EHLO $${1}"}
    assert probes["imap_tls"]["type"] == "tls"
    assert probes["dns_soa"]["expect"] == {
        "answers_min": 0,
        "rcode": ["NOERROR"],
        "answers_all_match": ["SOA"],
        "answers_none_match": ["old"],
        "authority_any_match": ["ns1"],
    }
    assert "#   tcp_connect had timeout: 5s" in ran.stdout
    services = "services: [{name: a, endpoints: [{url: 'tcp://a:1'}]}]\n"
    (tmp_path / "uptime.yml").write_text(ran.stdout + services)
    config = load([str(tmp_path / "uptime.yml")], {})
    assert set(config.probes) == set(probes)
    assert config.probes["smtp_starttls"].model_dump()["dialogue"][1]["send"] == "EHLO ${1}"


def test_what_is_lost_or_different_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "b.yml"
    file.write_text(
        "modules:\n"
        "  a:\n"
        "    prober: http\n"
        "    http:\n"
        "      enable_http3: true\n"
        "      fail_if_body_json_matches_cel: 'body.a'\n"
        "      preferred_ip_protocol: ip6\n"
        "  b:\n"
        "    prober: dns\n"
        "    dns:\n"
        "      query_name: example.com\n"
        "      validate_answer_rrs: {fail_if_all_match_regexp: [a]}\n"
    )
    notes = run(str(file)).stderr.replace(f"{file}:", "").splitlines()
    assert [note.split(maxsplit=3)[1:3] for note in notes] == [
        ["5:", "has"],
        ["6:", "has"],
        ["7:", "addresses"],
        ["11:", "without"],
        ["12:", "`fail_if_all_match_regexp`"],
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("modules: {a: {prober: htp}}", "1: `prober`: there is no `htp`; did you mean `http`?"),
        ("modules:\n  a:\n    prober: http\n    http:\n      metod: GET", "5: unknown key `metod`; did you mean `method`?"),
        ("modules: {a: {prober: dns, dns: {query_type: A}}}", "1: `query_name` is missing"),
        ("- a", "1: has no map `modules`; is it a configuration of blackbox_exporter?"),
        ("modules: {a: [b]}", "1: `a` must be a map (`key: value`), not a list"),
        ("modules: [", "is not valid YAML"),
    ],
)  # fmt: skip
def test_scenario_55_what_blackbox_exporter_would_refuse_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "b.yml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        run(str(tmp_path / "b.yml"))
    assert said in str(caught.value)


def test_it_writes_a_file_but_never_over_one(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text("modules: {a: {prober: tcp}}")
    out = tmp_path / "probes.yml"
    ran = run(str(tmp_path / "b.yml"), "--out", str(out))
    assert "1 probes in" in ran.stderr
    assert yaml.safe_load(out.read_text()) == {"probes": {"a": {"type": "tcp"}}}
    with pytest.raises(UsageError, match="File exists"):
        run(str(tmp_path / "b.yml"), "--out", str(out))
    with pytest.raises(UsageError, match="No such file"):
        run(str(tmp_path / "nothing.yml"))
