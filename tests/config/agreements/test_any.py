"""Whatever a document says, it becomes an agreement or problems; which ones, `test_mistakes` says."""

from collections.abc import Iterator
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


def company(node: Any, path: tuple[Any, ...]) -> Any:
    """What tells a place from others: its keys, whatever the number in a list, what stands beside it, and what in it."""
    steps, beside = list[Any](), node
    for step in path:
        steps.append("*" if isinstance(node, list) else step)
        beside, node = node, node[step]
    inner = (
        sorted(node)
        if isinstance(node, dict)
        else {type(each) for each in node}
        if isinstance(node, list)
        else ""
    )
    return str((steps, sorted(beside) if isinstance(beside, dict) else "", type(node), inner))


def places_by_document() -> dict[str, list[tuple[Any, ...]]]:
    """Of each document those that none before it has in the same company."""
    seen, found = set[Any](), dict[str, list[tuple[Any, ...]]]()
    for name, document in DOCUMENTS.items():
        found[name] = []
        for path in places(document):
            if company(document, path) not in seen:
                seen.add(company(document, path))
                found[name].append(path)
    return found


def changed(node: Any, path: tuple[Any, ...], instead: object) -> Any:
    copy = node.copy()
    if len(path) > 1:
        copy[path[0]] = changed(node[path[0]], path[1:], instead)
    elif instead is GONE:
        del copy[path[0]]
    else:
        copy[path[0]] = instead
    return copy


@pytest.mark.unmeasured
@pytest.mark.parametrize(("name", "paths"), places_by_document().items(), ids=DOCUMENTS)
def test_no_change_of_any_place_ends_otherwise(name: str, paths: list[tuple[Any, ...]]) -> None:
    document, kept, refused = DOCUMENTS[name], 0, list[ConfigError]()
    for path in paths:
        for instead in INSTEAD:
            try:
                agreement_from(changed(document, path, instead))
                kept += 1
            except ConfigError as error:
                refused.append(error)
    assert len(refused) > kept > len(paths)
    assert all(problem.message for error in refused for problem in error.problems)
