"""Runs dns probes, with dnspython."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode

from exporter.probes.base import Finished, Prober
from exporter.probes.check import DnsCheck, DnsRules, Rule
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.course import Course
from exporter.probes.net.faults import verdict
from exporter.probes.net.names import addresses
from exporter.probes.net.search import found
from exporter.probes.net.stages import PROCESSING
from exporter.probes.result import ProbeFailed, Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs dns probes."""
    return CoroutineProber(context, finished, partial(attempt, context))


async def attempt(context: "Context", course: Course, check: DnsCheck) -> None:
    """Ask the server, and judge its answer.

    Raises:
        ProbeFailed: It did not answer as it must.
        ProbeInconclusive: Its name could not be looked up through no fault of its own.
    """
    places = await addresses(context, course, check.place)
    course.enter(PROCESSING)
    question = dns.message.make_query(check.name, check.type, flags=dns.flags.RD if check.recursion else 0)
    answer = await _answer(question, check, [address for _, address in places])
    await _Judging(check.rules, course.deadline).judge(answer)


async def _answer(
    question: dns.message.Message, check: DnsCheck, servers: Sequence[str]
) -> dns.message.Message:
    """What the first of some addresses says; the next one is asked where one refuses or cannot be reached."""
    *others, last = servers
    for address in others:
        try:
            return await _asked(question, check, address)
        except ProbeFailed as failure:
            if failure.reason not in {Reason.REFUSED, Reason.UNREACHABLE}:
                raise
    return await _asked(question, check, last)


async def _asked(question: dns.message.Message, check: DnsCheck, address: str) -> dns.message.Message:
    """What the server at an address says.

    Raises:
        ProbeFailed: Nothing that could be understood.
    """
    port = check.place.port
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    try:
        if check.tcp:
            return await dns.asyncquery.tcp(question, address, port=port)
        answer, _ = await dns.asyncquery.udp_with_fallback(
            question, address, port=port, ignore_unexpected=True
        )
    except (dns.exception.DNSException, EOFError) as error:
        said = str(error) or type(error).__name__
        raise ProbeFailed(Reason.PROTOCOL, f"{place}: no DNS answer: {said.lower()}") from error
    except TimeoutError:
        raise
    except OSError as error:
        raise verdict(error.errno or 0, place) from error
    return answer


class _Judging:
    """Whether an answer is what it must be, found out by a deadline in monotonic nanoseconds."""

    def __init__(self, rules: DnsRules, deadline: int) -> None:
        self._rules = rules
        self._deadline = deadline

    async def judge(self, answer: dns.message.Message) -> None:
        """Judge an answer.

        Raises:
            ProbeFailed: It is not what it must be.
        """
        rules, rcode = self._rules, dns.rcode.to_text(answer.rcode())
        if rcode not in rules.rcodes:
            raise ProbeFailed(
                Reason.ANSWER, f"the answer is {rcode}, not {' or '.join(sorted(rules.rcodes))}"
            )
        records = [line for each in answer.answer for line in each.to_text().splitlines()]
        if rcode == "NOERROR" and len(records) < rules.answers_min:
            count = f"{len(records) or 'no'} record{'' if len(records) == 1 else 's'}"
            raise ProbeFailed(Reason.ANSWER, f"the answer has {count}, not at least {rules.answers_min}")
        for rule in rules.every:
            if (record := await self._first(rule, records, matching=False)) is not None:
                raise ProbeFailed(Reason.ANSWER, f"{record!r} does not match {rule.text!r}")
        for rule in rules.some:
            if await self._first(rule, records, matching=True) is None:
                raise ProbeFailed(Reason.ANSWER, f"no record matches {rule.text!r}")
        for rule in rules.none:
            if (record := await self._first(rule, records, matching=True)) is not None:
                raise ProbeFailed(Reason.ANSWER, f"{record!r} matches {rule.text!r}")

    async def _first(self, rule: Rule, records: Sequence[str], *, matching: bool) -> str | None:
        """The first record that matches, or that does not; None where there is none."""
        for record in records:
            if (await found(rule, record, self._deadline) is not None) is matching:
                return record
        return None
