"""Who may say that a job has been done."""

import hmac
from collections.abc import Sequence

from exporter.engine.engine import Engine
from exporter.engine.slot import Slot


class NotOursError(Exception):
    """There is no such heartbeat, or its token is another: who asks is not told which."""


class Told:
    """Takes beats for some slots.

    Args:
        slots: All that are probed or told of.
        engine: Records beats.
    """

    def __init__(self, slots: Sequence[Slot], engine: Engine) -> None:
        self._slots = {(slot.service.name, slot.config.name): slot for slot in slots if slot.is_told}
        self._engine = engine

    async def beat(self, service: str, endpoint: str, token: str, *, done: bool) -> None:
        """Record a beat; it is durable then.

        Raises:
            NotOursError: There is no such heartbeat, or the token is wrong.
            StoreError: It could not be written.
        """
        slot = self._slots.get((service, endpoint))
        expected = slot.config.token if slot is not None else "?"
        is_right = hmac.compare_digest(expected.encode(), token.encode("utf-8", "surrogateescape"))
        if slot is None or not is_right:
            msg = "there is no such heartbeat, or this is not its token"
            raise NotOursError(msg)
        await self._engine.beat(slot, done=done)
