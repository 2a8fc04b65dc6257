"""Echo requests to this machine, with whatever permission this process has, and without any."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from exporter.probes.icmp import IcmpSettings
from exporter.probes.net.icmp import _checksum
from exporter.probes.result import Outcome
from tests.support.raw import Probing

ROOT = Path(__file__).parent.parent.parent.parent


def permitted() -> bool:
    """Whether this process may ping."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP).close()
        except PermissionError:
            continue
        return True
    return False


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]", "localhost"])
async def test_scenario_50_this_machine_answers(probing: Probing, address: str) -> None:
    context = await probing.context(details=True)
    result = await probing.probe(f"icmp://{address}", context=context, packets=3, gap="10ms", ttl=33)
    if not permitted():
        assert result.outcome is Outcome.INCONCLUSIVE
        return
    assert (result.outcome, result.detail) == (Outcome.SUCCESS, "")
    assert result.details is not None
    facts = result.details.facts
    assert (facts["sent"], facts["answered"]) == (3, 3)
    assert facts["hop_limit"] in {33, 64, 255}, "the system's own for answers"
    assert 0 < facts["rtt_min_seconds"] <= facts["rtt_mean_seconds"] <= facts["rtt_max_seconds"]  # type: ignore[operator]
    assert result.phases.processing is not None
    assert result.phases.processing / 1e9 == facts["rtt_mean_seconds"]
    assert result.duration == (result.phases.resolve or 0) + (result.phases.processing or 0)


def without_permission(*command: str) -> list[str]:
    """The same without the right to ping, whoever runs the tests."""
    if os.geteuid():
        return list(command)
    setpriv = shutil.which("setpriv")
    assert setpriv is not None, "util-linux has it"
    return [setpriv, "--bounding-set=-net_raw", "--inh-caps=-net_raw", "--no-new-privs", *command]


def test_scenario_50_no_permission_is_no_outage() -> None:
    command = [sys.executable, "-m", "exporter", "probe", "icmp://127.0.0.1", "--format=json"]
    done = subprocess.run(
        without_permission(*command), capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    found = json.loads(done.stdout)
    first, last = map(int, Path("/proc/sys/net/ipv4/ping_group_range").read_text().split())
    if first <= os.getegid() <= last:
        assert (done.returncode, found["result"]) == (0, "success"), "the system lets everybody ping"
        return
    assert (done.returncode, found["result"]) == (3, "inconclusive")
    assert found["detail"].startswith(
        "no permission for ICMP: let its group ping (sysctl net.ipv4.ping_group_range)"
    )


def probed_in_own_network(url: str, *before: str) -> dict[str, object]:
    """What a probe finds in a network of its own, in which every group may ping and which these commands made."""
    command = [sys.executable, "-m", "exporter", "probe", url, "--timeout=1s", "--format=json"]
    everybody = "echo 0 0 > /proc/sys/net/ipv4/ping_group_range"
    unprivileged = "exec setpriv --bounding-set=-net_raw --inh-caps=-net_raw --no-new-privs"
    script = "; ".join([everybody, "ip link set lo up", *before, f"{unprivileged} {' '.join(command)}"])
    unshare = ["unshare", "--map-root-user", "--net", "sh", "-ec", script]
    done = subprocess.run(unshare, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)
    assert done.stdout, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_scenario_50_no_privilege_is_needed_where_the_system_allows_it() -> None:
    assert probed_in_own_network("icmp://127.0.0.1")["result"] == "success"


def test_silence_is_a_timeout_that_counts_and_no_way_is_unreachable() -> None:
    silence = "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all"
    silent = probed_in_own_network("icmp://127.0.0.1", silence)
    assert (silent["result"], silent["reason"]) == ("failure", "timeout")
    unreachable = probed_in_own_network("icmp://192.0.2.2")
    assert (unreachable["result"], unreachable["reason"]) == ("failure", "unreachable")
    assert unreachable["detail"] == "192.0.2.2: network is unreachable"


def test_scenario_50_an_answer_with_another_payload_is_none(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    corrupted = probed_in_own_network(
        "icmp://127.0.0.1",
        "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all",
        f"{{ {sys.executable} -m tests.support.corrupting {ready} > {tmp_path}/said 2>&1 & }}",
        f"while ! [ -e {ready} ] && kill -0 $!; do sleep 0.02; done",
    )
    assert (corrupted["result"], corrupted["reason"]) == ("failure", "answer"), (
        tmp_path / "said"
    ).read_text()
    assert "echo requests came back with another payload" in str(corrupted["detail"])


def test_the_checksum_is_that_of_the_standard() -> None:
    assert _checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D
    assert _checksum(b"\xff") == 0x00FF


@pytest.mark.parametrize(
    ("settings", "url", "said"),
    [
        (
            {"packets": 2, "expect": {"answers_min": 3}},
            "icmp://a",
            "`answers_min` is 3, but only 2 `packets` are sent",
        ),
        ({"packets": 10, "gap": "1s"}, "icmp://a", "takes longer than the timeout"),
        ({}, "icmp://a:1", "the URL of an icmp probe is icmp://host"),
        ({"ttl": 0}, "icmp://a", "greater than or equal to 1"),
        ({"ttl": 256}, "icmp://a", "less than or equal to 255"),
    ],
)
def test_scenario_55_what_makes_no_sense_is_refused(settings: dict[str, object], url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        IcmpSettings.model_validate(settings).check(url, 5_000)
