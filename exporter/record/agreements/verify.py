"""Whether a report is true: everything in it that can be computed is computed again, from nothing but itself."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from exporter.config.agreements.again import agreement_from
from exporter.errors import ConfigError
from exporter.sla.evaluate import Period
from exporter.sla.period import judge_period
from exporter.sla.wire import SCHEMA, Json, digest, evidence_of, result_json


def problems(told: Json) -> Iterator[str]:
    """What is not true of a document, in words; nothing where all of it is.

    It proves that terms and evidence give the figures. That the evidence is what was measured is shown by the chain of
    issues: each names the SHA-256 of the one before, so that none can be exchanged later.
    """
    if told.get("schema") != SCHEMA:
        yield f"this reads `{SCHEMA}`, not `{told.get('schema')}`"
        return
    if digest(told) != told.get("sha256"):
        yield "its SHA-256 is not that of its content: it was changed after it was written"
    try:
        again = _computed(told)
    except (ConfigError, ValueError, KeyError, TypeError) as error:
        yield f"it cannot be computed again: {error}"
        return
    yield from _differences(again, told, "")


def _computed(told: Json) -> Json:
    agreement = agreement_from(told["terms"])
    computed = told["computed"]
    start, end = computed["span"]
    first, last = computed["whole"]
    evidence = {name: evidence_of(each) for name, each in told["evidence"].items()}
    period = Period((start, end), computed["until"])
    return result_json(judge_period(agreement, evidence, (first, last), period, Fraction(computed["before"])))


def _differences(again: Any, told: Any, where: str) -> Iterator[str]:  # noqa: ANN401 -- whatever JSON has
    """Where two documents differ, by path; only what the first one has is looked at."""
    if isinstance(again, Mapping) and isinstance(told, Mapping):
        for key, value in again.items():
            yield from _differences(value, told.get(key), f"{where}.{key}" if where else key)
    elif isinstance(again, list) and isinstance(told, list) and len(again) == len(told):
        for number, (value, other) in enumerate(zip(again, told, strict=True)):
            yield from _differences(value, other, f"{where}[{number}]")
    elif again != told:
        yield f"{where} says {told!r}, and comes to {again!r}"
