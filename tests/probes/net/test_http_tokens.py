"""OAuth2 token sources that answer in every way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from exporter.probes.http import HttpSettings
from exporter.probes.result import Outcome
from tests.support.oauth import token_source
from tests.support.raw import Probing, ok

SUCCESS = Outcome.SUCCESS


def oauth(url: str, **more: Any) -> dict[str, Any]:
    return {"client_id": "probe", "client_secret": "s3cret", "token_url": url, **more}


def told(body: bytes) -> bytes:
    """A token source's answer."""
    return ok(body, b"200 OK", b"Content-Type: application/json")


async def test_an_answer_with_a_token_may_come_in_pieces(probing: Probing) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        whole = told(b'{"access_token": "abc"}')
        for part in (whole[:-10], whole[-10:]):
            writer.write(part)
            await writer.drain()
            for _ in range(50):  # turns of the event loop, in which the client reads it
                await asyncio.sleep(0)

    source, server = await probing.serve(handler=handler), await probing.serve(ok())
    settings = oauth(f"http://127.0.0.1:{source.port}/token")
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", oauth2=settings)
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert b"\r\nAuthorization: Bearer abc\r\n" in server.requests[0]


@pytest.mark.parametrize(
    ("life", "asked"),
    [
        (b'"3599"', 1),
        (b"null", 1),
        (b'"soon"', 1),
        (b"Infinity", 1),
        (b"9" * 400, 1),
        (b"0", 2),
        (b"-1", 2),
        (b"NaN", 2),
    ],
)
async def test_any_life_that_a_source_says_is_understood(probing: Probing, life: bytes, asked: int) -> None:
    source = await probing.serve(told(b'{"access_token": "abc", "expires_in": ' + life + b"}"))
    context = await probing.context()
    settings = HttpSettings.model_validate({"oauth2": oauth(f"http://127.0.0.1:{source.port}/token")})
    check = settings.check("http://a/", 1).token
    assert check is not None
    assert [await context.tokens.get(check) for _ in range(2)] == ["abc", "abc"]
    assert len(source.requests) == asked


async def test_an_answer_of_a_source_without_end_is_cut(probing: Probing) -> None:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b" " * 4096)
            await writer.drain()

    source, server = await probing.serve(handler=handler), await probing.serve(ok())
    result = await probing.probe(
        f"http://127.0.0.1:{server.port}/", oauth2=oauth(f"http://127.0.0.1:{source.port}/token")
    )
    assert result.detail == "no token from 127.0.0.1: the answer is longer than 64 KiB"


async def test_a_source_that_redirects_gets_no_credentials_sent_on(probing: Probing) -> None:
    other, server = await probing.serve(ok()), await probing.serve(ok())
    location = f"Location: http://localhost:{other.port}/".encode()
    source = await probing.serve(ok(b"", b"307 Temporary Redirect", location))
    settings = oauth(f"http://127.0.0.1:{source.port}/token", endpoint_params={"password": "hush"})
    result = await probing.probe(f"http://127.0.0.1:{server.port}/", oauth2=settings)
    assert result.detail == "no token from 127.0.0.1: status 307"
    assert other.requests == []


@pytest.mark.parametrize("content", [None, b"no certificate"])
async def test_a_ca_file_that_cannot_be_read_is_our_own_fault(
    probing: Probing, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    settings = oauth("https://127.0.0.1:1/token", ca_file=str(file))
    result = await probing.probe("http://127.0.0.1:1/", oauth2=settings)
    assert (result.outcome, result.reason) == (Outcome.INCONCLUSIVE, None)
    assert str(file) in result.detail


async def test_scenario_23_a_token_stays_behind_at_another_host_and_is_not_judged_there(
    probing: Probing,
) -> None:
    other = await probing.serve(ok(b"", b"401 Unauthorized"))
    location = f"Location: http://localhost:{other.port}/".encode()
    first = await probing.serve(ok(b"", b"302 Found", location))
    async with token_source() as source:
        context, url = await probing.context(), f"http://127.0.0.1:{first.port}/"
        results = [await probing.probe(url, context=context, oauth2=oauth(source.url)) for _ in range(2)]
    assert [result.status for result in results] == [401, 401]
    assert source.given == 1
    assert b"\r\nAuthorization: Bearer token-1\r\n" in first.requests[1]
    assert b"Authorization" not in b"".join(other.requests)
