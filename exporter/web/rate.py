"""A rate limit as a token bucket, and the durations of Go in which it is configured.

Everything in integer nanoseconds, the unit in which the format counts where a
duration is a bare number.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "\N{MICRO SIGN}s": 10**3,
    "\N{GREEK SMALL LETTER MU}s": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART = re.compile(rf"([0-9]+\.?[0-9]*|\.[0-9]+)({'|'.join(_UNITS)})", re.ASCII)
_LONGEST = 2**63  # nanoseconds, as Go: 292 years


def parse_go_duration(text: str) -> int:
    """Read a duration as Go writes it, such as `1s`, `1m30s` or `1.5h`; a bare number is nanoseconds.

    Returns:
        Nanoseconds >= 0, floored.

    Raises:
        ValueError: It is no duration; the message says how to write one.
    """
    digits = text.isascii() and text.isdigit()
    parts = list(_PART.finditer(text))
    if not digits and (not parts or "".join(part[0] for part in parts) != text):
        msg = f"`{text}` is not a duration of this format; write 100ms, 1s or 1m30s"
        raise ValueError(msg)
    length = int(text) if digits else int(sum(Fraction(part[1]) * _UNITS[part[2]] for part in parts))
    if length >= _LONGEST:
        msg = f"`{text}` is longer than 292 years"
        raise ValueError(msg)
    return length


@dataclass(slots=True)
class TokenBucket:
    """Lets a burst through at once, and then one request each interval.

    Attributes:
        interval: Nanoseconds in which a request becomes free, > 0.
        burst: Requests that can be free at once, >= 0; with 0 none ever is.
    """

    interval: int
    burst: int
    _full_at: int = 0  # when all that was taken will be free again

    def allow(self, now: int) -> bool:
        """Take a request, if one is free.

        Args:
            now: Nanoseconds >= 0 of a clock that never goes back.
        """
        full_at = max(self._full_at, now) + self.interval
        if full_at - now > self.burst * self.interval:
            return False
        self._full_at = full_at
        return True
