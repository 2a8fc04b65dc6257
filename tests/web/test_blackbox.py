"""The rules of `/probe` that need no daemon."""

import pytest

from exporter.output.blackbox import _fnv32a
from exporter.web.blackbox import timeout_of


@pytest.mark.parametrize(
    ("module", "header", "offset", "expected"),
    [
        (0, "15", 500, 14_500),
        (20_000, "15", 500, 14_500),
        (5_000, "15", 500, 5_000),
        (10_000, "", 500, 10_000),
        (0, "", 500, 119_500),
        (0, "15", 0, 15_000),
        (9_500, "", 1_000, 9_500),
        (10_000, "10", 500, 9_500),
        (0, "", 0, 120_000),
        (0, "0.5", 500, 100),
        (0, "0.3", 500, 100),
        (0, "0.05", 500, 50),
    ],
)
def test_scenario_52_the_timeout_is_that_of_module_and_scrape(
    module: int, header: str, offset: int, expected: int
) -> None:
    assert timeout_of(module, float(header) if header else None, offset) == expected


def test_addresses_are_hashed_as_blackbox_exporter_does() -> None:
    assert _fnv32a(b"a") == 0xE40C292C
