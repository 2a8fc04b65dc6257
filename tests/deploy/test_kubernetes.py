"""The Kubernetes base, as kustomize makes it where there is one, else read file by file."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exporter import __version__
from exporter.cli.main import PROGRAM
from exporter.config.load import load as load_config
from exporter.output.rules.files import operator_file
from exporter.output.rules.groups import static_groups
from tests.support.daemon import ANY_PORT, command
from tests.support.deployed import DEPLOY, ROOT, load, load_all

BASE = DEPLOY / "kubernetes"
DASHBOARDS = ROOT / "grafana"
APIS = {
    "ConfigMap": "v1",
    "PrometheusRule": "monitoring.coreos.com/v1",
    "Service": "v1",
    "ServiceMonitor": "monitoring.coreos.com/v1",
    "StatefulSet": "apps/v1",
}


def knows_kustomize() -> bool:
    """Whether there is a kubectl whose kustomize is of version 5 or later."""
    if shutil.which("kubectl") is None:
        return False
    asked = subprocess.run(
        ["kubectl", "version", "--client", "-o", "json"], capture_output=True, check=False, timeout=60
    )
    version = json.loads(asked.stdout).get("kustomizeVersion", "v0") if asked.returncode == 0 else "v0"
    return int(version.removeprefix("v").partition(".")[0]) >= 5


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """The objects of a kustomization, by what is used here of it."""
    kustomization = load(folder / "kustomization.yaml")
    for name in kustomization.get("resources", ()):
        resource = folder / name
        if resource.is_dir():
            yield from read(resource)
        else:
            yield from load_all(resource.read_text())
    shared = kustomization.get("generatorOptions", {})
    for made in kustomization.get("configMapGenerator", ()):
        labels = made.get("options", shared).get("labels", {})
        yield {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": made["name"], "labels": labels},
            "data": {Path(name).name: (folder / name).read_text() for name in made["files"]},
        }


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    if not knows_kustomize():
        return list(read(BASE))
    done = subprocess.run(
        ["kubectl", "kustomize", str(BASE)], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    return load_all(done.stdout)


def of_kind(objects: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = (each for each in objects if each["kind"] == kind)
    return found


def test_our_own_reading_finds_what_kustomize_makes(objects: list[dict[str, Any]]) -> None:
    def named(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
        return {(each["kind"], each["metadata"]["name"]) for each in found}

    assert named(list(read(BASE))) == named(objects)


def test_every_object_is_of_a_kind_and_version_that_is_known(objects: list[dict[str, Any]]) -> None:
    assert {each["kind"]: each["apiVersion"] for each in objects} == APIS


def test_selectors_match_labels(objects: list[dict[str, Any]]) -> None:
    stateful, service, monitor = (
        of_kind(objects, kind) for kind in ("StatefulSet", "Service", "ServiceMonitor")
    )
    pods = stateful["spec"]["template"]["metadata"]["labels"].items()

    assert stateful["spec"]["selector"]["matchLabels"].items() <= pods
    assert service["spec"]["selector"].items() <= pods
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert stateful["spec"]["serviceName"] == service["metadata"]["name"]


def test_ports_are_named_alike(objects: list[dict[str, Any]]) -> None:
    (container,) = of_kind(objects, "StatefulSet")["spec"]["template"]["spec"]["containers"]
    (port,) = container["ports"]
    (served,) = of_kind(objects, "Service")["spec"]["ports"]
    (scraped,) = of_kind(objects, "ServiceMonitor")["spec"]["endpoints"]

    assert port == {"name": "http", "containerPort": 9895}
    assert served["targetPort"] == port["name"]
    assert scraped["port"] == served["name"]
    for probe, path in (
        ("livenessProbe", "/-/healthy"),
        ("readinessProbe", "/-/ready"),
        ("startupProbe", "/-/ready"),
    ):
        assert container[probe]["httpGet"] == {"path": path, "port": port["name"]}


def test_what_is_mounted_is_a_volume_and_what_is_written_lies_in_one(objects: list[dict[str, Any]]) -> None:
    spec = of_kind(objects, "StatefulSet")["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    volumes = {each["name"] for each in pod["volumes"]}
    volumes |= {each["metadata"]["name"] for each in spec["volumeClaimTemplates"]}
    mounted = {each["mountPath"]: each["name"] for each in container["volumeMounts"]}
    options = dict(word.removeprefix("--").partition("=")[::2] for word in container["args"])

    assert set(mounted.values()) == volumes
    assert mounted[str(Path(options["storage"]).parent)] == "store"
    assert mounted[str(Path(options["config.file"]).parent)] == "config"
    (config,) = (each["configMap"]["name"] for each in pod["volumes"] if "configMap" in each)
    maps = {each["metadata"]["name"]: each for each in objects if each["kind"] == "ConfigMap"}
    assert Path(options["config.file"]).name in maps[config]["data"]


def test_it_runs_as_nobody_in_particular_and_without_privileges(objects: list[dict[str, Any]]) -> None:
    pod = of_kind(objects, "StatefulSet")["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == 65532
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["image"] == f"{PROGRAM}:{__version__}"


def test_its_arguments_are_those_of_run(objects: list[dict[str, Any]], tmp_path: Path) -> None:
    (container,) = of_kind(objects, "StatefulSet")["spec"]["template"]["spec"]["containers"]

    done = command(*container["args"], ANY_PORT, cwd=tmp_path)

    assert done.returncode == 2
    assert "/etc/uptime/uptime.yml" in done.stderr, "it looked for its configuration"


def test_its_configuration_is_free_of_problems() -> None:
    assert load_config([str(BASE / "uptime.yml")], {}).warnings == ()


def test_the_rules_are_those_that_the_code_writes() -> None:
    assert (BASE / "prometheusrule.yaml").read_text() == operator_file(static_groups()), "run `make deploy`"


def test_every_dashboard_becomes_a_config_map_that_grafana_takes_up(objects: list[dict[str, Any]]) -> None:
    there = {path.name for path in (DASHBOARDS / "dashboards").glob("*.json")}
    maps = [
        each
        for each in objects
        if each["kind"] == "ConfigMap" and any(name.endswith(".json") for name in each["data"])
    ]

    assert {name for each in maps for name in each["data"]} == there, "see grafana/kustomization.yaml"
    assert all(each["metadata"]["labels"]["grafana_dashboard"] == "1" for each in maps)
    assert all(len(json.dumps(each)) < 1 << 20 for each in maps), "no object may be larger than 1 MiB"
