"""Endpoints of type `heartbeat`: nothing is probed; somebody says from time to time that a job has been done."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl

from exporter.probes.base import Finished, Probed, Prober, ProbeSettings
from exporter.probes.result import Reason
from exporter.probes.url import parse_url
from exporter.units import parse_duration

if TYPE_CHECKING:
    from exporter.probes.net.context import Context

_FORM = "the URL of a heartbeat is heartbeat://name?every=24h&grace=30m"


@dataclass(frozen=True, slots=True)
class HeartbeatCheck:
    """A heartbeat endpoint.

    Attributes:
        every: Milliseconds from one beat to the next, > 0.
        grace: Milliseconds by which one may be late.
    """

    every: int
    grace: int


class HeartbeatSettings(ProbeSettings):
    """It has no settings of its own: all is in the URL."""

    kind: ClassVar[str] = "heartbeat"
    schemes: ClassVar[tuple[str, ...]] = ("heartbeat",)
    measures_duration: ClassVar[bool] = False
    reasons: ClassVar[tuple[Reason, ...]] = (Reason.MISSED, Reason.COMMAND)
    phases: ClassVar[tuple[str, ...]] = ()

    def check(self, url: str, timeout: int) -> HeartbeatCheck:  # noqa: ARG002 -- as all types
        """How often a beat must come; without a `grace` it is a tenth of that.

        Raises:
            ValueError: The URL does not say.
        """
        parts = parse_url(url)
        path, _, query = parts.path.partition("?")
        given = dict(parse_qsl(query, keep_blank_values=True))
        if parts.scheme != "heartbeat" or path not in ("", "/") or parts.port or parts.userinfo:
            raise ValueError(_FORM)
        if "every" not in given or given.keys() - {"every", "grace"}:
            raise ValueError(_FORM)
        every = parse_duration(given["every"])
        grace = parse_duration(given["grace"]) if "grace" in given else every // 10
        if not every:
            msg = "`every` must be longer than nothing"
            raise ValueError(msg)
        return HeartbeatCheck(every, grace)

    @classmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:  # noqa: ARG003 -- as all types
        """Make the object that probes nothing."""
        return _Nobody()


class _Nobody:
    """Waits to be told."""

    def begin(self, endpoint: Probed) -> None:
        """Never called: no beat of ours is due."""

    def cancel(self, endpoint: Probed) -> None:
        """There is nothing in flight."""
