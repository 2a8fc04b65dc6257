"""Runs dns probes, with dnspython."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from dns.rdtypes.ANY.SOA import SOA

from exporter.probes.base import Finished, Prober
from exporter.probes.check import Rule, Secure
from exporter.probes.dns import DnsCheck, DnsRules, SectionRules
from exporter.probes.net.adapter import CoroutineProber
from exporter.probes.net.connecting import opened
from exporter.probes.net.course import Course
from exporter.probes.net.faults import verdict
from exporter.probes.net.names import addresses
from exporter.probes.net.search import found
from exporter.probes.net.stages import PROCESSING
from exporter.probes.net.tls import Handshakes
from exporter.probes.result import ProbeFailed, Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


def prober(context: "Context", finished: Finished) -> Prober:
    """Make what runs dns probes."""
    return CoroutineProber(context, finished, partial(attempt, context, Handshakes()))


async def attempt(context: "Context", handshakes: Handshakes, course: Course, check: DnsCheck) -> None:
    """Ask the server, and judge its answer.

    Raises:
        ProbeFailed: It did not answer as it must.
        ProbeInconclusive: Its name could not be looked up through no fault of its own.
    """
    question = dns.message.make_query(
        check.name, check.type, check.klass, flags=dns.flags.RD if check.recursion else 0
    )
    _note_question(course, question)
    if check.transport == "tls":
        answer = await _asked_over_tls(context, handshakes, course, question, check)
    else:
        places = await addresses(context, course, check.place)
        course.enter(PROCESSING)
        answer = await _answer(question, check, [address for _, address in places])
    _note_answer(course, answer)
    await _Judging(check.rules, course).judge(answer)


async def _asked_over_tls(
    context: "Context",
    handshakes: Handshakes,
    course: Course,
    question: dns.message.Message,
    check: DnsCheck,
) -> dns.message.Message:
    """What the server says over TLS (RFC 7858)."""
    secure = Secure(check.server_name, check.tls, check.insecure)
    with await opened(context, handshakes, course, check.place, secure) as wire:
        course.enter(PROCESSING)
        data = question.to_wire()
        await wire.send(len(data).to_bytes(2) + data)
        data = await wire.exactly(int.from_bytes(await wire.exactly(2)))
    try:
        answer = dns.message.from_wire(data)
    except dns.exception.DNSException as error:
        raise _no_answer(check.place.host, error) from error
    if not question.is_response(answer):
        raise ProbeFailed(Reason.PROTOCOL, f"{check.place.host}: the answer is to another question")
    return answer


def _no_answer(place: str, error: Exception) -> ProbeFailed:
    said = str(error) or type(error).__name__
    return ProbeFailed(Reason.PROTOCOL, f"{place}: no DNS answer: {said.lower()}")


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
        if check.transport == "tcp":
            return await dns.asyncquery.tcp(question, address, port=port)
        answer, _ = await dns.asyncquery.udp_with_fallback(
            question, address, port=port, ignore_unexpected=True
        )
    except (dns.exception.DNSException, EOFError) as error:
        raise _no_answer(place, error) from error
    except TimeoutError:
        raise
    except OSError as error:
        raise verdict(error.errno or 0, place) from error
    return answer


class _Judging:
    """Whether an answer is what it must be, found out by a course's deadline."""

    def __init__(self, rules: DnsRules, course: Course) -> None:
        self._rules = rules
        self._course = course

    async def judge(self, answer: dns.message.Message) -> None:
        """Judge an answer.

        Raises:
            ProbeFailed: It is not what it must be.
        """
        rules, rcode = self._rules, dns.rcode.to_text(answer.rcode())
        wanted = " or ".join(sorted(rules.rcodes))
        self._see(f"rcode {wanted}", held=rcode in rules.rcodes, said=f"the answer is {rcode}, not {wanted}")
        records = _records(answer.answer)
        if rcode == "NOERROR":
            count = f"{len(records) or 'no'} record{'' if len(records) == 1 else 's'}"
            said = f"the answer has {count}, not at least {rules.answers_min}"
            self._see(
                f"at least {rules.answers_min} records", held=len(records) >= rules.answers_min, said=said
            )
        if rules.serial_min:
            self._judge_serial(answer)
        sections = {"answers": records, "authority": _records(answer.authority)}
        sections["additional"] = _records(answer.additional)
        for name, section in rules.sections:
            await self._judge_section(sections[name], section)

    def _judge_serial(self, answer: dns.message.Message) -> None:
        serial, least = _serial(answer), self._rules.serial_min
        said = (
            "the answer has no SOA record"
            if serial is None
            else f"the serial is {serial}, not at least {least}"
        )
        self._see(f"a serial of at least {least}", held=serial is not None and serial >= least, said=said)

    async def _judge_section(self, records: Sequence[str], rules: SectionRules) -> None:
        for rule in rules.every:
            record = await self._first(rule, records, matching=False)
            said = f"{record!r} does not match {rule.text!r}"
            self._see(f"every record matches {rule.text!r}", held=record is None, said=said)
        for rule in rules.some:
            record = await self._first(rule, records, matching=True)
            said = f"no record matches {rule.text!r}"
            self._see(f"a record matches {rule.text!r}", held=record is not None, said=said)
        for rule in rules.none:
            record = await self._first(rule, records, matching=True)
            self._see(
                f"no record matches {rule.text!r}",
                held=record is None,
                said=f"{record!r} matches {rule.text!r}",
            )

    def _see(self, rule: str, *, held: bool, said: str) -> None:
        """Note a rule, and end with a failure where it does not hold."""
        if self._course.details is not None:
            self._course.details.expected(rule, held=held)
        if not held:
            raise ProbeFailed(Reason.ANSWER, said)

    async def _first(self, rule: Rule, records: Sequence[str], *, matching: bool) -> str | None:
        """The first record that matches, or that does not; None where there is none."""
        for record in records:
            if (await found(rule, record, self._course.deadline) is not None) is matching:
                return record
        return None


def _records(section: Sequence[dns.rrset.RRset]) -> list[str]:
    """Records as a zone file has them."""
    return [line for each in section for line in each.to_text().splitlines()]


def _serial(answer: dns.message.Message) -> int | None:
    """The serial of the first SOA record; None without one."""
    for each in (*answer.answer, *answer.authority):
        for record in each:
            if isinstance(record, SOA):
                return int(record.serial)
    return None


def _note_question(course: Course, question: dns.message.Message) -> None:
    if course.details is not None:
        flags = dns.flags.to_text(question.flags)
        course.details.sent(f"{question.question[0].to_text()} {flags}".rstrip())


def _note_answer(course: Course, answer: dns.message.Message) -> None:
    details = course.details
    if details is None:
        return
    rcode = dns.rcode.to_text(answer.rcode())
    details.received(f"{rcode} {dns.flags.to_text(answer.flags)}")
    sections = {"answer": answer.answer, "authority": answer.authority, "additional": answer.additional}
    details.facts["rcode"] = rcode
    for name, section in sections.items():
        records = _records(section)
        details.facts[f"{name}_records"] = len(records)
        for record in records:
            details.received(f"{name}: {record}")
    serial = _serial(answer)
    if serial is not None:
        details.facts["serial"] = serial
