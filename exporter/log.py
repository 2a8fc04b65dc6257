"""Structured log lines on standard error: logfmt for people and pipes, JSON for machines."""
