"""What `backfill --prometheus` and `sli --prometheus` share: options, progress, and what they say besides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from exporter.record.prometheus_api import PrometheusApi
    from exporter.record.unconfigured import Question

DEFAULT_WINDOW = "30d"

F = TypeVar("F", bound=Callable[..., Any])


def prometheus_options(function: F) -> F:
    """Add `--prometheus`, `--query`, `--step`, `--token-file` and `--ca-file`."""
    for option in (
        click.option("--ca-file", metavar="FILE", help="Certificates to trust for --prometheus, PEM."),
        click.option("--token-file", metavar="FILE", help="Has a bearer token for --prometheus."),
        click.option(
            "--step",
            metavar="DURATION",
            help="Evaluate the query at this distance instead of reading the samples as they are stored.",
        ),
        click.option("--query", metavar="PROMQL", help="What to ask it; its values are 1 or 0."),
        click.option(
            "--prometheus",
            metavar="URL",
            help="A Prometheus, or what answers like it; may have user:password@.",
        ),
    ):
        function = option(function)
    return function


@contextmanager
def opened(url: str, token_file: str | None, ca_file: str | None) -> "Iterator[PrometheusApi]":
    """Give a Prometheus that can be asked.

    Raises:
        UsageError: The URL, the token or the certificates are wrong.
    """
    from exporter.record.prometheus_api import PrometheusApi  # noqa: PLC0415 -- `--help` needs none of this

    api = PrometheusApi(url, token_file, ca_file)
    try:
        yield api
    finally:
        api.close()


def note_step(query: str, step: int | None, given: int | None) -> None:
    """Say on standard error where a query was evaluated though nobody asked for that."""
    from exporter.units import format_duration  # noqa: PLC0415 -- `--help` needs none of this

    if step is not None and given is None:
        click.echo(
            f"note: `{query}` is no plain selector, so it was evaluated each {format_duration(step)}; "
            "--step sets another distance",
            err=True,
        )


class Asked(NamedTuple):
    """The options of `sli --prometheus`, as they were given."""

    url: str
    query: str | None
    objective: str | None
    window: str | None
    at: str | None
    unknown: str | None
    interval: str | None
    staleness: str | None
    step: str | None

    def question(self, now: int) -> "Question":
        """What they ask.

        Raises:
            UsageError: One of them is wrong or missing.
        """
        from exporter.cli.parsed import parsed, parsed_length  # noqa: PLC0415 -- `--help` needs none of this
        from exporter.errors import UsageError  # noqa: PLC0415
        from exporter.record.unconfigured import Question  # noqa: PLC0415
        from exporter.units import parse_instant, parse_percent  # noqa: PLC0415

        objective = parsed("--objective", self.objective, parse_percent)
        if not (self.query or "").strip() or objective is None:
            msg = "--prometheus needs --query, such as probe_success, and --objective, such as 99.9"
            raise UsageError(msg)
        at = parsed("--at", self.at, parse_instant)
        return Question(
            query=self.query or "",
            objective=objective,
            window=parsed_length("--window", self.window or DEFAULT_WINDOW) or 0,
            at=now if at is None else at,
            unknown=self.unknown or "ignore",
            interval=parsed_length("--interval", self.interval),
            staleness=parsed_length("--staleness", self.staleness),
            step=parsed_length("--step", self.step),
        )


def answer(asked: Asked, token_file: str | None, ca_file: str | None, *, fail: bool, as_json: bool) -> int:
    """Print the answer of each series of a query, one after another; the exit status.

    Raises:
        UptimeError: There is none.
    """
    import json  # noqa: PLC0415 -- `--help` needs none of this

    from exporter.cli.progress import advancing  # noqa: PLC0415
    from exporter.clock import SystemClock  # noqa: PLC0415
    from exporter.output.answers import lines, source_line  # noqa: PLC0415
    from exporter.record.unconfigured import ask  # noqa: PLC0415

    question = asked.question(SystemClock().wall())
    with (
        opened(asked.url, token_file, ca_file) as api,
        advancing(question.window, f"Reading {api.shown}") as advance,
    ):
        answers, step = ask(api, question, advance)
    note_step(question.query, step, question.step)
    for number, each in enumerate(answers):
        if as_json:
            source = {
                "url": api.shown,
                "query": question.query,
                "labels": each.labels,
                "samples": each.samples,
                "interval_seconds": each.policy.interval / 1000,
                "staleness_seconds": each.policy.staleness / 1000,
            }
            click.echo(json.dumps({**each.answer, "source": source}, indent=2))
        else:
            spoken = source_line(each.samples, each.policy.interval, each.policy.staleness)
            click.echo("\n".join([*([""] if number else []), *lines(each.answer), spoken]))
    if fail and any(each.answer["met"] is False for each in answers):
        return 1
    return 3 if any(each.answer["sli"] is None for each in answers) else 0
