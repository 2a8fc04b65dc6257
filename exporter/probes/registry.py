"""The probe types, listed once."""

from types import MappingProxyType

from exporter.probes.base import ProbeSettings
from exporter.probes.command import CommandSettings
from exporter.probes.dns import DnsSettings
from exporter.probes.grpc import GrpcSettings
from exporter.probes.heartbeat import HeartbeatSettings
from exporter.probes.http import HttpSettings
from exporter.probes.icmp import IcmpSettings
from exporter.probes.tcp import TcpSettings
from exporter.probes.tls import TlsProbeSettings
from exporter.probes.udp import UdpSettings
from exporter.probes.unix import UnixSettings
from exporter.probes.ws import WsSettings

TYPES: tuple[type[ProbeSettings], ...] = (
    HttpSettings,
    TcpSettings,
    TlsProbeSettings,
    DnsSettings,
    UnixSettings,
    UdpSettings,
    IcmpSettings,
    GrpcSettings,
    WsSettings,
    HeartbeatSettings,
    CommandSettings,
)

by_kind = MappingProxyType({settings.kind: settings for settings in TYPES})
"""Settings class by the `type` in the file."""

by_scheme = MappingProxyType({scheme: settings for settings in TYPES for scheme in settings.schemes})
"""Settings class by the scheme of a URL, in lower case."""
