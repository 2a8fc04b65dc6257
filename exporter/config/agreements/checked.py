"""Agreements with all that is weak in them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from exporter.config.agreements.bind import Binding
from exporter.config.agreements.findings.finding import Kind
from exporter.config.agreements.findings.look import findings
from exporter.config.agreements.load import written
from exporter.config.agreements.reading import Pattern
from exporter.config.expand import Expander
from exporter.config.model import Config
from exporter.config.report import Report
from exporter.sla.agreement import Agreement


class Weakness(NamedTuple):
    """A finding with its place.

    Attributes:
        file: Path as it was opened.
        line: From 1; 0 where it belongs to the file as a whole.
        kind: What is weak.
        message: What it is and what to do, in one line.
    """

    file: str
    line: int
    kind: Kind
    message: str

    def __str__(self) -> str:
        """Read as compilers print it."""
        return f"{self.file}:{self.line}: {self.kind}: {self.message}"


class Checked(NamedTuple):
    """What was looked at, and what is weak in it.

    Attributes:
        agreements: All versions, in file order.
        weak: In file order.
    """

    agreements: tuple[Agreement, ...]
    weak: tuple[Weakness, ...]


def checked(
    patterns: Sequence[str], environ: Mapping[str, str], now: int, config: Config | None = None
) -> Checked:
    """Check agreements, and look for what is weak in them.

    Args:
        patterns: Files, or globs.
        environ: What `${NAME}` refers to, which no agreement may have.
        now: Milliseconds since the epoch.
        config: The services that they are about; None where these are not known.

    Raises:
        ConfigError: There are problems.
    """
    report = Report()
    found = written([Pattern(each) for each in patterns], Expander(environ, report), report)
    if config is not None:
        asks = config.prometheus is not None
        Binding(config.services, report, complete=True, asks=asks).check(found)
    report.raise_problems()
    weak = (
        Weakness(*report.where(mark), kind, message) for mark, kind, message in findings(found, now, config)
    )
    return Checked(tuple(each.agreement for each in found), tuple(weak))
