"""The real daemon with a web configuration: as a user starts it, and as others come to it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
import trustme

from tests.support.daemon import Daemon, command
from tests.support.prometheus import Prometheus, scrape
from tests.support.secured import HASH, PASSWORD, TLS, USERS, WebFolder

CONFIG = "services: [{name: shop, endpoints: [{name: web, url: 'http://127.0.0.1:9/'}], slos: [{objective: 99.9}]}]\n"
ANY_CERTIFICATE = TLS.replace(
    "}", ", client_auth_type: RequireAnyClientCert, curve_preferences: [X25519, CurveP256]}"
)

StartDaemon = Callable[..., Daemon]


@pytest.fixture
def folder(tmp_path: Path) -> WebFolder:
    (tmp_path / "web").mkdir()
    (tmp_path / "password.txt").write_text(PASSWORD)
    return WebFolder(tmp_path / "web", trustme.CA(key_type=trustme.KeyType.ECDSA))


@pytest.fixture
def daemon(start_daemon: StartDaemon, folder: WebFolder) -> Daemon:
    """One that speaks TLS and knows mara."""
    option = f"--web.config.file={folder.write(TLS + USERS)}"
    return start_daemon(CONFIG, option, verify=str(folder.path / "ca.pem"), auth=("mara", PASSWORD))


def test_it_answers_whoever_says_who_they_are(daemon: Daemon, folder: WebFolder) -> None:
    assert daemon.url.startswith("https://")
    assert daemon.get("/metrics").ok
    stranger = requests.get(f"{daemon.url}/-/healthy", verify=str(folder.path / "ca.pem"), timeout=30)
    assert (stranger.status_code, stranger.text) == (401, "Unauthorized\n")
    for secret in (PASSWORD, HASH):
        assert secret not in daemon.process.output


def test_certificate_and_users_change_without_a_restart(daemon: Daemon, folder: WebFolder) -> None:
    folder.new_certificate("127.0.0.1", "new.example.com")
    folder.write(TLS + USERS.replace("mara", "tom"))
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(folder.path / "ca.pem")
        assert session.get(f"{daemon.url}/-/healthy", auth=("tom", PASSWORD), timeout=30).ok
        assert session.get(f"{daemon.url}/-/healthy", auth=("mara", PASSWORD), timeout=30).status_code == 401
    daemon.process.wait_for_line("event=web_config_reloaded")
    assert daemon.process.status() is None


def test_a_broken_file_leaves_the_former_in_force(daemon: Daemon, folder: WebFolder) -> None:
    folder.write("basic_auth_users: [")
    assert daemon.get("/metrics").ok
    assert "degraded: the web configuration before its last change is in force" in daemon.get("/-/ready").text
    line = daemon.process.wait_for_line("event=web_config_refused")
    assert "web.yml:2: is not valid YAML" in line.string


def test_status_shows_its_slos(daemon: Daemon, folder: WebFolder, tmp_path: Path) -> None:
    done = command(
        "status",
        f"--url={daemon.url}",
        "--user=mara",
        f"--password-file={tmp_path / 'password.txt'}",
        f"--ca-file={folder.path / 'ca.pem'}",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^shop +availability", done.stdout, re.MULTILINE)


def test_the_real_prometheus_scrapes_it(
    daemon: Daemon, folder: WebFolder, start_prometheus: Callable[..., Prometheus], tmp_path: Path
) -> None:
    prometheus = start_prometheus(
        scrape(daemon.address)
        | {
            "scheme": "https",
            "tls_config": {"ca_file": str(folder.path / "ca.pem")},
            "basic_auth": {"username": "mara", "password_file": str(tmp_path / "password.txt")},
        }
    )
    prometheus.wait_for('up{job="uptime"} == 1')
    (found,) = prometheus.wait_for("uptime_slo_objective_ratio")
    assert found.number == 0.999


def test_the_real_prometheus_shows_any_certificate(
    start_daemon: StartDaemon,
    folder: WebFolder,
    start_prometheus: Callable[..., Prometheus],
) -> None:
    """By pyOpenSSL, below uvloop: what the standard library cannot."""
    issued = trustme.CA().issue_cert("scraper.example.com")
    issued.private_key_and_cert_chain_pem.write_to_path(folder.path / "scraper.pem")
    both, ca = str(folder.path / "scraper.pem"), str(folder.path / "ca.pem")
    daemon = start_daemon(CONFIG, f"--web.config.file={folder.write(ANY_CERTIFICATE)}", verify=ca, cert=both)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{daemon.url}/-/healthy", verify=ca, timeout=30)
    tls = {"ca_file": ca, "cert_file": both, "key_file": both}
    prometheus = start_prometheus(scrape(daemon.address) | {"scheme": "https", "tls_config": tls})
    prometheus.wait_for('up{job="uptime"} == 1')


def test_it_stops_at_once_with_connections_open(daemon: Daemon) -> None:
    assert daemon.get("/-/healthy").ok
    assert daemon.stop() == 0


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "basic_auth_users: {john: doe}\nrate_limt: {}\n",
            [
                "web.yml:1: `john` is given no bcrypt hash; make one with `htpasswd -nBC 10 USER`",
                "web.yml:2: unknown key `rate_limt`; did you mean `rate_limit`?",
            ],
        ),
        (
            "tls_server_config: {cert_file: a.pem, key_file: b.pem}\n",
            [
                "web.yml:1: `cert_file` (a.pem) cannot be read: No such file or directory",
                "web.yml:1: `key_file` (b.pem) cannot be read: No such file or directory",
            ],
        ),
        (None, ["web.yml: cannot be read: No such file or directory; it is the file of --web.config.file"]),
    ],
)
def test_it_does_not_start_with_a_wrong_file(tmp_path: Path, text: str | None, lines: list[str]) -> None:
    (tmp_path / "uptime.yml").write_text(CONFIG)
    if text is not None:
        (tmp_path / "web.yml").write_text(text)
    done = command("run", "--web.listen-address=127.0.0.1:0", "--web.config.file=web.yml", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (2, "", lines)
    assert not (tmp_path / "uptime.db").exists()
