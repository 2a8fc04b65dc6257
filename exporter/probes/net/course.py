"""The course of a probe that is written as a coroutine: what it is doing, and what it saw so far."""

from exporter.probes.details import Details
from exporter.probes.net.stages import NOTHING, Stages
from exporter.probes.result import Result, TlsFacts

DOING = (
    "looking up the name",
    "connecting",
    "in the TLS handshake",
    "waiting for the answer",
    "receiving the answer",
)
"""What a probe does in each stage, for people."""


class Course(Stages):
    """One probe in flight; its result has all of this, however it ends.

    Attributes:
        deadline: Monotonic nanoseconds.
        status: HTTP status code, if it has one.
        tls: Of the latest handshake, if there was one.
        details: For whoever asks for a single probe; None where nobody does.
    """

    __slots__ = ("_processing", "deadline", "details", "status", "tls")

    def __init__(self, timeout: int, details: Details | None = None) -> None:
        """Begin now.

        Args:
            timeout: Nanoseconds for the whole probe.
            details: To be filled; None where nobody asks for them.
        """
        super().__init__()
        self.deadline = self.started + timeout
        self.status: int | None = None
        self.tls: TlsFacts | None = None
        self.details = details
        self._processing: int | None = None

    def processing_was(self, nanoseconds: int) -> None:
        """Let the phase count as that long, however long the probe has taken: it waited on purpose."""
        self._processing = nanoseconds

    def enter(self, stage: int) -> None:
        """Begin a stage; time before the first one counts as that one's."""
        if self.stage == NOTHING:
            self.stage = stage
        else:
            super().enter(stage)

    def doing(self) -> str:
        """What it is doing, for people; empty before the first stage."""
        return "" if self.stage == NOTHING else DOING[self.stage]

    def end(self, result: Result, now: int) -> Result:
        """Complete a result with all that was seen; once only.

        Args:
            result: What was found.
            now: Monotonic nanoseconds at which the probe ended.
        """
        result.duration = now - self.started
        result.phases = phases = self.phases(now)
        if self._processing is not None:
            result.duration -= (phases.processing or 0) - self._processing
            result.phases = phases._replace(processing=self._processing)
        result.status, result.tls, result.details = self.status, self.tls, self.details
        return result
