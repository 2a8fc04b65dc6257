"""A thousand endpoints and ten reloads: no beat missed, no series broken, no descriptor leaked."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import yaml

from exporter.engine.slot import spread
from exporter.store.reader import SqliteReader
from tests.support.daemon import Daemon
from tests.support.processes import wait_for
from tests.support.target import Target

StartDaemon = Callable[..., Daemon]
StartTarget = Callable[[], Target]

COUNT, INTERVAL = 1_000, 3_000


def configuration(url: str, edition: int) -> str:
    """A thousand endpoints that stay, and one that each edition has for itself."""
    services = [
        {
            "name": f"s{number}",
            "labels": {"edition": str(edition)},
            "endpoints": [{"name": "web", "url": url}],
            "slos": [{"objective": "99.9"}],
        }
        for number in range(COUNT)
    ]
    own = {"name": f"own{edition}", "endpoints": [{"name": "web", "url": url}]}
    return yaml.safe_dump({"defaults": {"interval": f"{INTERVAL}ms"}, "services": [*services, own]})


def descriptors(daemon: Daemon) -> int:
    return len(list(Path(f"/proc/{daemon.process.pid}/fd").iterdir()))


def go_on(target: Target) -> None:
    """Let some probes come and go."""
    before = target.requests
    wait_for(lambda: target.requests > before + COUNT // 5, "it goes on")


def test_a_thousand_endpoints_keep_their_beats_over_ten_reloads(
    start_daemon: StartDaemon, start_target: StartTarget
) -> None:
    target = start_target()
    daemon = start_daemon(configuration(target.url, 0), "--web.enable-lifecycle")
    wait_for(lambda: target.requests > 2 * COUNT, "every endpoint has been probed")
    fewest = min(descriptors(daemon) for _ in range(200))
    for edition in range(1, 11):
        daemon.config.write_text(configuration(target.url, edition))
        answer = daemon.send("POST", "/-/reload", {})
        assert answer.status_code == 200, answer.text
        go_on(target)
    assert daemon.value("uptime_scheduler_missed_probes_total") == 0
    wait_for(lambda: descriptors(daemon) <= fewest, "no descriptor is left behind")
    editions = {dict(labels).get("edition") for name, labels in daemon.samples() if name == "uptime_slo_info"}
    assert editions == {"10"}
    assert daemon.stop() == 0
    with closing(SqliteReader.open(daemon.storage)) as store:
        kept = [each for each in store.endpoints() if each.service.startswith("s")]
        assert len(kept) == COUNT
        for each in kept:
            assert each.removed == ()
            phase = spread(each.service, each.id, INTERVAL)
            rows = [row for row in store.rows(each.number) if row.event]
            beats = [(at - phase) // INTERVAL for row in rows for at in (row.at, row.last)]
            assert sum(row.results for row in rows) == beats[-1] - beats[0] + 1, "each beat is there, once"
        gone = [each for each in store.endpoints() if each.removed]
        assert len(gone) == 10
