"""What a Prometheus, or what answers like it, says to `query_range`, and the steps that are made of it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Any

from exporter.errors import UptimeError
from exporter.timeline.samples import MICRO, Step
from exporter.units import LATEST, SECOND, format_instant

Values = Mapping[int, int | None]
"""Of a query: millionths at instants in milliseconds; None where it gave NaN or an infinity."""

MOST_EVENTS = 10**12
"""Of a step. What is summed up over years has to fit into 64 bits."""

_MICROTH = Decimal(1).scaleb(-6)
_EXACT = Context(prec=28, rounding=ROUND_FLOOR)
_HARMLESS = "PromQL info:"
"""What only informs begins so. Prometheus 2.48 to 2.53 has it among the warnings, later ones beside them."""
_LONGEST = 300
"""Characters of somebody else's words in a message."""


class AskError(UptimeError):
    """A Prometheus did not say what it was asked for, or not in a way that can be counted."""


def values(body: bytes) -> Values:
    """The values of the one series of an answer; none where the query found nothing.

    Values are floored to millionths from their text, without a float in between. What is
    less than a millionth below 0 is 0: differences of floats come to that.

    Raises:
        AskError: It is not such an answer, or more than one series, or lacks something.
    """
    answer = _object(body)
    if answer.get("status") != "success":
        msg = (
            complaint(body)
            or "the answer is not as Prometheus gives it; is `prometheus.url` the root of its API?"
        )
        raise AskError(msg)
    _refuse_part(answer)
    return dict(map(_point, _points(answer.get("data"))))


def complaint(body: bytes) -> str:
    """What an answer says is wrong, in a line: `bad_data: parse error`; empty where it does not."""
    try:
        answer = _object(body)
    except AskError:
        return ""
    said = (answer.get("errorType"), answer.get("error"))
    return line(": ".join(str(each) for each in said if each)) if answer.get("status") == "error" else ""


def steps(good: Values, total: Values, start: int, end: int, length: int) -> Sequence[Step]:
    """The steps from `start` to `end`, in order and without gaps; each is what the queries gave at its end.

    Of a step without a `total` nothing is known. Without `good` all of its events were bad,
    as a query finds nothing where there is nothing to count; but where `good` is NaN or an infinity,
    such as after a division by 0, nothing is known of it either. There are no more good events than
    events.

    Args:
        good: Good events, by the ends of the steps.
        total: Likewise all of them.
        start: Milliseconds since the epoch; a multiple of the length.
        end: Likewise; a step that would end later is not among them.
        length: Milliseconds, > 0.

    Raises:
        AskError: There is a value at another instant than the end of a step.
        ValueError: The first step begins at no multiple of the length.
    """
    if start % length:
        msg = f"no step of {length} ms begins at {start}"
        raise ValueError(msg)
    ends = range(start + length, end + 1, length)
    for at in (*good, *total):
        if at not in ends:
            msg = f"the answer has a value at {format_instant(at)}, which was not asked for"
            raise AskError(msg)
    return [_step(until - length, length, good.get(until, 0), total.get(until)) for until in ends]


def _step(at: int, length: int, good: int | None, total: int | None) -> Step:
    if good is None or total is None:
        return Step(at, length, 0, 0, known=False)
    good = min(good, total)
    return Step(at, length, good, total - good, known=True)


def line(text: str) -> str:
    r"""Somebody else's words in one bounded line, with what is no printable character written out: `\x1b`."""
    text = " ".join(text[: 4 * _LONGEST].split())
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def _object(body: bytes) -> Mapping[str, Any]:
    """An answer's JSON object with exact numbers.

    Raises:
        AskError: It is none.
    """
    try:
        answer = json.loads(body, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        msg = "the answer is not JSON; is `prometheus.url` the root of its API, and is there no login page before it?"
        raise AskError(msg)
    return answer


def _refuse_part(answer: Mapping[str, Any]) -> None:
    """Refuse an answer that may lack something: its figures would be wrong, and nothing would show it.

    Raises:
        AskError: It may.
    """
    said = answer.get("warnings") or []
    warnings = [str(each) for each in (said if isinstance(said, list) else [said])]
    if answer.get("isPartial"):
        warnings.append("it is partial, as a part of the server does not answer")
    grave = next((each for each in warnings if not each.startswith(_HARMLESS)), None)
    if grave is not None:
        msg = f"the answer has a warning, and is not counted as it may lack something: {line(grave)}"
        raise AskError(msg)


def _points(data: object) -> Iterable[object]:
    """The points of the one series of a matrix.

    Raises:
        AskError: It is none, or has more series, or other ones.
    """
    result = data.get("result") if isinstance(data, dict) and data.get("resultType") == "matrix" else None
    if not isinstance(result, list) or not all(isinstance(each, dict) for each in result):
        msg = "the answer is not a matrix, as Prometheus gives it; is `prometheus.url` the root of its API?"
        raise AskError(msg)
    if len(result) > 1:
        msg = f"the query gives {len(result)} series; wrap it in sum(...)"
        raise AskError(msg)
    if any(each.get("histograms") for each in result):
        msg = "the query gives native histograms; wrap it in histogram_count(...) or histogram_fraction(...)"
        raise AskError(msg)
    points = result[0].get("values") if result else ()
    return points if isinstance(points, list) else ()


def _point(point: object) -> tuple[int, int | None]:
    """An instant and the value there.

    Raises:
        AskError: It is not both, or the value is no count of events.
    """
    seconds, value = point if isinstance(point, list) and len(point) == 2 else (None, None)  # noqa: PLR2004 -- a pair
    at = _instant(seconds)
    if at is None or not isinstance(value, str):
        msg = f"the answer has a value that Prometheus would not give: {line(str(point))}"
        raise AskError(msg)
    return at, _count(at, value)


def _instant(seconds: object) -> int | None:
    """Exact milliseconds; None where it is no instant, or has a part of one."""
    if not isinstance(seconds, int | Decimal) or not 0 <= seconds < LATEST // SECOND:
        return None
    at = int(seconds * SECOND)
    return at if at == seconds * SECOND else None


def _count(at: int, text: str) -> int | None:
    """Millionths, floored; None for NaN and infinities.

    Raises:
        AskError: It is no count of events.
    """
    try:
        value = Decimal(text)
    except ArithmeticError as error:
        msg = f"the answer has a value that is no number: {line(text)}"
        raise AskError(msg) from error
    if not value.is_finite():
        return None
    if value <= -_MICROTH:
        msg = f"the query gives {line(text)} at {format_instant(at)}, and events are never negative; write clamp_min(..., 0)"
        raise AskError(msg)
    if value > MOST_EVENTS:
        msg = f"the query gives {line(text)} at {format_instant(at)}; more than {MOST_EVENTS:,} events a step cannot be counted"
        raise AskError(msg)
    return max(0, int(value.quantize(_MICROTH, context=_EXACT) * MICRO))
