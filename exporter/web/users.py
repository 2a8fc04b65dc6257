"""Who may come in: users of basic authentication, and how their passwords are checked."""

import asyncio
import binascii
import os
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import NamedTuple

import bcrypt

MOST_REFUSED = 100
"""Refused attempts that are remembered."""
MOST_WAITING = 50
"""Attempts that wait for their check at once; those beyond are refused unchecked."""
LONGEST_PASSWORD = 72
"""Bytes of a password that bcrypt looks at."""

_NOBODY = b"." * 22 + b"u" * 31  # salt and digest of no password


class Credentials(NamedTuple):
    """What a client says who it is; bytes, because nobody says in which encoding."""

    user: bytes
    password: bytes


class BusyError(Exception):
    """Too many attempts wait for their check."""


def parse_authorization(header: str) -> Credentials | None:
    """Read an `Authorization` header; None where it is not basic authentication."""
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    user, colon, password = decoded.partition(b":")
    return Credentials(user, password) if colon else None


class Checker:
    """Checks passwords: once, in a thread, one after the other, and with the same effort for whoever does not exist.

    What was found out is remembered under a keyed digest, never under the password. Who was let in
    is remembered apart from who was not, so that guessing pushes nobody out.
    """

    def __init__(self, compare: Callable[[bytes, bytes], bool] = bcrypt.checkpw) -> None:
        """Begin with nothing found out.

        Args:
            compare: Says whether a hash is of a password; slow, and safe to call from any thread.
        """
        self._compare_hash = compare
        self._key = os.urandom(32)
        self._right: dict[bytes, bytes] = {}  # digest by user, at most one each
        self._wrong = OrderedDict[bytes, None]()
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    async def check(self, given: Credentials, users: Mapping[str, bytes]) -> str | None:
        """Say who it is; None for nobody who may come in.

        Args:
            given: User and password.
            users: bcrypt hashes by user, at least one.

        Raises:
            BusyError: Too many wait already.
        """
        user = given.user.decode(errors="surrogateescape")  # what is no text is nobody
        hashed = users.get(user)
        digest = self._digest(given, hashed or b"")
        if digest in self._wrong:
            self._wrong.move_to_end(digest)
            return None
        if self._right.get(given.user) == digest:
            return user
        right = await self._compare(given, hashed or self._hash_of_nobody(given.user, users))
        if right and hashed is not None:
            self._right[given.user] = digest
            return user
        self._remember_wrong(digest)
        return None

    def forget(self, users: Mapping[str, bytes]) -> None:
        """Forget who is not among these any more."""
        names = {user.encode() for user in users}
        self._right = {user: digest for user, digest in self._right.items() if user in names}

    async def _compare(self, given: Credentials, hashed: bytes) -> bool:
        if self._waiting >= MOST_WAITING:
            raise BusyError
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                password = given.password[:LONGEST_PASSWORD]
                return await asyncio.to_thread(self._compare_hash, password, hashed)
        finally:
            self._waiting -= 1

    def _hash_of_nobody(self, user: bytes, users: Mapping[str, bytes]) -> bytes:
        """A hash that nothing fits and that costs what some user's costs: always the same one for a name."""
        prefixes = sorted({hashed[:7] for hashed in users.values()})
        choice = blake2b(user, key=self._key).digest()[0]
        return prefixes[choice % len(prefixes)] + _NOBODY

    def _digest(self, given: Credentials, hashed: bytes) -> bytes:
        digest = blake2b(key=self._key, digest_size=32)
        for part in (given.user, given.password, hashed):
            digest.update(len(part).to_bytes(8) + part)
        return digest.digest()

    def _remember_wrong(self, digest: bytes) -> None:
        self._wrong[digest] = None
        while len(self._wrong) > MOST_REFUSED:
            self._wrong.popitem(last=False)
