"""Dialogues with real servers: SMTP with STARTTLS, and others that say what a script has."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiosmtpd.smtp import SMTP

from exporter.probes.result import Outcome, Reason
from tests.probes.conftest import ServerTls
from tests.support.raw import Handler, Probing, until

SUCCESS, FAILURE = Outcome.SUCCESS, Outcome.FAILURE
STARTTLS: Sequence[dict[str, object]] = (
    {"expect": "^220 "},
    {"send": "EHLO probe"},
    {"expect": "STARTTLS"},
    {"send": "STARTTLS"},
    {"expect": "^220 "},
    {"starttls": True},
    {"send": "EHLO probe"},
    {"expect": "^250 "},
    {"send": "QUIT"},
)


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext) -> AsyncIterator[int]:
    """A real SMTP server; its port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(None, tls_context=tls, loop=loop), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_scenario_37_smtp_goes_over_to_tls(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    async with mail_server(server_tls("localhost")) as port:
        result = await probing.probe(
            f"tcp://localhost:{port}", dialogue=STARTTLS, tls={"ca_file": ca_file}, ip_family="4"
        )
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert result.tls is not None
    assert result.tls.verified
    phases = [result.phases.resolve, result.phases.connect, result.phases.tls, result.phases.processing]
    assert all(phases)
    assert sum(filter(None, phases)) <= result.duration


async def test_a_certificate_that_nobody_trusts_ends_it_and_its_facts_are_there(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    async with mail_server(server_tls("other.example")) as port:
        url = f"tcp://127.0.0.1:{port}"
        wrong = await probing.probe(url, dialogue=STARTTLS, tls={"ca_file": ca_file})
        named = {"ca_file": ca_file, "server_name": "other.example"}
        right = await probing.probe(url, dialogue=STARTTLS, tls=named)
        insecure = await probing.probe(url, dialogue=STARTTLS, tls={"insecure": True})
    assert (wrong.reason, wrong.detail) == (Reason.CERTIFICATE, "certificate is not for 127.0.0.1")
    assert wrong.tls is not None
    assert (wrong.tls.verified, wrong.tls.not_after > 0) == (False, True)
    assert right.outcome is insecure.outcome is SUCCESS


async def test_scenario_35_a_tls_probe_verifies_the_name(
    probing: Probing, server_tls: ServerTls, ca_file: str
) -> None:
    server = await probing.serve(handler=saying(b"* OK ready\r\n"), tls=server_tls("localhost"))
    url, dialogue = f"tls://127.0.0.1:{server.port}", [{"expect": "^[*] OK"}]
    wrong = await probing.probe(url, tls={"ca_file": ca_file}, dialogue=dialogue)
    assert (wrong.reason, wrong.detail) == (Reason.CERTIFICATE, "certificate is not for 127.0.0.1")
    named = {"ca_file": ca_file, "server_name": "localhost"}
    right = await probing.probe(url, tls=named, dialogue=dialogue)
    assert (right.outcome, right.detail) == (SUCCESS, "")
    assert right.tls is not None
    assert (right.tls.verified, right.tls.not_after > 0) == (True, True)
    assert (await probing.probe(url, tls=named)).outcome is SUCCESS


def saying(first: bytes, *pairs: tuple[bytes, bytes], heard: list[bytes] | None = None) -> Handler:
    """Say something at once, and then an answer to each line."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        for _, answer in pairs:
            line = await reader.readline()
            if heard is not None:
                heard.append(line)
            writer.write(answer)
            await writer.drain()

    return handler


async def test_scenario_38_irc(probing: Probing) -> None:
    dialogue = [{"send": "NICK prober\nUSER prober 0 * :probe"}, {"expect": r"^:[^ ]+ 001"}]
    pair = (b"", b":irc NOTICE * :looking up\r\n:irc 001 prober :Welcome\r\n")
    good = await probing.serve(handler=saying(b"", pair))
    blacklisted = await probing.serve(handler=saying(b"", (b"", b"ERROR: blacklisted\r\n")))
    assert (await probing.probe(f"tcp://127.0.0.1:{good.port}", dialogue=dialogue)).outcome is SUCCESS
    result = await probing.probe(f"tcp://127.0.0.1:{blacklisted.port}", dialogue=dialogue)
    assert (result.outcome, result.reason) == (FAILURE, Reason.ANSWER)
    assert result.detail == "the connection ended before a line matched '^:[^ ]+ 001'"


async def test_scenario_39_what_is_sent_may_have_groups_of_what_was_expected(probing: Probing) -> None:
    heard: list[bytes] = []
    pair = (b"", b"ok\n")
    server = await probing.serve(handler=saying(b"SSH-2.0-OpenSSH_6.9p1 Debian-2\n", pair, heard=heard))
    dialogue = [
        {"expect": r"^SSH-2\.0-(\S+)( (.*))?(x)?$"},
        {"send": "CONFIRM ${1} ${3}${4}\n"},
        {"expect": "^ok$"},
    ]
    result = await probing.probe(f"tcp://127.0.0.1:{server.port}", dialogue=dialogue)
    assert (result.outcome, result.detail) == (SUCCESS, "")
    assert heard == [b"CONFIRM OpenSSH_6.9p1 Debian-2\n"]
    assert result.tls is None
    assert result.phases.tls is None


async def test_scenario_41_a_server_that_says_nothing_fails_at_the_deadline(probing: Probing) -> None:
    server = await probing.serve(keep_open=True)
    result = await probing.probe(f"tcp://127.0.0.1:{server.port}", 100, dialogue=[{"expect": "^220"}])
    assert (result.outcome, result.reason, result.detail) == (
        FAILURE,
        Reason.TIMEOUT,
        "timed out after 0.1s waiting for the answer",
    )


async def test_lines_without_end_are_a_failure(probing: Probing) -> None:
    server = await probing.serve(handler=saying(b"x" * 300_000))
    result = await probing.probe(f"tcp://127.0.0.1:{server.port}", dialogue=[{"expect": "^220"}])
    assert (result.reason, result.detail) == (Reason.TOO_LARGE, "more than 256 KiB came")


async def test_a_last_line_needs_no_end_and_what_is_no_text_is_read_as_it_can(probing: Probing) -> None:
    server = await probing.serve(handler=saying(b"\xff\xfe\n220 ready"))
    result = await probing.probe(f"tcp://127.0.0.1:{server.port}", dialogue=[{"expect": "^220 ready$"}])
    assert result.outcome is SUCCESS


async def test_a_server_that_hears_nothing_is_waited_for_until_the_deadline(probing: Probing) -> None:
    """More is sent than fits into the buffers of the system."""
    server = await probing.serve(handler=_deaf)
    result = await probing.probe(f"tcp://127.0.0.1:{server.port}", 200, dialogue=[{"send": "x" * 30_000_000}])
    assert (result.outcome, result.reason) == (FAILURE, Reason.TIMEOUT)


async def test_a_server_that_speaks_no_tls_fails(probing: Probing) -> None:
    server = await probing.serve(handler=saying(b"220 ready\n", (b"", b"what?\n")))
    dialogue = [{"expect": "^220"}, {"starttls": True}]
    result = await probing.probe(f"tcp://127.0.0.1:{server.port}", dialogue=dialogue)
    assert result.reason is Reason.TLS


async def test_nobody_there_refuses_and_the_next_address_is_tried(probing: Probing) -> None:
    def both(_host: str, _family: int) -> list[tuple[int, str]]:
        return [(2, "127.0.0.2"), (2, "127.0.0.1")]

    context = await probing.context(look_up=both)
    server = await probing.serve(handler=saying(b"220 ready\n"))
    dialogue = [{"expect": "^220"}]
    url = f"tcp://mail.example.com:{server.port}"
    assert (await probing.probe(url, context=context, dialogue=dialogue)).outcome is SUCCESS
    nobody = await probing.probe(f"tcp://127.0.0.2:{server.port}", dialogue=dialogue)
    assert (nobody.reason, nobody.detail) == (
        Reason.REFUSED,
        f"127.0.0.2:{server.port}: connection refused",
    )


async def test_a_dialogue_that_is_dropped_closes_its_connection(probing: Probing) -> None:
    gone = asyncio.Event()

    async def handler(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()
        gone.set()

    server = await probing.serve(handler=handler)
    context = await probing.context()
    waiting = asyncio.create_task(
        probing.probe(f"tcp://127.0.0.1:{server.port}", context=context, dialogue=[{"expect": "x"}])
    )
    await until(lambda: len(asyncio.all_tasks()) > 3)
    await asyncio.sleep(0)
    context.close()
    await gone.wait()
    waiting.cancel()


async def _deaf(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()
