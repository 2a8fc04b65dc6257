"""Why an SLO was down or unknown at an instant, in words: which member, and what its probes said."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exporter.timeline.beats import Judged
from exporter.timeline.past import Counts, Member, Past
from exporter.timeline.reports import INCONCLUSIVE, SUCCESS
from exporter.timeline.tally import Standing, State
from exporter.units import describe_duration

_ABSENCES = {"stopped": "the exporter was not running", "clock": "the clock was set"}


class Absence(NamedTuple):
    """A span that the prober did not live, and its cause in a word."""

    since: int
    until: int
    cause: str


class Causes:
    """Finds causes in what the members of an SLO reported."""

    def __init__(self, past: Past, absences: Sequence[Absence]) -> None:
        self._members = past.members
        self._absences = absences

    def why(self, at: int, standing: Standing, counts: Counts) -> str:
        """What went wrong from the instant `at` on, one member after the other; empty where nothing did.

        Args:
            at: Milliseconds since the epoch; from here everything stayed as it was.
            standing: How the SLO stood.
            counts: Beats that followed.
        """
        if standing is Standing.ABSENT:
            return self._absent(at)
        if standing is Standing.EXCLUDED:
            return self._behind(at)
        said = list(dict.fromkeys(self._said(at, standing, counts)))
        return "; ".join(said)

    def _absent(self, at: int) -> str:
        """Why nothing is known of a time without any member: the record may have let go of it (ruling 43)."""
        histories = [member.history for member in self._members]
        pruned = any(each.first == each.kept_from and at < each.kept_from for each in histories)
        return "not watched, or no longer kept" if pruned else "not watched"

    def _behind(self, at: int) -> str:
        """What was measured under an exclusion, where that was an outage."""
        alone = len(self._members) == 1
        down = [
            ("" if alone else f"{member.name}: ") + self._reported(member, member.history.since(at) or at)
            for member in self._members
            if member.history.state(at) is State.DOWN
        ]
        return f"was down: {'; '.join(down)}" if down else ""

    def _said(self, at: int, standing: Standing, counts: Counts) -> Iterator[str]:
        alone = len(self._members) == 1
        for member in self._members:
            if member.excluded.covers(at):
                continue
            word = self._of(member, at, standing, counts)
            if word:
                yield word if alone else f"{member.name}: {word}"

    def _of(self, member: Member, at: int, standing: Standing, counts: Counts) -> str:
        history = member.history
        stands = next(found for _, found in history.standings(at, at + 1))
        if stands is Standing.DOWN:
            return self._reported(member, history.since(at) or at)
        if stands is Standing.UNKNOWN and standing is not Standing.DOWN:
            return self._unknown(member, at)
        if counts.bad:  # a failure that was no verdict, or a success that was too slow
            reported = history.reports.at(at)
            if reported is not None and reported[1] not in {SUCCESS, INCONCLUSIVE}:
                return f"{reported[1]} (no outage yet)"
            if isinstance(member.beats, Judged) and (threshold := member.beats.threshold(at)):
                return f"slower than {describe_duration(threshold // 1_000_000)}"
        return ""

    def _reported(self, member: Member, since: int) -> str:
        """What the first failure of an outage said."""
        reported = member.history.reports.at(since)
        return reported[1] if reported and reported[1] not in {SUCCESS, INCONCLUSIVE} else "failure"

    def _unknown(self, member: Member, at: int) -> str:
        since = member.history.since(at) or at
        for absence in reversed(self._absences):
            if absence.since <= at and (absence.since >= since or absence.until > since):
                return _ABSENCES.get(absence.cause, absence.cause)
        reported = member.history.reports.at(at)
        if reported is not None and reported[1] == INCONCLUSIVE:
            return "the probe told nothing"
        return "no verdict yet" if reported is not None and reported[0] == since else "no result in time"
