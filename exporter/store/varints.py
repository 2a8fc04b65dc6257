"""Numbers >= 0 in as few bytes as they need, seven bits to a byte, the lowest first."""

from collections.abc import Iterable, Iterator

_CONTINUES, _LOW = 0x80, 0x7F


def packed(numbers: Iterable[int]) -> bytes:
    """The numbers, one after the other."""
    found = bytearray()
    for number in numbers:
        rest = number
        while rest > _LOW:
            found.append(rest & _LOW | _CONTINUES)
            rest >>= 7
        found.append(rest)
    return bytes(found)


def unpacked(found: bytes) -> Iterator[int]:
    """All numbers, in order."""
    number = shift = 0
    for byte in found:
        number |= (byte & _LOW) << shift
        if byte & _CONTINUES:
            shift += 7
        else:
            yield number
            number = shift = 0
