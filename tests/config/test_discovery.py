"""What discovery finds becomes endpoints and SLOs; what it may not say is told with file and line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.config.lenient import kept, load_leniently
from exporter.config.load import load
from exporter.config.model import Config
from exporter.errors import ConfigError
from tests.support.mistakes import SERVICE

LoadText = Callable[..., Config]
Problems = Callable[..., list[str]]

SLOS = """
  slos:
    gold: {objective: 99.9}
    fast: {objective: 99, sli: {latency: {threshold: 300ms}}}
probes:
  fine: {type: tcp}
"""


def target_file(text: str, name: str = "targets.json") -> None:
    Path(name).write_text(text)


def names(config: Config) -> dict[str, dict[str, str]]:
    return {service.name: {each.name: each.url for each in service.endpoints} for service in config.services}


def test_labels_choose_service_name_probe_and_slos(load_text: LoadText) -> None:
    Path("targets.yml").write_text("""
- targets: [shop.example.com, 'https://shop.example.com/cart?x=$1']
  labels: {uptime_service: shop, uptime_slos: 'gold, fast', env: prod, __meta_zone: a, job: web}
- targets: ['db.example.com:5432']
  labels:
    uptime_service: db
    uptime_endpoint: main
    uptime_probe: fine
    __scrape_interval__: 1m
    __scrape_timeout__: 3s
- targets: ['10.0.0.1:443']
  labels: {job: edge, __scheme__: https, __param_module: ''}
""")
    config = load_text("discovery:\n  file_sd: [targets.yml]" + SLOS)
    assert names(config) == {
        "shop": {
            "shop.example.com": "http://shop.example.com",
            "shop.example.com-cart": "https://shop.example.com/cart?x=$1",
        },
        "db": {"main": "tcp://db.example.com:5432"},
        "edge": {"10.0.0.1": "https://10.0.0.1:443"},
    }
    shop, db, edge = config.services
    assert [slo.name for slo in shop.slos] == ["gold", "fast"]
    assert db.slos == edge.slos == ()
    assert shop.endpoints[0].labels == (("env", "prod"),)
    assert (db.endpoints[0].policy.interval, db.endpoints[0].policy.timeout) == (60_000, 3_000)


def test_targets_join_a_service_of_the_file(load_text: LoadText) -> None:
    target_file('[{"targets": ["a.example.com", "b.example.com"], "labels": {}}]')
    config = load_text("""
discovery: {file_sd: [{files: "*.json", service: shop, scheme: tls, slos: [gold]}], slos: {gold: {objective: 99.9}}}
services:
  - name: shop
    down_after: 3
    slos: [{name: gold, objective: 99}]
""")
    (shop,) = config.services
    assert [each.url for each in shop.endpoints] == ["tls://a.example.com", "tls://b.example.com"]
    assert {each.policy.down_after for each in shop.endpoints} == {3}
    assert [slo.objective_text for slo in shop.slos] == ["99"], "the file's own"


def test_a_file_that_is_empty_or_not_there_has_no_targets(load_text: LoadText) -> None:
    target_file("")
    config = load_text('discovery: {file_sd: ["*.json", "none/*.yml"]}')
    assert config.services == ()


def test_an_unknown_label_is_the_users_and_one_of_ours_is_left_out(load_text: LoadText) -> None:
    target_file('[{"targets": ["a"], "labels": {"job": "j", "target": "x", "tier": "1"}}]')
    config = load_text("discovery: {file_sd: [targets.json]}")
    assert config.services[0].endpoints[0].labels == (("tier", "1"),)
    assert config.warnings == (
        "targets.json:1: the label `target` is left out: the info metrics have their own",
    )


MISTAKES = {
    "no list": ("{}", "1: must be a list of target groups, `[{targets: [...], labels: {...}}]`"),
    "text": ("oops", "1: must be a list of target groups, `[{targets: [...], labels: {...}}]`, not `oops`"),
    "no group": ('["a"]', "1: must be a target group: a map with `targets` and `labels`, and no other key"),
    "another key": (
        '[{"target": ["a"]}]',
        "1: must be a target group: a map with `targets` and `labels`, and no other key",
    ),
    "labels": ('[{"targets": ["a"],\n"labels": ["a"]}]', "2: `labels` must be a map of single values"),
    "targets": ('[{"targets": {"a": "b"}}]', "1: `targets` must be a list of single values"),
    "no service": (
        '[\n{"targets": ["a"]}]',
        "2: this target has no service: give it the label `uptime_service`, or its source a `service`",
    ),
    "no such probe": (
        '[{"targets": ["a"], "labels": {"job": "j",\n"uptime_probe": "fin"}}]',
        "2: `probe`: there is no probe `fin`; did you mean `fine`?",
    ),
    "no such SLO": (
        '[{"targets": ["a"], "labels": {"job": "j",\n"uptime_slos": "silver"}}]',
        "2: `slos` of `discovery` has no `silver`; it has: gold, fast",
    ),
    "a bad interval": (
        '[{"targets": ["a"], "labels": {"job": "j",\n"__scrape_interval__": "often"}}]',
        "2: `interval`: `often` is not a duration; write 250ms, 15s, 5m, 1h30m or 30d",
    ),
    "no JSON": (
        '[{"targets": [',
        "2: is not valid YAML: did not find expected node content while parsing a flow node that starts in line 2",
    ),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_target_file_is_told_with_its_line(
    problems: Problems, text: str, message: str
) -> None:
    target_file(text if text.endswith("]") or text != '[{"targets": [' else text + "\n")
    found = problems("discovery:\n  file_sd: [targets.json]" + SLOS)
    assert len(found) == 1
    assert found[0].startswith(f"targets.json:{message}"), found


SECTION_MISTAKES = {
    "not a map": (
        SERVICE + "discovery: here",
        "uptime.yml:5: `discovery` must be a map (`key: value`), not text",
    ),
    "unknown key": (
        "discovery: {fil_sd: []}",
        "uptime.yml:1: unknown key `fil_sd`; did you mean `file_sd`?",
    ),
    "an entry that is a list": (
        "discovery: {file_sd: [[a]]}",
        "uptime.yml:1: must be a map with `files`, or a single value, not a list",
    ),
    "the same twice": (
        "discovery:\n  http_sd:\n    - http://cmdb/\n    - {url: http://cmdb/}",
        "uptime.yml:4: this `url` is given twice; remove one",
    ),
    "too often": (
        "discovery: {dns_sd: [{name: _a._tcp.b, refresh: 10ms}]}",
        "uptime.yml:1: `refresh` is shorter than 1s, the shortest there is",
    ),
    "an SLO that is none": (
        "discovery: {slos: {gold: 99}}",
        "uptime.yml:1: `gold` must be a map (`key: value`), not text",
    ),
}


@pytest.mark.parametrize(("text", "message"), SECTION_MISTAKES.values(), ids=SECTION_MISTAKES)
def test_a_mistake_in_the_section(problems: Problems, text: str, message: str) -> None:
    assert problems(text) == [message]


def test_a_file_that_cannot_be_decoded_is_a_problem(problems: Problems) -> None:
    Path("targets.json").write_bytes(b"\xff\xfe[")
    assert problems("discovery: {file_sd: [targets.json]}")[0].endswith(
        "not `cannot be read: UnicodeDecodeError`"
    )


def test_scenario_62_what_cannot_be_used_leaves_what_the_source_said_before(tmp_path: Path) -> None:
    config, one, two = tmp_path / "uptime.yml", str(tmp_path / "a.json"), str(tmp_path / "b.json")
    config.write_text('discovery: {file_sd: [{files: "*.json", service: shop}]}')
    good = {one: '[{"targets": ["a"]}]', two: '[{"targets": ["b"]}]'}
    for name, text in good.items():
        Path(name).write_text(text)
    latest = {one: '[{"targets": ["a"], "labels": {"uptime_probe": "none"}}]', two: '[{"targets": ["c"]}]'}
    loaded = load_leniently([str(config)], {}, latest, good)
    assert [each.url for each in loaded.config.services[0].endpoints] == ["http://a", "http://c"]
    assert loaded.contents == {one: good[one], two: latest[two]}
    assert "there is no probe `none`" in loaded.refused[one].message
    never = load_leniently([str(config)], {}, latest, {})
    assert [each.url for each in never.config.services[0].endpoints] == ["http://c"]
    config.write_text("discovery: {fil_sd: []}")
    with pytest.raises(ConfigError):
        load_leniently([str(config)], {}, latest, good)


def test_a_source_that_was_right_under_another_configuration_is_left_out(tmp_path: Path) -> None:
    config, one = tmp_path / "uptime.yml", str(tmp_path / "a.json")
    config.write_text('discovery: {file_sd: ["*.json"]}')
    Path(one).touch()
    good = {one: '[{"targets": ["a"], "labels": {"uptime_service": "s", "uptime_probe": "gone"}}]'}
    loaded = load_leniently([str(config)], {}, good, good)
    assert (loaded.config.services, list(loaded.refused)) == ((), [one])


def test_what_is_kept_is_read_back_and_nonsense_is_nothing(tmp_path: Path) -> None:
    file = tmp_path / "u.db.targets"
    assert kept(file) == {}
    file.write_text('{"a": "[]"}')
    assert kept(file) == {"a": "[]"}
    for nonsense in ("[1]", "{", ""):
        file.write_text(nonsense)
        assert kept(file) == {}


def test_ten_thousand_targets_are_no_more_than_a_list(tmp_path: Path) -> None:
    targets = ", ".join(f'"host{number}.example.com"' for number in range(10_000))
    (tmp_path / "all.json").write_text(
        f'[{{"targets": [{targets}], "labels": {{"uptime_service": "fleet"}}}}]'
    )
    (tmp_path / "uptime.yml").write_text("discovery: {file_sd: [all.json]}")
    config = load([str(tmp_path / "uptime.yml")], {})
    assert config.endpoint_count == 10_000
