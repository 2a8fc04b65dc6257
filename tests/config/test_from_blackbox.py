"""Values of blackbox_exporter's configuration that must not change on their way."""

from pathlib import Path

import pytest
import yaml

from exporter.config.from_blackbox import Probe, translate
from exporter.config.load import load
from exporter.errors import ConfigError

TRUE = ("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y")
FALSE = ("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N")


def module(prober: str, options: str) -> tuple[Probe, list[str]]:
    imported = translate(f"modules: {{a: {{prober: {prober}, {prober}: {{{options}}}}}}}", "b.yml")
    return dict(imported.probes["a"]), list(imported.notes)


@pytest.mark.parametrize(("text", "meant"), [(t, True) for t in TRUE] + [(t, False) for t in FALSE])
def test_a_boolean_is_read_in_every_spelling_of_yaml(text: str, meant: bool) -> None:
    probe, _ = module(
        "http",
        f"follow_redirects: {text}, fail_if_not_ssl: {text}, tls_config: {{insecure_skip_verify: {text}}}",
    )
    assert probe["follow_redirects"] is meant
    assert probe.get("expect", {}).get("tls") == ("required" if meant else None)
    assert probe["tls"] == {"insecure": meant}
    assert module("tcp", f"tls: {text}")[0]["type"] == ("tls" if meant else "tcp")
    assert module("icmp", f"dont_fragment: {text}")[0]["dont_fragment"] is meant
    assert module("icmp", f"ip_protocol_fallback: {text}")[0].get("ip_family") == (None if meant else "6")
    dns, _ = module("dns", f"query_name: a, recursion_desired: {text}, dns_over_tls: {text}")
    assert dns["query"]["recursion"] is meant
    assert dns.get("transport") == ("tls" if meant else None)
    steps = module("tcp", f"query_response: [{{starttls: {text}}}]")[0]["dialogue"]
    assert steps == ([{"starttls": True}] if meant else [])
    for prober, key in (("http", "enable_http3"), ("unix", "tls"), ("grpc", "tls")):
        assert bool(module(prober, f"{key}: {text}")[1]) is meant


@pytest.mark.parametrize(
    ("prober", "options", "said"),
    [
        ("http", "follow_redirects: maybe", "`follow_redirects` must be true or false, not `maybe`"),
        ("http", "enable_http2: tRUE", "`enable_http2` must be true or false, not `tRUE`"),
        ("http", "fail_if_ssl: [true]", "`fail_if_ssl` must be true or false, not a list"),
        ("http", "tls_config: {insecure_skip_verify: 1}", "`insecure_skip_verify` must be true or false"),
        ("tcp", "query_response: [{starttls: x}]", "`starttls` must be true or false, not `x`"),
        ("icmp", "ttl: abc", "`ttl` must be a whole number, not `abc`"),
        ("icmp", "ttl: 1.5", "`ttl` must be a whole number, not `1.5`"),
        ("icmp", "payload_size: [1]", "`payload_size` must be a whole number, not a list"),
        ("http", "body_size_limit: 5", "`body_size_limit` must be a size such as 5MB, not `5`"),
        ("http", "body_size_limit: 5kB", "`body_size_limit` must be a size such as 5MB, not `5kB`"),
        ("http", "body_size_limit: {a: b}", "`body_size_limit` must be a size such as 5MB, not a map"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(prober: str, options: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        translate(f"modules:\n  a:\n    prober: {prober}\n    {prober}:\n      {options}\n", "b.yml")
    assert f"b.yml:5: {said}" in str(caught.value)


@pytest.mark.parametrize(
    ("there", "here"),
    [("5MB", "5MiB"), ("5MiB", "5MiB"), ("1KB", "1KiB"), ("2GB", "2GiB"), ("1TB", "1024GiB"),
     ("1.5KB", "1536B"), ("1.MB", "1MiB"), ("1MB1B", "1048577B"), ("0", None)],
)  # fmt: skip
def test_sizes_are_powers_of_two(there: str, here: str | None) -> None:
    probe, _ = module("http", f"body_size_limit: {there}")
    assert probe.get("expect", {}).get("max_body") == here


@pytest.mark.parametrize("key", ["matches", "not_matches"])
def test_all_rules_for_one_header_are_kept(tmp_path: Path, key: str) -> None:
    rules = ", ".join(f"{{header: Via, regexp: r{number}}}" for number in range(8))
    probe, _ = module("http", f"fail_if_header_{key}: [{rules}]")
    ours = "header_matches" if key == "not_matches" else "header_not_matches"
    found = probe["expect"][ours]
    assert [name.lower() for name in found] == ["via"] * 8
    assert list(found.values()) == [f"r{number}" for number in range(8)]
    assert next(iter(found)) == "Via"
    assert len(loaded(tmp_path, probe)["expect"][ours]) == 8


def test_a_rule_that_no_spelling_is_left_for_is_told_of() -> None:
    rules = ", ".join(f"{{header: X, regexp: r{number}}}" for number in range(3))
    probe, notes = module("http", f"fail_if_header_not_matches: [{rules}]")
    assert probe["expect"]["header_matches"] == {"X": "r0", "x": "r1"}
    assert notes == ["b.yml:1: one rule too many for `X`: this one is left out"]


@pytest.mark.parametrize(
    ("key", "allowed", "said"),
    [
        ("fail_if_header_matches", "", "an answer without `A` passes here"),
        ("fail_if_header_matches", ", allow_missing: No", "an answer without `A` passes here"),
        ("fail_if_header_matches", ", allow_missing: True", ""),
        ("fail_if_header_not_matches", "", ""),
        ("fail_if_header_not_matches", ", allow_missing: false", ""),
        ("fail_if_header_not_matches", ", allow_missing: yes", "an answer without `A` fails here"),
    ],
)
def test_a_missing_header_is_told_of_exactly_where_it_is_judged_otherwise(
    key: str, allowed: str, said: str
) -> None:
    _, notes = module("http", f"{key}: [{{header: A, regexp: b{allowed}}}]")
    assert len(notes) == bool(said)
    assert said in "".join(notes)


@pytest.mark.parametrize("text", ["${HOME}", "a$$b", "$${A}", "$$$", "$$${A}", "^a$", "$1 ${", "$"])
def test_a_dollar_sign_stays_what_it_is(tmp_path: Path, text: str) -> None:
    probe, _ = module(
        "http",
        f"body: '{text}', headers: {{X-A: '{text}'}}, basic_auth: {{username: a, password: '{text}'}}",
    )
    settings = loaded(tmp_path, probe)
    assert settings["body"] == text
    assert settings["headers"] == {"X-A": text}
    assert probe["basic_auth"]["password"].count("$") >= text.count("$")
    dialogue = module("tcp", f"query_response: [{{send: '{text}'}}]")[0]
    if "${" not in text or text == "${HOME}":
        assert loaded(tmp_path, dialogue)["dialogue"][0]["send"] == text


def test_a_dollar_sign_that_means_nothing_is_not_doubled() -> None:
    assert module("http", "fail_if_body_matches_regexp: ['^a$']")[0]["expect"]["body_not_matches"] == ["^a$"]


def loaded(folder: Path, probe: Probe) -> Probe:
    """What our configuration reads from a translated probe, with an empty environment."""
    services = [{"name": "s", "endpoints": [{"url": "tcp://a:1"}]}]
    (folder / "u.yml").write_text(yaml.safe_dump({"probes": {"a": probe}, "services": services}))
    return load([str(folder / "u.yml")], {}).probes["a"].model_dump()
