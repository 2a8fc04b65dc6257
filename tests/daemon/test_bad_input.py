"""What goes wrong at a user's: each is one clear line that says what to do, the right exit status, and no traceback."""

import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from exporter.store.reader import SqliteReader
from exporter.store.writer import SqliteWriter
from exporter.timeline.tally import State
from tests.support.daemon import Daemon, command
from tests.support.processes import wait_for
from tests.support.target import Target

CONFIG = """
services:
  - name: shop
    endpoints: [{{name: web, url: "{url}", interval: 200ms, timeout: 20s}}]
    slos: [{{objective: 99.9}}]
"""
JANUARY = "2025-01-01T00:01:00Z"
ROWS = (
    "timestamp,service,endpoint,result\n"
    "2025-01-01T00:00:00Z,shop,web,success\n2025-01-01T00:00:30Z,shop,web,failure\n"
)

StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration, some past results, and no store yet."""
    (tmp_path / "uptime.yml").write_text(CONFIG.format(url="http://127.0.0.1:9/"))
    (tmp_path / "past.csv").write_text(ROWS)
    return tmp_path


def refused(done: "subprocess.CompletedProcess[str]", status: int, *patterns: str) -> None:
    """It ended with that status, printed nothing, and said one line for each pattern."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == len(patterns), done.stderr
    for line, pattern in zip(lines, patterns, strict=True):
        assert re.search(pattern, line), line


def run_refused(folder: Path, status: int, *patterns: str, options: tuple[str, ...] = ()) -> None:
    """The same of `run`, which must not start."""
    done = command("run", "--web.listen-address=127.0.0.1:0", *options, cwd=folder)
    refused(done, status, *patterns)


# ---- arguments and configuration


def test_a_used_port_is_said_with_its_cure(folder: Path, start_target: StartTarget) -> None:
    place = f"127.0.0.1:{start_target().port}"
    done = command("run", f"--web.listen-address={place}", cwd=folder)
    refused(done, 3, f"`{place}` is in use by another program; stop it, or choose another port")
    assert not (folder / "uptime.db").exists()


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("nonsense", 2, "`nonsense` is not an address; write :9895"),
        ("127.0.0.1:65536", 2, "is not an address"),
        ("192.0.2.1:0", 3, "is no address of this machine; write :9895"),
    ],
)
def test_an_address_that_cannot_be_used_is_said(folder: Path, address: str, status: int, said: str) -> None:
    refused(command("run", f"--web.listen-address={address}", cwd=folder), status, said)


@pytest.mark.parametrize("words", [("run", "--web.listen-address=127.0.0.1:0"), ("sli", "shop")])
def test_every_mistake_in_the_configuration_is_a_line_with_its_place(
    folder: Path, words: tuple[str, ...]
) -> None:
    (folder / "uptime.yml").write_text(
        "services:\n"
        "  - name: shop\n"
        "    endpoints: [{url: 'http://127.0.0.1/', intervall: 15s}]\n"
        "    slos: [{objective: 0.999}]\n"
        "colour: red\n"
    )
    refused(
        command(*words, cwd=folder),
        2,
        r"^uptime.yml:3: unknown key `intervall`; did you mean `interval`\?$",
        r"^uptime.yml:4: .*`0.999` looks like a ratio; .* did you mean 99.9\?$",
        r"^uptime.yml:5: unknown key `colour`",
    )
    assert not (folder / "uptime.db").exists()


def test_a_configuration_that_is_not_there_is_said_with_its_cure(folder: Path) -> None:
    (folder / "uptime.yml").unlink()
    run_refused(folder, 2, r"^uptime.yml: does not exist; `uptime-slo-exporter init URL` writes one$")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("shop/latency",), r"no SLO `shop/latency` in the configuration; did you mean shop/availability\?"),
        (("mail",), "no SLO `mail` in the configuration; there is shop/availability"),
        (("shop", "--at", "soon"), "^--at: `soon` is not a time; write 2026-11-01T00:00:00Z"),
        (("shop", "--window", "a while"), "^--window: `a while`"),
        (("shop", "--window", "0s"), "^--window: `0s` has to be longer"),
    ],
)
def test_sli_says_what_is_wrong_with_a_question(folder: Path, words: tuple[str, ...], said: str) -> None:
    refused(command("sli", *words, cwd=folder), 2, said)


# ---- answers that are no, or none


def test_sli_without_a_store_or_with_an_empty_one_is_status_3(folder: Path) -> None:
    refused(command("sli", "shop", cwd=folder), 3, "no such store; start `run` first, or give the right")
    (folder / "uptime.db").touch()
    refused(command("sli", "shop", cwd=folder), 3, "the store is empty; start `run` first")


def test_sli_tells_an_answer_from_a_no_and_from_none(folder: Path) -> None:
    """Half of a minute down: missed, which is an error with --fail only; a window of which nothing is known is 3."""
    assert command("backfill", "--csv", "past.csv", "--staleness=30s", cwd=folder).returncode == 0
    for words, status, said in (
        ((f"--at={JANUARY}",), 0, "objective  missed"),
        ((f"--at={JANUARY}", "--fail"), 1, "objective  missed"),
        (("--at=2025-01-01T00:00:30Z", "--fail"), 0, "objective  met"),
        (("--at=2024-01-01T00:00:00Z", "--fail"), 3, "objective  no value"),
    ):
        done = command("sli", "shop", "--window=1m", *words, cwd=folder)
        assert (done.returncode, done.stderr) == (status, "")
        assert said in done.stdout


# ---- the store


def test_a_second_daemon_on_one_store_is_refused(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    """Ruling 39: one store, one daemon; the line has its process number. Commands work beside it."""
    daemon = start_daemon(CONFIG.format(url=start_target().url))
    folder = daemon.config.parent
    (folder / "past.csv").write_text(ROWS)
    said = (
        f"uptime.db: process {daemon.process.pid} is writing to it; stop that one, or give another --storage"
    )
    run_refused(folder, 3, said)
    wait_for(lambda: command("sli", "shop", cwd=folder).returncode == 0, "there is a figure")
    daemon.kill()
    assert command("backfill", "--csv", "past.csv", cwd=folder).returncode == 0, "its lock died with it"


@pytest.mark.parametrize(
    ("storage", "writing", "reading"),
    [
        ("folder", "is a folder; --storage is the path of a file", "is a folder"),
        ("text.db", "this is not a store of uptime-slo-exporter; give another", "this is not a store of"),
        ("foreign.db", "this is not a store of uptime-slo-exporter; give another", "this is not a store of"),
        ("newer.db", "written by a newer uptime-slo-exporter .* install that version", "written by a newer"),
        ("no/where.db", "cannot make its lock file .*: No such file or directory", "there is no such store"),
    ],
)
def test_what_is_no_store_is_refused_and_left_as_it_was(
    folder: Path, storage: str, writing: str, reading: str
) -> None:
    (folder / "folder").mkdir()
    (folder / "text.db").write_text("hello, world; " * 400)
    with closing(sqlite3.connect(folder / "foreign.db")) as foreign:
        foreign.execute("CREATE TABLE notes (text)")
    SqliteWriter.open(folder / "newer.db").close()
    with closing(sqlite3.connect(folder / "newer.db")) as newer:
        newer.execute("PRAGMA user_version = 99")
    path = folder / storage
    before = path.read_bytes() if path.is_file() else b""
    run_refused(folder, 3, f"^{storage}: {writing}", options=(f"--storage={storage}",))
    refused(command("sli", "shop", f"--storage={storage}", cwd=folder), 3, f"^{storage}: {reading}")
    assert (path.read_bytes() if path.is_file() else b"") == before


def as_a_user(*words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command without root's licence to ignore the modes of files."""
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    assert not drop or shutil.which("setpriv"), "util-linux is missing"
    return subprocess.run(
        [*drop, sys.executable, "-m", "exporter", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def closed_folder(folder: Path) -> Iterator[Path]:
    """Has a store, and opens again for who cleans up."""
    (folder / "data").mkdir()
    command("backfill", "--csv", "past.csv", "--storage=data/uptime.db", cwd=folder)
    yield folder
    (folder / "data").chmod(0o700)


@pytest.mark.parametrize(
    ("folder_mode", "mode", "writing", "reading"),
    [
        (0o700, 0o000, "unreadable", "unreadable"),
        (0o700, 0o400, "may not be written by this user; mend its permissions", ""),
        (0o000, 0o600, "Permission denied", "Permission denied"),
    ],
)
def test_a_store_that_this_user_may_not_use_is_said(
    closed_folder: Path, folder_mode: int, mode: int, writing: str, reading: str
) -> None:
    store = closed_folder / "data" / "uptime.db"
    store.chmod(mode)
    store.parent.chmod(folder_mode)
    unreadable = "cannot be opened; the folder must exist, and both must be readable by this user"
    where = "--storage=data/uptime.db"
    refused(
        as_a_user("run", where, "--web.listen-address=127.0.0.1:0", cwd=closed_folder),
        3,
        writing.replace("unreadable", unreadable),
    )
    asked = as_a_user("sli", "shop", where, f"--at={JANUARY}", cwd=closed_folder)
    if reading:
        refused(asked, 3, reading.replace("unreadable", unreadable))
    else:
        assert (asked.returncode, asked.stderr) == (0, ""), "reading needs no more than reading"


def test_a_store_that_a_shell_has_locked_is_said_after_a_while(folder: Path) -> None:
    """Five seconds' patience; then one line, and what was to be written is not."""
    command("backfill", "--csv", "past.csv", cwd=folder)
    with closing(sqlite3.connect(folder / "uptime.db", isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        (folder / "past.csv").write_text(ROWS.replace("2025", "2024"))
        done = command("backfill", "--csv", "past.csv", cwd=folder)
        refused(
            done, 3, r"uptime.db: another program has it locked; close that one \(an open sqlite3 shell\?\)"
        )
        assert command("sli", "shop", f"--at={JANUARY}", cwd=folder).returncode == 0, "readers do not mind"


def degraded(daemon: Daemon, pattern: str) -> bool:
    answer = daemon.get("/-/ready")
    assert answer.status_code == 200
    return re.search(f"degraded: .*{pattern}", answer.text) is not None


def test_a_shell_that_holds_a_lock_stops_no_probe_and_loses_nothing(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    target = start_target()
    daemon = start_daemon(CONFIG.format(url=target.url))
    wait_for(lambda: target.requests > 3, "probes")
    with closing(sqlite3.connect(daemon.storage, isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        wait_for(lambda: degraded(daemon, "another program has it locked"), "it says that it is degraded")
        assert daemon.value("uptime_storage_write_failures_total") == 1
        shell.execute("ROLLBACK")
    recovered(daemon, target)


CAP_SYS_ADMIN = 21


def may_mount() -> bool:
    """Whether this process may make a small disk of its own."""
    status = Path("/proc/self/status").read_text()
    return bool(int(re.findall(r"CapEff:\s*(\w+)", status)[0], 16) >> CAP_SYS_ADMIN & 1)


class SmallDisk:
    """A file system of 1 MiB that can be filled up."""

    said = "the disk is full; make room, nothing recorded so far is lost"

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path], check=True)

    def fill(self, _daemon: Daemon) -> None:
        with (self.path / "ballast").open("wb", buffering=0) as ballast:
            while True:
                try:
                    ballast.write(bytes(512))
                except OSError:
                    return

    def make_room(self, _daemon: Daemon) -> None:
        (self.path / "ballast").unlink()

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", self.path], check=True)


class Limit:
    """The same by a limit on what the process may write: for who may not mount."""

    said = "the disk does not answer as it should"

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()

    def fill(self, daemon: Daemon) -> None:
        _, hard = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (0, hard))

    def make_room(self, daemon: Daemon) -> None:
        _, hard = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (hard, hard))

    def close(self) -> None:
        """It went with the process."""


@pytest.mark.parametrize("kind", [Limit, *([SmallDisk] if may_mount() else [])])
def test_a_full_disk_stops_no_probe_and_loses_nothing_once_there_is_room(
    start_daemon: StartDaemon, start_target: StartTarget, tmp_path: Path, kind: type[Limit] | type[SmallDisk]
) -> None:
    target = start_target()
    with closing(kind(tmp_path / "disk")) as disk:
        daemon = start_daemon(CONFIG.format(url=target.url), storage=disk.path / "uptime.db")
        wait_for(lambda: target.requests > 3, "probes")
        disk.fill(daemon)
        wait_for(lambda: degraded(daemon, disk.said), "it says that it is degraded")
        for trouble in (target.fail, target.recover):  # what happens meanwhile waits in memory
            trouble()
            wanted = target.requests + 3
            wait_for(lambda wanted=wanted: target.requests >= wanted, "it goes on probing")  # type: ignore[misc]
        assert (daemon.value("uptime_storage_pending_rows") or 0) >= 1
        disk.make_room(daemon)
        recovered(daemon, target, failed=True)


def recovered(daemon: Daemon, target: Target, *, failed: bool = False) -> None:
    """It is well again by itself; every probe since its start is in the record, each beat once."""
    wait_for(lambda: "degraded" not in daemon.get("/-/ready").text, "it is well again")
    assert daemon.process.status() is None
    assert "Traceback" not in daemon.process.output
    assert daemon.stop() == 0
    asked = target.requests
    with closing(SqliteReader.open(daemon.storage)) as reader:
        rows = reader.rows(1)
        assert list(reader.absences()) == []
    instants = [at for row in rows for at in range(row.at, row.last + 1, max(1, row.step))]
    assert len(instants) in {asked - 1, asked}, "the last probe may have been in flight"
    assert all(one < other for one, other in pairwise(instants))
    assert (State.DOWN in {row.vote for row in rows}) == failed
