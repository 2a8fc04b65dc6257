"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_CONFIG = "uptime.yml"
DEFAULT_STORAGE = "uptime.db"


def config_option(function: F) -> F:
    """Add `--config.file`, which repeats and takes globs; the command gets `config_files`, a tuple of texts."""
    return click.option(
        "--config.file",
        "config_files",
        multiple=True,
        default=(DEFAULT_CONFIG,),
        show_default=True,
        metavar="FILE",
        help="Configuration; repeats and takes globs, and all files join.",
        shell_complete=complete_files,
    )(function)


def storage_option(function: F) -> F:
    """Add `--storage`; the command gets `storage`, a path as text."""
    return click.option(
        "--storage",
        default=DEFAULT_STORAGE,
        show_default=True,
        metavar="FILE",
        help="The record of all results.",
        shell_complete=complete_files,
    )(function)


def format_option(*formats: str) -> Callable[[F], F]:
    """Add `--format` with these choices, the first one being the default; the command gets `format_`."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print the result.",
    )


def complete_files(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[Any]:
    """Complete the name of a file, as click's `shell_complete`."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 -- only while completing

    return [CompletionItem(incomplete, type="file")]
