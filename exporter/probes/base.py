"""The seam between the engine and the probes.

A probe type is one file: its settings (light, pydantic, loaded with the
configuration) and `prober()`, which imports the code that does the work on
first use. The engine calls `begin(endpoint)`; the prober answers on the event
loop's thread with `finished(endpoint, result)`. No task and no closure per probe.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from exporter.probes.result import Reason, Result

if TYPE_CHECKING:
    from exporter.probes.net.context import Context


class Probed(Protocol):
    """What a prober sees of an endpoint.

    Attributes:
        check: What `ProbeSettings.check()` made for it; read only.
        attempt: The prober's own place for the probe in flight; None between probes.
    """

    check: Any
    attempt: Any


class Prober(Protocol):
    """Runs the probes of one type."""

    def begin(self, endpoint: Probed) -> None:
        """Start one probe; `finished(endpoint, result)` follows exactly once, perhaps at once."""

    def cancel(self, endpoint: Probed) -> None:
        """Drop the probe in flight, if any; `finished` does not follow."""


Finished = Callable[[Any, Result], None]


class ProbeSettings(BaseModel):
    """Base of a probe type's settings, as the configuration file says them."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: ClassVar[str]
    """The `type` in the file."""
    schemes: ClassVar[tuple[str, ...]]
    """URL schemes that pick this type without a named probe."""
    measures_duration: ClassVar[bool] = True
    reasons: ClassVar[tuple[Reason, ...]]
    """The reasons that a failure of this type can have."""
    phases: ClassVar[tuple[str, ...]]
    """The phases that a probe of this type can have, in order."""

    @abstractmethod
    def check(self, url: str, timeout: int) -> Any:  # noqa: ANN401 -- each type has its own
        """Compile an endpoint's fixed parts once: address, request, rules.

        Args:
            url: As configured, never rewritten.
            timeout: Milliseconds for the whole probe.

        Raises:
            ValueError: The URL does not fit this type; the message says why.
        """

    @classmethod
    @abstractmethod
    def prober(cls, context: "Context", finished: Finished) -> Prober:
        """Make the object that runs probes of this type; imports its code on first use."""
