"""JSONPath queries (RFC 9535) that end at a deadline: their patterns and loops can take any time at all."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jsonpath import CompoundJSONPath, JSONPath, JSONPathEnvironment, JSONPathError
from jsonpath.function_extensions import Match, Search

_DEADLINE = ContextVar[int]("deadline")
"""Monotonic nanoseconds, of the query that is being answered."""


class QueryTimeoutError(Exception):
    """A query has no answer yet."""


def compile_query(text: str) -> JSONPath | CompoundJSONPath:
    """Compile a query.

    Raises:
        JSONPathError: It is none of RFC 9535.
    """
    return _ENVIRONMENT.compile(text)


def selects(query: JSONPath | CompoundJSONPath, value: Sequence[Any], deadline: int) -> bool:
    """Whether a query selects anything; one that does not fit what is there selects nothing.

    Args:
        query: From `compile_query`.
        value: What it is asked of.
        deadline: Monotonic nanoseconds.

    Raises:
        QueryTimeoutError: The deadline came first.
    """
    with _until(deadline):
        try:
            return next(iter(query.finditer(value)), None) is not None
        except (JSONPathError, RecursionError):
            return False


@contextmanager
def _until(deadline: int) -> Iterator[None]:
    token = _DEADLINE.set(deadline)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def _left() -> float:
    """Seconds until the deadline.

    Raises:
        QueryTimeoutError: None.
    """
    left = _DEADLINE.get() - time.monotonic_ns()
    if left <= 0:
        raise QueryTimeoutError
    return left / 1e9


class _Match(Match):
    """The whole of a text against a pattern."""

    def __call__(self, value: object, pattern: object) -> bool:
        return _finds(self, value, pattern, whole=True)


class _Search(Search):
    """Any part of a text against a pattern."""

    def __call__(self, value: object, pattern: object) -> bool:
        return _finds(self, value, pattern, whole=False)


def _finds(function: Match | Search, value: object, pattern: object, *, whole: bool) -> bool:
    if not isinstance(value, str) or not isinstance(pattern, str):
        return False
    compiled: Any = function.check_cache(pattern)
    if compiled is None:
        return False
    find = compiled.fullmatch if whole else compiled.search
    try:
        return find(value, timeout=_left(), concurrent=True) is not None
    except TimeoutError:
        raise QueryTimeoutError from None


class _Environment(JSONPathEnvironment):
    """Looks at the clock with each step of a query: every item, comparison and test of a filter."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        self.function_extensions["match"] = _Match(thread_safe=True)
        self.function_extensions["search"] = _Search(thread_safe=True)

    def getitem(self, obj: Any, key: Any) -> Any:  # noqa: ANN401 -- as in the library
        _left()
        return super().getitem(obj, key)

    def is_truthy(self, obj: object) -> bool:
        _left()
        return super().is_truthy(obj)

    def compare(self, left: object, operator: str, right: object) -> bool:
        _left()
        return super().compare(left, operator, right)


_ENVIRONMENT = _Environment(strict=True)
