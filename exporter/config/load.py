"""From files to a configuration, or to all of its problems."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from exporter.config.build import Builder
from exporter.config.discovered import Contents, join, read_files
from exporter.config.discovery import discovery
from exporter.config.expand import Expander
from exporter.config.files import Read, Sources, read_bytes
from exporter.config.model import Config, Discovery
from exporter.config.report import Report


def load(
    paths: Sequence[str],
    environ: Mapping[str, str],
    contents: Contents | None = None,
    read: Read = read_bytes,
    *,
    commands: bool = True,
) -> Config:
    """Read, join, check and complete the configuration.

    Args:
        paths: Files, or globs, in the order in which they join; at least one.
        environ: What `${NAME}` refers to.
        contents: What discovery has found, by source; None for what the files of `file_sd` say now.
        read: Gives what the files say.
        commands: Whether programs of this machine may be run; it is a problem where they may not, but should.

    Raises:
        ConfigError: With every problem, in file order; no secret is in any message.
    """
    report = Report()
    with _no_collection():
        expand = Expander(environ, report)
        sources = Sources(expand, report, read)
        sources.read(paths)
        builder, found = None, None
        if sources.root is not None and sources.complete:
            found = discovery(sources.root, report)
            if found is not None:
                join(sources.root, found, read_files(found) if contents is None else contents, report)
            builder = Builder(sources.root, expand, report, commands=commands)
    report.raise_problems()
    if builder is None:  # nothing was read, and no problem says why
        message = "no configuration file was given"
        raise ValueError(message)
    return Config(
        services=builder.services,
        site=builder.site,
        hash=sources.hash,
        warnings=report.warnings(),
        probes=builder.probes,
        connectivity=builder.connectivity,
        secrets=report.secrets,
        exclusions=builder.exclusions,
        retention=builder.retention,
        beside=report.beside,
        discovery=found,
        blackbox=builder.blackbox,
        resolver=builder.resolver,
        prometheus=builder.prometheus,
        alerting=builder.alerting,
        delays=builder.delays,
        agreements=builder.agreements,
        agreement_files=builder.agreement_files,
    )


def load_discovery(paths: Sequence[str], environ: Mapping[str, str]) -> Discovery | None:
    """Read only where further targets come from; None for nowhere else.

    Raises:
        ConfigError: The files, or that section, have problems.
    """
    report = Report()
    sources = Sources(Expander(environ, report), report)
    sources.read(paths)
    found = discovery(sources.root, report) if sources.root is not None and sources.complete else None
    report.raise_problems()
    return found


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold the garbage collector back: a tree under construction has no garbage, and looking for it doubles the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
