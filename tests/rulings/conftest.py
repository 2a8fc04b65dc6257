"""Histories brought in as a user does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.past import Past, config_text

MakePast = Callable[..., Past]


@pytest.fixture
def make_past(tmp_path: Path) -> MakePast:
    """Make a record of one endpoint: `make_past("down_after: 2", "window: 30d")`, or of any configuration."""

    def make(endpoint: str = "", slo: str = "", *, text: str = "") -> Past:
        return Past.of(tmp_path, text or config_text(endpoint, slo))

    return make
