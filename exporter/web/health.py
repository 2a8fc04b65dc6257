"""`/-/healthy` and `/-/ready`: neither touches the store or the network."""

from aiohttp import web

from exporter.engine.live import Health
from exporter.units import describe_duration, format_instant
from exporter.web.access import ACCESS
from exporter.web.source import SOURCE


async def healthy(_request: web.Request) -> web.Response:
    """Answer as long as the event loop does."""
    return web.Response(text="uptime-slo-exporter is healthy.\n")


async def ready(request: web.Request) -> web.Response:
    """Say whether figures are there, and what is wrong while they are."""
    lines = ["uptime-slo-exporter is ready.", *degraded(request.app[SOURCE].live.health)]
    if problem := request.app[ACCESS].problem:
        lines.append(f"degraded: the web configuration before its last change is in force: {problem}")
    return web.Response(text="\n".join(lines) + "\n")


def degraded(health: Health) -> list[str]:
    """What keeps the daemon from doing all of its work, a line each; empty while all is well."""
    problems = []
    if health.store_error:
        problems.append(
            f"degraded: the store cannot be written ({health.store_error}); {health.pending_rows} rows wait in memory"
        )
    if health.behind_record > 0:
        behind = describe_duration(health.behind_record)
        problems.append(f"degraded: the clock is {behind} behind the end of the record; nothing is recorded")
    if health.blind_since is not None:
        since = format_instant(health.blind_since)
        problems.append(
            f"degraded: too few connectivity anchors answer since {since}; every result is inconclusive"
        )
    if not health.reload_successful:
        problems.append("degraded: the last reload failed; the configuration before it is in force")
    return problems
