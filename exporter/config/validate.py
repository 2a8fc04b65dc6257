"""From a tree to a section: pydantic's findings as problems with their places."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from exporter.config.fields import NOT_RIGHT, ShownError, shape
from exporter.config.report import Report
from exporter.config.tree import Expanded, Found, Map, find
from exporter.errors import nearest

M = TypeVar("M", bound=BaseModel)

NO_STAND_IN: Mapping[str, Any] = MappingProxyType({})

_HINTS = {
    "agreement.calendar": "; write how long a period is, such as `calendar: month`",
    "agreement.from": "; write the day from which it holds, such as `from: 2026-07-01`",
    "agreement.kind": "; write customer, internal or vendor",
    "agreement.parties": "; name `provider` and `customer` (a document without them is a template, for another one to extend)",
    "agreement.period": "; write what is judged, such as `period: {calendar: month, timezone: Europe/Berlin}`",
    "agreement.targets": "; write what is promised, such as `targets: [{name: shop, service: shop, availability: 99.9}]`",
    "agreement.version": "; number the text, such as `version: 1`",
    "calendar": "; write `calendar: month`, or a duration such as `window: 30d`",
    "category": "; write why the time does not count, such as `category: maintenance`",
    "good": "; write a query for the good events of a step, such as `sum(increase(orders_ok_total[$interval]))`",
    "objective": "; write per cent, such as `objective: 99.9`",
    "prometheus.url": "; write where its API is, such as `url: http://prometheus.example.com:9090`",
    "services": "; name at least one service with its endpoints",
    "threshold": "; write how long a good success may take, such as `threshold: 300ms`",
    "total": "; write a query for all events of a step, such as `sum(increase(orders_total[$interval]))`",
    "type": "; write the type of the probe, such as `type: http`",
    "url": "; write what to probe, such as `url: https://example.com/`",
}
_SHAPES = {
    "string_type": "a single value",
    "list_type": "a list (`- ...`)",
    "tuple_type": "a list (`- ...`)",
    "dict_type": "a map (`key: value`)",
    "mapping_type": "a map (`key: value`)",
    "model_type": "a map (`key: value`)",
}
_TYPES = {
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
}


def validate(
    model: type[M],
    node: Map,
    report: Report,
    section: str,
    *,
    data: Mapping[str, Any] | None = None,
    stand_in: Mapping[str, Any] = NO_STAND_IN,
) -> tuple[M | None, frozenset[str]]:
    """Type a map; every mistake becomes a problem at its line.

    Keys with a mistake are then left out, so that what is checked later is checked of
    all the others.

    Args:
        model: What the map may say.
        node: The map, for places.
        report: Gets the problems.
        section: Its name in the hints.
        data: What to type instead of `node`, where values were filled in.
        stand_in: What to go on with for required keys that are missing or wrong.

    Returns:
        The section, None where a required key without a stand-in is missing or wrong, and
        the keys that were missing or left out.
    """
    values = node if data is None else data
    try:
        return model.model_validate(values), frozenset()
    except ValidationError as invalid:
        wrong = frozenset(
            _explain(model, node, error, report, section) for error in invalid.errors(include_url=False)
        )
    try:
        rest = {key: value for key, value in values.items() if key not in wrong}
        return model.model_validate({**stand_in, **rest}), wrong
    except ValidationError:
        return None, wrong


def _explain(model: type[BaseModel], node: Map, error: ErrorDetails, report: Report, section: str) -> str:
    """Report one finding and name the key of `node` that it lies under."""
    path = error["loc"]
    found = find(node, path)
    if error["type"] == "missing":
        key = str(path[-1])
        if not (isinstance(found.node, Map) and key in found.node.empty):
            hint = _HINTS.get(f"{section}.{key}") or _HINTS.get(key, "")
            report.problem(found.mark, f"`{key}` is missing{hint}")
    elif error["type"] == "extra_forbidden":
        key = str(path[-1])
        filled = (
            key if key == found.key else f"{key}_file"
        )  # a file's content stands under the key without it
        mark = find(node, (*path[:-1], filled)).mark
        report.problem(mark, _unknown_key(model, path, key, section))
    else:
        report.problem(found.mark, _refusal(found, error))
    return str(path[0]) if path else ""


def _unknown_key(model: type[BaseModel], path: tuple[int | str, ...], key: str, section: str) -> str:
    steps = [step for step in path[:-1] if isinstance(step, str)]
    known = list(_fields(model, path[:-1]))
    if section == "probe" and not steps:
        known.append("type")
    return f"unknown key `{key}`" + (nearest(key, known) or f"; known here: {', '.join(sorted(known))}")


def _fields(model: type[BaseModel], path: tuple[int | str, ...]) -> Iterable[str]:
    """Give the keys that the model at the end of a path knows."""
    for step in path:
        field = model.model_fields.get(step) if isinstance(step, str) else None
        inner = _model_in(field.annotation) if field else None
        if inner is not None:
            model = inner
    return (field.alias or name for name, field in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 -- any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _refusal(found: Found, error: ErrorDetails) -> str:
    """Say what is wrong with a value."""
    key, value = found.key, found.node
    kind = error["type"]
    context = error.get("ctx", {})
    if kind == "value_error":
        # Messages quote parts of a value, of which no redaction would know that they are secret.
        quoting = isinstance(value, Expanded) and not isinstance(context["error"], ShownError)
        message = NOT_RIGHT if quoting else str(context["error"])
        joint = " " if message.startswith(("is ", "has ", "may ", "must ")) else ": "
        return f"`{key}`{joint}{message}" if key else message
    if kind in _SHAPES:
        return f"`{key}` must be {_SHAPES[kind]}, not {shape(value)}"
    if kind in _TYPES or kind == "literal_error":
        wanted = _TYPES.get(kind) or f"must be {context['expected'].replace(chr(39), '')}"
        return f"`{key}` {wanted}, not {f'`{value}`' if isinstance(value, str) else shape(value)}"
    if kind == "too_short":
        return f"`{key}` is empty; name at least one"
    return f"`{key}`: {error['msg'].replace('Input should', 'must')}"
