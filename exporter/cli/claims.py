"""The folder of a claim, made of the store."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from exporter.cli.configured import load
from exporter.cli.ledger import settle
from exporter.clock import SystemClock
from exporter.config.model import Config
from exporter.errors import UptimeError, UsageError
from exporter.output.claims import Failed, letter, outages, probes_csv
from exporter.output.reports.formats import written as report
from exporter.output.reports.sections.credit import is_owed
from exporter.record.agreements.asking import Question, asked, one
from exporter.record.agreements.issuing import Drafted, see_named
from exporter.record.export import named, told
from exporter.store.base import Reader
from exporter.store.reader import SqliteReader
from exporter.timeline.tally import State


def written(question: Question, out: str, config_files: Sequence[str], storage: str) -> tuple[str, bool]:
    """Write the folder; what to say of it, and whether anything is owed.

    Raises:
        UptimeError: There is no such agreement or period, incidents cannot be written down, or the folder cannot be made.
    """
    settle(config_files, storage)
    config, now = load(config_files, storage), SystemClock().wall()
    with closing(SqliteReader.open(Path(storage))) as store:
        drafted = one(asked(store, config, question, now))
        see_named([drafted])
        document = drafted.shown
        if not drafted.result.period.over:
            msg = f"--period: {document['period']['name']} runs; what it owes can be claimed once it is over"
            raise UsageError(msg)
        if not is_owed(document["credit"]):
            return (
                f"{document['agreement']} owes nothing for {document['period']['name']}: {document['verdict']}.",
                False,
            )
        failed = list(_failed(store, config, drafted, now))
    folder = Path(out)
    files = {
        "claim.md": letter(document, len(failed), now),
        "outages.csv": outages(document),
        "probes.csv": probes_csv(failed),
        "report.json": report(document, "json"),
    }
    files = {name: text for name, text in files.items() if text}
    try:
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except FileExistsError as error:
        msg = f"--out: {out} is there already; name a new folder"
        raise UsageError(msg) from error
    except OSError as error:
        msg = f"{out} cannot be written: {error.strerror}"
        raise UptimeError(msg) from error
    return f"Wrote {out}: {', '.join(files)}", True


def _failed(store: Reader, config: Config, drafted: Drafted, now: int) -> Iterator[Failed]:
    """Every failed probe of the services that the agreement is about, in its period."""
    services = set(drafted.result.agreement.services)
    for (service, endpoint), stored in named(store, config):
        if service in services:
            for each in told(store, stored, drafted.result.period.span, now):
                if each.vote is State.DOWN:
                    yield Failed(each.at, service, endpoint, each.reason)
