"""A thousand endpoints and ten reloads: no beat lost, no series broken, no descriptor leaked."""

from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import yaml

from exporter.engine.slot import spread
from exporter.store.reader import SqliteReader
from tests.support.daemon import Daemon
from tests.support.processes import wait_for
from tests.support.target import Target

StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]

COUNT, INTERVAL, LAST = 1_000, 3_000, 10


def configuration(url: str, edition: int) -> str:
    """A thousand endpoints that stay until the last edition, and one that each has for itself."""
    services = [
        {
            "name": f"s{number}",
            "labels": {"edition": str(edition)},
            "endpoints": [{"name": "web", "url": url}],
            "slos": [{"objective": "99.9"}],
        }
        for number in range(COUNT if edition <= LAST else 0)
    ]
    own = {"name": f"own{edition}", "endpoints": [{"name": "web", "url": url}]}
    return yaml.safe_dump({"defaults": {"interval": f"{INTERVAL}ms"}, "services": [*services, own]})


def descriptors(daemon: Daemon) -> int:
    return len(list(Path(f"/proc/{daemon.process.pid}/fd").iterdir()))


def reload(daemon: Daemon, text: str) -> None:
    daemon.config.write_text(text)
    answer = daemon.send("POST", "/-/reload", {})
    assert answer.status_code == 200, answer.text


def go_on(target: Target, probes: int) -> None:
    """Let some probes come and go."""
    before = target.requests
    wait_for(lambda: target.requests > before + probes, "it goes on")


def test_a_thousand_endpoints_keep_their_beats_over_ten_reloads(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    target = start_target()
    daemon = start_daemon(configuration(target.url, 0), "--web.enable-lifecycle", measured=False)
    wait_for(lambda: target.requests > 2 * COUNT, "every endpoint has been probed")
    fewest = min(descriptors(daemon) for _ in range(200))
    for edition in range(1, LAST + 1):
        reload(daemon, configuration(target.url, edition))
        go_on(target, COUNT // 5)
    wait_for(lambda: descriptors(daemon) <= fewest, "no descriptor is left behind")
    editions = {dict(labels).get("edition") for name, labels in daemon.samples() if name == "uptime_slo_info"}
    assert editions == {str(LAST)}
    reload(daemon, configuration(target.url, LAST + 1))
    go_on(target, 1)
    missed = daemon.value("uptime_scheduler_missed_probes_total")
    assert daemon.stop() == 0
    lost = 0
    with closing(SqliteReader.open(daemon.storage)) as store:
        kept = [each for each in store.endpoints() if each.service.startswith("s")]
        assert len(kept) == COUNT
        for each in kept:
            assert len(each.removed) == 1, "by the last reload alone"
            phase = spread(each.service, each.id, INTERVAL)
            rows = [row for row in store.rows(each.number) if row.event]
            beats = [((row.at - phase) // INTERVAL, (row.last - phase) // INTERVAL) for row in rows]
            assert all(last < first for (_, last), (first, _) in pairwise(beats)), "none is there twice"
            lost += beats[-1][1] - beats[0][0] + 1 - sum(row.results for row in rows)
        gone = [each for each in store.endpoints() if each.removed]
        assert len(gone) == COUNT + LAST + 1
    assert missed is not None
    assert 0 <= lost <= missed, "each beat is there but what a busy machine missed, and said so"
