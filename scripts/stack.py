"""Starts the demo, and a Prometheus and an Alertmanager of this machine beside it, until Ctrl-C.

Both run by what lies in deploy/, but for addresses, folders and a shorter scrape interval; all that they
write is in a temporary folder, which goes with them. Arguments are those of `uptime-slo-exporter demo`.

usage: scripts/stack.py [--days 30] [--incidents 5m] [--web.listen-address 127.0.0.1:9895]
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
PROGRAMS = {"prometheus": ("prometheus",), "alertmanager": ("prometheus-alertmanager", "alertmanager")}
"""How each is called: by Debian first, then by those who make it."""

ELSEWHERE = "/usr/local/bin:/usr/sbin:/sbin"
"""Where programs may be beyond a user's own path."""

SCRAPE_INTERVAL = "5s"
"""Shorter than in deploy/: somebody waits."""

GRACE = 20.0
"""Seconds that a program gets to end before it is killed."""

PATIENCE = 60.0
"""Seconds in which a program has to be ready."""

PAGE = re.compile(r"http://(\S+)/ +the page")

Process = subprocess.Popen[str]


class StackError(Exception):
    """Why it could not go on, for whoever started it."""


class Stopped(Exception):  # noqa: N818 -- no error
    """Somebody asked for the end."""


def main(arguments: Sequence[str]) -> None:
    """Run all three until SIGINT or SIGTERM.

    Raises:
        StackError: One could not be started, or ended by itself.
    """
    programs = {name: find(name) for name in PROGRAMS}
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    with suppress(Stopped), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="uptime-stack-")))
        started = stack.enter_context(_all_ended())
        exporter, lines = start_demo(started, arguments)
        alertmanager, prometheus = (f"127.0.0.1:{free_port(port)}" for port in (9093, 9090))
        start_alertmanager(started, programs["alertmanager"], folder, alertmanager)
        config = prometheus_config(exporter, prometheus, alertmanager)
        start_prometheus(started, programs["prometheus"], folder, prometheus, config)
        tell(prometheus, alertmanager, lines)
        wait(started, folder)
    print("So have Prometheus and Alertmanager.")


def find(name: str) -> str:
    """Where a program is.

    Raises:
        StackError: It is not here.
    """
    for called in PROGRAMS[name]:
        found = shutil.which(called, path=f"{os.environ.get('PATH', '')}:{ELSEWHERE}")
        if found is not None:
            return found
    msg = f"{name} is not installed; on Debian and Ubuntu: apt-get install {PROGRAMS[name][0]}"
    raise StackError(msg)


def free_port(preferred: int) -> int:
    """The port if nobody has it, else one that is free."""
    with suppress(OSError), socket.create_server(("127.0.0.1", preferred)):
        return preferred
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def prometheus_config(exporter: str, prometheus: str, alertmanager: str) -> dict[str, Any]:
    """The configuration of deploy/prometheus, for programs of this machine; each is named as `host:port`."""
    text = (DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    here = {"exporter:9895": exporter, "localhost:9090": prometheus, "alertmanager:9093": alertmanager}
    for deployed, address in here.items():
        text = text.replace(f'"{deployed}"', f'"{address}"')
    config: dict[str, Any] = yaml.safe_load(text)
    config["rule_files"] = [str(DEPLOY / "prometheus" / pattern) for pattern in config["rule_files"]]
    config["global"] |= {"scrape_interval": SCRAPE_INTERVAL, "evaluation_interval": SCRAPE_INTERVAL}
    return config


def start_demo(started: dict[str, Process], arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Start the demo; gives where it answers, and what it says of itself. Ends with it where it does not start."""
    command = [sys.executable, "-m", "exporter", "demo", *arguments]
    process = subprocess.Popen(  # noqa: S603 -- this program
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    started["the demo"] = process
    lines = list[str]()
    for line in process.stdout or ():
        lines.append(line.rstrip("\n"))
        if line.startswith("Ctrl-C ends it"):
            break
    found = next((match for line in lines if (match := PAGE.search(line))), None)
    if found is None:  # it showed its help, or has said why
        for line in lines:
            print(line)
        sys.exit(process.wait())
    threading.Thread(target=_pass_on, args=(process,), daemon=True).start()
    return found[1], lines


def start_alertmanager(started: dict[str, Process], program: str, folder: Path, address: str) -> None:
    """Start Alertmanager, by the configuration in deploy/, and wait until it is ready."""
    config = DEPLOY / "alertmanager" / "alertmanager.yml"
    options = (f"--config.file={config}", f"--storage.path={folder / 'alertmanager'}")
    _start(started, folder, address, [program, *options, "--cluster.listen-address="])


def start_prometheus(
    started: dict[str, Process], program: str, folder: Path, address: str, config: dict[str, Any]
) -> None:
    """Start Prometheus, and wait until it is ready."""
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    options = (
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'prometheus'}",
        # Else what fires before it has found Alertmanager is told a minute later.
        f"--rules.alert.resend-delay={SCRAPE_INTERVAL}",
    )
    _start(started, folder, address, [program, *options])


def tell(prometheus: str, alertmanager: str, lines: Sequence[str]) -> None:
    """Say where everything is."""
    for line in lines[:-1]:
        print(line)
    print("And beside it:")
    print(
        f"  http://{prometheus}/                 Prometheus, with the rules of deploy/prometheus: look at Alerts"
    )
    print(f"  http://{alertmanager}/                 Alertmanager, with deploy/alertmanager")
    print("\nA ticket fires for mail within a minute or two, and a page for checkout after it broke.")
    print("Ctrl-C ends all of it, and leaves nothing.\n", flush=True)


def wait(started: dict[str, Process], folder: Path) -> None:
    """Wait for a signal.

    Raises:
        StackError: One of them ended by itself; says which, with its last line.
    """
    while True:
        for name, process in started.items():
            if process.poll() is not None:
                raise StackError(_ended(name, process, folder))
        time.sleep(0.2)


@contextmanager
def _all_ended() -> Iterator[dict[str, Process]]:
    """Programs by their names, all of which are ended with the block, the last one first."""
    started = dict[str, Process]()
    try:
        yield started
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for process in reversed(started.values()):
            process.terminate()
        for process in reversed(started.values()):
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(started: dict[str, Process], folder: Path, address: str, command: Sequence[str]) -> None:
    name = Path(command[0]).name
    with (folder / f"{name}.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603 -- a program that was looked for
            [*command, f"--web.listen-address={address}"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
    started[name] = process
    deadline = time.monotonic() + PATIENCE
    while not _is_ready(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise StackError(_ended(name, process, folder))
        time.sleep(0.05)


def _is_ready(address: str) -> bool:
    asker = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with asker.open(f"http://{address}/-/ready", timeout=5) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 -- OK
    except OSError:
        return False


def _ended(name: str, process: Process, folder: Path) -> str:
    log = folder / f"{name}.log"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    how = "is not ready" if process.poll() is None else f"ended with status {process.returncode}"
    return f"{name} {how}" + (f": {lines[-1]}" if lines else "")


def _pass_on(process: Process) -> None:
    for line in process.stdout or ():
        print(line, end="", flush=True)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except StackError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(3)
