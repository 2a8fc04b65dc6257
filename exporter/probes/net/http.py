"""Runs http probes: plain ones on the event loop's poller, those over TLS on the TLS threads."""

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from exporter.probes.base import Finished, Probed
from exporter.probes.check import Hop, HttpCheck, TokenCheck
from exporter.probes.cookies import Jar, with_set
from exporter.probes.details import Details
from exporter.probes.net.attempt import Attempt
from exporter.probes.net.faults import verdict
from exporter.probes.net.http1 import Answer
from exporter.probes.net.http_details import note_handshake, note_head, note_request, note_rules
from exporter.probes.net.judge import Judge, TooSlow, judge_head, judge_size, judge_status
from exporter.probes.net.poller import BROKEN, IN, OUT
from exporter.probes.net.stages import PROCESSING, TLS, TRANSFER
from exporter.probes.request import next_hop, shown, with_token
from exporter.probes.result import ProbeFailed, ProbeInconclusive, Reason

if TYPE_CHECKING:
    from exporter.probes.net.context import Context
    from exporter.probes.net.judges import Case
    from exporter.probes.net.tls import Channel

_REDIRECTS = (301, 302, 303, 307, 308)
_READS = 16
_TUNNELLED = range(200, 300)
_UNAUTHORIZED = 401


class HttpProber:
    """Sends one request, follows redirects, and judges the answer."""

    def __init__(self, context: "Context", finished: Finished) -> None:
        self._context = context
        self._finished = finished

    def begin(self, endpoint: Probed) -> None:
        """Start one probe."""
        attempt = _HttpAttempt(self._context, self._finished, endpoint, endpoint.check.timeout)
        endpoint.attempt = attempt
        attempt.start(endpoint.check)

    def cancel(self, endpoint: Probed) -> None:
        """Drop the probe in flight, if any."""
        if endpoint.attempt is not None:
            endpoint.attempt.cancel()


class _HttpAttempt(Attempt):
    __slots__ = (
        "_answer",
        "_case",
        "_channel",
        "_check",
        "_fetching",
        "_followed",
        "_hop",
        "_jar",
        "_judged",
        "_kept",
        "_late",
        "_token",
        "_tunnel",
        "_unsent",
    )

    def start(self, check: HttpCheck) -> None:
        """Begin with the configured request."""
        self._check = check
        self._followed = 0
        self._jar: Jar = ()
        self._token = ""
        self._fetching: asyncio.Task[None] | None = None
        self._tunnel: Answer | None = None
        self._case: Case | None = None
        self._answer: Answer | None = None
        self._channel: Channel | None = None
        self._kept: Answer | None = None  # for details
        self._context.poller.watch(self, check.timeout)
        if check.token is not None:
            self._fetching = self._context.spawn(self._authorize(check.token))
            return
        try:
            self._go(check.hop)
        except ProbeInconclusive as found:
            self.conclude(found)

    async def _authorize(self, check: TokenCheck) -> None:
        """Begin once there is a token; what that takes tells nothing about the endpoint."""
        try:
            token = await self._context.tokens.get(check)
        except (ProbeFailed, ProbeInconclusive) as found:
            self._fetching = None
            self.conclude(found)
            return
        except Exception as error:  # noqa: BLE001 -- the outermost frame of a probe
            self.crash(error)
            return
        self._fetching = None
        if self.poller is not None:
            self._token = token
            self.resume()
            try:
                self._go(with_token(self._check.hop, token))
            except ProbeInconclusive as found:
                self.conclude(found)

    def _reject(self, check: TokenCheck) -> None:
        """Use the token no more, if this host saw it: a redirect may have left it behind."""
        if any(value == f"Bearer {self._token}" for _, value in self._hop.headers):
            self._context.tokens.reject(check, self._token)

    def prepare(self) -> None:
        """See that certificates and keys can be read before anything is sent."""
        if self.lane is not None:
            self.lane.ready_for(self._check.tls)

    def connected(self, events: int) -> None:
        """Send the request, or begin the handshake."""
        hop, lane, sock = self._hop, self.lane, self.sock
        if not hop.secure:
            self._talk(events)
        elif hop.tunnel and self._tunnel is None:
            self.enter(TLS)
            self._tunnel = Answer(0, head_only=True)
            if self.details is not None:
                self.details.sent(shown(hop.tunnel))
            self._send(hop.tunnel)
        elif lane is not None and lane.handshakes is not None and sock is not None:
            self.enter(TLS)
            self._channel = lane.handshakes.start(sock, self._check.tls, hop.server_name)
            self._shake(self._channel)

    def step(self, events: int) -> None:
        """Go on with the handshake, the request or the answer."""
        channel = self._channel
        if self.stage == TLS and channel is not None:
            self._shake(channel)
            return
        if self.stage == TLS and self._tunnel is not None:
            self._dig(self._tunnel, events)
            return
        is_broken = self._unsent is not None and not self._send(self._unsent)
        if is_broken or channel is not None or events & (IN | BROKEN):
            self._receive()

    def _dig(self, tunnel: Answer, events: int) -> None:
        """Go on with the proxy until it has made a connection; it may say no more than its headers before that."""
        is_broken = self._unsent is not None and not self._send(self._unsent)
        sock, poller = self.sock, self.poller
        if sock is None or poller is None or not (is_broken or events & (IN | BROKEN)):
            return
        where = self._proxy()
        while not tunnel.status:
            try:
                count = sock.recv_into(poller.view[:1])  # not a byte of what comes through it
            except BlockingIOError:
                return
            except OSError as error:
                raise verdict(error.errno or 0, where) from error
            if not count:
                raise ProbeFailed(Reason.RESET, f"{where} ended the connection")
            tunnel.feed(poller.view[:count])
        if tunnel.status not in _TUNNELLED:
            raise ProbeFailed(Reason.STATUS, f"{where} answered CONNECT with status {tunnel.status}")
        self.connected(OUT)

    def _proxy(self) -> str:
        """The proxy of this hop, for people."""
        return f"the proxy {self._hop.place.host}:{self._hop.place.port}"

    def drop(self) -> None:
        """Let channel and parser go with their connection."""
        self._channel = None
        if self._tunnel is not None:
            self._tunnel.close()
            self._tunnel = None
        if self._answer is not None:
            self._answer.close()
            self._answer = None

    def judged(self, verdict: ProbeFailed | None) -> None:
        """Take the verdict of a thread."""
        if self.poller is None:
            return
        self.resume()
        if verdict is None:
            self.succeed()
        else:
            self.conclude(verdict)

    def overdue(self, seconds: str) -> None:
        """Say what the time was spent on, perhaps on a rule."""
        case = self._case
        if self._fetching is not None:
            self.fail(Reason.TOKEN, f"no token within {seconds}")
        elif self._tunnel is not None and self._channel is None:
            self.fail(Reason.TIMEOUT, f"timed out after {seconds} waiting for {self._proxy()} to connect")
        elif case is None:
            super().overdue(seconds)
        elif not case.started:
            self.conclude(ProbeInconclusive("no thread was free to judge the answer"))
        else:
            self.fail(
                Reason.TIMEOUT,
                f"timed out after {seconds} judging the answer: the rule {case.judge.rule!r} takes too long",
            )

    def tell(self, details: Details) -> None:
        """Note every rule, and whether it held."""
        super().tell(details)
        if self._kept is not None:
            note_rules(details, self._check, self._kept, secure=self._hop.secure, redirects=self._followed)

    def _go(self, hop: Hop) -> None:
        self._hop = hop
        self._judged = self._late = False
        self._unsent: memoryview | None = None
        if hop.secure and self.lane is None:
            self.move(self._context.tls.lane(), hop.place)
        else:
            self.open(hop.place)

    def _shake(self, channel: "Channel") -> None:
        if not channel.handshake():
            return
        facts = self.facts = channel.facts
        if self.details is not None:
            note_handshake(self.details, channel)
        if facts is not None and facts.problem and not self._check.insecure:
            raise ProbeFailed(Reason.CERTIFICATE, facts.problem)
        self._talk(IN)

    def _talk(self, events: int) -> None:
        self.enter(PROCESSING)
        rules = self._check.rules
        self._answer = Answer(
            rules.max_body,
            head_only=self._hop.method == "HEAD",
            keep=rules.on_body,
            coding=rules.coding,
        )
        if self.details is not None:
            note_request(self.details, self._hop, self.sock)
            self._kept = self._answer
        if not self._send(self._hop.request) or events & (IN | BROKEN):
            self._receive()

    def _send(self, data: bytes | memoryview) -> bool:
        """Send as much as will go; False where the connection is broken: what was said before is still to be read."""
        self._unsent = None
        send = (self._channel or self.sock).send  # type: ignore[union-attr]  # there is a socket
        try:
            sent = send(data)
            while sent < len(data):
                data = memoryview(data)[sent:]
                sent = send(data)
        except BlockingIOError:
            self._unsent = memoryview(data)
        except OSError:
            return False
        return True

    def _receive(self) -> None:
        poller, answer = self.poller, self._answer
        if poller is None or answer is None:
            return
        receive = (self._channel or self.sock).recv_into  # type: ignore[union-attr]  # there is a socket
        view = poller.view
        for _ in range(_READS):
            try:
                count = receive(view)
            except BlockingIOError:
                return
            except OSError as error:
                place = self._hop.place
                raise verdict(error.errno or 0, f"{place.host}:{place.port}") from error
            if count:
                if self.stage == PROCESSING:
                    self.enter(TRANSFER)
                answer.feed(view[:count])
            else:
                answer.end()
            if self._is_settled(answer):
                return
        poller.post(self, self.ready, IN)  # so much that others must have their turn

    def _is_settled(self, answer: Answer) -> bool:
        """Judge what there is; whether nothing more is wanted of this connection."""
        check = self._check
        if answer.status and not self._judged:
            self._judged = True
            self.status = answer.status
            if self.details is not None:
                note_head(self.details, answer)
            location = check.redirects and answer.status in _REDIRECTS and answer.header(b"location")
            if location:
                self._follow(answer.status, location[0])
                return True
            if answer.status == _UNAUTHORIZED and check.token is not None:
                self._reject(check.token)
            if self._hop.forwarded:
                self._judge_forwarded(answer.status)
            else:
                judge_status(check.rules, answer.status)
            if check.rules.on_head:
                judge_head(check.rules, answer, secure=self._hop.secure, now=time.time())
            if check.rules.on_headers:
                self._judge_headers(answer)
        if not answer.complete:
            return False
        judge_size(check.rules, answer)
        if self._late or check.rules.on_body:
            self._judge(answer)
        else:
            self.succeed()
        return True

    def _judge_forwarded(self, status: int) -> None:
        """Judge a status of which nobody can tell whether the target or the proxy says it."""
        try:
            judge_status(self._check.rules, status)
        except ProbeFailed as found:
            raise ProbeFailed(found.reason, f"{found.detail}, through {self._proxy()}") from found

    def _judge_headers(self, answer: Answer) -> None:
        try:
            Judge(self._check.rules, answer).headers()
        except TooSlow:
            self._late = True  # they are judged with the body

    def _judge(self, answer: Answer) -> None:
        """Judge the body now, or headers and body on a thread where that takes longer than a moment."""
        rules = self._check.rules
        if not self._late:
            with suppress(TooSlow):
                Judge(rules, answer).body()
                self.succeed()
                return
        self.pause()
        self._case = self._context.judges.ask(self, rules, answer)

    def _follow(self, status: int, location: bytes) -> None:
        if self._followed == self._check.redirects:
            raise ProbeFailed(Reason.REDIRECT, f"more than {self._check.redirects} redirects")
        self._followed += 1
        cookies = self._answer.header(b"set-cookie") if self._answer is not None else ()
        if cookies:
            self._jar = with_set(self._jar, self._hop.url, cookies, time.time())
        try:
            hop = next_hop(self._hop, status, location, self._jar)
        except ValueError as error:
            raise ProbeFailed(Reason.REDIRECT, f"redirect that cannot be followed: {error}") from error
        self._go(hop)
