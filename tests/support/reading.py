"""What a drawn dashboard says, panel by panel; panels are found by how their titles begin."""

from typing import Any

from tests.support.drawn import Drawn


def one(shown: Drawn, panel: str) -> Any:
    """All that a panel shows."""
    return next(content for title, content in shown.panels.items() if title.startswith(panel))


def tiles(shown: Drawn, panel: str) -> list[tuple[str, str]]:
    """Names, with single spaces as a browser shows them, and texts of its tiles."""
    return [(" ".join(each["name"].split()), each["text"]) for each in one(shown, panel)]


def rows(shown: Drawn, panel: str) -> list[dict[str, str]]:
    """Its rows, cells by the heads of their columns."""
    table = one(shown, panel)
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
