"""What `${NAME}` in the configuration refers to, in commands that serve nothing themselves."""

import os

LIKELY_ADDRESS = "127.0.0.1:9895"
"""Where a daemon on this machine listens unless told otherwise."""


def environment() -> dict[str, str]:
    """The process's environment, with what `run` would add to it."""
    return {"EXPORTER_ADDRESS": LIKELY_ADDRESS, **os.environ}
