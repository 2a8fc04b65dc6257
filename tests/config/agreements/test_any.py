"""Whatever a document says, it becomes an agreement or problems."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from exporter.config.agreements.again import agreement_from
from exporter.config.agreements.load import load_agreements
from exporter.errors import ConfigError

FOLDER = Path(__file__).parent.parent.parent.parent / "config" / "agreements"

GONE = object()
INSTEAD: tuple[Any, ...] = (
    GONE,
    "",
    "x",
    "0",
    "100",
    "1e9",
    "-1",
    "9" * 50,
    [],
    ["x"],
    [[]],
    {},
    {"x": "y"},
    {"x": {}},
    None,
    7,
)


def unfrozen(document: Any) -> Any:
    """Without its hash, by which every change would be refused."""
    approved = {key: value for key, value in document["approved"].items() if key != "sha256"}
    return {**document, "approved": approved}


DOCUMENTS = {each.name: unfrozen(each.document) for each in load_agreements([str(FOLDER / "*.yml")], {})}


def places(node: Any) -> Iterator[tuple[Any, ...]]:
    """The paths of all nodes of a tree but its root."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield (key,)
        yield from ((key, *rest) for rest in places(value))


def changed(document: Any, path: tuple[Any, ...], instead: object) -> Any:
    copy = deepcopy(document)
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    if instead is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = instead
    return copy


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_change_of_any_place_ends_otherwise(name: str) -> None:
    document, kept, refused = DOCUMENTS[name], 0, list[ConfigError]()
    for path in places(document):
        for instead in INSTEAD:
            try:
                agreement_from(changed(document, path, instead))
                kept += 1
            except ConfigError as error:
                refused.append(error)
    assert kept > len(document)
    assert len(refused) > kept
    assert all(problem.message for error in refused for problem in error.problems)
