"""Why an SLO stood as it did at an instant, in words: which member, and what its probes said."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exporter.timeline.beats import Judged
from exporter.timeline.past import Member
from exporter.timeline.reports import INCONCLUSIVE, SUCCESS
from exporter.timeline.samples import BANDS, SampleHistory
from exporter.timeline.spans import FOREVER
from exporter.timeline.standings import Standings
from exporter.timeline.tally import Standing
from exporter.units import describe_duration, format_instant

STOPPED, FUTURE = "stopped", "future"

_ENDED = {STOPPED: "the exporter was not running until ", "clock": "the clock was set forward to "}
_OPEN = {STOPPED: "the exporter has not run since", FUTURE: "this is yet to come"}


class Absence(NamedTuple):
    """A span that the prober did not live.

    Attributes:
        since: Its start, milliseconds since the epoch.
        until: The first instant beyond; `FOREVER` while it lasts.
        cause: In a word: `stopped`, `clock`, or `future` for what is yet to come.
    """

    since: int
    until: int
    cause: str


class _Word(NamedTuple):
    """What is said of a member.

    Attributes:
        text: For people.
        common: Whether it would be said of every member, so that none is named.
    """

    text: str
    common: bool = False


class Causes:
    """Finds causes in what the members of an SLO reported."""

    def __init__(
        self, members: Sequence[Member], absences: Sequence[Absence], start: int, end: int, *, beats: bool
    ) -> None:
        """Look at the members in [start, end).

        Args:
            members: Of the SLO.
            absences: The prober's, in order of their starts.
            start: Milliseconds since the epoch.
            end: The first instant beyond.
            beats: Whether the SLO counts beats, so that a failed or slow one is told whatever else is said.
        """
        self._absences = absences
        self._starts = [each.since for each in absences]
        self._beats = beats
        names = short_names([member.name for member in members])
        self._members = [
            (name, member, Standings(member.history, start, end))
            for name, member in zip(names, members, strict=True)
        ]

    def edges(self) -> Iterator[int]:
        """Instants between which `why` says the same, besides those of the exclusions; in any order."""
        yield from self._starts
        for _, member, standings in self._members:
            yield from standings.starts
            yield from member.beats.edges(standings.starts[0], standings.end)

    def steps_aside(self, at: int) -> bool:
        """Whether some members do not count at the instant `at`, although others may."""
        return any(
            member.excluded.covers(at) and standings.at(at) is not Standing.ABSENT
            for _, member, standings in self._members
        )

    def why(self, at: int, standing: Standing) -> str:
        """What was wrong at the instant `at`, of which members; empty where nothing was.

        Args:
            at: Milliseconds since the epoch.
            standing: How the SLO stood.
        """
        said = dict[_Word, list[str]]()
        for name, member, standings in self._members:
            word = self._of(member, standings.at(at), standing, at)
            if word is not None:
                said.setdefault(word, []).append(name)
        alone = len(self._members) == 1 or (standing is Standing.ABSENT and len(said) == 1)
        return "; ".join(
            word.text if alone or word.common else f"{', '.join(names)}: {word.text}"
            for word, names in said.items()
        )

    def _of(self, member: Member, stands: Standing, standing: Standing, at: int) -> _Word | None:
        if standing is Standing.ABSENT:
            return self._absent(member, at)
        if standing is Standing.EXCLUDED:
            return _Word(f"down ({_failure(member, at)})") if stands is Standing.DOWN else None
        if member.excluded.covers(at):
            return _Word("does not count") if stands is not Standing.ABSENT else None
        return self._counted(member, stands, standing, at)

    def _counted(self, member: Member, stands: Standing, standing: Standing, at: int) -> _Word | None:
        """What is said of a member that counts, or does not take part."""
        if stands is Standing.DOWN:
            text = _failure(member, at)
            return _Word(text if standing is Standing.DOWN else f"down ({text})")
        if stands is Standing.UNKNOWN and (standing is Standing.UNKNOWN or self._beats):
            return self._unknown(member, at)
        if stands is Standing.UP and (standing is Standing.UP or self._beats):
            return _blemish(member, at)
        return None

    def _absent(self, member: Member, at: int) -> _Word:
        """Why a member was not watched."""
        history = member.history
        if history.first is None:
            return self._still_to_come(at) or _Word("no result yet")
        if at < history.first:
            pruned = history.first == history.kept_from
            return _Word("before the first result" + (", or no longer kept" if pruned else ""))
        return self._still_to_come(at) or _Word("not configured")

    def _still_to_come(self, at: int) -> _Word | None:
        absence = self._latest(at)
        return _absence(absence) if absence is not None and absence.cause == FUTURE else None

    def _unknown(self, member: Member, at: int) -> _Word:
        """Why nothing is known of a member that is watched."""
        history = member.history
        if isinstance(history, SampleHistory):
            return self._uncounted(history, at)
        since = history.since(at)
        since = at if since is None else since
        absence = self._latest(at)
        reported = history.reports.at(at)
        if reported is None:  # all of its results were pruned
            return _Word("no result is kept") if absence is None else _absence(absence)
        latest, said = reported
        latest = max(latest, history.latest_beat(at) or latest)
        if latest >= since and not (absence is not None and absence.since >= latest):
            if said == INCONCLUSIVE:
                return _Word("inconclusive: the prober could not tell")
            return _Word("no verdict yet" if said == SUCCESS else f"no verdict yet ({said})")
        if absence is not None and absence.until > since:
            return _absence(absence)
        staleness = next(policy.staleness for _, _, policy in history.policies.segments(latest, latest + 1))
        return _Word(f"no result within {describe_duration(staleness)}")

    def _uncounted(self, history: SampleHistory, at: int) -> _Word:
        """Why nothing is known of a step of a source."""
        if history.until is not None and at < history.until:
            return _Word("the source has no value of it")
        absence = self._latest(at)
        return _Word("not counted yet") if absence is None or absence.until <= at else _absence(absence)

    def _latest(self, at: int) -> Absence | None:
        """The latest absence that began by the instant `at`."""
        index = bisect_right(self._starts, at) - 1
        return self._absences[index] if index >= 0 else None


def _absence(absence: Absence) -> _Word:
    if absence.until >= FOREVER:
        return _Word(_OPEN.get(absence.cause, absence.cause), common=True)
    return _Word(
        _ENDED.get(absence.cause, absence.cause + " until ") + format_instant(absence.until), common=True
    )


def _failure(member: Member, at: int) -> str:
    """What the first failure of the outage at `at` said."""
    history = member.history
    if isinstance(history, SampleHistory):
        return _bad_events(history, at)
    since = history.since(at)
    reported = history.reports.at(at if since is None else since)
    return reported[1] if reported and reported[1] not in {SUCCESS, INCONCLUSIVE} else "failure"


def _blemish(member: Member, at: int) -> _Word | None:
    """What was wrong with the latest result of a member that is up; None where nothing was."""
    history = member.history
    if isinstance(history, SampleHistory):
        return _Word(said) if (said := _bad_events(history, at)) else None
    reported = history.reports.at(at)
    if reported is not None and reported[1] not in {SUCCESS, INCONCLUSIVE}:
        return _Word(f"{reported[1]}, no outage")
    if isinstance(member.beats, Judged) and (threshold := member.beats.slower_than(at)):
        return _Word(f"slower than {_length(threshold)}")
    return None


def _bad_events(history: SampleHistory, at: int) -> str:
    """How much of the step at `at` was bad; empty where nothing was.

    In bands, so that a steady trickle of errors is one interval; their numbers stand beside it.
    """
    step = history.step(at)
    band = 0 if step is None else step.band
    if band in {0, 1}:
        return "all events bad" if band else ""
    return (
        f"under {100 / band:g} % of events bad" if band > 0 else f"{100 // BANDS[-1]} % of events bad or more"
    )


def _length(nanoseconds: int) -> str:
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    return f"{nanoseconds / 1_000_000:g}ms" if rest else describe_duration(milliseconds)


def short_names(names: Sequence[str]) -> Sequence[str]:
    """What to call members `service/endpoint`: without their service where all are of one."""
    services = {name.rpartition("/")[0] for name in names}
    return [name.rpartition("/")[2] if len(services) == 1 else name for name in names]
