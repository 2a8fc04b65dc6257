"""The committed dashboards are those of the code, and hold together."""

import copy
import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.output.dashboards import page, variables
from exporter.output.dashboards.files import dashboard_files
from tests.support.panels import FOLDER, Json, all_dashboards, asked

PROVISIONING = FOLDER.parent / "provisioning"
DASHBOARDS = all_dashboards()
EACH = pytest.mark.parametrize("name", DASHBOARDS)

ROW, GAP = 30, 8
SCREEN = 1080


def test_the_committed_files_are_what_the_code_says() -> None:
    written = {file.name: file.read_text() for file in FOLDER.iterdir()}
    assert written == dashboard_files()


def test_they_are_the_same_each_time() -> None:
    assert dashboard_files() == dashboard_files()


def test_their_addresses_never_change() -> None:
    assert {name: dashboard["uid"] for name, dashboard in DASHBOARDS.items()} == {
        "wall": "uptime-wall",
        "slos": "uptime-slos",
        "slo": "uptime-slo",
        "endpoints": "uptime-endpoints",
        "agreements": "uptime-agreements",
        "exporter": "uptime-exporter",
    }


def overlapping(dashboard: Json) -> list[tuple[str, str]]:
    """Pairs of panels that share a place."""
    return [
        (one["title"], other["title"])
        for one, other in combinations(dashboard["panels"], 2)
        if _overlap(one["gridPos"], other["gridPos"])
    ]


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )


@EACH
def test_no_panel_lies_over_another_or_beyond_the_edge(name: str) -> None:
    dashboard = DASHBOARDS[name]
    assert overlapping(dashboard) == []
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= page.WIDTH for panel in dashboard["panels"])


def test_an_overlap_is_seen() -> None:
    moved = copy.deepcopy(DASHBOARDS["wall"])
    moved["panels"][1]["gridPos"]["x"] -= 1
    assert len(overlapping(moved)) == 1


def height(dashboard: Json) -> int:
    """Pixels that its grid needs, with a gap around it."""
    rows: int = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
    return rows * (ROW + GAP) + GAP


def test_the_wall_fits_on_the_screen() -> None:
    assert height(DASHBOARDS["wall"]) <= SCREEN
    assert height(DASHBOARDS["wall"]) > SCREEN - 2 * (ROW + GAP), "there is room for more"


@EACH
def test_panels_have_a_number_of_their_own_and_say_what_they_show(name: str) -> None:
    panels = DASHBOARDS[name]["panels"]
    assert sorted({panel["id"] for panel in panels}) == list(range(1, len(panels) + 1))
    for panel in panels:
        assert panel["title"], panel
        assert panel["description"].endswith("."), panel["title"]
        assert "repeat" not in panel
        letters = [target["refId"] for target in panel.get("targets", [])]
        assert len(letters) == len(set(letters)), panel["title"]


@EACH
def test_all_questions_go_to_the_chosen_data_source(name: str) -> None:
    dashboard = DASHBOARDS[name]
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    for panel in dashboard["panels"]:
        assert panel["type"] == "text" or panel["datasource"] == chosen
        assert all(target["datasource"] == chosen for target in panel.get("targets", []))
    assert [each["name"] for each in dashboard["templating"]["list"]][:2] == ["datasource", "site"]


@EACH
def test_links_to_the_others_keep_the_time_and_what_is_chosen(name: str) -> None:
    (link,) = DASHBOARDS[name]["links"]
    assert (link["type"], link["tags"], link["keepTime"], link["includeVars"]) == (
        "dashboards",
        [page.TAG],
        True,
        True,
    )
    assert page.TAG in DASHBOARDS[name]["tags"]


def links(content: Any) -> Iterator[str]:
    """The addresses of all data links."""
    if isinstance(content, dict):
        if isinstance(content.get("url"), str):
            yield content["url"]
        content = list(content.values())
    if isinstance(content, list):
        for each in content:
            yield from links(each)


@EACH
def test_ways_down_lead_to_dashboards_and_variables_that_are_there(name: str) -> None:
    by_uid = {dashboard["uid"]: dashboard for dashboard in DASHBOARDS.values()}
    for url in links(DASHBOARDS[name]["panels"]):
        found = re.match(r"/d/(\S+?)\?\$\{__url_time_range\}&\$\{datasource:queryparam\}&", url)
        assert found, url
        if found[1] == "${__data.fields.to}":  # as the query says
            assert name == "wall"
            continue
        known = {each["name"] for each in by_uid[found[1]]["templating"]["list"]}
        assert set(re.findall(r"&var-(\w+)=", url)) <= known


def test_one_gets_from_the_wall_to_the_slo_and_on_to_its_endpoints() -> None:
    def reached(name: str) -> set[str]:
        return {url.partition("?")[0] for url in links(DASHBOARDS[name]["panels"])}

    assert {"/d/${__data.fields.to}", "/d/uptime-slos", "/d/uptime-endpoints"} <= reached("wall")
    assert "/d/uptime-slo" in reached("slos")
    assert "/d/uptime-endpoints" in reached("slo")


@EACH
def test_queries_name_the_labels_that_they_match_by(name: str) -> None:
    for query in asked(DASHBOARDS[name]):
        assert not re.search(r"\b(ignoring|without)\b", query.expr), query


def provisioned(kind: str) -> Json:
    (file,) = (PROVISIONING / kind).glob("*.yml")
    content: Json = yaml.safe_load(file.read_text())
    return content


def test_the_provisioned_data_source_is_the_one_that_is_chosen_at_first() -> None:
    (source,) = provisioned("datasources")["datasources"]
    assert (source["type"], source["uid"]) == ("prometheus", variables.PROVISIONED)
    for dashboard in DASHBOARDS.values():
        assert dashboard["templating"]["list"][0]["current"]["value"] == variables.PROVISIONED


def test_dashboards_are_provisioned_from_a_folder_into_a_folder() -> None:
    (provider,) = provisioned("dashboards")["providers"]
    assert (provider["type"], provider["folder"], provider["allowUiUpdates"]) == ("file", "Uptime", False)
    assert Path(provider["options"]["path"]).name == "dashboards"


def test_files_are_json_whose_first_line_says_who_wrote_them() -> None:
    for text in dashboard_files().values():
        assert text.startswith('{"description": "Written by `uptime-slo-exporter dashboards`;')
        assert json.loads(text)["description"] == page.ABOUT
