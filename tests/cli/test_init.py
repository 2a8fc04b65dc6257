"""`init` writes a file that works, and never over one that is there."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.config.load import load
from exporter.config.starter import starter
from exporter.errors import UsageError
from exporter.probes.http import HttpSettings
from exporter.probes.registry import by_scheme

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_it_writes_a_commented_file_that_loads_and_says_what_is_next(run: Run, tmp_path: Path) -> None:
    shown = run("init", "https://example.com/")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith("Wrote uptime.yml, which watches https://example.com/\n")
    assert "uptime-slo-exporter check uptime.yml" in shown.stdout
    (service,) = load([str(tmp_path / "uptime.yml")], {}).services
    assert (service.name, service.endpoints[0].url, service.slos[0].objective_text) == (
        "example.com",
        "https://example.com/",
        "99.9",
    )


def test_it_never_writes_over_a_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "uptime.yml").write_text("mine")
    shown = run("init", "https://example.com/")
    assert (shown.returncode, shown.stdout, shown.stderr) == (
        2,
        "",
        "uptime.yml exists already and is left as it is; give another name with --config.file\n",
    )
    assert (tmp_path / "uptime.yml").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_one_line(run: Run) -> None:
    shown = run("init", "https://example.com/", "--config.file", "nowhere/uptime.yml")
    assert (shown.returncode, shown.stderr) == (
        3,
        "nowhere/uptime.yml cannot be written: No such file or directory\n",
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/a/b?c=d&e=f",
        "https://example.com/#top: of the page",
        "https://example.com/'quoted'",
        "https://example.com/${HOME}/$$/$x",
        "https://[2001:db8::1]/",
        "tcp://db.example.com:5432",
    ],
)
def test_any_url_that_can_be_probed_comes_back_from_the_file_as_it_is(tmp_path: Path, url: str) -> None:
    file = tmp_path / "uptime.yml"
    url = url.replace(" ", "%20").replace("%20of%20the%20page", "")
    file.write_text(starter(url))
    config = load([str(file)], {})
    assert config.services[0].endpoints[0].url == url
    assert config.warnings == ()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("example.com", "example.com has no scheme; write https://example.com"),
        ("htps://example.com", "htps:// cannot be probed; did you mean `https`?"),
        (
            "gopher://example.com",
            f"gopher:// cannot be probed; write {' or '.join(sorted(by_scheme))}",
        ),
        ("https://example.com:0/", "the URL has no valid port: '0' (1 to 65535)"),
        (
            "https://me:pass@example.com/",
            "the URL has credentials; leave them out, and put them into the file as ${NAME} afterwards",
        ),
    ],
)
def test_a_url_that_cannot_be_probed_is_refused_before_anything_is_written(url: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        starter(url)
    assert str(caught.value) == message


def test_what_the_comments_offer_works_once_the_signs_are_taken_away(tmp_path: Path) -> None:
    head, mark, tail = starter("https://example.com/").partition("# probes:")
    text = head.replace("# probe: page", "probe: page  ") + re.sub(
        r"^# ?", "", mark + tail, flags=re.MULTILINE
    )
    file = tmp_path / "uptime.yml"
    file.write_text(
        text.replace("# down_after: 2", "down_after: 2  ")
        .replace("# title", "title")
        .replace("# owner", "owner")
    )
    config = load([str(file)], {})
    settings = config.services[0].endpoints[0].settings
    assert isinstance(settings, HttpSettings)
    assert settings.expect.body_matches == ("Welcome",)
    assert (config.services[0].title, config.warnings) == ("Free text for people", ())
