"""From files to agreements, or to all of their problems."""

from collections.abc import Mapping, Sequence

from exporter.config.agreements.build import Written, build
from exporter.config.agreements.extends import Family
from exporter.config.agreements.reading import Expand, Pattern, read
from exporter.config.agreements.versions import check_versions
from exporter.config.expand import Expander
from exporter.config.report import Report
from exporter.sla.agreement import Agreement


def load_agreements(patterns: Sequence[str], environ: Mapping[str, str]) -> tuple[Agreement, ...]:
    """Read, complete and check agreements.

    Args:
        patterns: Files, or globs, in the order in which they are read.
        environ: What `${NAME}` refers to, which no agreement may have.

    Returns:
        All versions, drafts among them, in file order; templates that others extend are not.

    Raises:
        ConfigError: With every problem, in file order.
    """
    report = Report()
    found = written([Pattern(each) for each in patterns], Expander(environ, report), report)
    report.raise_problems()
    return tuple(each.agreement for each in found)


def written(patterns: Sequence[Pattern], expand: Expand, report: Report) -> list[Written]:
    """The same with the texts, for whoever looks further.

    Args:
        patterns: Which files.
        expand: Fills `${NAME}` in.
        report: Gets the problems, and what each file said.
    """
    documents = read(patterns, expand, report)
    found = [build(root, report) for root in Family(documents, report).whole()]
    check_versions(found, report)
    return found
