"""Several files join into one configuration; what cannot be read is one line."""

import hashlib
from pathlib import Path

import pytest
import yaml

from exporter.config.load import load
from exporter.errors import ConfigError

ROOT = Path(__file__).parent.parent.parent
SHOP = "services: [{name: shop, endpoints: [{url: https://example.com/}]}]\n"
BLOG = "services: [{name: blog, probe: p, endpoints: [{url: https://example.com/}]}]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def problems(*paths: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(paths, {})
    return str(caught.value).splitlines()


def test_lists_and_maps_join_in_the_order_of_the_files() -> None:
    Path("a.yml").write_text(SHOP + "defaults: {interval: 1m}\nprobes: {q: {type: http}}\n")
    Path("b.yml").write_text(BLOG + "defaults: {timeout: 9s}\nprobes: {p: {type: http}}\nsite: fra1\n")
    config = load(["a.yml", "b.yml"], {})
    assert [service.name for service in config.services] == ["shop", "blog"]
    policy = config.services[1].endpoints[0].policy
    assert (policy.interval, policy.timeout, config.site) == (60_000, 9_000, "fra1")
    assert config.hash == hashlib.sha256(Path("a.yml").read_bytes() + Path("b.yml").read_bytes()).hexdigest()


def test_a_glob_takes_files_by_name_and_a_file_that_comes_again_counts_once() -> None:
    for name, text in (("2.yml", SHOP), ("1.yml", SHOP.replace("shop", "blog")), ("x.txt", "nonsense")):
        Path(name).write_text(text)
    config = load(["2.yml", "*.yml"], {})
    assert [service.name for service in config.services] == ["shop", "blog"]


def test_a_doubled_key_or_section_names_both_places() -> None:
    Path("a.yml").write_text(SHOP + "site: a\ndefaults: {interval: 1m}\nprobes:\n  p: {type: http}\n")
    Path("b.yml").write_text("site: b\ndefaults: {interval: 1m}\nprobes:\n\n  p: {type: http}\n")
    assert problems("a.yml", "b.yml") == [
        "b.yml:1: `site` is given twice, first in a.yml:2; remove one",
        "b.yml:2: `interval` of `defaults` is given twice, first in a.yml:3; remove one",
        "b.yml:5: `p` of `probes` is given twice, first in a.yml:5; remove one",
    ]


def test_a_name_that_is_taken_in_another_file_names_it() -> None:
    Path("a.yml").write_text(SHOP)
    Path("b.yml").write_text("# again\n" + SHOP)
    assert problems("a.yml", "b.yml") == [
        "b.yml:2: another service is called `shop` too, in a.yml:1; give this one a `name` of its own"
    ]


def test_sections_of_different_shape_do_not_join() -> None:
    Path("a.yml").write_text(SHOP)
    Path("b.yml").write_text("services: {}\n")
    assert problems("a.yml", "b.yml") == ["b.yml:1: `services` is given twice, first in a.yml:1; remove one"]


def test_every_file_is_read_before_it_complains() -> None:
    Path("a.yml").write_text("a: [\n")
    Path("b.yml").write_text("- b\n")
    assert [line.partition(": ")[0] for line in problems("a.yml", "b.yml", "c.yml")] == [
        "a.yml:2",
        "b.yml:1",
        "c.yml",
    ]


def test_what_cannot_be_read_is_one_line_with_a_cure() -> None:
    Path("conf.d").mkdir()
    Path("latin.yml").write_bytes(b"site: x\ntitle: caf\xe9\n")
    Path("utf16.yml").write_bytes(SHOP.encode("utf-16"))
    assert problems("conf.d", "*.yaml", "latin.yml", "missing.yml", "utf16.yml") == [
        "conf.d: is a directory; name its files, such as 'conf.d/*.yml'",
        "*.yaml: no file matches; check the pattern",
        "latin.yml:2: is not UTF-8; save the file as UTF-8",
        "missing.yml: does not exist; `uptime-slo-exporter init URL` writes one",
        "utf16.yml:1: is not UTF-8; save the file as UTF-8",
    ]


def test_what_the_system_refuses_is_one_line_with_its_reason() -> None:
    Path("a.yml").write_text(SHOP)
    assert problems("a.yml/b.yml") == ["a.yml/b.yml: cannot be read: Not a directory"]


def test_no_file_at_all_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no configuration file was given"):
        load([], {})


def test_without_libyaml_the_tree_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    example = ROOT / "config" / "example.yml"
    fast = load([str(example)], {"API_TOKEN": "hush-hush"})
    monkeypatch.setattr("exporter.config.events._Parser", yaml.SafeLoader)
    assert load([str(example)], {"API_TOKEN": "hush-hush"}) == fast
    Path("a.yml").write_text("services:\n  - name: a\n   name: b\n")
    assert problems("a.yml")[0].startswith("a.yml:3: is not valid YAML: ")
    Path("a.yml").write_text("services:\n\t- a\n")
    assert problems("a.yml") == ["a.yml:2: is indented with a tab, which YAML does not allow; use spaces"]
    Path("a.yml").write_text("services: \x01\n")
    assert problems("a.yml") == ["a.yml:1: has a control character, which YAML does not allow; remove it"]
