"""Incidents: what happened to a service, who answered it, and when."""
