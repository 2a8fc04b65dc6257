"""Whether an HTTP answer is what it must be.

A regular expression can take any time at all. On a short text it is tried at once, for a
moment; what takes longer, or is longer, is for a thread (`exporter.probes.net.judges`).
"""

import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from exporter.probes.check import JsonRule, Rule, Rules
from exporter.probes.dates import http_date
from exporter.probes.net.http1 import Answer
from exporter.probes.result import ProbeFailed, Reason
from exporter.units import format_duration

_MOMENT = 0.002
_SHORT = 1 << 13

Header = tuple[bytes, Rule, bool]
"""Name, rule, and whether it must match: else it must not."""


class TooSlow(Exception):  # noqa: N818 -- no error: others have more time
    """A rule has no verdict yet."""


class Judge:
    """Judges one answer by its headers and its body.

    Attributes:
        rule: That is being looked for, as configured; empty before the first.
    """

    __slots__ = ("_answer", "_deadline", "_rules", "rule")

    def __init__(self, rules: Rules, answer: Answer, deadline: int | None = None) -> None:
        """Take the case.

        Args:
            rules: What the answer must be.
            answer: Whose headers are there; for `body()` all of it.
            deadline: Monotonic nanoseconds, for a thread, which lets all others run meanwhile;
                None for a moment.
        """
        self._rules = rules
        self._answer = answer
        self._deadline = deadline
        self.rule = ""

    def headers(self) -> None:
        """Judge the headers.

        Raises:
            ProbeFailed: One is not as it must be; the message shows no header's value.
            TooSlow: The time was too short.
        """
        for name, rule, wanted in _headers(self._rules):
            values = self._answer.header(name)
            if any(self._found(rule, value.decode("latin-1")) for value in values) is not wanted:
                does = "does not match" if wanted else "matches"
                raise ProbeFailed(Reason.HEADER, f"header {name.decode()} {does} {rule.text!r}")

    def body(self) -> None:
        """Judge the body, read as UTF-8.

        Raises:
            ProbeFailed: It is not as it must be.
            TooSlow: The time was too short.
        """
        rules = self._rules
        if self._deadline is None and (rules.json or self._answer.received > _SHORT):
            raise TooSlow  # a query takes as long as it likes on the shortest of bodies
        text = self._answer.body.decode(errors="replace")
        for rule in rules.body:
            if not self._found(rule, text):
                raise ProbeFailed(Reason.BODY, f"the body does not match {rule.text!r}")
        for rule in rules.not_body:
            if self._found(rule, text):
                raise ProbeFailed(Reason.BODY, f"the body matches {rule.text!r}")
        if rules.json:
            self._json(text)

    def _json(self, text: str) -> None:
        """Judge the body as JSON."""
        try:
            body = [json.loads(text)]
        except (ValueError, RecursionError) as error:
            raise ProbeFailed(Reason.BODY, f"the body is no JSON: {str(error) or 'too deep'}") from error
        for rule in self._rules.json:
            self.rule = rule.text
            if not self._selects(rule, body):
                raise ProbeFailed(Reason.BODY, f"the body has nothing for {rule.text!r}")

    def _selects(self, rule: JsonRule, body: list[Any]) -> bool:
        from exporter.probes.net.queries import QueryTimeoutError, selects  # noqa: PLC0415 -- loaded with the first rule

        if self._deadline is None:
            raise TooSlow
        try:
            return selects(rule.query, body, self._deadline)
        except QueryTimeoutError:
            raise TooSlow from None

    def _found(self, rule: Rule, text: str) -> bool:
        self.rule = rule.text
        seconds = _MOMENT
        if self._deadline is not None:
            seconds = (self._deadline - time.monotonic_ns()) / 1e9
        elif len(text) > _SHORT:  # the engine looks at its watch too seldom
            raise TooSlow
        if seconds <= 0:
            raise TooSlow
        try:
            found = rule.pattern.search(text, timeout=seconds, concurrent=self._deadline is not None)
        except TimeoutError:
            raise TooSlow from None
        return found is not None


def judge_head(rules: Rules, answer: Answer, *, secure: bool, now: float) -> None:
    """Judge what is neither status, header rule nor body.

    Args:
        rules: What the answer must be.
        answer: Whose headers are there.
        secure: Whether it came over TLS.
        now: Seconds since the epoch.

    Raises:
        ProbeFailed: It is not as it must be.
    """
    if rules.secure is not None and secure is not rules.secure:
        was = "was" if secure else "was not"
        raise ProbeFailed(Reason.TLS, f"the final request {was} over TLS")
    if rules.versions and answer.version not in rules.versions:
        raise ProbeFailed(Reason.PROTOCOL, f"the answer is HTTP/{answer.version}")
    if rules.coding and answer.has_body:
        codings = (
            b", ".join(answer.header(b"content-encoding")).decode("latin-1").lower().strip() or "identity"
        )
        if codings != rules.coding:
            raise ProbeFailed(Reason.HEADER, f"the coding of the body is {codings}, not {rules.coding}")
    if rules.max_age is not None:
        _judge_age(answer.header(b"last-modified"), rules.max_age, now)


def _judge_age(values: Sequence[bytes], limit: int, now: float) -> None:
    modified = http_date(values[0]) if values else None
    if modified is None:
        raise ProbeFailed(Reason.HEADER, "the answer has no Last-Modified that is a date")
    age = round((now - modified) * 1000)
    if age > limit:
        said = f"{format_duration(age - age % 1000)} ago, more than {format_duration(limit)}"
        raise ProbeFailed(Reason.HEADER, f"Last-Modified is {said}")


def judge_status(rules: Rules, status: int) -> None:
    """Judge the status.

    Raises:
        ProbeFailed: It is none of those.
    """
    if status not in rules.statuses:
        raise ProbeFailed(Reason.STATUS, f"status {status}")


def judge_size(rules: Rules, answer: Answer) -> None:
    """Judge the length of a body.

    Raises:
        ProbeFailed: It is too long.
    """
    if rules.strict and answer.too_large:
        raise ProbeFailed(Reason.TOO_LARGE, f"the body is longer than {rules.max_body} bytes")


def _headers(rules: Rules) -> Iterator[Header]:
    for name, rule in rules.headers:
        yield name, rule, True
    for name, rule in rules.not_headers:
        yield name, rule, False
