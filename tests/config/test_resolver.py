"""The section `resolver`."""

from collections.abc import Callable

import pytest

from exporter.config.model import Config
from exporter.probes.check import SYSTEM_LOOKUP, LookupCheck
from tests.support.mistakes import SERVICE

LoadText = Callable[..., Config]
Problems = Callable[..., list[str]]


def test_servers_are_addresses_with_ports_or_without(load_text: LoadText) -> None:
    config = load_text(
        SERVICE
        + 'resolver: {servers: [192.0.2.53, "192.0.2.54:5353", "2001:db8::1", "[2001:db8::2]:53"], cache: 30s}\n'
    )
    assert config.resolver == LookupCheck(
        (("192.0.2.53", 53), ("192.0.2.54", 5353), ("2001:db8::1", 53), ("2001:db8::2", 53)),
        30_000,
        stale_on_error=False,
        timeout=2_000,
        attempts=2,
    )
    assert load_text(SERVICE).resolver == SYSTEM_LOOKUP


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("{servers: [ns1.example.com]}", "uptime.yml:5: `servers`: 'ns1.example.com' does not appear to be"),
        ("{servers: ['192.0.2.53:x']}", "uptime.yml:5: `servers`: 'x' is not a port"),
        ("{timeout: 1s}", "uptime.yml:5: `timeout` and `attempts` are of `servers`"),
        ("{stale_on_error: true}", "uptime.yml:5: `stale_on_error` needs a `cache`"),
        ("{stale_on_error: maybe}", "uptime.yml:5: `stale_on_error` must be"),
    ],
)
def test_what_makes_no_sense_is_refused(problems: Problems, section: str, said: str) -> None:
    assert problems(f"{SERVICE}resolver: {section}\n")[0].startswith(said)
