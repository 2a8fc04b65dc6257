"""What comes from `${NAME}`, from files, from credentials in URLs and from some headers is never shown."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.config.load import load
from exporter.config.model import Config
from exporter.config.report import MASK, Secrets
from exporter.errors import ConfigError
from exporter.probes.http import HttpSettings

LoadText = Callable[..., Config]
Problems = Callable[..., list[str]]

SECRET = "hunter2-Zürich%41"
WITH_SECRETS = """\
probes:
  api:
    type: http
    headers: {Authorization: "Bearer ${TOKEN}", X-Key_file: key.txt, Cookie: chocolate-chip}
    body: "${TOKEN}"
services:
  - name: shop
    endpoints:
      - {name: web, probe: api, url: "https://example.com/${PATH_PART}?k=${TOKEN}"}
      - {name: front, url: "https://me:swordfish@example.com/"}
    slos: [{objective: 99.9}]
"""
ALL = ("hunter2", "from-a-file", "chocolate-chip", "swordfish", "hidden-path")


@pytest.fixture
def config(load_text: LoadText, tmp_path: Path) -> Config:
    (tmp_path / "key.txt").write_text("from-a-file\n")
    return load_text(WITH_SECRETS, TOKEN="hunter2", PATH_PART="hidden-path")


def test_secrets_reach_the_probe(config: Config) -> None:
    endpoint = config.services[0].endpoints[0]
    assert isinstance(endpoint.settings, HttpSettings)
    assert endpoint.settings.headers == {
        "Authorization": "Bearer hunter2",
        "X-Key": "from-a-file",
        "Cookie": "chocolate-chip",
    }
    assert endpoint.settings.body == "hunter2"
    assert endpoint.url == "https://example.com/hidden-path?k=hunter2"
    assert config.services[0].endpoints[1].url == "https://me:swordfish@example.com/"


def test_no_representation_of_a_configuration_shows_a_secret(config: Config) -> None:
    endpoint = config.services[0].endpoints[0]
    assert config.services[0].endpoints[1].target == "https://example.com/"
    shown = "\n".join(map(repr, (config, endpoint, endpoint.settings))) + str(endpoint.settings)
    assert not [secret for secret in ALL if secret in shown]


def test_a_target_masks_what_was_brought_in(config: Config) -> None:
    assert config.services[0].endpoints[0].target == "https://example.com/***"


def test_a_configuration_knows_how_to_redact_what_others_want_to_say(config: Config) -> None:
    said = "401 for Bearer hunter2, from-a-file, chocolate-chip at me:swordfish@example.com/hidden-path"
    assert config.secrets.redact(said) == (f"401 for {MASK}, {MASK}, {MASK} at {MASK}@example.com/{MASK}")


@pytest.mark.parametrize(
    "secret", [SECRET, "hunter2/" * 30 + "rich%41", "9" * 60 + "hunter2", "hunter2:rich%41@[/"]
)
@pytest.mark.parametrize(
    "text",
    [
        "site: ${SECRET}\n",
        "services: [{name: '${SECRET}', endpoints: []}]\n",
        "services: [{name: a, labels: {b: '${SECRET}'}, endpoints: []}]\n",
        "services: [{name: a, interval: '${SECRET}', down_after: '${SECRET}', endpoints: []}]\n",
        "services: [{name: a, endpoints: [{url: '${SECRET}'}]}]\n",
        "services: [{name: a, endpoints: [{url: 'https://u:${SECRET}@h:99999/'}]}]\n",
        "services: [{name: a, endpoints: [{url: 'https://${SECRET}:99999/'}]}]\n",
        "services: [{name: a, endpoints: [{url: '${SECRET}://h'}]}]\n",
        "services: [{name: a, endpoints: [{url: 'https://h', probe: '${SECRET}'}]}]\n",
        "services: [{name: a, endpoints: [], slos: [{objective: '${SECRET}', window: '${SECRET}'}]}]\n",
        "services: [{name: a, endpoints: [], slos: [{objective: 9, unknown: '${SECRET}', method: '${SECRET}'}]}]\n",
        "services: [{name: a, endpoints: [], slos: [{objective: 9, endpoints: ['${SECRET}']}]}]\n",
        "probes: {p: {type: '${SECRET}'}}\nservices: []\n",
        "probes: {p: {type: http, method: '${SECRET}', ip_family: '${SECRET}'}}\nservices: []\n",
        "probes: {p: {type: http, headers: {A: '${SECRET}', B: [b]}, expect: '${SECRET}'}}\nservices: []\n",
        "probes: {p: {type: http, expect: {status: ['${SECRET}'], max_body: '${SECRET}'}}}\nservices: []\n",
        "probes: {p: {type: http, expect: {body_matches: ['(${SECRET}']}}}\nservices: []\n",
        "probes: {p: {type: http, tls: {ca_file: '${SECRET}', insecure: '${SECRET}'}}}\nservices: []\n",
        "probes: {p: {type: http, headers: {Authorization_file: '${SECRET}'}}}\nservices: []\n",
        "alerting: {min_bad: '${SECRET}'}\nservices: []\n",
    ],
)
def test_no_message_shows_what_the_environment_brought_in(problems: Problems, text: str, secret: str) -> None:
    said = "\n".join(problems(text, SECRET=secret))
    assert "hunter2" not in said
    assert "rich" not in said
    assert "99999999" not in said


def test_a_badly_written_url_does_not_give_its_password_away(problems: Problems) -> None:
    (line,) = problems("services: [{name: a, endpoints: [{url: 'https://me:pass word@example.com/'}]}]\n")
    assert line == "uptime.yml:1: `url` must not have spaces; write %20"


def test_what_is_wrong_in_the_plain_part_of_a_url_is_said_all_the_same(problems: Problems) -> None:
    assert problems("services: [{name: a, endpoints: [{url: 'https://h:99999/${KEY}'}]}]\n", KEY="x") == [
        "uptime.yml:1: `url`: the URL has no valid port: '99999' (1 to 65535)"
    ]


def test_a_scheme_must_be_plain(problems: Problems) -> None:
    assert problems("services: [{name: a, endpoints: [{url: '${SCHEME}://h'}]}]\n", SCHEME="https") == [
        "uptime.yml:1: `url`: its scheme picks the type of probe and must not come from `${NAME}`"
    ]


def test_a_password_that_ends_the_host_is_not_quoted(problems: Problems) -> None:
    assert problems("services: [{name: a, endpoints: [{url: 'https://me:pa/ss@example.com/'}]}]\n") == [
        "uptime.yml:1: `url`: it has an @ behind the host; percent-encode credentials"
    ]


def test_a_secret_in_the_host_needs_a_name_that_does_not_show_it(problems: Problems) -> None:
    assert problems(
        "services: [{name: a, endpoints: [{url: 'https://${HOST}/'}]}]\n", HOST="inner.example.com"
    ) == [
        "uptime.yml:1: `name` is missing: it cannot be made of this URL, of which a part is secret; give the endpoint one"
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "key.txt is empty"),
        (b"\n", "key.txt is empty"),
        (b"a\nb\n", "key.txt has several lines; a secret is one line"),
        (b"\xff\xfe", "key.txt is not UTF-8 text"),
    ],
)
def test_a_file_that_holds_no_secret_is_refused(
    problems: Problems, tmp_path: Path, content: bytes, line: str
) -> None:
    (tmp_path / "key.txt").write_bytes(content)
    text = """\
probes: {p: {type: http, headers: {X-Key_file: key.txt}}}
services: [{name: a, endpoints: [{url: https://h/, probe: p}]}]
"""
    assert problems(text) == [f"uptime.yml:1: `X-Key_file`: {line}"]


def test_a_header_is_given_as_text_or_as_a_file_not_as_both(problems: Problems, tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("b")
    text = """\
probes: {p: {type: http, headers: {X-Key: a, X-Key_file: key.txt}}}
services: [{name: a, endpoints: [{url: https://h/, probe: p}]}]
"""
    assert problems(text) == ["uptime.yml:1: `X-Key` and `X-Key_file` are both given; remove one"]


def test_files_are_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file")
    (tmp_path / "ca.pem").write_text("certificates")
    (tmp_path / "uptime.yml").write_text("""\
probes: {p: {type: http, headers: {Authorization_file: token}, tls: {ca_file: ca.pem}}}
services: [{name: a, endpoints: [{url: https://h/, probe: p}]}]
""")
    settings = load([str(tmp_path / "uptime.yml")], {}).services[0].endpoints[0].settings
    assert isinstance(settings, HttpSettings)
    assert settings.headers == {"Authorization": "from-a-file"}
    assert settings.tls.ca_file == str(tmp_path / "ca.pem")


def test_short_secrets_are_masked_as_words_only() -> None:
    secrets = Secrets()
    secrets.add("a")
    secrets.add("")
    assert secrets.redact("a cat has a hat") == f"{MASK} cat has {MASK} hat"


def test_the_error_itself_carries_no_secret(load_text: LoadText) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text("alerting: {min_bad: '${SECRET}'}\nservices: []\n", SECRET=SECRET)
    error: BaseException | None = caught.value
    while error is not None:
        assert "hunter2" not in repr(error)
        error = error.__cause__ or error.__context__
    with contextlib.suppress(AttributeError):
        assert "hunter2" not in repr(caught.value.problems)
