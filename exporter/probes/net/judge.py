"""Whether an HTTP answer is what it must be."""

from exporter.probes.check import Rules
from exporter.probes.net.http1 import Answer
from exporter.probes.result import ProbeFailed, Reason


def judge_head(rules: Rules, answer: Answer) -> None:
    """Judge status and headers.

    Raises:
        ProbeFailed: One is not as it must be; the message shows no header's value.
    """
    if answer.status not in rules.statuses:
        raise ProbeFailed(Reason.STATUS, f"status {answer.status}")
    for name, rule in rules.headers:
        if not any(rule.search(value.decode("latin-1")) for value in answer.header(name)):
            raise ProbeFailed(Reason.HEADER, f"header {name.decode()} does not match {rule.pattern!r}")
    for name, rule in rules.not_headers:
        if any(rule.search(value.decode("latin-1")) for value in answer.header(name)):
            raise ProbeFailed(Reason.HEADER, f"header {name.decode()} matches {rule.pattern!r}")


def judge_body(rules: Rules, answer: Answer) -> None:
    """Judge the body, read as UTF-8.

    Raises:
        ProbeFailed: It is not as it must be.
    """
    if rules.strict and answer.too_large:
        raise ProbeFailed(Reason.TOO_LARGE, f"the body is longer than {rules.max_body} bytes")
    if not (rules.body or rules.not_body):
        return
    text = answer.body.decode(errors="replace")
    for rule in rules.body:
        if not rule.search(text):
            raise ProbeFailed(Reason.BODY, f"the body does not match {rule.pattern!r}")
    for rule in rules.not_body:
        if rule.search(text):
            raise ProbeFailed(Reason.BODY, f"the body matches {rule.pattern!r}")
