"""Prints every frame that comes in on an interface, as hex, until standard input is closed. For tests: runs in a namespace.

python -m tests.scan.capture INTERFACE
"""

from __future__ import annotations

import select
import socket
import sys


def main() -> None:
    sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))  # type: ignore[attr-defined]
    sniffer.bind((sys.argv[1], 0))
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([sniffer, sys.stdin], [], [])
        if sys.stdin in readable:
            return
        frame, address = sniffer.recvfrom(2000)
        if address[2] != 4:  # PACKET_OUTGOING
            print(frame.hex(), flush=True)


if __name__ == "__main__":
    main()
