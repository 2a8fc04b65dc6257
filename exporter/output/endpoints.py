"""The columns of what endpoints show."""

from itertools import accumulate

from exporter.engine.live import DURATION_BOUNDS, Histogram, LiveEndpoint
from exporter.output import names
from exporter.output.column import Column, Shape, buckets, children
from exporter.output.ranks import Seen
from exporter.output.style import Words, WordsById, labels
from exporter.probes.result import Outcome, Phases
from exporter.timeline.tally import State

STATES = (State.UP, State.DOWN, State.UNKNOWN)
STATE_SHAPE = children("state", [state.name.lower() for state in STATES])
ONE_HOT = {state: tuple(int(state is other) for other in STATES) for state in STATES}
RESULT_SHAPE = children("result", [Outcome.SUCCESS, Outcome.FAILURE, Outcome.INCONCLUSIVE])
PHASE_SHAPE = children("phase", Phases._fields)
DURATION_SHAPE = buckets(DURATION_BOUNDS)


def histogram_values(histogram: Histogram) -> list[float]:
    """Buckets, sum and count, as `buckets` orders them; in seconds."""
    counts = list(accumulate(histogram.counts))
    return [*counts, histogram.total / 1_000_000_000, counts[-1]]


class EndpointColumns:
    """Takes endpoints one by one, each at the same instant.

    Args:
        users: Names of the labels that the configuration gives to any endpoint.
        words: Label texts that are known from an earlier time; what is missing is added.
    """

    def __init__(self, users: tuple[str, ...], words: WordsById) -> None:
        self.users = users
        self._words = words
        self.info = Column(names.ENDPOINT_INFO)
        self.up = Column(names.ENDPOINT_UP)
        self.state = Column(names.ENDPOINT_STATE)
        self.excluded = Column(names.ENDPOINT_EXCLUDED)
        self.since = Column(names.ENDPOINT_SINCE)
        self.failure = Column(names.ENDPOINT_FAILURE)
        self.seconds = Column(names.ENDPOINT_SECONDS)
        self.results = Column(names.PROBE_RESULTS)
        self.failures = Column(names.PROBE_FAILURES)
        self.duration = Column(names.PROBE_DURATION)
        self.phase = Column(names.PROBE_PHASE)
        self.last = Column(names.PROBE_LAST)
        self.last_success = Column(names.PROBE_LAST_SUCCESS)
        self.status = Column(names.PROBE_STATUS)
        self.not_after = Column(names.TLS_NOT_AFTER)
        self.chain_not_after = Column(names.TLS_CHAIN_NOT_AFTER)
        self.verified = Column(names.TLS_VERIFIED)
        self._reasons: dict[tuple[str, ...], Shape] = {}

    def columns(self) -> list[Column]:
        """In the order in which they are shown."""
        return [column for column in vars(self).values() if isinstance(column, Column)]

    def take(self, endpoint: LiveEndpoint, seen: Seen, at: int) -> None:
        """Add all that the endpoint shows at the instant `at`, at which it was seen."""
        words = self._words.get(id(endpoint))
        if words is None:
            words = self._words[id(endpoint)] = self._worded(endpoint)
        text, info = words
        self.info.add(info, 1)
        self._take_state(text, seen, endpoint.history.since(at))
        self._take_counters(endpoint, text)
        self._take_last(endpoint, text)

    def _worded(self, endpoint: LiveEndpoint) -> Words:
        config = endpoint.config
        text = labels((names.SERVICE, endpoint.service.name), (names.ENDPOINT, config.name))
        info = f"{text},{labels(('type', config.kind), ('target', config.target))}"
        if self.users:
            given = {**dict(endpoint.service.labels), **dict(config.labels)}
            info = f"{info},{labels(*((name, given.get(name, '')) for name in self.users))}"
        return text, info

    def _take_state(self, text: str, seen: Seen, since: int | None) -> None:
        state = seen.state
        if state is not State.UNKNOWN:
            self.up.add(text, int(state is State.UP))
        self.state.extend(text, STATE_SHAPE, ONE_HOT[state])
        self.excluded.add(text, int(seen.excluded))
        if since is not None:
            self.since.add(text, since / 1000)

    def _take_counters(self, endpoint: LiveEndpoint, text: str) -> None:
        endpoint.settle()
        counters, settings = endpoint.counters, endpoint.config.settings
        self.seconds.extend(
            text, STATE_SHAPE, (counters.up / 1000, counters.down / 1000, counters.unknown / 1000)
        )
        self.results.extend(text, RESULT_SHAPE, (counters.success, counters.failure, counters.inconclusive))
        failures = counters.failures
        reasons = settings.reasons
        if failures and not failures.keys() <= set(reasons):
            reasons = (*reasons, *sorted(failures.keys() - set(reasons)))
        shape = self._reasons.get(reasons)
        if shape is None:
            shape = self._reasons[reasons] = children("reason", reasons)
        self.failures.extend(text, shape, [failures.get(reason, 0) for reason in reasons])
        if settings.measures_duration:
            self.duration.extend(text, DURATION_SHAPE, histogram_values(counters.durations))

    def _take_last(self, endpoint: LiveEndpoint, text: str) -> None:
        last = endpoint.last
        if last.failure is not None:
            self.failure.add(f'{text},reason="{last.failure}"', 1)
        seconds = [None if phase is None else phase / 1_000_000_000 for phase in last.phases]
        self.phase.extend_known(text, PHASE_SHAPE, seconds)
        if last.at is not None:
            self.last.add(text, last.at / 1000)
        if last.success_at is not None:
            self.last_success.add(text, last.success_at / 1000)
        if last.status is not None:
            self.status.add(text, last.status)
        if last.tls is not None:
            self.not_after.add(text, last.tls.not_after)
            self.chain_not_after.add(text, last.tls.chain_not_after)
            self.verified.add(text, int(last.tls.verified))
