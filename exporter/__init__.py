"""Uptime figures that can be defended: probes, an exact record, and SLOs answered from it."""

__version__ = "0.1.0"
