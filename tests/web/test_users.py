import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import bcrypt
import pytest

from exporter.web.users import (
    MOST_REFUSED,
    MOST_WAITING,
    BusyError,
    Checker,
    Credentials,
    parse_authorization,
)
from tests.support.secured import HASH, PASSWORD

USERS = {"mara": HASH.encode(), "zoë": HASH.encode()}
MARA = Credentials(b"mara", PASSWORD.encode())
WRONG = Credentials(b"mara", b"wrong")


class Counted:
    """The real bcrypt, counting what it was asked, and held up where a test says so."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.threads: set[int] = set()
        self.go = threading.Event()
        self.go.set()

    def compare(self, password: bytes, hashed: bytes) -> bool:
        self.asked.append(hashed)
        self.threads.add(threading.get_ident())
        self.go.wait(60)
        return bcrypt.checkpw(password, hashed)


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def checker(counted: Counted) -> Checker:
    return Checker(counted.compare)


async def check(checker: Checker, given: Credentials, users: Mapping[str, bytes] = USERS) -> str | None:
    return await checker.check(given, users)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Basic bWFyYTpvcGVu", Credentials(b"mara", b"open")),
        ("bAsIc  bWFyYTpvcGVu ", Credentials(b"mara", b"open")),
        ("Basic bWFyYTphOmI=", Credentials(b"mara", b"a:b")),
        ("Basic Og==", Credentials(b"", b"")),
        ("Basic bWFyYQ==", None),
        ("Basic bWFyYTpvcGV", None),
        ("Basic *", None),
        ("Basic \udcff", None),
        ("Basic", None),
        ("Bearer bWFyYTpvcGVu", None),
        ("", None),
    ],
)
def test_credentials_are_read_as_the_exporters_do(header: str, found: Credentials | None) -> None:
    assert parse_authorization(header) == found


async def test_only_the_right_password_of_a_user_is_let_in(checker: Checker) -> None:
    assert await check(checker, MARA) == "mara"
    assert await check(checker, Credentials("zoë".encode(), PASSWORD.encode())) == "zoë"
    for user, password in [
        (b"mara", b"wrong"),
        (b"mara", b""),
        (b"nobody", PASSWORD.encode()),
        (b"", b""),
        (b"zo\xeb", b""),
    ]:
        assert await check(checker, Credentials(user, password)) is None


@pytest.mark.parametrize("password", [b"a" * 72, b"a" * 100, b"with\0zero"])
async def test_no_password_is_too_long_or_too_strange_to_be_checked(password: bytes) -> None:
    hashed = bcrypt.hashpw(password[:72], bcrypt.gensalt(4))
    assert await check(Checker(), Credentials(b"a", password), {"a": hashed}) == "a"
    assert await check(Checker(), Credentials(b"a", b"x" + password), {"a": hashed}) is None


async def test_a_password_is_checked_once_and_not_on_the_loop(checker: Checker, counted: Counted) -> None:
    for _ in range(3):
        assert await check(checker, MARA) == "mara"
        assert await check(checker, WRONG) is None
    assert counted.asked == [HASH.encode()] * 2
    assert threading.get_ident() not in counted.threads


async def test_another_hash_is_checked_anew(checker: Checker, counted: Counted) -> None:
    other = bcrypt.hashpw(b"another", bcrypt.gensalt(4))
    assert await check(checker, MARA) == "mara"
    assert await check(checker, MARA, {"mara": other}) is None
    assert await check(checker, MARA, {"zoë": other}) is None
    assert await check(checker, MARA) == "mara"
    assert len(counted.asked) == 3


async def test_who_is_no_user_any_more_is_forgotten(checker: Checker, counted: Counted) -> None:
    assert await check(checker, MARA) == "mara"
    checker.forget({"zoë": HASH.encode()})
    assert await check(checker, MARA) == "mara"
    assert len(counted.asked) == 2


async def test_an_unknown_user_costs_what_a_known_one_does_and_always_the_same(
    checker: Checker, counted: Counted
) -> None:
    costly = bcrypt.hashpw(b"x", bcrypt.gensalt(5))
    users = {"a": HASH.encode(), "b": costly}
    names = [f"nobody{number}".encode() for number in range(40)]
    for _ in range(2):
        for number, name in enumerate(names):
            assert await check(checker, Credentials(name, b"%d" % number), users) is None
    assert len(counted.asked) == len(names)
    assert {asked[:7] for asked in counted.asked} == {HASH.encode()[:7], costly[:7]}


async def test_guesses_are_forgotten_and_push_nobody_out(checker: Checker, counted: Counted) -> None:
    assert await check(checker, MARA) == "mara"
    for number in range(MOST_REFUSED + 1):
        await check(checker, Credentials(b"mara", b"%d" % number))
    before = len(counted.asked)
    assert await check(checker, MARA) == "mara"
    assert await check(checker, Credentials(b"mara", b"100")) is None
    assert len(counted.asked) == before
    assert await check(checker, Credentials(b"mara", b"0")) is None
    assert len(counted.asked) == before + 1


async def test_no_password_is_kept(checker: Checker, counted: Counted) -> None:
    await check(checker, MARA)
    await check(checker, Credentials(b"mara", b"another secret"))
    kept: Any = [getattr(checker, name) for name in vars(checker) if name != "_compare_hash"]
    assert PASSWORD not in repr(kept)
    assert "another secret" not in repr(kept)
    assert counted.asked


async def test_those_beyond_what_can_wait_are_refused_unchecked(checker: Checker, counted: Counted) -> None:
    assert await check(checker, MARA) == "mara"
    counted.go.clear()
    guesses = [
        asyncio.create_task(check(checker, Credentials(b"mara", b"%d" % number)))
        for number in range(MOST_WAITING)
    ]
    await asyncio.sleep(0)
    with pytest.raises(BusyError):
        await check(checker, WRONG)
    assert await check(checker, MARA) == "mara"
    counted.go.set()
    assert await asyncio.gather(*guesses) == [None] * MOST_WAITING
    assert await check(checker, WRONG) is None
