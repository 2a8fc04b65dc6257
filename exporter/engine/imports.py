"""Past results into the record while the daemon runs."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from exporter.config.model import Config
from exporter.engine.engine import Engine
from exporter.engine.slot import Slot
from exporter.errors import UsageError
from exporter.record.backfill import Imported, Origin, backfill
from exporter.record.csv_file import EndpointName, Past
from exporter.store.base import Writer
from exporter.timeline.spans import Span
from exporter.units import format_instant


class Imports:
    """Brings past results in through the engine, as a command does by itself while no daemon runs."""

    def __init__(self, config: Config, slots: Sequence[Slot], engine: Engine) -> None:
        """Import into the pasts of some slots, which the engine probes."""
        self._config = config
        self._slots = {(slot.service.name, slot.config.name): slot for slot in slots}
        self._engine = engine

    async def bring(
        self,
        results: Mapping[EndpointName, Sequence[Past]],
        origin: Origin,
        *,
        staleness: int | None = None,
        replaced: Span | None = None,
    ) -> Imported:
        """Bring results in, all or none; arguments as of `backfill`.

        Raises:
            UsageError: They name something that is not probed, or lie where probes have not ended.
            StoreError: They could not be written; nothing was.
        """
        unknown = ["/".join(name) for name in results if name not in self._slots]
        if unknown:
            msg = (
                f"the running daemon does not probe {', '.join(unknown)}; does it have another configuration?"
            )
            raise UsageError(msg)
        slots = [self._slots[name] for name in results]

        def prepared() -> Callable[[Writer], Imported]:
            self._check(slots, results, replaced)
            return partial(
                backfill,
                config=self._config,
                results=results,
                origin=origin,
                now=self._engine.now(),
                staleness=staleness,
                replaced=replaced,
            )

        return await self._engine.rewrite(prepared, slots)

    def _check(
        self, slots: Sequence[Slot], results: Mapping[EndpointName, Sequence[Past]], replaced: Span | None
    ) -> None:
        """Refuse what lies where probes have not ended."""
        limit = min(map(self._engine.recorder.settled_until, slots), default=0)
        latest = max((past[-1].at for past in results.values() if past), default=limit - 1)
        latest = max(latest, replaced[1] - 1 if replaced else latest)
        if latest >= limit:
            msg = (
                f"{format_instant(latest)} is where the running daemon still measures; bring in what lies "
                f"before {format_instant(limit)}"
            )
            raise UsageError(msg)
