"""Past results from a CSV file: read, typed and checked, or all of its mistakes."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from exporter.config.model import Config
from exporter.errors import ConfigError, Problem, UptimeError
from exporter.probes.result import Outcome, Reason
from exporter.timeline.tally import State
from exporter.units import parse_instant

REQUIRED = ("timestamp", "service", "endpoint", "result")
OPTIONAL = ("duration_seconds", "reason", "kind")
MOST_PROBLEMS = 20
"""Mistakes that are listed one by one; the others are counted."""

LONGEST_SECONDS = 1_000_000
"""A duration above this is a mistake, most likely of the unit."""

_VOTES = {
    Outcome.SUCCESS.value: State.UP,
    Outcome.FAILURE.value: State.DOWN,
    Outcome.INCONCLUSIVE.value: State.UNKNOWN,
}


class Kind(StrEnum):
    """What a result is, in the column `kind`."""

    BEAT = "beat"
    """An event of an SLI."""
    EXTRA = "extra"
    """A retry, or the first probe after a start: it counts towards the verdict and is no event."""
    ABSENCE = "absence"
    """No probe: the prober went away then, so that what it had seen speaks until then only."""


class Past(NamedTuple):
    """One result, as a row of the file says it.

    `duration` is in nanoseconds, None where it is not known; `event` as of `Row`.
    """

    at: int
    vote: State
    reason: str
    line: int
    duration: int | None = None
    event: bool = True


EndpointName = tuple[str, str]
"""Names of a service and of one of its endpoints."""


@dataclass(frozen=True, slots=True)
class CsvResults:
    """What a file says, free of mistakes.

    Attributes:
        results: By endpoint, in order of their instants, each instant once.
        sha256: Of the file's bytes, hexadecimal.
    """

    results: Mapping[EndpointName, Sequence[Past]]
    sha256: str


Lines = Callable[[Sequence[str]], Iterable[str]]
"""Hands lines on one by one, perhaps with a bar."""


def read_csv(path: Path, config: Config, now: int, watch: Lines = iter) -> CsvResults:
    """Read a file with the columns `timestamp,service,endpoint,result` and perhaps `duration_seconds,reason,kind`.

    Rows may come in any order; an instant that is given twice with the same result counts once.

    Args:
        path: UTF-8, with a header.
        config: Whose services and endpoints the rows name.
        now: Milliseconds; a row after it is a mistake.
        watch: Hands the lines on while somebody watches.

    Raises:
        ConfigError: With every mistake, by line.
        UptimeError: The file cannot be read.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror}"
        raise UptimeError(msg) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            [Problem(str(path), 0, f"is not UTF-8 (byte {error.start}); convert it first")]
        ) from error
    reading = _Reading(str(path), config, now)
    results = reading.read(watch(text.splitlines()))
    return CsvResults(results, hashlib.sha256(data).hexdigest())


class _Reading:
    """One file as it is read; collects its mistakes."""

    def __init__(self, path: str, config: Config, now: int) -> None:
        self.path = path
        self.now = now
        self.endpoints = {
            service.name: {endpoint.name for endpoint in service.endpoints} for service in config.services
        }
        self.problems: list[Problem] = []

    def read(self, lines: Iterable[str]) -> Mapping[EndpointName, Sequence[Past]]:
        reader = csv.DictReader(lines, strict=True)
        found = dict[EndpointName, list[Past]]()
        if self._header(reader.fieldnames):
            for fields in self._rows(reader):
                result = self._result(reader.line_num, fields)
                if result is not None:
                    found.setdefault((fields["service"], fields["endpoint"]), []).append(result)
        ordered = {name: self._ordered(results) for name, results in found.items()}
        if self.problems:
            self.problems.sort(key=lambda problem: problem.line)
            more = len(self.problems) - MOST_PROBLEMS
            rest = (
                [Problem(self.path, 0, f"and {more} more mistakes; nothing was imported")] if more > 0 else []
            )
            raise ConfigError([*self.problems[:MOST_PROBLEMS], *rest])
        return ordered

    def _header(self, names: Sequence[str] | None) -> bool:
        names = names or ()
        missing = [name for name in REQUIRED if name not in names]
        unknown = [name for name in names if name not in REQUIRED + OPTIONAL]
        if missing:
            self._problem(1, f"the header lacks {', '.join(missing)}; it has to be {','.join(REQUIRED)}")
        for name in unknown:
            self._problem(1, f"unknown column `{name}`; known are {', '.join(REQUIRED + OPTIONAL)}")
        return not missing and not unknown

    def _rows(self, reader: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
        """The rows whose fields are as many as the header's."""
        try:
            for fields in reader:
                if None in fields or None in fields.values():
                    self._problem(reader.line_num, "has another number of fields than the header")
                else:
                    yield fields
        except csv.Error as error:
            self._problem(reader.line_num, f"is not CSV: {error}")

    def _result(self, line: int, fields: Mapping[str, str]) -> Past | None:
        before = len(self.problems)
        try:
            at = parse_instant(fields["timestamp"])
        except ValueError as error:
            self._problem(line, f"timestamp: {error}")
            at = 0
        if at > self.now:
            self._problem(line, f"timestamp: {fields['timestamp']} is in the future")
        self._check_names(line, fields["service"], fields["endpoint"])
        vote = _VOTES.get(fields["result"])
        if vote is None:
            self._problem(line, f"result: `{fields['result']}` is none of {', '.join(_VOTES)}")
        reason = fields.get("reason") or ""
        if reason and (vote != State.DOWN or reason not in Reason.__members__.values()):
            wrong = (
                f"`{reason}` is none of {', '.join(Reason)}"
                if vote == State.DOWN
                else "only a failure has one"
            )
            self._problem(line, f"reason: {wrong}")
        duration = self._duration(line, fields.get("duration_seconds") or "")
        event = self._is_event(line, fields.get("kind") or Kind.BEAT, vote)
        return (
            Past(at, vote, reason, line, duration, event)
            if vote is not None and len(self.problems) == before
            else None
        )

    def _is_event(self, line: int, kind: str, vote: State | None) -> bool:
        if kind not in Kind.__members__.values():
            self._problem(line, f"kind: `{kind}` is none of {', '.join(Kind)}")
        elif kind == Kind.ABSENCE and vote != State.UNKNOWN:
            self._problem(line, "kind: the result of an absence is inconclusive")
        return kind == Kind.BEAT

    def _duration(self, line: int, text: str) -> int | None:
        try:
            return _nanoseconds(text) if text else None
        except ValueError:
            self._problem(line, f"duration_seconds: `{text}` is not a number of seconds")
            return None

    def _check_names(self, line: int, service: str, endpoint: str) -> None:
        if service not in self.endpoints:
            self._problem(line, f"service: there is no `{service}` in the configuration")
        elif endpoint not in self.endpoints[service]:
            names = ", ".join(sorted(self.endpoints[service]))
            self._problem(line, f"endpoint: `{service}` has no `{endpoint}`; it has {names}")

    def _ordered(self, results: list[Past]) -> Sequence[Past]:
        """In order of their instants, each once; an instant with two results is a mistake."""
        results.sort()
        kept = list[Past]()
        for result in results:
            if kept and kept[-1].at == result.at:
                if _said(kept[-1]) != _said(result):
                    first, second = sorted((kept[-1].line, result.line))
                    self._problem(second, f"says something else of the same instant than line {first}")
            else:
                kept.append(result)
        return kept

    def _problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.path, line, message))


def _said(result: Past) -> tuple[State, str, int | None, bool]:
    return result.vote, result.reason, result.duration, result.event


def _nanoseconds(text: str) -> int:
    """Seconds as written, floored to the nanosecond.

    Raises:
        ValueError: It is no number, is negative, or longer than anybody waits.
    """
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or not 0 <= number <= LONGEST_SECONDS:
        raise ValueError(text)
    return int(number.scaleb(9))
