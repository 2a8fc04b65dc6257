import socket

import pytest
from aiohttp import ClientSession, web

from exporter.errors import ListenError, UsageError
from exporter.web.listen import parse_address, serve


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture
def app() -> web.Application:
    made = web.Application()
    made.router.add_get("/", hello)
    return made


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (":9895", ("", 9895)),
        ("127.0.0.1:0", ("127.0.0.1", 0)),
        ("[::]:9895", ("::", 9895)),
        ("example.com:80", ("example.com", 80)),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, place: tuple[str, int]) -> None:
    assert parse_address(text) == place


@pytest.mark.parametrize(
    "text", ["", "9895", "host", "host:", "host:http", "::1:9895", ":65536", ":-1", "[::1]"]
)
def test_what_is_no_address_is_told_with_the_cure(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not an address; write :9895"):
        parse_address(text)


@pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:0", ":0", "[::]:0"])
async def test_a_free_port_is_taken_and_told(app: web.Application, address: str) -> None:
    async with serve(app, address) as bound, ClientSession() as client:
        assert bound.port > 0
        assert bound.address == address.removesuffix("0") + str(bound.port)
        async with client.get(f"http://127.0.0.1:{bound.port}/") as answer:
            assert await answer.text() == "hello"


async def test_the_port_is_free_again_afterwards(app: web.Application) -> None:
    async with serve(app, "127.0.0.1:0") as bound:
        pass
    with socket.create_server(("127.0.0.1", bound.port)):
        pass


async def test_an_address_in_use_is_one_line_with_the_cure(app: web.Application) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ListenError, match=r"in use by another program; stop it, or choose another port$"):
            async with serve(app, address):
                pass


@pytest.mark.parametrize(
    ("address", "message"),
    [("192.0.2.1:9895", "no address of this machine"), ("no-such-host.invalid:9895", "host .* is not known")],
)
async def test_an_address_that_is_not_ours_is_one_line(
    app: web.Application, address: str, message: str
) -> None:
    with pytest.raises(ListenError, match=message) as told:
        async with serve(app, address):
            pass
    assert "\n" not in str(told.value)
