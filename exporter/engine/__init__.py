"""The daemon's moving parts: scheduler, recorder."""
