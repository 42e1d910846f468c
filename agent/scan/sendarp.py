"""Windows: SendARP of iphlpapi, which needs neither a driver nor administrator rights. A call for a silent address takes
three seconds and up to three frames, so a few threads ask side by side.

SendARP may answer from Windows' own table. An old entry there is no sign of life: then a datagram makes Windows ask
anew, and its word counts only once the entry is confirmed.
"""

from __future__ import annotations

import contextlib
import ctypes
import queue
import socket
import struct
import sys
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from .door import DriverBusy, Heard
from .frames import mac_text
from .neigh import Entry

THREADS = 24
_STACK = 256 * 1024
_RETRY_S = 1.0
_BUSY = (8, 111, 1450, 10055)  # not enough memory, buffer overflow, no system resources, WSAENOBUFS
_MISSING = (50, 120)  # not supported, call not implemented
_FRESH_S = 60.0
_CONFIRM_S = 8.0
_REACHABLE, _PERMANENT = 5, 6  # NL_NEIGHBOR_STATE
_ROW2 = 88  # sizeof MIB_IPNET_ROW2
_MOST_ROWS = 4096

Resolve = Callable[[str], Tuple[int, bytes]]  # address -> (Windows error, MAC)


class SendArpDoor:
    method = "sendarp"
    tries = 3
    settle_s = 9.0
    check_tries = 4
    check_wait_s = 12.0

    def __init__(self, resolve: Resolve, fresh: Callable[[str], bool], table: Callable[[], List[Entry]]) -> None:
        self._resolve = resolve
        self._fresh = fresh
        self._table = table
        self._sent = 0
        self._questions: "queue.Queue[str]" = queue.Queue(maxsize=1)  # full: every thread is at work
        self._answers: "queue.Queue[Heard]" = queue.Queue()
        self._busy = False
        self._closed = False
        before = threading.stack_size()
        with contextlib.suppress(ValueError):
            threading.stack_size(_STACK)
        for _ in range(THREADS):
            threading.Thread(target=self._work, daemon=True).start()
        with contextlib.suppress(ValueError):
            threading.stack_size(before)

    @property
    def frames(self) -> int:
        return self._sent

    def ask(self, address: str) -> None:
        if self._busy:
            raise DriverBusy("SendARP: no resources")
        self._questions.put(address)
        self._sent += self.tries

    def hear(self, wait_s: float) -> List[Heard]:
        found: List[Heard] = []
        try:
            found.append(self._answers.get(timeout=max(wait_s, 0.001)))
            while True:
                found.append(self._answers.get_nowait())
        except queue.Empty:
            pass
        for item in found:
            self._sent += item.misses + 1 - self.tries
        return found

    def announcements(self) -> List[bytes]:
        return []

    def cached(self) -> Dict[str, str]:
        return {entry.address: entry.mac for entry in self._table()}

    def close(self) -> None:
        self._closed = True

    def _work(self) -> None:
        while not self._closed:
            try:
                address = self._questions.get(timeout=1.0)
            except queue.Empty:
                continue
            start = time.monotonic()
            error, mac = self._resolve(address)
            took = time.monotonic() - start
            if error in _BUSY:
                self._busy = True
            if error == 0 and len(mac) == 6 and self._fresh(address):
                self._answers.put(Heard(address, mac_text(mac), True, min(int(took / _RETRY_S), self.tries - 1)))


def open_door(own: str, gateway: str) -> Optional[SendArpDoor]:
    """A door on this Windows, None where SendARP is not there."""
    resolve = resolver(own)
    if resolve is None or resolve(gateway)[0] in _MISSING:
        return None
    return SendArpDoor(resolve, Confirm(own, windows_table), windows_table)


def resolver(own: str) -> Optional[Resolve]:
    if sys.platform != "win32":
        return None
    send: Any = ctypes.WinDLL("iphlpapi").SendARP
    source = struct.unpack("=I", socket.inet_aton(own))[0]

    def resolve(address: str) -> Tuple[int, bytes]:
        buffer = ctypes.create_string_buffer(8)
        length = ctypes.c_ulong(6)
        target = struct.unpack("=I", socket.inet_aton(address))[0]
        error = send(ctypes.c_ulong(target), ctypes.c_ulong(source), buffer, ctypes.byref(length))
        return int(error), buffer.raw[: min(length.value, 6)] if error == 0 else b""

    return resolve


class Confirm:
    """Whether an address that SendARP knows has really answered just now."""

    def __init__(self, own: str, table: Callable[[], List[Entry]]) -> None:
        self._own = own
        self._table = table

    def __call__(self, address: str) -> bool:
        if self._is_fresh(address) is not False:
            return True
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
            probe.bind((self._own, 0))
            probe.sendto(b"", (address, 9))
        end = time.monotonic() + _CONFIRM_S
        while time.monotonic() < end:
            time.sleep(0.5)
            if self._is_fresh(address) is not False:
                return True
        return False

    def _is_fresh(self, address: str) -> Optional[bool]:
        """None: Windows does not tell."""
        for entry in self._table():
            if entry.address == address:
                return entry.reachable or (None if entry.age_s is None else entry.age_s < _FRESH_S)
        return None


def windows_table() -> List[Entry]:
    """GetIpNetTable2; [] where it is not there."""
    if sys.platform != "win32":
        return []
    library: Any = ctypes.WinDLL("iphlpapi")
    table = ctypes.c_void_p()
    try:
        if library.GetIpNetTable2(2, ctypes.byref(table)) != 0 or not table.value:  # AF_INET
            return []
    except AttributeError:
        return []
    try:
        count = min(ctypes.c_ulong.from_address(table.value).value, _MOST_ROWS)
        return parse_table(ctypes.string_at(table.value, 8 + count * _ROW2))
    finally:
        library.FreeMibTable(table)


def parse_table(data: bytes) -> List[Entry]:
    """MIB_IPNET_TABLE2 -> entries that hold a MAC. A row: SOCKADDR_INET at 0 (address at 4), MAC at 40, its length at 72,
    state at 76, milliseconds since it was last (un)reachable at 84."""
    found: List[Entry] = []
    if len(data) < 8:
        return found
    count = min(struct.unpack_from("<I", data)[0], (len(data) - 8) // _ROW2, _MOST_ROWS)
    for number in range(count):
        place = 8 + number * _ROW2
        family = struct.unpack_from("<H", data, place)[0]
        length, state = struct.unpack_from("<II", data, place + 72)
        mac = data[place + 40 : place + 46]
        if family != 2 or length != 6 or not any(mac) or state < 2:  # unreachable, incomplete
            continue
        age = struct.unpack_from("<I", data, place + 84)[0] / 1000.0
        address = socket.inet_ntoa(data[place + 4 : place + 8])
        found.append(Entry(address, mac_text(mac), state in (_REACHABLE, _PERMANENT), age))
    return found
