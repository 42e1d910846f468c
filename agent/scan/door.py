"""What a sweep asks through: one face for raw ARP frames, for Windows' SendARP and for the kernel's own ARP."""

from __future__ import annotations

import errno
from typing import Dict, List, NamedTuple, Protocol

# The network card's queue is full: whatever is sent now would be lost, and the office's own traffic waits behind it.
_BUSY = (errno.ENOBUFS, errno.EAGAIN, errno.ENOMEM)


class Heard(NamedTuple):
    """Somebody on the LAN spoke."""

    address: str
    mac: str  # "aa:bb:cc:dd:ee:ff"
    answer: bool  # to a question of ours; False: overheard
    misses: int = 0  # questions that the system sent for us before the one that was answered


class DriverBusy(Exception):
    """Asking goes on only at the cost of others: the scan ends."""


class LinkLost(Exception):
    """The interface is gone or down."""


class Door(Protocol):
    method: str  # scapy | sendarp | ping, as ScanRecord tells it
    tries: int  # frames that one question may cost: 1, or 3 where the operating system repeats by itself
    settle_s: float  # an answer that has not come by then does not come
    check_tries: int  # how often the gateway is asked before it counts as gone
    check_wait_s: float  # and how long each time

    @property
    def frames(self) -> int:
        """Frames sent so far; where the operating system sends them, at most so many."""
        ...

    def ask(self, address: str) -> None:
        """Sends one question. Raises DriverBusy, LinkLost."""
        ...

    def hear(self, wait_s: float) -> List[Heard]:
        """What came within `wait_s` seconds. Waits that long unless something comes earlier."""
        ...

    def announcements(self) -> List[bytes]:
        """LLDP and CDP frames heard since the last call."""
        ...

    def cached(self) -> Dict[str, str]:
        """The operating system's own ARP table: address -> MAC. Costs nobody a frame; may be out of date."""
        ...

    def close(self) -> None: ...


def refused(error: OSError) -> Exception:
    """What an error of the operating system on sending means."""
    if error.errno in _BUSY:
        return DriverBusy(str(error))
    if error.errno in (errno.ENETDOWN, errno.ENXIO, errno.ENODEV, errno.ENETUNREACH, errno.EHOSTUNREACH):
        return LinkLost(str(error))
    return error
