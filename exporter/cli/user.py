"""Who runs a command."""


def user() -> str:
    """Name the user who runs this, by number where the system knows no name; what the environment says is anybody's to write."""
    import os  # noqa: PLC0415
    import pwd  # noqa: PLC0415 -- `--help` needs none of this

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
