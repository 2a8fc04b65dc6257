"""Who a request says it is, and the proxy through which it goes."""

import asyncio
from typing import Any

import pytest

from exporter.probes.http import HttpSettings
from exporter.probes.net.tokens import Tokens
from exporter.probes.request import shown
from exporter.probes.result import Outcome, ProbeFailed, Reason
from tests.probes.conftest import ServerTls
from tests.support.oauth import token_source
from tests.support.proxy import proxying
from tests.support.raw import Probing, RawServer, ok, probe_all

SUCCESS, FAILURE = Outcome.SUCCESS, Outcome.FAILURE


def demanding(server: RawServer, value: bytes) -> Any:
    """A handler that wants to see a header Authorization."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        server.requests.append(head)
        is_right = b"\r\nAuthorization: " + value + b"\r\n" in head
        writer.write(ok() if is_right else ok(b"", b"401 Unauthorized"))
        await writer.drain()

    return handler


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        ({"token": "abc"}, b"Bearer abc"),
        ({"basic_auth": {"username": "mara", "password": "p:w%"}}, b"Basic bWFyYTpwOncl"),
        ({"headers": {"Authorization": "Key abc"}}, b"Key abc"),
    ],
)
async def test_scenario_19_a_server_that_demands_credentials_gets_them(
    probing: Probing, settings: Any, value: bytes
) -> None:
    server = await probing.serve()
    server.handler = demanding(server, value)
    url = f"http://127.0.0.1:{server.port}/"
    assert (await probing.probe(url, **settings)).outcome is SUCCESS
    without = await probing.probe(url)
    assert (without.reason, without.status) == (Reason.STATUS, 401)
    assert value.decode() not in shown(server.requests[0])
    assert "<secret>" in shown(server.requests[0])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"token": "a", "basic_auth": {"username": "b"}}, "`basic_auth` and `token` are both given"),
        (
            {"token": "a", "headers": {"authorization": "b"}},
            "a header Authorization and `token` are both given",
        ),
        ({"basic_auth": {"username": "a:b"}}, "`username` may not have a colon"),
        ({"token": "a\nb"}, "has a line break"),
        ({"oauth2": {"client_id": "a", "token_url": "ftp://b/"}}, "`token_url` must be an http or https URL"),
        ({"proxy": {"url": "https://proxy:3128"}}, "`url` of a proxy is http://host:port"),
        (
            {"proxy": {"url": "http://a:b@proxy", "headers": {"proxy-authorization": "c"}}},
            "`url` has credentials and so has the header Proxy-Authorization",
        ),
        ({"body": "a", "body_file": "b"}, "`body` and `body_file` are both given"),
        (
            {"compression": "gzip", "headers": {"Accept-Encoding": "deflate"}},
            "`compression` is gzip, and the header Accept-Encoding is 'deflate'; remove one",
        ),
    ],
)
def test_scenario_9_what_does_not_fit_together_is_refused(settings: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        HttpSettings.model_validate(settings)


def test_credentials_in_url_and_probe_are_refused() -> None:
    with pytest.raises(ValueError, match="the URL has credentials and so has its probe"):
        HttpSettings.model_validate({"token": "a"}).check("http://a:b@example.com/", 1000)


def oauth(url: str, **more: Any) -> dict[str, Any]:
    return {"client_id": "probe", "client_secret": "s3cret", "token_url": url, **more}


async def test_a_token_is_fetched_once_for_all_probes_that_need_it(probing: Probing) -> None:
    server = await probing.serve()
    server.handler = demanding(server, b"Bearer token-1")
    async with token_source() as source:
        context = await probing.context()
        urls = [f"http://127.0.0.1:{server.port}/{number}" for number in range(20)]
        settings = oauth(source.url, scopes=["read", "write"], endpoint_params={"audience": "shop"})
        first = await probe_all(context, urls, oauth2=settings)
        second = await probe_all(context, urls, oauth2=settings)
    assert {result.outcome for result in (*first, *second)} == {SUCCESS}
    assert source.given == 1
    assert source.forms == [{"grant_type": "client_credentials", "audience": "shop", "scope": "read write"}]


async def test_a_token_that_is_refused_is_fetched_anew_by_the_next_probe(probing: Probing) -> None:
    server = await probing.serve()
    server.handler = demanding(server, b"Bearer token-2")
    async with token_source() as source:
        context, url = await probing.context(), f"http://127.0.0.1:{server.port}/"
        results = [await probing.probe(url, context=context, oauth2=oauth(source.url)) for _ in range(3)]
    assert [result.status for result in results] == [401, 200, 200]


async def test_a_token_near_its_end_is_not_used(probing: Probing) -> None:
    async with token_source() as source:
        source.life = 0
        context = await probing.context()
        check = HttpSettings.model_validate({"oauth2": oauth(source.url)}).check("http://a/", 1).token
        assert check is not None
        tokens = Tokens(context)
        assert [await tokens.get(check), await tokens.get(check)] == ["token-1", "token-2"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((503, ""), "status 503"),
        ((200, "oops"), "the answer is no JSON"),
        ((200, '{"token": "x"}'), "the answer has no access_token"),
        ((200, '{"access_token": "a\\nb"}'), "the answer has no access_token"),
    ],
)
async def test_scenario_66_a_source_that_gives_no_token_fails_the_probe(
    probing: Probing, answer: tuple[int, str], said: str
) -> None:
    server = await probing.serve(ok())
    async with token_source() as source:
        source.answer = answer
        result = await probing.probe(f"http://127.0.0.1:{server.port}/", oauth2=oauth(source.url))
    assert (result.outcome, result.reason) == (FAILURE, Reason.TOKEN)
    assert result.detail == f"no token from 127.0.0.1: {said}"
    assert server.requests == []


async def test_wrong_credentials_and_a_source_that_is_gone_are_told_without_them(probing: Probing) -> None:
    server = await probing.serve(ok())
    url = f"http://127.0.0.1:{server.port}/"
    async with token_source() as source:
        wrong = await probing.probe(url, oauth2={**oauth(source.url), "client_secret": "hush"})
        gone = source.url
    assert wrong.detail == "no token from 127.0.0.1: status 401"
    refused = await probing.probe(url, oauth2=oauth(gone))
    assert (refused.reason, "hush" in refused.detail) == (Reason.TOKEN, False)


async def test_a_source_that_is_silent_ends_at_the_deadline(probing: Probing) -> None:
    silent, server = await probing.serve(keep_open=True), await probing.serve(ok())
    token_url = f"http://127.0.0.1:{silent.port}/token"
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", 200, oauth2=oauth(token_url))
    assert (result.reason, result.detail) == (Reason.TOKEN, "no token within 0.2s")


async def test_a_name_of_a_source_is_looked_up_as_all_names(probing: Probing) -> None:
    async with token_source() as source:
        server = await probing.serve(ok())
        port = source.url.rpartition(":")[2]
        context = await probing.context(look_up=lambda _host, _family: [(2, "127.0.0.1")])
        result = await probing.probe(
            f"http://127.0.0.1:{server.port}/",
            context=context,
            oauth2=oauth(f"http://idp.example.com:{port}"),
        )
    assert result.outcome is SUCCESS


async def test_scenario_31_an_http_target_is_asked_of_the_proxy(probing: Probing) -> None:
    """The proxy looks the name up: we do not even try."""

    def nobody(host: str, _family: int) -> Any:
        raise AssertionError(host)

    server = await probing.serve(ok())
    async with proxying() as proxy:
        context = await probing.context(look_up=nobody)
        result = await probing.probe(
            f"http://localhost:{server.port}/a?b",
            context=context,
            proxy={"url": f"http://mara:pw@127.0.0.1:{proxy.port}", "headers": {"X-Site": "fra1"}},
        )
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert result.phases.resolve is None
    assert proxy.asked == [f"GET http://localhost:{server.port}/a?b HTTP/1.1"]
    assert b"\r\nProxy-Authorization: Basic bWFyYTpwdw==\r\nX-Site: fra1\r\n" in proxy.heads[0]


async def test_an_https_target_is_reached_through_a_tunnel(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    """The proxy's headers are for the proxy, and the target's name is what its certificate must be for."""
    server = await probing.serve(ok(), tls=server_tls("localhost"))
    async with proxying() as proxy:
        result = await probing.probe(
            f"https://localhost:{server.port}/",
            proxy={"url": f"http://mara:pw@127.0.0.1:{proxy.port}"},
            tls={"ca_file": ca_file},
        )
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert result.tls is not None
    assert result.tls.verified
    assert proxy.asked == [f"CONNECT localhost:{server.port} HTTP/1.1"]
    assert b"Proxy-Authorization" in proxy.heads[0]
    assert b"Proxy-Authorization" not in server.requests[0]
    assert server.names == ["localhost"]
    assert result.phases.tls is not None


@pytest.mark.parametrize("refusal", ["407 Proxy Authentication Required", "502 Bad Gateway"])
async def test_a_proxy_that_refuses_is_named(probing: Probing, refusal: str) -> None:
    async with proxying() as proxy:
        proxy.refusal = refusal
        result = await probing.probe(
            "https://shop.example.com/", proxy={"url": f"http://127.0.0.1:{proxy.port}"}
        )
    assert (result.reason, result.detail) == (
        Reason.STATUS,
        f"the proxy 127.0.0.1:{proxy.port} answered CONNECT with status {refusal[:3]}",
    )


@pytest.mark.parametrize("refusal", ["407 Proxy Authentication Required", "502 Bad Gateway"])
async def test_a_proxy_that_may_have_answered_itself_is_named(probing: Probing, refusal: str) -> None:
    async with proxying() as proxy:
        proxy.refusal = refusal
        at = {"url": f"http://127.0.0.1:{proxy.port}"}
        result = await probing.probe("http://shop.example.com/", proxy=at)
        wanted = await probing.probe("http://shop.example.com/", proxy=at, expect={"status": refusal[:3]})
    said = f"status {refusal[:3]}, through the proxy 127.0.0.1:{proxy.port}"
    assert (result.reason, result.detail) == (Reason.STATUS, said)
    assert wanted.outcome is SUCCESS


async def test_a_status_that_came_through_a_tunnel_is_the_target_s(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    server = await probing.serve(ok(b"", b"502 Bad Gateway"), tls=server_tls("localhost"))
    async with proxying() as proxy:
        context = await probing.context(details=True)
        result = await probing.probe(
            f"https://localhost:{server.port}/",
            context=context,
            proxy={"url": f"http://mara:pw@127.0.0.1:{proxy.port}"},
            tls={"ca_file": ca_file},
        )
    assert (result.reason, result.detail) == (Reason.STATUS, "status 502")
    assert result.details is not None
    sent = [line.text for line in result.details.lines if line.kind == "sent"]
    assert sent[0] == f"CONNECT localhost:{server.port} HTTP/1.1"
    assert "Proxy-Authorization: <secret>" in sent
    assert "GET / HTTP/1.1" in sent


async def test_a_proxy_that_says_nothing_or_hangs_up(probing: Probing) -> None:
    silent = await probing.serve(keep_open=True)
    at = {"url": f"http://127.0.0.1:{silent.port}"}
    result = await probing.probe("https://shop.example.com/", 200, proxy=at)
    assert (result.reason, result.detail) == (
        Reason.TIMEOUT,
        f"timed out after 0.2s waiting for the proxy 127.0.0.1:{silent.port} to connect",
    )
    gone = await probing.serve()
    result = await probing.probe("https://shop.example.com/", proxy={"url": f"http://127.0.0.1:{gone.port}"})
    assert result.reason is Reason.RESET
    refused = await probing.probe("http://shop.example.com/", proxy={"url": "http://127.0.0.1:1"})
    assert (refused.reason, refused.detail) == (Reason.REFUSED, "127.0.0.1:1: connection refused")


@pytest.mark.parametrize(
    ("host", "no_proxy", "direct"),
    [
        ("shop.example.com", "example.com", True),
        ("shop.example.com", ".example.com", True),
        ("badexample.com", "example.com", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", ["10.0.0.0/8", "localhost"], False),
        ("anything", "*", True),
        ("[2001:db8::1]", "2001:db8::/32", True),
    ],
)
def test_hosts_that_are_not_reached_through_the_proxy(host: str, no_proxy: Any, direct: bool) -> None:
    settings = HttpSettings.model_validate({"proxy": {"url": "http://192.0.2.1", "no_proxy": no_proxy}})
    hop = settings.check(f"http://{host}/", 1000).hop
    assert (hop.place.host == "192.0.2.1") is not direct
    assert (hop.place.port == 3128) is not direct


async def test_a_redirect_takes_the_way_that_its_host_takes(probing: Probing) -> None:
    target = await probing.serve(ok())
    location = f"Location: http://127.0.0.1:{target.port}/".encode()
    first = await probing.serve(ok(b"", b"302 Found", location))
    async with proxying() as proxy:
        result = await probing.probe(
            f"http://localhost:{first.port}/",
            proxy={"url": f"http://127.0.0.1:{proxy.port}", "no_proxy": "127.0.0.1"},
        )
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert len(proxy.asked) == len(target.requests) == 1
    assert b"GET / HTTP/1.1" in target.requests[0]


async def test_tokens_are_dropped_with_their_context(probing: Probing) -> None:
    silent = await probing.serve(keep_open=True)
    check = (
        HttpSettings.model_validate({"oauth2": oauth(f"http://127.0.0.1:{silent.port}/token")})
        .check("http://a/", 1)
        .token
    )
    assert check is not None
    context = await probing.context()
    asking = asyncio.ensure_future(context.tokens.get(check))
    while not silent.requests:  # noqa: ASYNC110 -- there is no event
        await asyncio.sleep(0.001)
    context.close()
    with pytest.raises((asyncio.CancelledError, ProbeFailed)):
        await asking
