"""The image and the compose file: what they promise about users, versions and what is written where."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exporter.cli.main import COMMANDS, PROGRAM
from tests.support.daemon import command
from tests.support.deployed import DEPLOY, ROOT, load

DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE = load(DEPLOY / "compose.yaml")
SERVICES: dict[str, Any] = COMPOSE["services"]
FILES = ("compose.yaml", "compose.demo.yaml")


each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())


def instructions(stage: int) -> list[tuple[str, str]]:
    """The instructions of a stage of the Dockerfile, continued lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.replace("\\\n", " "), flags=re.MULTILINE)
    split = [line.split(None, 1) for line in text.splitlines() if line.strip()]
    starts = [index for index, (name, *_) in enumerate(split) if name == "FROM"]
    end = [*starts, len(split)][stage + 1]
    return [(name, " ".join(rest)) for name, *rest in split[starts[stage] : end]]


def of(stage: int, name: str) -> list[str]:
    return [rest for instruction, rest in instructions(stage) if instruction == name]


def is_pinned(image: str) -> bool:
    """Whether an image is named with a version of three numbers."""
    return re.search(r":v?\d+\.\d+\.\d+(-[\w.-]+)?$", image.partition(" ")[0]) is not None


def test_both_stages_begin_with_the_same_pinned_python() -> None:
    first, last = (of(stage, "FROM")[0].removesuffix(" AS build") for stage in (0, 1))

    assert first == last
    assert is_pinned(last)
    assert re.match(r"python:3\.1[1-9]\.\d+-slim-", last)


def test_the_image_is_made_of_the_wheel_with_pinned_versions() -> None:
    (run,) = of(0, "RUN")

    assert "pip wheel" in run
    assert run.count("-constraint constraints.txt") == 2
    assert "[fast]" in run


def test_what_the_first_stage_copies_is_let_through_and_there() -> None:
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    copied = {word for copy in of(0, "COPY") for word in copy.split()[:-1]}

    assert "*" in ignore
    assert {line[1:] for line in ignore if line.startswith("!")} == copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_it_runs_as_nobody_in_particular() -> None:
    (user,) = of(1, "USER")
    names = [name for name, _ in instructions(1)]

    assert user == "65532:65532"
    assert "RUN" not in names[names.index("USER") :]


@pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD", "HEALTHCHECK"])
def test_nothing_of_it_needs_a_shell(name: str) -> None:
    (written,) = of(1, name)
    words = json.loads(written[written.index("[") :])

    assert all(isinstance(word, str) for word in words)


def test_its_commands_are_ours_and_its_store_lies_in_the_volume() -> None:
    (entry,), (run,), (health,) = (of(1, name) for name in ("ENTRYPOINT", "CMD", "HEALTHCHECK"))
    check = json.loads(health[health.index("[") :])

    assert json.loads(entry) == [PROGRAM]
    assert check[:2] == [PROGRAM, "probe"]
    assert {json.loads(run)[0], check[1]} <= COMMANDS.keys()
    (volume,) = of(1, "VOLUME")
    assert f"--storage={volume}/uptime.db" in json.loads(run)


def test_no_file_names_a_package_index() -> None:
    texts = [path.read_text() for path in DEPLOY.rglob("*") if path.is_file()]

    assert [text for text in texts if re.search(r"pypi|simple/|index-url=", text)] == []


@pytest.mark.parametrize("file", FILES)
def test_the_compose_file_has_no_unknown_sections(file: str) -> None:
    assert load(DEPLOY / file).keys() <= {"name", "services", "volumes"}


@each_service
def test_every_image_is_pinned_or_built_here(service: dict[str, Any]) -> None:
    build = service.get("build")
    if build is None:
        assert is_pinned(service["image"])
    else:
        assert (DEPLOY / build["context"] / build["dockerfile"]).samefile(DEPLOY / "Dockerfile")


@each_service
def test_every_service_is_read_only_without_privileges_and_on_loopback(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def mounts(service: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Source, target and mode of each mount; of a variable its default."""
    for written in service["volumes"]:
        source, target, *mode = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", written).split(":")
        yield source, target, mode[0] if mode else "rw"


@each_service
def test_what_is_mounted_is_there_and_read_only_or_a_volume(service: dict[str, Any]) -> None:
    for source, _, mode in mounts(service):
        if source.startswith("."):
            assert (DEPLOY / source).exists(), source
            assert mode == "ro"
        else:
            assert source in COMPOSE["volumes"]


def test_every_volume_is_used() -> None:
    used = {source for service in SERVICES.values() for source, *_ in mounts(service)}

    assert COMPOSE["volumes"].keys() <= used


def test_services_wait_for_services_that_are_there_and_say_when_they_are_well() -> None:
    for service in SERVICES.values():
        for name, how in service.get("depends_on", {}).items():
            checked = "healthcheck" in SERVICES[name] or "build" in SERVICES[name]
            assert checked or how["condition"] == "service_started"


def test_prometheus_scrapes_and_tells_the_services_by_their_names() -> None:
    config = load(DEPLOY / "prometheus" / "prometheus.yml")
    targets = [
        target
        for each in (*config["scrape_configs"], *config["alerting"]["alertmanagers"])
        for group in each["static_configs"]
        for target in group["targets"]
    ]

    assert {target.partition(":")[0] for target in targets} - {"localhost"} == {"exporter", "alertmanager"}


def test_the_store_of_the_compose_file_is_that_of_the_image() -> None:
    targets = [target for _, target, _ in mounts(SERVICES["exporter"])]

    assert of(1, "VOLUME")[0] in targets
    assert "/etc/uptime/uptime.yml" in targets


def test_what_the_demo_runs_is_a_command_with_these_options(tmp_path: Path) -> None:
    words = load(DEPLOY / "compose.demo.yaml")["services"]["exporter"]["command"]

    # the wrong value is told, and so the options before it are right
    done = command(*words, "--incidents=1s", cwd=tmp_path)
    assert done.stderr.startswith("--incidents: `1s` is too short")


@pytest.mark.parametrize("files", [FILES[:1], FILES], ids=["alone", "demo"])
def test_docker_takes_the_compose_files_where_it_can_be_asked(files: tuple[str, ...], tmp_path: Path) -> None:
    if not has_compose():
        assert {key for service in SERVICES.values() for key in service} <= KNOWN
        return
    named = [f"--file={DEPLOY / file}" for file in files]
    done = subprocess.run(
        ["docker", "compose", *named, "config", "--quiet"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, shlex.join(named) + done.stderr


KNOWN = {
    *("build", "image", "command", "restart", "stop_grace_period", "read_only", "cap_drop", "security_opt"),
    *("sysctls", "tmpfs", "volumes", "ports", "healthcheck", "depends_on", "environment"),
}
"""Keys of a service that the specification has, and that are used here."""


def has_compose() -> bool:
    if shutil.which("docker") is None:
        return False
    asked = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False, timeout=60)
    return asked.returncode == 0
