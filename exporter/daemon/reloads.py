"""When the configuration is read again, and what is said of it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from exporter.config.lenient import Loaded
from exporter.daemon.configuration import Configuration
from exporter.daemon.watch import Watch
from exporter.engine.live import Health
from exporter.errors import ConfigError, UptimeError
from exporter.log import log

Follow = Callable[[Loaded], Awaitable[None]]
"""Puts a configuration in force, as a whole or, with an error, not at all."""


class Reloads:
    """Reads the configuration again when somebody asks for it, or when its files or targets have changed.

    What is wrong leaves the one before in force, and is said in the log, to whoever asked, and by
    `uptime_exporter_config_last_reload_successful`.
    """

    def __init__(
        self, configuration: Configuration, follow: Follow, health: Health, now: Callable[[], int]
    ) -> None:
        """Reloads of one daemon.

        Args:
            configuration: Is loaded in a thread.
            follow: Puts it in force.
            health: Told how it ended.
            now: The engine's present instant.
        """
        self._configuration = configuration
        self._follow = follow
        self._health = health
        self._now = now
        self._turn = asyncio.Lock()

    async def reload(self) -> None:
        """Read it and put it in force.

        Raises:
            ConfigError: With all that is wrong with it.
            UptimeError: It could not be put in force.
        """
        async with self._turn:
            try:
                loaded = await self._go_over(self._configuration.anew)
            except UptimeError as error:
                self._health.reload_successful = False
                problems = error.problems if isinstance(error, ConfigError) else [error]
                for problem in problems:
                    log().error("config_refused", problem=str(problem), in_force="the one before")
                raise
            self._health.reload_successful = True
            self._health.reload_success_at = self._now()
        for warning in loaded.config.warnings:
            log().warning("config_doubtful", warning=warning)
        log().info("config_reloaded", endpoints=loaded.config.endpoint_count, hash=loaded.config.hash)

    async def retarget(self) -> None:
        """Put it in force as it is, with the targets that there are now.

        Raises:
            UptimeError: It could not be put in force.
        """
        async with self._turn:
            try:
                loaded = await asyncio.to_thread(self._configuration.retargeted)
                is_new = self._configuration.is_new(loaded)
                if is_new:
                    await self._follow(loaded)
            except UptimeError as error:
                log().error("targets_refused", problem=str(error), in_force="those before")
                raise
            self._configuration.accept(loaded)
        if is_new:
            log().info("targets_changed", endpoints=loaded.config.endpoint_count)

    async def when_asked(self, asked: asyncio.Event) -> None:
        """Reload each time that the event is set, until cancelled; who sets it reads the log."""
        while True:
            await asked.wait()
            asked.clear()
            with suppress(UptimeError):
                await self.reload()

    async def when_found(self, found: asyncio.Event) -> None:
        """Take up other targets each time that the event is set, until cancelled."""
        while True:
            await found.wait()
            found.clear()
            with suppress(UptimeError):
                await self.retarget()

    async def when_changed(self, watch: Watch, asked: asyncio.Event, seconds: float) -> None:
        """Ask for it whenever a file of it has changed, which is looked at so often, until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            if await asyncio.to_thread(watch.has_changed):
                log().info("config_changed")
                asked.set()

    async def _go_over(self, load: Callable[[], Loaded]) -> Loaded:
        loaded = await asyncio.to_thread(load)
        await self._follow(loaded)
        self._configuration.accept(loaded)
        return loaded
