"""The demonstration: made-up services with a month of history, watched by the real daemon."""
