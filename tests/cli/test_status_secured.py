"""`status` with a daemon that speaks TLS and has users."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner

from exporter.cli.status import command
from exporter.errors import UptimeError, UsageError
from exporter.web.access import Access
from exporter.web.app import make_app
from exporter.web.listen import serve
from exporter.web.source import Source
from tests.support.live import NOW, everything
from tests.support.secured import HASH, PASSWORD, TLS, WebFolder

QUOTED = PASSWORD.replace(" ", "%20")
USERS = f"basic_auth_users: {{mara: {HASH}, 'zo\N{LATIN SMALL LETTER E WITH DIAERESIS}': {HASH}}}\n"
MTLS = TLS.replace("}", ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem}")

Status = Callable[..., Awaitable[str]]


@pytest.fixture
def folder(tmp_path: Path) -> WebFolder:
    (tmp_path / "password.txt").write_text(PASSWORD + "\n")
    return WebFolder(tmp_path, trustme.CA())


@pytest.fixture
async def status(folder: WebFolder) -> AsyncIterator[Status]:
    """Run `status` beside a daemon: `status(web_config, "user:password@", *arguments)`."""
    async with AsyncExitStack() as running:

        async def ask(text: str, userinfo: str, *arguments: str) -> str:
            access = Access(folder.write(text))
            app = make_app(Source(everything(), lambda: NOW, ready=True), "", access)
            bound = await running.enter_async_context(serve(app, "127.0.0.1:0", access.tls))
            url = f"http{'s' if access.tls else ''}://{userinfo}{bound.address}"
            words = ["--url", url, *(word.format(folder=folder.path) for word in arguments)]
            result = await asyncio.to_thread(
                CliRunner().invoke, command, words, standalone_mode=False, catch_exceptions=False
            )
            return result.output

        yield ask


@pytest.mark.parametrize(
    ("userinfo", "arguments"),
    [
        (f"mara:{QUOTED}@", ()),
        (f"zo%C3%AB:{QUOTED}@", ()),
        ("", ("--user", "mara", "--password-file", "{folder}/password.txt")),
        ("mara@", ("--password-file", "{folder}/password.txt")),
        ("mara:wrong@", ("--password-file", "{folder}/password.txt")),
    ],
)
async def test_a_user_is_let_in(status: Status, userinfo: str, arguments: tuple[str, ...]) -> None:
    table = await status(TLS + USERS, userinfo, "--ca-file", "{folder}/ca.pem", *arguments)
    assert table.startswith("SERVICE")


async def test_a_client_certificate_is_shown(status: Status, folder: WebFolder) -> None:
    issued = folder.ca.issue_cert("mara")
    issued.private_key_and_cert_chain_pem.write_to_path(folder.path / "both.pem")
    issued.private_key_pem.write_to_path(folder.path / "mara.key")
    issued.cert_chain_pems[0].write_to_path(folder.path / "mara.pem")
    trust = ("--ca-file", "{folder}/ca.pem")
    assert (await status(MTLS, "", *trust, "--cert-file", "{folder}/both.pem")).startswith("SERVICE")
    separate = ("--cert-file", "{folder}/mara.pem", "--key-file", "{folder}/mara.key")
    assert (await status(MTLS, "", *trust, *separate)).startswith("SERVICE")
    with pytest.raises(UptimeError) as told:
        await status(MTLS, "", *trust)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "userinfo", "said"),
    [
        (USERS, "", "wants to know who asks; give --user and --password-file"),
        (USERS, "mara:guessed@", "does not know this user with this password; give --user"),
        (TLS, "", "is not trusted: .*certificate verify failed.*; name its authority with --ca-file"),
        (TLS, "mara:guessed@", "is not trusted"),
    ],
)
async def test_why_it_is_not_let_in_is_one_line_without_the_password(
    status: Status, text: str, userinfo: str, said: str
) -> None:
    with pytest.raises(UptimeError, match=said) as told:
        await status(text, userinfo)
    assert "\n" not in str(told.value)
    assert "guessed" not in str(told.value)
    assert told.value.exit_status == 3


@pytest.mark.parametrize(
    ("userinfo", "arguments", "said"),
    [
        ("mara@", (), "a user needs a password and a password a user"),
        ("", ("--password-file", "{folder}/password.txt"), "a user needs a password and a password a user"),
        ("", ("--password-file", "{folder}/none"), "--password-file: .*none cannot be read: No such file"),
        ("", ("--password-file", "{folder}/server.der"), "--password-file: .* is not UTF-8 text"),
        ("", ("--password-file", "{folder}/empty"), "--password-file: .*empty is empty"),
        ("", ("--ca-file", "{folder}/none"), "--ca-file: .*none cannot be used: No such file"),
        ("", ("--cert-file", "{folder}/none"), "--cert-file: .*none cannot be used: No such file"),
        (
            "",
            ("--cert-file", "{folder}/server.pem", "--key-file", "{folder}/encrypted.key"),
            "--cert-file: .* and .*encrypted.key cannot be used: is encrypted",
        ),
        ("", ("--key-file", "{folder}/server.key"), "--key-file: needs the certificate to the key"),
        (
            "",
            ("--ca-file", "{folder}/password.txt"),
            "--ca-file: .*password.txt cannot be used: no certificate",
        ),
    ],
)
async def test_what_is_wrong_with_an_option_is_one_line(
    status: Status, folder: WebFolder, userinfo: str, arguments: tuple[str, ...], said: str
) -> None:
    (folder.path / "server.der").write_bytes(b"\xff")
    (folder.path / "empty").write_text("\n")
    folder.encrypt_key("encrypted.key")
    with pytest.raises(UsageError, match=said) as told:
        await status(TLS, userinfo, *arguments)
    assert "\n" not in str(told.value)
