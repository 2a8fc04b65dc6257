"""Answers echo requests to this machine with another payload than they had: `python -m tests.support.corrupting READY`.

It makes the file READY once it listens, and ends when nothing has been asked for a while. It needs a raw
socket; the system's own answers are to be switched off.
"""

import socket
import sys
from pathlib import Path

from exporter.probes.net.icmp import _checksum

QUIET = 5.0
REQUEST, REPLY = b"\x08", b"\x00"


def main() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as sock:
        sock.settimeout(QUIET)
        Path(sys.argv[1]).touch()
        while True:
            try:
                packet, sender = sock.recvfrom(1 << 16)
            except TimeoutError:
                return
            message = packet[(packet[0] & 15) * 4 :]
            if message[:1] == REQUEST:
                rest = message[4:-1] + bytes([message[-1] ^ 1])
                checksum = _checksum(REPLY + b"\0\0\0" + rest).to_bytes(2, "big")
                sock.sendto(REPLY + b"\0" + checksum + rest, sender)


main()
