"""Other servers that a command asks over HTTP: which are on this machine, and why one does not answer."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine: a proxy that is asked for it would ask itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def cause(error: BaseException) -> str:
    """What an operating system would say of a failed connection, in one line."""
    while error.__context__ is not None:
        error = error.__context__
    text = str(getattr(error, "strerror", None) or error) or type(error).__name__
    return " ".join(text.split())
