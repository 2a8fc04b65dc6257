"""The commented configuration that `init` writes."""

import re

from exporter.config.targets import default_name
from exporter.errors import UsageError, nearest
from exporter.probes.registry import by_scheme

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9:/._~%?=&+,;@-]*[A-Za-z0-9/_~%=&+]")
_CHECK_TIMEOUT = 5_000
_TEMPLATE = """\
# What uptime-slo-exporter watches. After a change: uptime-slo-exporter check {file}
# Every key: docs/configuration.md. Secrets: ${{NAME}} takes them from the environment.

defaults:
  interval: 15s         # from one probe to the next
  timeout: 5s           # of a whole probe
  window: 30d           # over which SLOs are asked

services:
  - name: {name}
    # title: Free text for people
    # owner: the team that looks after it
    endpoints:
      - url: {url}
        # down_after: 2     # failures in a row until it counts as down, back-dated to the first
{probe}    slos:
      - objective: 99.9     # per cent of the window: 99.9 over 30d leaves 43m 12s of downtime
{tail}"""
_HTTP_PROBE = """\
        # probe: page       # the settings below, under `probes`
"""
_HTTP_TAIL = """
# probes:                 # what an answer must be; without it, any 2xx status will do
#   page:
#     type: http
#     expect:
#       status: [2xx]
#       body_matches: ["Welcome"]
"""


def starter(url: str, file: str = "uptime.yml") -> str:
    """Write a configuration for one URL.

    Args:
        url: What to watch.
        file: Name of the file, for its first comment.

    Returns:
        YAML text that loads without a problem.

    Raises:
        UsageError: The URL cannot be probed; the message says why.
    """
    scheme = _checked(url)
    http = scheme in ("http", "https")
    return _TEMPLATE.format(
        file=file,
        name=default_name(re.sub(r"(://[^/?#]*).*", r"\1", url)) or "website",
        url=_quoted(url),
        probe=_HTTP_PROBE if http else "",
        tail=_HTTP_TAIL if http else "",
    )


def _checked(url: str) -> str:
    """Give the scheme of a URL that can be probed.

    Raises:
        UsageError: It cannot be.
    """
    scheme, separator, rest = url.partition("://")
    scheme = scheme.lower()
    if not separator:
        message = f"{url} has no scheme; write https://{url}"
        raise UsageError(message)
    settings = by_scheme.get(scheme)
    if settings is None:
        known = sorted(by_scheme)
        message = f"{scheme}:// cannot be probed{nearest(scheme, known) or '; write ' + ' or '.join(known)}"
        raise UsageError(message)
    if "@" in re.split(r"[/?#]", rest, maxsplit=1)[0]:
        message = "the URL has credentials; leave them out, and put them into the file as ${NAME} afterwards"
        raise UsageError(message)
    try:
        settings().check(url, _CHECK_TIMEOUT)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return scheme


def _quoted(url: str) -> str:
    """Write a URL as a YAML scalar, with `$` as the configuration wants it."""
    text = url.replace("$$", "$$$$").replace("${", "$${")
    if _PLAIN.fullmatch(text):
        return text
    return "'" + text.replace("'", "''") + "'"
