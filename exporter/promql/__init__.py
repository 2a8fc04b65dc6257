"""Asking a Prometheus how many events were good, step by step (ruling 44)."""
