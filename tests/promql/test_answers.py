"""What a Prometheus says, value by value, and the steps that come of it."""

import json
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.promql.answers import MOST_EVENTS, AskError, complaint, line, steps, values
from exporter.timeline.samples import MICRO, Step

MINUTE = 60_000
START = 1_760_000_040_000
INFO = 'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "hits" (1:10)'


def answer(*series: Sequence[tuple[float | int, str]], **more: Any) -> bytes:
    """A matrix of these series' values, as Prometheus writes it."""
    result = [{"metric": {"n": str(n)}, "values": points} for n, points in enumerate(series)]
    return json.dumps(
        {"status": "success", "data": {"resultType": "matrix", "result": result}, **more}
    ).encode()


def test_a_value_is_floored_to_millionths_from_its_text() -> None:
    texts = {"0.1": 100_000, "2.9999999999": 2_999_999, "1e-7": 0, "1e+06": 10**12, "7": 7 * MICRO, "-0": 0}
    assert values(answer([(at, text) for at, text in enumerate(texts)])) == {
        at * 1000: micros for at, micros in enumerate(texts.values())
    }


@given(st.decimals(0, MOST_EVENTS, allow_nan=False, places=20) | st.floats(0, MOST_EVENTS).map(Decimal))
def test_flooring_is_exact_however_long_the_text_is(value: Decimal) -> None:
    assert values(answer([(7, f"{value:f}")])) == {7000: floor(Fraction(value) * MICRO)}
    assert values(answer([(7, f"{value:e}")])) == {7000: floor(Fraction(value) * MICRO)}


@given(st.integers(0, 253_402_300_799_999))
def test_an_instant_is_exact_however_it_is_written(at: int) -> None:
    """JSON has it as a number; a float would be off by a millisecond now and then."""
    for written in {f"{at // 1000}.{at % 1000:03}", f"{at}e-3"}:
        assert values(answer([(0, "1")]).replace(b"[0,", b"[0.0,").replace(b"0.0", written.encode())) == {
            at: MICRO
        }


def test_text_that_no_float_has_is_told_quickly() -> None:
    assert values(answer([(1, "1e-999999999"), (2, "0e999999999"), (3, "0." + "1" * 10_000)])) == {
        1000: 0,
        2000: 0,
        3000: 111_111,
    }
    with pytest.raises(AskError, match="1e999999999 at"):
        values(answer([(1, "1e999999999")]))


def test_nan_and_infinities_are_no_value_at_that_instant() -> None:
    texts = ["NaN", "+Inf", "-Inf", "sNaN"]
    assert values(answer([(at, text) for at, text in enumerate(texts)])) == dict.fromkeys(
        (0, 1000, 2000, 3000)
    )


def test_a_difference_of_floats_that_is_barely_negative_is_zero() -> None:
    assert values(answer([(1, "-1.1368683772161603e-13")])) == {1000: 0}


def test_a_query_that_finds_nothing_has_no_values() -> None:
    assert values(answer()) == {}
    assert values(answer([])) == {}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b"[]", "not JSON"),
        (b"1e99999999999999999999", "not JSON"),
        (b"{}", "not as Prometheus gives it"),
        (b'{"status": "success"}', "not a matrix"),
        (b'{"status": "success", "data": {"resultType": "vector", "result": []}}', "not a matrix"),
        (b'{"status": "success", "data": {"resultType": "matrix", "result": {}}}', "not a matrix"),
        (b'{"status": "success", "data": {"resultType": "matrix", "result": [1]}}', "not a matrix"),
        (answer([], [], []), r"3 series; wrap it in sum\(\.\.\.\)"),
        (
            answer([(1, "-0.7")]),
            r"-0\.7 at 1970-01-01T00:00:01Z.*never negative; write clamp_min\(\.\.\., 0\)",
        ),
        (answer([(1, str(MOST_EVENTS + 1))]), "more than 1,000,000,000,000 events"),
        (answer([(1, "many")]), "no number: many"),
        (answer([(1, 7)]), "Prometheus would not give"),  # type: ignore[list-item]
        (answer([(1,)]), "Prometheus would not give"),  # type: ignore[list-item]
        (answer([(1.0005, "7")]), "Prometheus would not give"),
        (answer([(-1, "7")]), "Prometheus would not give"),
        (answer([(1e300, "7")]), "Prometheus would not give"),
        (answer([(float("nan"), "7")]), "Prometheus would not give"),
    ],
)
def test_what_cannot_be_counted_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(AskError, match=said):
        values(body)


def test_native_histograms_are_refused() -> None:
    body = json.loads(answer([(1, "7")]))
    body["data"]["result"][0]["histograms"] = [[1, {"count": "7", "sum": "7", "buckets": []}]]
    with pytest.raises(AskError, match=r"native histograms; wrap it in histogram_count\(\.\.\.\)"):
        values(json.dumps(body).encode())


@pytest.mark.parametrize(
    "more",
    [
        {"isPartial": True},
        {"warnings": ["No StoreAPIs matched for this query"]},
        {"warnings": [INFO, "PromQL warning: encountered a mix of histograms and floats"]},
        {"warnings": [INFO, "2 more annotations omitted"]},
        {"warnings": "rpc error: store is unavailable"},
        {"warnings": [INFO], "isPartial": True},
    ],
)
def test_an_answer_that_may_lack_something_is_not_counted(more: dict[str, Any]) -> None:
    with pytest.raises(AskError, match="has a warning, and is not counted"):
        values(answer([(1, "7")], **more))


@pytest.mark.parametrize(
    "more",
    [
        {"isPartial": False},
        {"warnings": []},
        {"warnings": None},
        {"infos": [INFO]},
        {"warnings": [INFO]},
        {"stats": {"seriesFetched": "1"}},
    ],
)
def test_what_only_informs_is_harmless(more: dict[str, Any]) -> None:
    assert values(answer([(1, "7")], **more)) == {1000: 7 * MICRO}


def test_an_error_is_told_in_one_printable_bounded_line() -> None:
    said = "parse error:\n\x1b[31m \u202e" + "x" * 5_000
    body = json.dumps({"status": "error", "errorType": "bad_data", "error": said}).encode()
    assert complaint(body).startswith(r"bad_data: parse error: \x1b[31m \u202exxx")
    assert len(complaint(body)) == 303
    with pytest.raises(AskError) as caught:
        values(body)
    assert str(caught.value) == complaint(body)
    assert (complaint(b"<html>"), complaint(answer()), line("\ud800")) == ("", "", r"\ud800")


def test_steps_say_what_the_queries_gave_at_their_ends() -> None:
    ends = [START + n * MINUTE for n in range(1, 7)]
    total = dict(zip(ends, (10, 20, 30, None, 50, 0), strict=True))
    good = dict(zip(ends, (9, None, 40, 1, 50, 0), strict=True))
    del good[ends[4]]

    assert steps(good, total, START, START + 7 * MINUTE, MINUTE) == [
        Step(START, MINUTE, 9, 1, known=True),
        Step(START + MINUTE, MINUTE, 0, 0, known=False),  # `good` was divided by 0
        Step(START + 2 * MINUTE, MINUTE, 30, 0, known=True),  # no more good ones than there are
        Step(START + 3 * MINUTE, MINUTE, 0, 0, known=False),  # `total` was divided by 0
        Step(START + 4 * MINUTE, MINUTE, 0, 50, known=True),  # nothing good was found: all failed
        Step(START + 5 * MINUTE, MINUTE, 0, 0, known=True),  # nothing happened
        Step(START + 6 * MINUTE, MINUTE, 0, 0, known=False),  # nothing was found
    ]


found = st.dictionaries(st.integers(1, 40), st.none() | st.integers(0, 10**18))


@given(found, found, st.integers(0, 50), st.integers(1, 10**8), st.integers(0, 10**5))
def test_there_is_one_step_after_another_whatever_was_found(
    good: dict[int, int | None], total: dict[int, int | None], count: int, length: int, first: int
) -> None:
    start = first * length
    ended = [{start + n * length: each for n, each in said.items() if n <= count} for said in (good, total)]

    made = steps(ended[0], ended[1], start, start + count * length, length)

    assert [(step.at, step.length) for step in made] == [(start + n * length, length) for n in range(count)]
    for n, step in enumerate(made, 1):
        fine, every = good.get(n, 0), total.get(n)
        assert step.known == (fine is not None and every is not None)
        if fine is not None and every is not None:
            assert (step.good, step.good + step.bad) == (min(fine, every), every)
        else:
            assert (step.good, step.bad) == (0, 0)


@pytest.mark.parametrize("length", [MINUTE, 1_001])
def test_a_step_that_would_end_after_the_end_is_not_among_them(length: int) -> None:
    start = START // length * length
    assert steps({}, {}, start, start + length - 1, length) == []
    assert len(steps({}, {}, start, start + 2 * length - 1, length)) == 1


@pytest.mark.parametrize("at", [START, START + 1, START + 2 * MINUTE])
def test_a_value_at_an_instant_that_was_not_asked_for_is_no_answer(at: int) -> None:
    """Such as of a server that moves the ends of a range: it would count as unknown otherwise."""
    with pytest.raises(AskError, match="which was not asked for"):
        steps({}, {at: 1}, START, START + MINUTE, MINUTE)
    with pytest.raises(AskError, match="which was not asked for"):
        steps({at: None}, {}, START, START + MINUTE, MINUTE)


def test_steps_begin_at_multiples_of_their_length() -> None:
    with pytest.raises(ValueError, match="no step of 60000 ms begins at 1760000040001"):
        steps({}, {}, START + 1, START + MINUTE, MINUTE)
