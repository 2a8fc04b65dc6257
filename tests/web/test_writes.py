"""What a request that changes the record must bring, on the real server."""

from io import BytesIO

import pytest
from aiohttp import web

from exporter.web.writes import author, json_body
from tests.support.secured import USERS, basic
from tests.support.server import Server
from tests.web.conftest import Secured

FLAG = "--web.enable-admin-api"
NEEDS = "the record cannot be changed over HTTP: that needs {}\n"
USERS_KEY = "basic_auth_users in the file of --web.config.file"
OTHER_SITE = (403, "the record cannot be changed from a page of another site\n")
NO_JSON = (415, "send JSON, with the header Content-Type: application/json\n")
JSON = "application/json"


async def write(request: web.Request) -> web.Response:
    return web.Response(text=author(request))


async def read(request: web.Request) -> web.Response:
    return web.json_response(dict(await json_body(request)))


ROUTES = [web.post("/write", write), web.delete("/write", write)]


async def post(
    server: Server, method: str = "POST", data: str | None = "{}", **headers: str
) -> tuple[int, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with server.client.request(method, f"{server.url}/write", data=data, headers=named) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("text", "flag", "missing"),
    [("", False, f"{FLAG} and {USERS_KEY}"), ("", True, USERS_KEY), (USERS, False, FLAG)],
)
async def test_without_the_flag_and_users_it_is_forbidden_and_says_what_is_missing(
    secured: Secured, text: str, flag: bool, missing: str
) -> None:
    server = await secured.start(text, *ROUTES, admin_api=flag)
    assert await post(server, Authorization=basic(), Content_Type=JSON) == (403, NEEDS.format(missing))


async def test_a_body_that_is_too_large_says_what_to_do(secured: Secured) -> None:
    server = await secured.start(USERS, web.post("/write", read), admin_api=True)
    body = BytesIO(b'"' + b"x" * 1024**2 + b'"')
    async with server.client.post(
        f"{server.url}/write", data=body, headers={"Authorization": basic()}
    ) as answer:
        assert (answer.status, await answer.text()) == (
            413,
            "the body is larger than 1MiB, and nothing was written: split it, as a file into several with fewer rows each\n",
        )


async def test_the_author_is_whoever_gave_the_password(secured: Secured) -> None:
    server = await secured.start(USERS, *ROUTES, admin_api=True)
    body = '{"author": "somebody else"}'
    assert await post(server, data=body, Authorization=basic(), Content_Type=JSON) == (200, "mara")
    assert (await post(server, data=body, Authorization=basic("tom"), Content_Type=JSON))[0] == 401


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_what_a_form_of_any_site_could_send_is_refused(secured: Secured, content_type: str) -> None:
    server = await secured.start(USERS, *ROUTES, admin_api=True)
    assert await post(server, Authorization=basic(), Content_Type=content_type) == NO_JSON
    assert await post(server, data=None, Authorization=basic()) == NO_JSON


async def test_a_deletion_needs_no_body(secured: Secured) -> None:
    server = await secured.start(USERS, *ROUTES, admin_api=True)
    assert await post(server, "DELETE", data=None, Authorization=basic()) == (200, "mara")
    assert (
        await post(server, "DELETE", data="a=b", Authorization=basic(), Content_Type="text/plain") == NO_JSON
    )


@pytest.mark.parametrize(
    ("site", "answer"),
    [
        ("same-origin", (200, "mara")),
        ("none", (200, "mara")),
        ("same-site", OTHER_SITE),
        ("cross-site", OTHER_SITE),
    ],
)
async def test_a_browser_says_which_page_sends_it(
    secured: Secured, site: str, answer: tuple[int, str]
) -> None:
    server = await secured.start(USERS, *ROUTES, admin_api=True)
    found = await post(
        server, Authorization=basic(), Content_Type=JSON, Sec_Fetch_Site=site, Origin="http://proxied.example"
    )
    assert found == answer


@pytest.mark.parametrize(
    ("origin", "answer"),
    [
        ("http://{place}", (200, "mara")),
        ("https://uptime.example.com", (200, "mara")),
        ("https://UPTIME.example.com", (200, "mara")),
        ("https://example.com", OTHER_SITE),
        ("http://127.0.0.1", OTHER_SITE),
        ("null", OTHER_SITE),
        ("http://[", OTHER_SITE),
    ],
)
async def test_an_old_browser_tells_at_least_the_origin(
    secured: Secured, origin: str, answer: tuple[int, str]
) -> None:
    server = await secured.start(USERS, *ROUTES, admin_api=True, external_url="https://uptime.example.com/")
    place = server.url.removeprefix("http://")
    prefixed = await post(server, Authorization=basic(), Content_Type=JSON, Origin=origin.format(place=place))
    assert prefixed == answer


async def test_a_browser_that_asks_first_is_told_no(secured: Secured) -> None:
    """JSON from another site is announced by an OPTIONS request, which nothing here allows."""
    server = await secured.start(USERS, *ROUTES, admin_api=True)
    headers = {
        "Origin": "https://evil.example", "Access-Control-Request-Method": "POST", "Authorization": basic()
    }  # fmt: skip
    async with server.client.options(f"{server.url}/write", headers=headers) as answer:
        assert answer.status == 405
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
