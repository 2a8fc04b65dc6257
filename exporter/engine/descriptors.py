"""File descriptors: each probe in flight holds one, and systems give few unless asked."""

import resource

from exporter.config.model import Config

RESERVE = 200
"""Descriptors for the store, scrapers, name lookups and everything else that is no probe."""


def raise_limit() -> int:
    """Take as many as this process may have; how many that is."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def may_need(config: Config) -> int:
    """How many are needed while every endpoint hangs until its timeout."""
    policies = [endpoint.policy for service in config.services for endpoint in service.endpoints]
    hanging = sum(min(1.0, policy.timeout / policy.interval) for policy in policies)
    return round(hanging) + RESERVE
