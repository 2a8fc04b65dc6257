"""The section `connectivity`: what it gives, and every mistake in it with the line that it prints."""

import pytest

from exporter.probes.http import HttpSettings
from exporter.probes.registry import by_scheme
from exporter.probes.tcp import TcpSettings
from tests.config.conftest import LoadText, Problems

SERVICE = """\
services:
  - name: shop
    endpoints: [{url: "https://example.com/"}]
"""


def section(text: str) -> str:
    """The section, from line 4 on."""
    return SERVICE + "connectivity:\n" + "".join(f"  {line}\n" for line in text.splitlines())


def test_without_the_section_there_are_no_anchors(load_text: LoadText) -> None:
    assert load_text(SERVICE).connectivity is None


def test_an_anchor_alone_brings_sound_defaults(load_text: LoadText) -> None:
    made = load_text(section('anchors: ["tcp://192.0.2.1:53"]')).connectivity
    assert made is not None
    assert [anchor.url for anchor in made.anchors] == ["tcp://192.0.2.1:53"]
    assert (made.quorum, made.interval, made.timeout) == (1, 1_000, 2_000)


def test_anchors_of_any_type_are_probed_with_built_in_settings(load_text: LoadText) -> None:
    made = load_text(
        section(
            'anchors: ["tcp://192.0.2.1:53", "https://example.org/"]\nquorum: 2\ninterval: 500ms\ntimeout: 1s'
        )
    ).connectivity
    assert made is not None
    assert [anchor.settings for anchor in made.anchors] == [TcpSettings(), HttpSettings()]
    assert (made.quorum, made.interval, made.timeout) == (2, 500, 1_000)


def test_credentials_of_an_anchor_are_secret(load_text: LoadText) -> None:
    config = load_text(
        section('anchors: ["https://me:hush-hush@example.org/${PLACE}"]'), PLACE="under-the-mat"
    )
    assert "hush-hush" not in repr(config)
    assert config.secrets.redact("hush-hush at under-the-mat") == "<secret> at <secret>"


MISTAKES: dict[str, tuple[str, list[str]]] = {
    "no anchors": ("quorum: 1", ["uptime.yml:5: `anchors` is missing"]),
    "an empty list": (
        "anchors: []",
        ["uptime.yml:5: `anchors` is empty; name at least one URL, or remove `connectivity`"],
    ),
    "one text": (
        "anchors: tcp://192.0.2.1:53",
        ["uptime.yml:5: `anchors` must be a list (`- ...`), not text"],
    ),
    "no scheme": (
        "anchors:\n  - tcp://192.0.2.1:53\n  - 192.0.2.2:53",
        ["uptime.yml:7: `anchors` has no scheme; write https://host/path or tcp://host:port"],
    ),
    "a map": (
        "anchors: [{url: 'tcp://192.0.2.1:53'}]",
        ["uptime.yml:5: `anchors` must be a single value, not a map"],
    ),
    "no port": (
        "anchors: ['tcp://192.0.2.1']",
        ["uptime.yml:5: `anchors`: the URL of a tcp probe is tcp://host:port"],
    ),
    "a scheme that nothing serves": (
        "anchors: ['gopher://192.0.2.1:53']",
        [f"uptime.yml:5: URLs with `gopher://` cannot be probed; write {' or '.join(sorted(by_scheme))}"],
    ),
    "the same anchor twice": (
        "anchors:\n  - tcp://192.0.2.1:53\n  - tcp://192.0.2.1:53",
        ["uptime.yml:7: `anchors` has this URL twice; remove one"],
    ),
    "a quorum that cannot be reached": (
        "anchors: ['tcp://192.0.2.1:53']\nquorum: 2",
        ["uptime.yml:6: `quorum` is 2, but there are only 1 `anchors`"],
    ),
    "a quorum of none": (
        "anchors: ['tcp://192.0.2.1:53']\nquorum: 0",
        ["uptime.yml:6: `quorum` must be a whole number from 1, not `0`"],
    ),
    "a short interval": (
        "anchors: ['tcp://192.0.2.1:53']\ninterval: 50ms",
        ["uptime.yml:6: `interval` is shorter than 100ms, the shortest there is"],
    ),
    "a timeout without a unit": (
        "anchors: ['tcp://192.0.2.1:53']\ntimeout: 2",
        ["uptime.yml:6: `timeout`: `2` has no unit; write 2s for seconds"],
    ),
    "an unknown key": (
        "anchors: ['tcp://192.0.2.1:53']\nqorum: 1",
        ["uptime.yml:6: unknown key `qorum`; did you mean `quorum`?"],
    ),
}


@pytest.mark.parametrize(("text", "lines"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_prints_its_place_and_its_cure(problems: Problems, text: str, lines: list[str]) -> None:
    assert problems(section(text)) == lines


def test_an_endpoint_that_would_be_unknown_while_its_results_wait_is_warned_of(load_text: LoadText) -> None:
    text = SERVICE.replace('/"}', '/", name: web, interval: 200ms, timeout: 100ms}')
    config = load_text(text + "connectivity: {anchors: ['tcp://192.0.2.1:53'], interval: 1s}\n")
    (warning,) = config.warnings
    assert warning.startswith("uptime.yml:4: results wait up to 1s for the anchors, in which `web` of `shop`")
    assert warning.endswith("; shorten the `interval` of `connectivity`, or lengthen its `staleness`")
    text += "connectivity: {anchors: ['tcp://192.0.2.1:53'], interval: 200ms}\n"
    assert load_text(text).warnings == ()
