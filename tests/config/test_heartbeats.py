"""What a heartbeat needs, and what it cannot have."""

from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.config.model import Config
from exporter.units import HOUR, MINUTE

LoadText = Callable[..., Config]
Problems = Callable[..., list[str]]


def heartbeat(keys: str, url: str = "heartbeat://job?every=24h&grace=2h") -> str:
    return f"services:\n  - name: shop\n    endpoints:\n      - url: {url}\n        {keys}\n"


def test_its_url_is_its_policy(load_text: LoadText) -> None:
    config = load_text(
        "defaults: {interval: 5s, down_after: 3}\n" + heartbeat("token: ${TOKEN}"), TOKEN="s3cret-token"
    )
    (endpoint,) = config.services[0].endpoints
    assert (endpoint.name, endpoint.kind, endpoint.target) == ("job", "heartbeat", "heartbeat://job")
    policy = endpoint.policy
    assert (policy.interval, policy.staleness, policy.down_after) == (24 * HOUR, 26 * HOUR, 1)
    assert endpoint.token == "s3cret-token"
    assert "s3cret" not in repr(config)
    assert config.secrets.redact("s3cret-token") == "<secret>"


def test_the_grace_is_a_tenth_unless_it_is_given(load_text: LoadText) -> None:
    config = load_text(heartbeat("token: long-enough", "heartbeat://job?every=10m"))
    assert config.services[0].endpoints[0].policy.staleness == 11 * MINUTE


def test_the_token_may_be_in_a_file(load_text: LoadText, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    config = load_text(heartbeat("token_file: token"))
    assert config.services[0].endpoints[0].token == "from-a-file"


def test_a_daily_job_needs_an_hour_for_the_clocks(load_text: LoadText) -> None:
    config = load_text(heartbeat("token: long-enough", "heartbeat://job?every=1d&grace=30m"))
    assert len(config.warnings) == 1
    assert "25 hours apart once a year" in config.warnings[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (heartbeat("name: job"), "uptime.yml:4: `token` is missing; write `token: ${TOKEN}`"),
        (heartbeat("token: tiny"), "uptime.yml:5: `token` is shorter than 8 characters"),
        (heartbeat('token: ""'), "uptime.yml:5: `token` is shorter than 8 characters"),
        (heartbeat("token: '          '"), "uptime.yml:5: `token` is shorter than 8 characters"),
        (heartbeat("interval: 5s\n        token: long-enough"), "uptime.yml:5: `interval` has no meaning"),
        (heartbeat("token: long-enough", "https://example.com/"), "uptime.yml:5: `token` belongs to heartbeats, not to http"),
        (heartbeat("token: long-enough", "heartbeat://job"), "uptime.yml:4: `url`: the URL of a heartbeat is"),
        (heartbeat("token: long-enough", "heartbeat://job?every=0s"), "uptime.yml:4: `url`: `every` must be longer"),
        (heartbeat("token: long-enough", "heartbeat://job?every=often"), "uptime.yml:4: `url`: "),
        (heartbeat("token_file: nowhere"), "uptime.yml:5: `token_file`: nowhere cannot be read"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(problems: Problems, text: str, said: str) -> None:
    assert problems(text)[0].startswith(said)


def test_a_variable_that_is_empty_is_no_token(problems: Problems) -> None:
    """An empty token would let in whoever sends nothing that counts as text."""
    (said,) = problems(heartbeat("token: ${TOKEN}"), TOKEN="")
    assert said.startswith("uptime.yml:5: `token` is shorter than 8 characters")


def test_a_variable_that_is_not_there_is_said_once(problems: Problems) -> None:
    (said,) = problems(heartbeat("token: ${NOWHERE}"))
    assert "NOWHERE" in said
