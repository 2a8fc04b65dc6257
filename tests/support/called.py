"""Commands called within this process, where that they are a process is not the point."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path

import structlog

from exporter.cli.main import PROGRAM, main


def called(
    *arguments: str | Path, cwd: Path | None = None, environ: Mapping[str, str] = os.environ
) -> "subprocess.CompletedProcess[str]":
    """Call the command line as the program does; what it prints, and its exit status.

    Most of what a short command takes as a process of its own is the start of Python and of
    pydantic. Where signals, pipes, terminals or locks are the point, `command` runs that process.
    """
    words = [PROGRAM, *map(str, arguments)]
    logging_as = structlog.get_config()  # a daemon sets it for its whole process, which is the tests' here
    printed, said = BytesIO(), BytesIO()
    with chdir(cwd or Path.cwd()), _environ(environ), _streams(words, printed, said):
        status: object = None
        try:
            main()
        except SystemExit as ended:
            status = ended.code
        finally:
            structlog.configure(**logging_as)
        sys.stdout.flush()
        sys.stderr.flush()
        assert isinstance(status, int), "it always exits"
        return subprocess.CompletedProcess(words, status, _text(printed), _text(said))


def _text(written: BytesIO) -> str:
    """As a pipe that is read as text gives it."""
    return written.getvalue().decode().replace("\r\n", "\n")


@contextmanager
def _streams(words: list[str], printed: BytesIO, said: BytesIO) -> Iterator[None]:
    before = sys.argv, sys.stdin, sys.stdout, sys.stderr
    with Path(os.devnull).open() as nothing, TextIOWrapper(printed) as out, TextIOWrapper(said) as err:
        sys.argv, sys.stdin, sys.stdout, sys.stderr = words, nothing, out, err
        try:
            yield
        finally:
            sys.argv, sys.stdin, sys.stdout, sys.stderr = before


@contextmanager
def _environ(environ: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    wanted = dict(environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
