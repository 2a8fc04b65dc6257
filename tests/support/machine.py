"""A time machine: an event loop whose clock jumps to whatever is due next, and a wall clock that can be stepped."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from math import ceil
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

SECOND = 1_000_000_000


class HandClock:
    """Both clocks of one machine; monotonic time passes with the loop, the wall clock can be stepped.

    Attributes:
        offset: Milliseconds from the monotonic clock to the wall clock.
    """

    def __init__(self, wall: int) -> None:
        self._monotonic = 1_000 * SECOND
        self.offset = wall - self._monotonic // 1_000_000

    def wall(self) -> int:
        return self._monotonic // 1_000_000 + self.offset

    def monotonic(self) -> int:
        return self._monotonic

    def pass_time(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self._monotonic += ceil(seconds * SECOND)

    def step(self, milliseconds: int) -> None:
        """Set the wall clock forward, or back."""
        self.offset += milliseconds


class _Selector(selectors.DefaultSelector):
    """Waits for nothing but other threads; where the loop would wait for time, time passes at once."""

    def __init__(self, clock: HandClock) -> None:
        super().__init__()
        self.clock = clock
        self.threads = 0

    def select(self, timeout: float | None = None) -> Any:
        if self.threads:  # time stands still while a thread works, so that every run is the same
            return super().select(None if timeout is None or timeout > 0 else timeout)
        found = super().select(0)
        if not found:
            assert timeout is not None, "nothing will ever happen any more"
            self.clock.pass_time(max(0, timeout))
        return found


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: HandClock) -> None:
        self._pace = _Selector(clock)
        super().__init__(self._pace)

    def time(self) -> float:
        return self._pace.clock.monotonic() / SECOND

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        self._pace.threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._back)
        return future

    async def shutdown_default_executor(self, *limit: float | None) -> None:
        self._pace.threads += 1  # a thread waits for the others
        await super().shutdown_default_executor(*limit)

    def _back(self, _future: asyncio.Future[Any]) -> None:
        self._pace.threads -= 1


def live(clock: HandClock, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in the clock's time: an hour of `asyncio.sleep` takes no time at all."""
    with asyncio.Runner(loop_factory=lambda: _Loop(clock)) as runner:
        return runner.run(main())
