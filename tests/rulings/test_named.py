"""What `docs/rules.md` states is what tests show: each ruling and each history has one that names it."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"


def stated(pattern: str) -> list[str]:
    """First cells of the rows of the tables that match, one by one where a row has several."""
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs" / "rules.md").read_text(), re.MULTILINE)
    return [each for row in rows for each in row.split(", ") if re.fullmatch(pattern, each)]


def named() -> list[list[str]]:
    """The words of the name of every test."""
    found = []
    for file in TESTS.rglob("test_*.py"):
        found += re.findall(r"^(?:async )?def (test_\w+)\(", file.read_text(), re.MULTILINE)
    return [name.split("_") for name in found]


NAMED = named()
RULINGS: list[str] = sorted(set(stated(r"\d+")), key=int)


@pytest.mark.parametrize("ruling", RULINGS)
def test_every_ruling_is_named_by_a_test(ruling: str) -> None:
    assert any(
        word in {"ruling", "and"} and then == ruling for words in NAMED for word, then in pairwise(words)
    )


@pytest.mark.parametrize("history", stated(r"[GK]\d+"))
def test_every_history_is_named_by_a_test(history: str) -> None:
    assert any(history.lower() in words for words in NAMED)


@pytest.mark.parametrize("example", [1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 15, 22, 25, 27])
def test_every_worked_example_is_named_by_a_test(example: int) -> None:
    assert any(str(example) in words for words in NAMED if words[1] in {"example", "examples"})
