"""What an HTTP answer must be, as the configuration file says it."""

import re
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from exporter.probes.check import JsonRule, Rules
from exporter.probes.fields import Length, Pattern, Patterns, Size, Statuses, listed, parse_status, rule
from exporter.probes.tls_settings import Block

DEFAULT_MAX_BODY = 1 << 20

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def header_names(value: dict[str, str]) -> dict[str, str]:
    """See that all keys can be names of headers.

    Raises:
        ValueError: One cannot.
    """
    for name in value:
        if not TOKEN.fullmatch(name):
            msg = f"is not a header name: {name!r}"
            raise ValueError(msg)
    return value


def json_rule(text: str) -> JsonRule:
    """Compile a query that must select something of `[body]`.

    Raises:
        ValueError: It is no JSONPath of RFC 9535.
    """
    from jsonpath import JSONPathError  # noqa: PLC0415 -- most configurations have no such rule

    from exporter.probes.net.queries import compile_query  # noqa: PLC0415

    try:
        return JsonRule(text, compile_query(text))
    except (JSONPathError, RecursionError) as error:
        said = str(error).partition("\n")[0]
        msg = f"is not a JSONPath query: {text!r}: {said} (as $[?@.status == 'ok'], over a list that has the body)"
        raise ValueError(msg) from error


def _checked_query(text: str) -> str:
    json_rule(text)
    return text


@lru_cache(maxsize=64)
def _codes(statuses: tuple[str, ...]) -> frozenset[int]:
    """One set for all endpoints that expect the same, as it takes 8 KiB."""
    return frozenset(code for status in statuses for code in parse_status(status))


HeaderRules = Annotated[dict[str, Pattern], AfterValidator(header_names)]
Queries = Annotated[tuple[Annotated[str, AfterValidator(_checked_query)], ...], BeforeValidator(listed)]
Versions = Annotated[tuple[Literal["1.0", "1.1"], ...], BeforeValidator(listed)]


class ExpectSettings(Block):
    """What the answer must be; every rule must hold."""

    status: Annotated[Statuses, Field(min_length=1)] = ("2xx",)
    body_matches: Patterns = ()
    body_not_matches: Patterns = ()
    header_matches: HeaderRules = Field(default={})
    header_not_matches: HeaderRules = Field(default={})
    json_: Queries = Field(default=(), alias="json")
    max_body: Size | None = None
    max_age: Length | None = None
    http_version: Versions = ()
    tls: Literal["", "required", "forbidden"] = ""

    def rules(self, coding: str) -> Rules:
        """They, compiled.

        Args:
            coding: That the body must have; empty where nobody asked for one.
        """
        return Rules(
            statuses=_codes(self.status),
            headers=tuple((name.lower().encode(), rule(text)) for name, text in self.header_matches.items()),
            not_headers=tuple(
                (name.lower().encode(), rule(text)) for name, text in self.header_not_matches.items()
            ),
            body=tuple(map(rule, self.body_matches)),
            not_body=tuple(map(rule, self.body_not_matches)),
            json=tuple(map(json_rule, self.json_)),
            max_body=self.max_body or DEFAULT_MAX_BODY,
            strict=self.max_body is not None,
            max_age=self.max_age,
            versions=frozenset(self.http_version),
            coding=coding,
            secure=None if not self.tls else self.tls == "required",
        )
