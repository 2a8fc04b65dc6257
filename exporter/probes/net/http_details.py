"""All that an http probe saw, where somebody asked for a single one."""

import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from exporter.probes.check import Hop, HttpCheck, Rules
from exporter.probes.dates import http_date
from exporter.probes.details import Details
from exporter.probes.net.http1 import Answer
from exporter.probes.net.judge import Judge, TooSlow, judge_head, judge_size, judge_status
from exporter.probes.request import is_credential, shown, without_query
from exporter.probes.result import ProbeFailed

if TYPE_CHECKING:
    from exporter.probes.net.tls import Channel

_STATUS = "the status"
_HEAD = "coding, age, version and TLS"
_GENERAL = (_STATUS, _HEAD)
_PATIENCE = 1_000_000_000
"""Nanoseconds for one rule."""


def note_handshake(details: Details, channel: "Channel") -> None:
    """Note the chain and what was agreed upon."""
    details.chain = channel.certificates()
    if channel.facts is not None:
        details.facts.update(tls_version=channel.facts.version, tls_cipher=channel.cipher)


def note_request(details: Details, hop: Hop, sock: socket.SocketType | None) -> None:
    """Note a request without its secrets, and where it went."""
    details.sent(shown(hop.request))
    details.facts["secure"] = hop.secure
    if sock is not None:
        details.facts["address"] = sock.getpeername()[0]
        details.facts["ip_family"] = 6 if sock.family == socket.AF_INET6 else 4


def note_head(details: Details, answer: Answer) -> None:
    """Note status and headers of an answer, without what may be secret."""
    details.received(f"HTTP/{answer.version} {answer.status}")
    for name, value in answer.headers:
        text = name.decode("latin-1")
        details.received(f"{text}: {_masked(text, value.decode('latin-1'))}")
    lengths = answer.header(b"content-length")
    modified = answer.header(b"last-modified")
    details.facts.update(
        status=answer.status,
        http_version=answer.version,
        content_length=int(lengths[0]) if lengths and lengths[0].isdigit() else -1,
    )
    if modified and (at := http_date(modified[0])) is not None:
        details.facts["last_modified"] = at


def _masked(name: str, value: str) -> str:
    """A header's value without what may be secret."""
    if is_credential(name):
        return "<secret>"
    return without_query(value) if name.lower() == "location" else value


def note_rules(details: Details, check: HttpCheck, answer: Answer, *, secure: bool, redirects: int) -> None:
    """Try every rule by itself, also those after the first that did not hold."""
    rules = check.rules
    details.facts.update(redirects=redirects, body_bytes=min(answer.received, rules.max_body))
    if not answer.status:
        return
    _note(details, _STATUS, lambda: judge_status(rules, answer.status))
    if rules.on_head:
        _note(
            details,
            _HEAD,
            lambda: judge_head(rules, answer, secure=secure, now=time.time()),
        )
    for part in _each(rules):
        one, said = part
        judge = Judge(one, answer, time.monotonic_ns() + _PATIENCE)
        if one.on_body and not answer.complete:
            details.note(f"{said}: not read that far")
        elif one.on_body:
            _note(details, said, judge.body)
        else:
            _note(details, said, judge.headers)
    if rules.strict and answer.complete:
        _note(details, f"at most {rules.max_body} bytes", lambda: judge_size(rules, answer))


def _note(details: Details, rule: str, judge: Callable[[], None]) -> None:
    try:
        judge()
    except ProbeFailed as failure:
        details.expected(f"{rule} ({failure.detail})" if rule in _GENERAL else rule, held=False)
    except TooSlow:
        details.note(f"{rule}: takes too long")
    else:
        details.expected(rule, held=True)


def _each(rules: Rules) -> list[tuple[Rules, str]]:
    """Rules with a single one about a header or the body, and what it says."""

    def only(**one: object) -> Rules:
        parts: dict[str, object] = {"headers": (), "not_headers": (), "body": (), "not_body": (), "json": ()}
        return Rules(statuses=rules.statuses, max_body=rules.max_body, strict=rules.strict, **(parts | one))  # type: ignore[arg-type]

    found = [
        (only(headers=(each,)), f"header {each[0].decode()} matches {each[1].text!r}")
        for each in rules.headers
    ]
    found += [
        (only(not_headers=(each,)), f"header {each[0].decode()} does not match {each[1].text!r}")
        for each in rules.not_headers
    ]
    found += [(only(body=(each,)), f"the body matches {each.text!r}") for each in rules.body]
    found += [(only(not_body=(each,)), f"the body does not match {each.text!r}") for each in rules.not_body]
    found += [(only(json=(each,)), f"the body has something for {each.text!r}") for each in rules.json]
    return found
