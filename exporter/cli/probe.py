"""`probe`: one probe now, with everything that it finds."""

from typing import TYPE_CHECKING, Any

import click

from exporter.cli.options import config_option, format_option
from exporter.cli.terminal import hung, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from exporter.probes.base import ProbeSettings
    from exporter.probes.check import LookupCheck
    from exporter.probes.details import Details
    from exporter.probes.result import Result

_EPILOG = """\b
Examples:
  uptime-slo-exporter probe https://example.com/
  uptime-slo-exporter probe tcp://db.example.com:5432 --timeout 2s
  uptime-slo-exporter probe https://api.example.com/ping --probe api --format json

\b
Exit status: 0 success; 1 failure; 2 wrong URL or configuration; 3 inconclusive.
"""

_EXIT = {"success": 0, "failure": 1, "inconclusive": 3}
_SIGNS = {"sent": (">", "cyan"), "received": ("<", None), "expected": ("?", "green"), "note": ("*", "yellow")}
_COLOURS = {"success": "green", "failure": "red", "inconclusive": "yellow"}


@click.command(epilog=_EPILOG)
@click.argument("url")
@click.option("--probe", "name", metavar="NAME", help="Settings from the configuration's section `probes`.")
@config_option
@click.option("--timeout", default="5s", show_default=True, help="For the whole probe.")
@click.option(
    "--probe.enable-commands", "commands", is_flag=True, help="Let it run a program, where it is a command."
)
@format_option("table", "json")
@click.pass_context
def command(
    ctx: click.Context,
    url: str,
    *,
    name: str | None,
    config_files: tuple[str, ...],
    timeout: str,
    commands: bool,
    format_: str,
) -> None:
    """Probe a URL once, now: phases, certificate and verdict.

    The configuration is read only for --probe; nothing is recorded.
    """
    import asyncio  # noqa: PLC0415 -- `--help` needs none of this
    import json  # noqa: PLC0415

    from exporter.config.targets import target  # noqa: PLC0415

    settings, redact, lookup = _settings(url, name, config_files)
    _refuse(settings.kind, commands=commands)
    result = asyncio.run(_probe(settings, _check(settings, url, timeout), lookup))
    found = _found(settings, target(url), result)
    found = _each_text(found, redact)
    click.echo(json.dumps(found, indent=2) if format_ == "json" else _table(_each_text(found, printable)))
    ctx.exit(_EXIT[found["result"]])


def _refuse(kind: str, *, commands: bool) -> None:
    """Say no to what cannot be probed once, or not without being allowed.

    Raises:
        UsageError: It is such a type.
    """
    from exporter.errors import UsageError  # noqa: PLC0415

    if kind == "heartbeat":
        msg = "a heartbeat is not probed: its job says that it has been done"
        raise UsageError(msg)
    if kind == "command" and not commands:
        msg = "programs are run only where the command line allows it: --probe.enable-commands"
        raise UsageError(msg)


def _settings(
    url: str, name: str | None, config_files: tuple[str, ...]
) -> tuple["ProbeSettings", Any, "LookupCheck"]:
    """Choose the settings, how to mask what their secrets may show in, and how names are looked up.

    Raises:
        UsageError: The scheme or the name is not known, or they do not fit.
        ConfigError: The configuration is wrong.
    """
    import os  # noqa: PLC0415

    from exporter.errors import UsageError  # noqa: PLC0415
    from exporter.probes.check import SYSTEM_LOOKUP  # noqa: PLC0415
    from exporter.probes.registry import by_scheme  # noqa: PLC0415

    scheme = url.partition("://")[0].lower()
    if scheme not in by_scheme or "://" not in url:
        msg = f"the URL must start with one of {', '.join(f'{known}://' for known in by_scheme)}"
        raise UsageError(msg)
    if name is None and scheme == "command":
        msg = "a command needs --probe NAME: the program is in the configuration"
        raise UsageError(msg)
    if name is None:
        return by_scheme[scheme](), str, SYSTEM_LOOKUP
    from exporter.config.load import load  # noqa: PLC0415

    config = load(config_files, os.environ)
    settings = config.probes.get(name)
    if settings is None:
        known = ", ".join(config.probes) or "none"
        msg = f"there is no probe {name!r} in the configuration; it has: {known}"
        raise UsageError(msg)
    if scheme not in settings.schemes:
        msg = f"the probe {name!r} is of type {settings.kind}, which does not probe {scheme}:// URLs"
        raise UsageError(msg)
    return settings, config.secrets.redact, config.resolver


def _check(settings: "ProbeSettings", url: str, timeout: str) -> Any:  # noqa: ANN401 -- each type has its own
    from exporter.cli.parsed import parsed_length  # noqa: PLC0415
    from exporter.errors import UsageError  # noqa: PLC0415

    length = parsed_length("--timeout", timeout) or 0
    try:
        return settings.check(url, length)
    except ValueError as error:
        raise UsageError(str(error)) from error


async def _probe(settings: "ProbeSettings", check: Any, lookup: "LookupCheck") -> "Result":  # noqa: ANN401 -- each type has its own
    import asyncio  # noqa: PLC0415
    from types import SimpleNamespace  # noqa: PLC0415

    from exporter.probes.net.context import Context  # noqa: PLC0415
    from exporter.probes.net.lookups import look_up_of  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()
    async with Context(look_up=look_up_of(lookup), details=True) as context:
        prober = settings.prober(context, lambda _endpoint, result: done.set_result(result))
        prober.begin(SimpleNamespace(check=check, attempt=None))
        return await done


def _found(settings: "ProbeSettings", target: str, result: "Result") -> dict[str, Any]:
    """Everything as JSON has it: seconds, RFC 3339, null where there is no value."""
    from exporter.units import SECOND, format_instant  # noqa: PLC0415

    phases = result.phases._asdict()
    found: dict[str, Any] = {
        "target": target,
        "type": settings.kind,
        "result": str(result.outcome),
        "reason": result.reason and str(result.reason),
        "detail": result.detail,
        "duration_seconds": result.duration / 1e9,
        "phases": {name: _seconds(phases[name]) for name in settings.phases},
    }
    if result.status is not None:
        found["http"] = {"status": result.status}
    if result.tls is not None:
        found["tls"] = {
            "not_after": format_instant(result.tls.not_after * SECOND),
            "chain_not_after": format_instant(result.tls.chain_not_after * SECOND),
            "verified": result.tls.verified,
            "version": result.tls.version,
            "problem": result.tls.problem,
        }
    if result.details is not None:
        found["details"] = _details(result.details)
    return found


def _details(details: "Details") -> dict[str, Any]:
    """What was seen, as JSON."""
    from exporter.units import SECOND, format_instant  # noqa: PLC0415

    return {
        "facts": details.facts,
        "chain": [
            {
                **each._asdict(),
                "not_before": format_instant(each.not_before * SECOND),
                "not_after": format_instant(each.not_after * SECOND),
            }
            for each in details.chain
        ],
        "lines": [each._asdict() for each in details.lines],
    }


def _each_text(found: Any, change: "Callable[[str], str]") -> Any:  # noqa: ANN401 -- any JSON
    """The same with every text changed, but for the keys."""
    if isinstance(found, dict):
        return {key: _each_text(value, change) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [_each_text(each, change) for each in found]
    return change(found) if isinstance(found, str) else found


def _seconds(nanoseconds: int | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / 1e9


def _table(found: dict[str, Any]) -> str:
    said = click.style(found["result"], fg=_COLOURS[found["result"]])
    reason = f" ({found['reason']})" if found["reason"] else ""
    rows = [("target", found["target"])]
    if found["detail"]:
        rows.append(("detail", found["detail"]))
    rows.append(("duration", _milliseconds(found["duration_seconds"])))
    rows += [(f"  {name}", _milliseconds(spent)) for name, spent in found["phases"].items()]
    if "http" in found:
        rows.append(("status", str(found["http"]["status"])))
    if tls := found.get("tls"):
        rows.append(("tls", tls["version"]))
        rows.append(("certificate", "verified" if tls["verified"] else f"not verified: {tls['problem']}"))
        rows.append(("  until", tls["not_after"]))
        rows.append(("  chain until", tls["chain_not_after"]))
    details = found.get("details", {})
    rows += [
        (name.replace("_", " "), str(value))
        for name, value in details.get("facts", {}).items()
        if name != "status"
    ]
    width = max(len(label) for label, _ in rows) + 2
    target, *others = (hung(f"{label:<{width}}", text) for label, text in rows)
    lines = [*target, f"{'result':<{width}}{said}{reason}", *(line for row in others for line in row)]
    return "\n".join([*lines, *_chain(details.get("chain", ())), *_exchange(details.get("lines", ()))])


def _chain(chain: "Sequence[dict[str, Any]]") -> list[str]:
    """The certificates, the leaf first."""
    lines = ["", "certificates"] if chain else []
    for each in chain:
        lines += hung("  ", each["subject"] or "(no subject)")
        if each["names"]:
            lines += hung("    for        ", ", ".join(each["names"]))
        lines += hung("    issuer     ", each["issuer"])
        lines += hung("    valid      ", f"{each['not_before']} to {each['not_after']}")
        lines += hung("    serial     ", each["serial"])
        lines += hung("    sha256     ", each["sha256"])
    return lines


def _exchange(lines: "Sequence[dict[str, str]]") -> list[str]:
    """What was sent, received and expected."""
    shown = ["", "exchange"] if lines else []
    for each in lines:
        sign, colour = _SIGNS[each["kind"]]
        if each["kind"] == "expected" and each["text"].endswith(": no"):
            colour = "red"
        shown += [click.style(line, fg=colour) for line in hung(f"  {sign} ", each["text"])]
    return shown


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.1f} ms"
