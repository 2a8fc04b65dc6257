import json
import re
import subprocess
import sys
from typing import Any

import pytest
import regex
from pydantic import ValidationError

from exporter.probes.base import ProbeSettings
from exporter.probes.check import HttpCheck, Step, TcpCheck
from exporter.probes.dns import DnsSettings
from exporter.probes.fields import parse_status, rule
from exporter.probes.http import HttpSettings
from exporter.probes.net.http1 import Answer
from exporter.probes.net.judge import Judge
from exporter.probes.registry import TYPES, by_kind, by_scheme
from exporter.probes.result import Phases, ProbeFailed, Reason
from exporter.probes.tcp import TcpSettings
from exporter.probes.tls import TlsProbeSettings
from exporter.probes.unix import UnixSettings


def test_every_kind_and_scheme_finds_its_type() -> None:
    assert {kind: settings.kind for kind, settings in by_kind.items()} == {
        "http": "http",
        "tcp": "tcp",
        "dns": "dns",
        "unix": "unix",
        "tls": "tls",
        "icmp": "icmp",
        "udp": "udp",
        "grpc": "grpc",
        "ws": "ws",
        "heartbeat": "heartbeat",
        "command": "command",
    }
    assert {scheme: settings.kind for scheme, settings in by_scheme.items()} == {
        "http": "http",
        "https": "http",
        "grpc": "grpc",
        "grpcs": "grpc",
        "ws": "ws",
        "wss": "ws",
        "heartbeat": "heartbeat",
        "command": "command",
        "tcp": "tcp",
        "dns": "dns",
        "unix": "unix",
        "tls": "tls",
        "icmp": "icmp",
        "udp": "udp",
    }
    assert sum(len(settings.schemes) for settings in TYPES) == len(by_scheme)


@pytest.mark.parametrize("settings", TYPES)
def test_every_type_says_what_it_can_produce(settings: type[ProbeSettings]) -> None:
    assert set(settings.reasons) <= set(Reason)
    assert set(settings.phases) <= set(Phases._fields)
    assert len(set(settings.reasons)) == len(settings.reasons)


def test_scalars_arrive_as_text() -> None:
    settings = HttpSettings.model_validate(
        {
            "method": "POST",
            "headers": {"X-Number": "1.10"},
            "body": "no",
            "expect": {"status": ["2xx", "401", "500-502"], "max_body": "64KiB", "body_matches": "ok"},
            "tls": {"insecure": "true", "min_version": "1.3"},
            "follow_redirects": "no",
            "ip_family": "6",
        }
    )
    check = settings.check("http://a.example/", 1500)
    assert check.timeout == 1_500_000_000
    assert check.redirects == 0
    assert check.insecure
    assert {200, 299, 401, 500, 501, 502} <= check.rules.statuses
    assert not {300, 400, 503} & check.rules.statuses
    assert (check.rules.max_body, check.rules.strict) == (65536, True)
    assert [rule.text for rule in check.rules.body] == ["ok"]


def test_the_defaults_are_a_get_that_expects_2xx_and_follows_redirects() -> None:
    check = HttpSettings().check("https://a.example/", 5000)
    assert check.hop.method == "GET"
    assert check.rules.statuses == frozenset(range(200, 300))
    assert (check.rules.max_body, check.rules.strict, check.redirects) == (1 << 20, False, 10)
    assert check.tls.min_version == "1.2"
    assert (check.hop.place.host, check.hop.place.port, check.hop.secure) == ("a.example", 443, True)


def test_endpoints_of_one_setting_share_its_rules() -> None:
    settings = HttpSettings()
    assert settings.check("http://a/", 1).rules is settings.check("http://b/", 1).rules
    assert (
        HttpSettings().check("http://a/", 1).rules.statuses is settings.check("http://a/", 1).rules.statuses
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"unknown": "x"},
        {"method": "post"},
        {"method": "GET /"},
        {"method": "CONNECT"},
        {"headers": {"X\r\nY": "z"}},
        {"headers": {"X:": "z"}},
        {"headers": {"X": "a\r\nY: b"}},
        {"headers": {"X": "a\nb"}},
        {"headers": {"X": "a\x00b"}},
        {"headers": {"Content-Length": "3"}},
        {"headers": {"connection": "keep-alive"}},
        {"headers": {"X-A": "1", "x-a": "2"}},
        {"expect": {"status": []}},
        {"expect": {"status": ["2x"]}},
        {"expect": {"status": ["204-200"]}},
        {"expect": {"status": ["99"]}},
        {"expect": {"status": ["040"]}},
        {"expect": {"body_matches": ["("]}},
        {"expect": {"header_matches": {"X": "["}}},
        {"expect": {"header_matches": {"X Y": "a"}}},
        {"expect": {"max_body": "0"}},
        {"expect": {"max_body": "lots"}},
        {"tls": {"min_version": "1.1"}},
        {"tls": {"key_file": "key.pem"}},
        {"tls": {"insecure": "perhaps"}},
        {"ip_family": "5"},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HttpSettings.model_validate(wrong)


def test_a_refusal_never_shows_what_was_given() -> None:
    with pytest.raises(ValidationError) as refused:
        HttpSettings.model_validate({"headers": {"Authorization": "hush\nhush"}, "body": {"hush": "hush"}})
    assert "hush" not in str(refused.value)


def test_what_may_be_secret_is_not_in_the_repr() -> None:
    settings = HttpSettings(headers={"X-Key": "hush"}, body="hush")
    check = settings.check("https://u:hush@a.example/?token=hush", 1)
    assert "hush" not in repr(settings) + repr(check)


@pytest.mark.parametrize(
    ("url", "settings", "why"),
    [
        ("ftp://h/", HttpSettings(), "takes http and https"),
        ("http://h/ä", HttpSettings(), "percent-encode"),
        ("http://u:p@h/", HttpSettings(headers={"authorization": "x"}), "keep one"),
        ("http://127.0.0.1/", HttpSettings(ip_family="6"), "ip_family"),
        ("tcp://[::1]:1", TcpSettings(ip_family="4"), "ip_family"),
        ("tcp://h", TcpSettings(), "tcp://host:port"),
        ("tcp://h:1/x", TcpSettings(), "tcp://host:port"),
        ("tcp://u@h:1", TcpSettings(), "tcp://host:port"),
        ("http://h:1", TcpSettings(), "tcp://host:port"),
    ],
)
def test_a_url_that_does_not_fit_is_refused_with_the_reason(
    url: str, settings: ProbeSettings, why: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        settings.check(url, 5000)


@pytest.mark.parametrize("settings", [HttpSettings(), TcpSettings()])
@pytest.mark.parametrize("timeout", [0, -1])
def test_a_timeout_must_be_positive(settings: ProbeSettings, timeout: int) -> None:
    with pytest.raises(ValueError, match="timeout"):
        settings.check(f"{settings.schemes[0]}://127.0.0.1:1", timeout)


def test_checks_are_of_their_type() -> None:
    assert isinstance(HttpSettings().check("http://h", 1), HttpCheck)
    assert isinstance(TcpSettings().check("tcp://h:1", 1), TcpCheck)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("200", [200]),
        ("2xx", list(range(200, 300))),
        ("5XX", list(range(500, 600))),
        ("200-202", [200, 201, 202]),
    ],
)
def test_statuses_are_codes_classes_and_ranges(text: str, codes: list[int]) -> None:
    assert list(parse_status(text)) == codes


@pytest.mark.parametrize(
    ("text", "text_searched"),
    [(".*ok", "ok"), (".*?ok.*", "ok.*"), ("^.*ok", "^.*ok"), (".*+", ".*+"), ("a.*b", "a.*b"), (".*", "")],
)
def test_a_leading_dot_star_is_left_out(text: str, text_searched: str) -> None:
    assert rule(text) == (text, regex.compile(text_searched))


def test_the_settings_load_no_network_library() -> None:
    code = "import json, sys, exporter.probes.registry; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = set(json.loads(ran.stdout))
    assert (
        not {
            "asyncio",
            "httptools",
            "OpenSSL",
            "ssl",
            "aiohttp",
            "requests",
            "idna",
            "regex",
            "jsonpath",
            "brotli",
        }
        & loaded
    )


def test_a_rule_is_shown_as_it_is_configured() -> None:
    rules = HttpSettings.model_validate({"expect": {"body_matches": ".*hush"}}).expect.rules("")
    answer = Answer(100, keep=True)
    answer.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
    with pytest.raises(ProbeFailed, match=re.escape("the body does not match '.*hush'")):
        Judge(rules, answer).body()


def test_a_dns_url_asks_as_in_rfc_4501() -> None:
    check = DnsSettings().check("dns://ns1.example.com/%2A.example.com?type=mx", 1500)
    assert (check.place.host, check.place.port) == ("ns1.example.com", 53)
    assert (check.name, check.type, check.recursion, check.transport) == ("*.example.com", "MX", True, "udp")
    assert DnsSettings().check("dns://192.0.2.53:5353/example.com", 1500).type == "A"
    assert DnsSettings.model_validate({"query": {"name": "."}}).check("dns://192.0.2.53", 1).name == "."


@pytest.mark.parametrize(
    ("url", "settings", "said"),
    [
        ("dns://192.0.2.53", {}, "is dns://server/name?type=MX, or dns://server with `query`"),
        ("dns://192.0.2.53/?type=A", {}, "is dns://server/name?type=MX"),
        ("dns://192.0.2.53/example.com?class=CH", {}, "is dns://server/name?type=MX"),
        ("dns://mara@192.0.2.53/example.com", {}, "is dns://server/name?type=MX"),
        ("tcp://192.0.2.53:53", {}, "is dns://server/name?type=MX"),
        ("dns://192.0.2.53/example.com?type=AXFR", {}, "is not a type of records: 'AXFR'"),
        ("dns://192.0.2.53/example.com?type=MXX", {}, "is not a type of records: 'MXX'"),
        ("dns://192.0.2.53/exa mple.com", {}, "percent-encode it"),
        ("dns://192.0.2.53/a..com", {}, "no valid host name"),
        ("dns://192.0.2.53/example.com", {"query": {"name": "a.example"}}, "has a `query` too: remove one"),
    ],
)
def test_a_dns_url_that_asks_nothing_is_refused(url: str, settings: dict[str, object], said: str) -> None:
    made = DnsSettings.model_validate(settings)
    with pytest.raises(ValueError, match=re.escape(said)):
        made.check(url, 1500)


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({"rcode": "NOPE"}, "is not an rcode: 'NOPE'"),
        ({"rcode": []}, "at least 1"),
        ({"answers_any_match": "("}, "is not a regular expression"),
        ({"answers_min": -1}, "greater than or equal to 0"),
    ],
)
def test_a_dns_answer_that_can_never_be_is_refused(expect: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        DnsSettings.model_validate({"expect": expect})


def test_a_unix_url_is_a_path() -> None:
    check = UnixSettings().check("unix:///run/my%20app.sock", 1500)
    assert (check.path, check.timeout) == ("/run/my app.sock", 1_500_000_000)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("unix://run/app.sock", "is unix:///path/of/the.sock"),
        ("unix://", "is unix:///path/of/the.sock"),
        ("tcp:///run/app.sock", "is unix:///path/of/the.sock"),
        ("unix:///run/%00app.sock", "is unix:///path/of/the.sock"),
        ("unix:///" + "x" * 107, "at most 107 bytes"),
    ],
)
def test_a_unix_url_that_is_no_path_is_refused(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        UnixSettings().check(url, 1500)


@pytest.mark.parametrize(
    ("dialogue", "said"),
    [
        ([{}], "one of `expect`, `send` and `starttls: true`"),
        ([{"expect": "a", "send": "b"}], "one of `expect`, `send` and `starttls: true`"),
        ([{"starttls": True}, {"starttls": True}], "TLS is there already: remove this `starttls`"),
        ([{"expect": "(a)"}, {"send": "${2}"}], "`send` has ${2}, but the `expect` before it has no group 2"),
        ([{"send": "${1}"}], "`send` has ${1}, but the `expect` before it has no group 1"),
        ([{"expect": "("}], "is not a regular expression"),
    ],
)
def test_a_dialogue_that_cannot_go_on_is_refused(dialogue: list[dict[str, object]], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        TcpSettings.model_validate({"dialogue": dialogue})


def test_a_tls_probe_begins_with_its_handshake() -> None:
    check = TlsProbeSettings().check("tls://api.example.com", 1500)
    assert (check.place.port, check.server_name, check.steps) == (
        443,
        "api.example.com",
        (Step(starttls=True),),
    )
    named = TlsProbeSettings.model_validate(
        {"tls": {"server_name": "a.example"}, "dialogue": [{"send": "x"}]}
    )
    check = named.check("tls://192.0.2.1:465", 1500)
    assert (check.place.port, check.server_name, len(check.steps)) == (465, "a.example", 2)
    for url in ("tls://a.example/path", "tls://mara@a.example", "tcp://a.example:1"):
        with pytest.raises(ValueError, match="is tls://host or tls://host:port"):
            named.check(url, 1500)
    with pytest.raises(ValueError, match="TLS is there already"):
        TlsProbeSettings.model_validate({"dialogue": [{"starttls": True}]})
