"""What is different about an endpoint that is told of."""

from dataclasses import replace

from exporter import units
from exporter.config.report import Report
from exporter.config.sections import EndpointSection
from exporter.config.tree import Map
from exporter.probes.base import ProbeSettings
from exporter.probes.heartbeat import HeartbeatSettings
from exporter.timeline.policy import Policy

SHORTEST_TOKEN = 8

_SHAPING = ("interval", "timeout", "staleness", "retry_interval", "down_after", "up_after", "probe")


def check_token(section: EndpointSection, node: Map, settings: ProbeSettings, report: Report) -> None:
    """See that a heartbeat has a token, and nothing else has one."""
    is_told = isinstance(settings, HeartbeatSettings)
    token = section.token
    if token is not None:
        report.secrets.add(str(token))
    if is_told and token is None:
        report.problem(
            node.mark_of("url"),
            "`token` is missing; write `token: ${TOKEN}`, or `token_file`: who has it may beat",
        )
    elif is_told and not token and report.has_problems:
        return  # it is empty because it could not be read, which is said already
    elif is_told and len(str(token).strip()) < SHORTEST_TOKEN:
        report.problem(
            node.mark_of("token"),
            f"`token` is shorter than {SHORTEST_TOKEN} characters; anybody could guess it",
        )
    elif token is not None and not is_told:
        report.problem(
            node.mark_of("token"), f"`token` belongs to heartbeats, not to {settings.kind}; remove it"
        )


def heartbeat_policy(
    section: EndpointSection, node: Map, settings: HeartbeatSettings, policy: Policy, report: Report
) -> Policy:
    """The policy of a heartbeat, which its URL says; what else could shape it has no meaning there."""
    for key in _SHAPING:
        if getattr(section, key) is not None:
            report.problem(
                node.mark_of(key),
                f"`{key}` has no meaning for a heartbeat: its URL says `every` and `grace`; remove it",
            )
    check = settings.check(str(section.url), policy.timeout)
    if check.every % units.DAY == 0 and check.grace < units.HOUR:
        report.warn(
            node.mark_of("url"),
            "a daily job by local time comes 25 hours apart once a year: give it a `grace` of an hour at least",
        )
    return replace(
        policy, interval=check.every, staleness=check.every + check.grace, down_after=1, up_after=1
    )
