"""From the file of `--web.config.file` to what is in force, or to all that is wrong with it."""

from dataclasses import dataclass, field
from pathlib import Path

from exporter.config.events import parse
from exporter.config.report import Report
from exporter.config.tree import Map
from exporter.config.validate import validate
from exporter.errors import nearest
from exporter.web.material import Material
from exporter.web.readings import Readings
from exporter.web.settings import HEADERS, RateLimit, TlsServer, WebSettings
from exporter.web.tls import ServerContext, make_context
from exporter.web.tls_names import ClientAuth

OPTION = "--web.config.file"
DEAR = 14
"""bcrypt costs from which on a first login takes seconds."""

_PAIRS = (("cert", "cert_file"), ("key", "key_file"), ("client_ca", "client_ca_file"))


@dataclass(frozen=True, slots=True)
class Loaded:
    """One web configuration, ready for use.

    Attributes:
        settings: What the file says.
        tls: Its TLS; None where HTTP is served in the clear.
        warnings: What is doubtful about it, as `file:line: message`.
    """

    settings: WebSettings = field(default_factory=WebSettings)
    tls: ServerContext | None = None
    warnings: tuple[str, ...] = ()


def load(name: str, readings: Readings) -> Loaded:
    """Read and check a web configuration and the files that it names.

    Args:
        name: Path of the file; paths in it are relative to its folder.
        readings: Gets what was read, also where that was in vain.

    Raises:
        ConfigError: With every problem, in the order of the file; no secret is in any message.
    """
    report = Report()
    root = _tree(name, readings, report)
    settings = validate(WebSettings, root, report, "web")[0] if root is not None else None
    if root is None or settings is None:
        report.raise_problems()
        return Loaded()  # pragma: no cover -- raise_problems() has raised
    _check(root, settings, report)
    tls, section = None, root.get("tls_server_config")
    if isinstance(section, Map) and settings.tls_server_config.enabled:
        tls = make_context(settings.tls_server_config, Material(section, readings, report))
    report.raise_problems()
    return Loaded(settings, tls, report.warnings())


def _tree(name: str, readings: Readings, report: Report) -> Map | None:
    base = report.file(name)
    try:
        text = readings.read_text(Path(name))
    except OSError as error:
        report.problem(base, f"cannot be read: {error.strerror}; it is the file of {OPTION}")
    except UnicodeDecodeError as error:
        report.problem(
            base + error.object.count(b"\n", 0, error.start) + 1, "is not UTF-8; save the file as UTF-8"
        )
    else:
        return parse(text, base, lambda value, _mark: value, report, foreign="basic_auth_users")
    return None


def _check(root: Map, settings: WebSettings, report: Report) -> None:
    """Check what no single key tells."""
    _check_headers(root, report)
    _check_users(root, settings, report)
    _check_rate(root, settings.rate_limit, report)
    section = root.get("tls_server_config")
    if isinstance(section, Map):
        _check_tls(section, settings.tls_server_config, report)


def _check_headers(root: Map, report: Report) -> None:
    section = root.get("http_server_config")
    headers = section.get("headers") if isinstance(section, Map) else None
    if not isinstance(headers, Map):
        return
    for (header, value), mark in zip(headers.items(), headers.marks, strict=True):
        allowed = HEADERS.get(header)
        if allowed is None:
            hint = nearest(header, list(HEADERS)) or f"; there are {', '.join(HEADERS)}"
            report.problem(mark, f"the header `{header}` cannot be set{hint}")
        elif not isinstance(value, str):
            continue  # was reported
        elif allowed and value not in allowed:
            report.problem(mark, f"`{header}` must be {' or '.join(allowed)}, not `{value}`")
        elif not value.isprintable():
            report.problem(mark, f"`{header}` must be one line of printable text")


def _check_users(root: Map, settings: WebSettings, report: Report) -> None:
    users = root.get("basic_auth_users")
    if isinstance(users, Map):
        for user in users.empty:
            report.problem(users.mark, f"`{user}` is given no bcrypt hash")
        for user, hashed in settings.basic_auth_users.items():
            cost = int(hashed[4:6])
            if cost > DEAR:
                report.warn(
                    users.mark_of(user),
                    f"the hash of `{user}` has cost {cost}: each first login takes seconds of a core; 10 to 12 will do",
                )
    if not settings.basic_auth_users and ("basic_auth_users" in root or "basic_auth_users" in root.empty):
        report.warn(root.mark_of("basic_auth_users"), "`basic_auth_users` names nobody: everybody is let in")


def _check_rate(root: Map, rate: RateLimit, report: Report) -> None:
    if rate.interval and not rate.burst:
        report.warn(
            root.mark_of("rate_limit"), "`rate_limit` without a `burst` of at least 1 refuses every request"
        )


def _check_tls(section: Map, tls: TlsServer, report: Report) -> None:
    if not tls.enabled:
        report.warn(
            section.mark, "`tls_server_config` has no `cert_file`: served without TLS, as the exporters do"
        )
        return
    for inline, file in _PAIRS[:2]:
        if not (section.get(inline) or section.get(file)):
            report.problem(section.mark, f"one of `{inline}` and `{file}` is missing")
    for inline, file in _PAIRS:
        if section.get(inline) and section.get(file):
            report.warn(section.mark_of(inline), f"`{inline}` is not used, because there is a `{file}`")
    if tls.min_version > tls.max_version:
        report.problem(section.mark_of("min_version"), "`min_version` is above `max_version`")
    _check_client_auth(section, tls, report)


def _check_client_auth(section: Map, tls: TlsServer, report: Report) -> None:
    asked = tls.client_auth
    authority = next((key for key in ("client_ca_file", "client_ca") if section.get(key)), "")
    if authority and asked is ClientAuth.NONE:
        report.problem(
            section.mark_of(authority),
            f"`{authority}` needs a `client_auth_type`; write {ClientAuth.REQUIRE_AND_VERIFY}",
        )
    elif asked.verifies and not authority:
        report.warn(
            section.mark_of("client_auth_type"),
            f"{asked} without `client_ca_file` trusts every authority that this machine trusts",
        )
    if tls.client_allowed_sans is not None and asked is ClientAuth.NONE:
        report.warn(
            section.mark_of("client_allowed_sans"),
            "`client_allowed_sans` does nothing without a `client_auth_type`",
        )
