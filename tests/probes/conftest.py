"""Fixtures of the probes' tests: servers, certificates, probing."""

import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.support.raw import Probing

ServerTls = Callable[..., ssl.SSLContext]


@pytest.fixture
async def probing() -> AsyncIterator[Probing]:
    """Servers and probes that end with the test."""
    async with Probing() as room:
        yield room


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    """An authority that nobody trusts unless told to."""
    return trustme.CA(key_type=trustme.KeyType.ECDSA)


@pytest.fixture(scope="session")
def ca_file(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The authority's certificate."""
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
def server_tls(ca: trustme.CA) -> ServerTls:
    """Server contexts: `server_tls("localhost", not_after=...)`."""

    def make(*names: str, issuer: trustme.CA | None = None, **options: Any) -> ssl.SSLContext:
        certificate = (issuer or ca).issue_cert(*names, key_type=trustme.KeyType.ECDSA, **options)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context

    return make


@pytest.fixture
def long_ago() -> datetime:
    """An instant at which old certificates ended."""
    return datetime(2020, 1, 1, tzinfo=UTC)
