"""Starts a program, keeps what it says, and waits with a deadline instead of a guess."""

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest
import requests

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which something that should happen soon is taken to never happen."""


def need(program: str, package: str) -> None:
    """Skip the test where a program is missing."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed: apt-get install {package}")


def wait_for(question: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """The first answer of `question` that is not None or False.

    Raises:
        AssertionError: None came within `patience` seconds; says `what` was awaited.
    """
    deadline = time.monotonic() + patience
    while True:
        answer = question()
        if answer is not None and answer is not False:
            return answer
        assert time.monotonic() < deadline, f"not within {patience:g} s: {what}"
        time.sleep(0.02)


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


class Process:
    """A running program whose two outputs are kept line by line.

    Attributes:
        lines: What it said so far on standard error and standard output, mixed.
    """

    def __init__(
        self, command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        """All that it said so far."""
        return "\n".join(self.lines)

    def status(self) -> int | None:
        """Exit status; None while it runs."""
        return self._process.poll()

    def wait_for_line(self, pattern: str, patience: float = PATIENCE) -> re.Match[str]:
        """The match of a regular expression in a line, said already or soon."""

        def look() -> re.Match[str] | None:
            found = next((match for line in list(self.lines) if (match := re.search(pattern, line))), None)
            ended = self.status() is not None and not self._reader.is_alive()
            assert found or not ended, f"ended with {self.status()} before saying {pattern!r}:\n{self.output}"
            return found

        return wait_for(look, f"a line with {pattern!r}; it said:\n{self.output}", patience)

    def terminate(self, patience: float = PATIENCE) -> int:
        """Ask it to end, as an init system would; its exit status."""
        self._process.terminate()
        return self.wait(patience)

    def send_signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self, patience: float = PATIENCE) -> int:
        """Its exit status, once it ended and all its output is read."""
        status = self._process.wait(patience)
        self._reader.join(patience)
        return status

    def close(self) -> None:
        """End it whatever it does, and give back its pipe."""
        if self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self.kill()

    def kill(self) -> None:
        """kill -9, as a power cut would."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


def wait_until_ready(process: Process, url: str, name: str) -> None:
    """Wait until a server of the Prometheus family says that it is ready; one that does not is ended."""
    session = requests.Session()
    session.trust_env = False

    def ready() -> bool:
        assert process.status() is None, process.output
        try:
            return session.get(f"{url}/-/ready", timeout=10).ok
        except requests.ConnectionError:
            return False

    try:
        wait_for(ready, f"{name} is ready")
    except BaseException:
        process.close()
        raise
    finally:
        session.close()
