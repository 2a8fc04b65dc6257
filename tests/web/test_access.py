"""Users, headers and the rate limit on the real server, and what becomes of them when the file changes."""

import asyncio
from pathlib import Path

import bcrypt
import pytest
from structlog.testing import capture_logs

from exporter.errors import ConfigError
from exporter.web.access import Access
from tests.support.secured import HASH, PASSWORD, TLS, USERS, basic
from tests.support.server import Server
from tests.web.conftest import Secured

PATHS = ["/", "/services", "/metrics", "/api/v1/slos", "/-/healthy", "/-/ready", "/nowhere"]
UNREADABLE = (500, "the web configuration cannot be read; the log says why\n")


async def as_mara(server: Server, path: str = "/-/healthy") -> int:
    return (await server.get(path, Authorization=basic(), Accept_Encoding="identity"))[0]


@pytest.mark.parametrize("path", PATHS)
async def test_every_path_asks_who_comes(secured: Secured, path: str) -> None:
    server = await secured.start(USERS)
    async with server.client.get(server.url + path) as answer:
        assert (answer.status, await answer.text()) == (401, "Unauthorized\n")
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="uptime-slo-exporter", charset="UTF-8"'
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert await as_mara(server, path) == (404 if path == "/nowhere" else 200)


@pytest.mark.parametrize("authorization", [basic(password="wrong"), basic("tom"), "Bearer x", "Basic x"])
async def test_nobody_else_is_let_in(secured: Secured, authorization: str) -> None:
    server = await secured.start(USERS)
    assert (await server.get("/api/v1/slos", Authorization=authorization))[0] == 401


async def test_many_at_once_are_all_answered(secured: Secured) -> None:
    server = await secured.start(USERS)
    answers = await asyncio.gather(*(as_mara(server) for _ in range(30)))
    assert answers == [200] * 30


async def test_guesses_that_would_wait_too_long_are_refused(secured: Secured) -> None:
    slow = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(8)).decode()
    server = await secured.start(f"basic_auth_users: {{mara: {slow}}}\n")
    assert await as_mara(server) == 200
    guesses = [server.get("/-/healthy", Authorization=basic(password=str(number))) for number in range(80)]
    answers = await asyncio.gather(*guesses)
    assert {status for status, _ in answers} == {401, 429}
    assert await as_mara(server) == 200


async def test_headers_of_the_file_go_over_our_own_on_every_answer(secured: Secured) -> None:
    server = await secured.start(
        "http_server_config:\n  headers:\n    Content-Security-Policy: default-src 'self'\n"
        "    X-Frame-Options: deny\n    X-Content-Type-Options: nosniff\n"
        "    Strict-Transport-Security: ''\n    X-XSS-Protection: 0\n" + USERS
    )
    async with server.client.get(server.url) as answer:
        assert answer.status == 401
        assert answer.headers["Content-Security-Policy"] == "default-src 'self'"
        assert answer.headers["X-Frame-Options"] == "deny"
        assert answer.headers["X-XSS-Protection"] == "0"
        assert "Strict-Transport-Security" not in answer.headers


async def test_a_blank_header_takes_ours_away(secured: Secured) -> None:
    server = await secured.start("http_server_config: {headers: {Content-Security-Policy: ''}}\n")
    async with server.client.get(server.url) as answer:
        assert "Content-Security-Policy" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_requests_beyond_the_rate_are_refused_before_anything_else(secured: Secured) -> None:
    server = await secured.start(f"rate_limit: {{interval: 1h, burst: 2}}\n{USERS}")
    assert [await as_mara(server) for _ in range(2)] == [200, 200]
    assert await server.get("/api/v1/slos") == (429, "Too Many Requests\n")


async def test_another_rate_holds_at_once(secured: Secured) -> None:
    server = await secured.start("rate_limit: {interval: 1h, burst: 1}\n")
    assert [(await server.get("/-/healthy"))[0] for _ in range(2)] == [200, 429]
    secured.folder.write("rate_limit: {interval: 1h, burst: 3}\n")
    assert [(await server.get("/-/healthy"))[0] for _ in range(4)] == [200, 200, 200, 429]
    secured.folder.write("")
    assert (await server.get("/-/healthy"))[0] == 200


async def test_a_change_elsewhere_gives_no_requests_back(secured: Secured) -> None:
    limit = "rate_limit: {interval: 1h, burst: 1}\n"
    server = await secured.start(limit)
    assert (await server.get("/-/healthy"))[0] == 200
    secured.folder.write(f"# another\n{limit}")
    assert (await server.get("/-/healthy"))[0] == 429


async def test_users_change_with_the_next_request(secured: Secured) -> None:
    server = await secured.start("")
    assert (await server.get("/api/v1/slos"))[0] == 200
    secured.folder.write(USERS)
    assert ((await server.get("/api/v1/slos"))[0], await as_mara(server)) == (401, 200)
    secured.folder.write(f"basic_auth_users: {{tom: {HASH}}}\n")
    assert await as_mara(server) == 401
    assert (await server.get("/api/v1/slos", Authorization=basic("tom")))[0] == 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("basic_auth_users: {mara: plain}\n", "`mara` is given no bcrypt hash"),
        ("basic_auth_users: {mara\n", "is not valid YAML"),
        ("", "`basic_auth_users` cannot go while the daemon runs; restart it"),
        (USERS + TLS, "TLS cannot be switched on while the daemon runs; restart it"),
    ],
)
async def test_what_is_wrong_leaves_the_former_in_force_and_is_told_once(
    secured: Secured, text: str, said: str
) -> None:
    server = await secured.start(USERS)
    secured.folder.write(text)
    with capture_logs() as logs:
        assert [await as_mara(server), (await server.get("/api/v1/slos"))[0]] == [200, 401]
        status, ready = await server.get("/-/ready", Authorization=basic())
    assert status == 200
    assert f"degraded: the web configuration before its last change is in force: {said}" in ready
    assert [(line["event"], line["in_force"]) for line in logs] == [("web_config_refused", "the one before")]
    assert said in logs[0]["problem"]
    with capture_logs() as logs:
        secured.folder.write(USERS)
        assert "degraded" not in (await server.get("/-/ready", Authorization=basic()))[1]
    assert [line["event"] for line in logs] == ["web_config_reloaded"]


async def test_nobody_is_let_in_while_it_cannot_be_read_who_may(secured: Secured, tmp_path: Path) -> None:
    server = await secured.start(USERS)
    secured.folder.file.rename(tmp_path / "away")
    with capture_logs() as logs:
        for path in PATHS:
            assert await server.get(path, Authorization=basic()) == UNREADABLE
    assert [line["event"] for line in logs] == ["web_config_refused"]
    assert "cannot be read: No such file or directory" in logs[0]["problem"]
    (tmp_path / "away").rename(secured.folder.file)
    assert await as_mara(server) == 200


async def test_without_users_an_unreadable_file_changes_nothing(secured: Secured) -> None:
    server = await secured.start("rate_limit: {}\n")
    secured.folder.file.unlink()
    assert (await server.get("/api/v1/slos"))[0] == 200
    assert "cannot be read" in (await server.get("/-/ready"))[1]


MTLS = TLS.replace("}", ", client_auth_type: {}, client_ca_file: ca.pem, client_allowed_sans: [a]}}").replace(
    "{cert", "{{cert"
)
STRICT = MTLS.format("RequireAndVerifyClientCert")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "TLS cannot be switched off while the daemon runs; restart it"),
        (
            MTLS.format("VerifyClientCertIfGiven"),
            (
                "`client_auth_type` cannot go from RequireAndVerifyClientCert to VerifyClientCertIfGiven"
                " while the daemon runs; restart it"
            ),
        ),
        (
            TLS,
            (
                "`client_auth_type` cannot go from RequireAndVerifyClientCert to NoClientCert"
                " while the daemon runs; restart it"
            ),
        ),
        (
            STRICT.replace(", client_allowed_sans: [a]", ""),
            "`client_allowed_sans` cannot go while the daemon runs; restart it",
        ),
    ],
)
async def test_a_half_written_file_does_not_let_more_people_in(
    secured: Secured, text: str, said: str
) -> None:
    server = await secured.start(STRICT)
    client = secured.folder.client(secured.folder.ca.issue_cert("a"))
    secured.folder.write(text)
    assert f"in force: {said}\n" in (await server.get("/-/ready", tls=client))[1]
    secured.folder.write(STRICT.replace("[a]", "[a, b]"))
    assert "in force" not in (await server.get("/-/ready", tls=client))[1]


def test_what_is_doubtful_is_logged(secured: Secured) -> None:
    with capture_logs() as logs:
        Access(secured.folder.write("basic_auth_users:\n"))
    assert [line["event"] for line in logs] == ["web_config_doubtful"]
    assert logs[0]["warning"].endswith("web.yml:1: `basic_auth_users` names nobody: everybody is let in")


def test_a_daemon_does_not_start_with_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        Access(str(tmp_path / "web.yml"))


async def test_no_log_line_has_a_secret(secured: Secured) -> None:
    server = await secured.start(USERS)
    with capture_logs() as logs:
        secured.folder.write(USERS.replace("mara", "tom").replace(HASH, "clear-text-password"))
        await as_mara(server)
        secured.folder.write(USERS.replace("mara", "tom"))
        await as_mara(server)
    assert len(logs) == 2
    for secret in (HASH, PASSWORD, "clear-text-password"):
        assert secret not in str(logs)
