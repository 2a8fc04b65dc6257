"""Maps with what their files say: secrets read, and paths made relative to the configuration."""

from exporter.config.expand import read_secret
from exporter.config.report import Report
from exporter.config.tree import Expanded, Map

_FILE = "_file"
_SECRET_KEYS = frozenset({"client_secret", "password", "token"})
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


def filled(node: Map, report: Report) -> dict[str, object]:
    """Replace `*_file` keys by what is in the files, and make other paths relative to the configuration.

    Args:
        node: What people wrote, with blocks such as `tls` and `basic_auth` in it.
        report: Gets the problems and the secrets.
    """
    whole: dict[str, object] = {}
    for key, value in node.items():
        if key in _SECRET_KEYS and isinstance(value, str):
            report.secrets.add(value)
        if key == "body_file" and isinstance(value, str):
            whole[key] = path(node, key, value, report)
        elif _is_of_secret(key) and isinstance(value, str):
            _put(whole, node, key, _read(node, key, value, report), report)
        elif key == "headers" and isinstance(value, Map):
            whole[key] = _headers(value, report)
        elif isinstance(value, Map):
            whole[key] = _block(value, report)
        else:
            whole[key] = value
    return whole


def path(node: Map, key: str, value: str, report: Report) -> str:
    """Make a path relative to the folder of its file, and see that it leads to a file.

    Args:
        node: Has the key.
        key: Its key, for place and message.
        value: As written.
        report: Gets the problem where there is no such file.
    """
    mark = node.mark_of(key)
    found = report.folder(mark) / value
    if not found.is_file():
        shown = value.masked if isinstance(value, Expanded) else value
        report.problem(mark, f"`{key}`: there is no file {shown}")
    return str(found)


def _block(node: Map, report: Report) -> dict[str, object]:
    """Fill a map within another, in which every other key that ends in `_file` is a path."""
    block: dict[str, object] = dict(node)
    for key, value in node.items():
        if key in _SECRET_KEYS and isinstance(value, str):
            report.secrets.add(value)
        if _is_of_secret(key) and isinstance(value, str):
            del block[key]
            _put(block, node, key, _read(node, key, value, report), report)
        elif key == "headers" and isinstance(value, Map):
            block[key] = _headers(value, report)
        elif key.endswith(_FILE) and isinstance(value, str) and value:
            block[key] = path(node, key, value, report)
    return block


def _headers(node: Map, report: Report) -> dict[str, object]:
    headers: dict[str, object] = {}
    for key, value in node.items():
        content: object = value
        if key.endswith(_FILE) and isinstance(value, str):
            content = _read(node, key, value, report)
            _put(headers, node, key, content, report)
        else:
            headers[key] = value
        if isinstance(content, str) and key.removesuffix(_FILE).lower() in _SECRET_HEADERS:
            report.secrets.add(content)
            report.secrets.add(content.partition(" ")[2])
    return headers


def _is_of_secret(key: str) -> bool:
    return key.endswith(_FILE) and key.removesuffix(_FILE) in _SECRET_KEYS


def _read(node: Map, key: str, value: str, report: Report) -> Expanded:
    mark = node.mark_of(key)
    return read_secret(key, value, report.folder(mark), mark, report)


def _put(filled: dict[str, object], node: Map, key: str, secret: str, report: Report) -> None:
    """Put what a file brought in under the key without `_file`."""
    name = key.removesuffix(_FILE)
    if name in node:
        report.problem(node.mark_of(key), f"`{name}` and `{key}` are both given; remove one")
    filled[name] = secret
