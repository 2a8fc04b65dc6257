"""Targets from the SRV records of a name."""

import json

import dns.asyncresolver
import dns.exception
from dns.rdtypes.IN.SRV import SRV

from exporter.config.model import DnsSd
from exporter.errors import UptimeError

TIMEOUT = 10.0
"""Seconds that an answer may take."""


async def ask(source: DnsSd, resolver: dns.asyncresolver.Resolver | None = None) -> str:
    """The targets of a name's SRV records, as JSON in Prometheus' format, in an order that does not change.

    Args:
        source: The name.
        resolver: Whom to ask; None for the system's name servers.

    Raises:
        UptimeError: There are none, or nobody says so: that takes no target away.
    """
    try:
        answer = await (resolver or dns.asyncresolver.Resolver()).resolve(
            source.name, "SRV", lifetime=TIMEOUT, search=False
        )
    except (dns.exception.DNSException, OSError) as error:
        msg = " ".join(str(error).split()) or type(error).__name__
        raise UptimeError(msg) from error
    records = [record for record in answer if isinstance(record, SRV)]
    targets = sorted(f"{record.target.to_text(omit_final_dot=True)}:{record.port}" for record in records)
    return json.dumps([{"targets": targets, "labels": {}}])
