"""What one probe found: a typed result with a reason from a closed set."""

from enum import StrEnum
from typing import NamedTuple

from exporter.probes.details import Details


class Outcome(StrEnum):
    """What a probe says about its endpoint; `inconclusive` says nothing about it."""

    SUCCESS = "success"
    FAILURE = "failure"
    INCONCLUSIVE = "inconclusive"


class Reason(StrEnum):
    """Why a probe failed. Closed, as it becomes a label; add one where none fits."""

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    TIMEOUT = "timeout"
    TLS = "tls"
    CERTIFICATE = "certificate"
    PROTOCOL = "protocol"
    STATUS = "status"
    REDIRECT = "redirect"
    HEADER = "header"
    BODY = "body"
    TOO_LARGE = "too_large"
    ANSWER = "answer"
    UNHEALTHY = "unhealthy"
    MISSED = "missed"
    COMMAND = "command"
    TOKEN = "token"  # noqa: S105 -- no secret


class Phases(NamedTuple):
    """Nanoseconds spent in each phase of a probe; None where it was not reached or does not exist."""

    resolve: int | None = None
    connect: int | None = None
    tls: int | None = None
    processing: int | None = None
    transfer: int | None = None


class TlsFacts(NamedTuple):
    """What the last handshake showed, also where verification failed.

    Attributes:
        not_after: End of the leaf certificate's validity, seconds since the epoch.
        chain_not_after: Earliest end among the certificates of the chain.
        verified: Whether chain, dates and name were all right.
        version: As OpenSSL names it, e.g. `TLSv1.3`.
        problem: Why verification failed, for people; empty where it did not.
    """

    not_after: int
    chain_not_after: int
    verified: bool
    version: str
    problem: str = ""


NO_PHASES = Phases()


class Result:
    """What one probe found. A plain slots object: one is made per probe.

    Attributes:
        outcome: success, failure or inconclusive.
        reason: Why it failed; None unless `outcome` is failure.
        detail: One line for people, without secrets; empty for a success.
        duration: Nanoseconds of the whole probe, monotonic.
        phases: Nanoseconds by phase.
        status: HTTP status code of the last response, None without one.
        tls: Facts of the last handshake, None without one.
        details: All that was seen, where somebody asked for this one probe; else None.
    """

    __slots__ = ("detail", "details", "duration", "outcome", "phases", "reason", "status", "tls")

    def __init__(
        self,
        outcome: Outcome,
        reason: Reason | None = None,
        detail: str = "",
        *,
        duration: int = 0,
        phases: Phases = NO_PHASES,
        status: int | None = None,
        tls: TlsFacts | None = None,
        details: Details | None = None,
    ) -> None:
        self.outcome = outcome
        self.reason = reason
        self.detail = detail
        self.duration = duration
        self.phases = phases
        self.status = status
        self.tls = tls
        self.details = details


class ProbeFailed(Exception):  # noqa: N818 -- a finding, not an error of the program
    """Ends a probe with a failure.

    Attributes:
        reason: From the closed set.
        detail: One line for people, without secrets.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class ProbeInconclusive(Exception):  # noqa: N818 -- likewise
    """Ends a probe that could not be made through no fault of its endpoint.

    Attributes:
        detail: One line for people, without secrets.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
