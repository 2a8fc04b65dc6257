"""Whether an HTTP answer is what it must be.

A regular expression can take any time at all. On a short text it is tried at once, for a
moment; what takes longer, or is longer, is for a thread (`exporter.probes.net.judges`).
"""

import time
from collections.abc import Iterator

from exporter.probes.check import Rule, Rules
from exporter.probes.net.http1 import Answer
from exporter.probes.result import ProbeFailed, Reason

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
        if self._deadline is None and self._answer.received > _SHORT:
            raise TooSlow
        text = self._answer.body.decode(errors="replace")
        for rule in rules.body:
            if not self._found(rule, text):
                raise ProbeFailed(Reason.BODY, f"the body does not match {rule.text!r}")
        for rule in rules.not_body:
            if self._found(rule, text):
                raise ProbeFailed(Reason.BODY, f"the body matches {rule.text!r}")

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
