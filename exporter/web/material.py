"""Certificates and keys that a web configuration has in itself or names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from exporter.config.report import Report
from exporter.config.tree import Map
from exporter.web.readings import Readings


class Pem(NamedTuple):
    """What stands under a key, and how to say where: `key_file (tls/server.key)`."""

    data: bytes
    mark: int
    origin: str

    @contextmanager
    def as_file(self) -> Iterator[str]:
        """Give a path to it that is in memory only: TLS libraries read nothing but files."""
        descriptor = os.memfd_create("pem")
        try:
            os.write(descriptor, self.data)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Material:
    """Finds PEM for the keys of `tls_server_config`, and takes what is wrong with it.

    Attributes:
        section: `tls_server_config`, with its places.
        readings: Get what was read.
        report: Gets the problems.
    """

    section: Map
    readings: Readings
    report: Report

    def find(self, inline: str, file: str, needle: str) -> Pem | None:
        """Give the content of `file`, or else of `inline`; None where neither is given or it is a problem.

        Args:
            inline: Key that has PEM as its value.
            file: Key that names a file, relative to the configuration's folder.
            needle: What the PEM must have, such as `CERTIFICATE`.
        """
        section = self.section
        name, text = section.get(file), section.get(inline)
        if isinstance(name, str) and name:
            mark, origin = section.mark_of(file), f"`{file}` ({name})"
            try:
                data = self.readings.read(self.report.folder(mark) / name)
            except OSError as error:
                self.problem(Pem(b"", mark, origin), f"cannot be read: {error.strerror}")
                return None
        elif isinstance(text, str) and text:
            mark, origin, data = section.mark_of(inline), f"`{inline}`", text.encode()
        else:
            return None
        found = Pem(data, mark, origin)
        if f"{needle}-----".encode() not in data:
            self.problem(found, f"has no {needle.lower()} in PEM form")
            return None
        return found

    def problem(self, pem: Pem, message: str) -> None:
        """Say what is wrong with it."""
        self.report.problem(pem.mark, f"{pem.origin} {message}")

    def wrong_key(self, key: str, message: str) -> None:
        """Say what is wrong with a key of `tls_server_config`."""
        self.report.problem(self.section.mark_of(key), f"`{key}`: {message}")
