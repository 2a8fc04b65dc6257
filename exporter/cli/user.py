"""Who runs a command."""


def user() -> str:
    """Name the user who runs this, by number where the system knows no name."""
    import getpass  # noqa: PLC0415 -- `--help` needs none of this
    import os  # noqa: PLC0415

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
