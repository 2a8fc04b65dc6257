"""What others say to the real daemon that probes them is inert wherever it is shown."""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import requests
from aiohttp import web
from markupsafe import escape
from prometheus_client.parser import text_string_to_metric_families

from tests.support.answering import answering
from tests.support.called import called
from tests.support.daemon import Daemon
from tests.support.hostile import SCRIPT, hostile_tls
from tests.support.processes import wait_for

ATOM = "{http://www.w3.org/2005/Atom}"
BADGE = "/badge/shop/availability.svg"
CONFIG = """
defaults: {{interval: 1s, timeout: 500ms}}
probes:
  strict: {{type: http, expect: {{status: 404}}}}
services:
  - name: shop
    title: '{script}'
    owner: '{script}'
    labels: {{team: '{script}'}}
    endpoints:
      - {{name: path, url: "http://127.0.0.1:{plain}/{script}", probe: strict}}
      - {{name: redirect, url: "http://127.0.0.1:{plain}/away"}}
      - {{name: certificate, url: "https://127.0.0.1:{tls}/"}}
      - {{name: anybody, url: "https://127.0.0.1:{tls}/any", probe: owned}}
    slos: [{{name: availability, objective: 99.9}}]
"""
OWNED = "  owned: {{type: http, tls: {{ca_file: '{}'}}}}\n"
"""Trusts it, so that its names are what is wrong."""

PAGES = {
    "/": [SCRIPT],
    "/?wall": [SCRIPT],
    "/services": [SCRIPT],
    "/service/shop": [
        f"/{SCRIPT}",
        "redirect that cannot be followed",
        "'<script>alert(1)<'",
        "self-signed certificate",
        "certificate is not for 127.0.0.1",
    ],
    "/service/shop/availability": ["shop/availability"],
}
"""Each page, and what it says."""


async def away(request: web.Request) -> web.Response:
    """Lead to where nobody can follow."""
    if request.path == "/away":
        return web.Response(status=302, headers={"Location": f"http://{SCRIPT}"})
    return web.Response(text=SCRIPT, content_type="text/html")


async def test_what_probed_servers_say_and_files_name_is_inert_wherever_it_is_shown(
    start_daemon: Callable[..., Daemon], tmp_path: Path
) -> None:
    """Titles, owners, labels, targets, errors, and the subject of a certificate."""
    tls = hostile_tls(tmp_path)
    async with answering(away) as plain, answering(away, tls) as secured:
        assert SCRIPT in await asyncio.to_thread(subject_of, secured), "the server says who it is"
        config = CONFIG.format(script=SCRIPT, plain=plain, tls=secured)
        config = config.replace("services:\n", OWNED.format(tmp_path / "hostile.pem") + "services:\n", 1)
        daemon = await asyncio.to_thread(start_daemon, config)
        await asyncio.to_thread(wait_for, lambda: all_are_down(daemon), "all endpoints are down")
        await asyncio.to_thread(look_at_all, daemon)


def subject_of(port: int) -> str:
    """What a client is told."""
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    return ssl.PEM_cert_to_DER_cert(pem).decode("latin-1")


def all_are_down(daemon: Daemon) -> bool:
    return daemon.get("/service/shop").text.count('class="down-text"') == 4


def look_at_all(daemon: Daemon) -> None:
    for path, said in PAGES.items():
        text = daemon.get(path).text
        assert [each for each in said if escape(each) not in text] == [], path
        assert "<script" not in text.replace('<script src="/assets/wall.js?', ""), path
    feed, badge = (ET.fromstring(daemon.get(path).text) for path in ("/feed.atom", BADGE))
    assert {each.text for each in feed.iter(f"{ATOM}title")} >= {"shop/certificate is down"}
    assert badge.attrib["aria-label"].startswith(f"{SCRIPT} availability: ")
    assert [each.tag for root in (feed, badge) for each in root.iter() if "script" in each.tag] == []
    look_at_metrics(daemon.get("/metrics", Accept="text/plain; version=0.0.4"))


def look_at_metrics(answer: requests.Response) -> None:
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    families = text_string_to_metric_families(answer.text)
    labels = [sample.labels for family in families for sample in family.samples]
    assert any(SCRIPT in each.values() for each in labels)


NAMES = {
    "service": "services: [{name: '%s', endpoints: [{url: 'https://a.example/'}]}]",
    "endpoint": "services: [{name: shop, endpoints: [{name: '%s', url: 'https://a.example/'}]}]",
    "slo": "services: [{name: shop, endpoints: [{url: 'https://a.example/'}], slos: [{name: '%s', objective: 99}]}]",
}


@pytest.mark.parametrize("what", NAMES)
def test_a_name_that_is_markup_is_refused(what: str, tmp_path: Path) -> None:
    file = tmp_path / "uptime.yml"
    file.write_text(NAMES[what] % SCRIPT)
    done = called("check", f"--config.file={file}")
    assert done.returncode == 2
    told = f"`name` may have only letters, digits, `_`, `.` and `-`, but is `{SCRIPT}`; write `script-alert-1-script`"
    assert f"{file}:1: {told}" in done.stdout + done.stderr
