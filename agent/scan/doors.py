"""The best way of asking that this PC allows."""

from __future__ import annotations

from typing import Callable, List, Optional

from ..host import Host
from .door import Door
from .neigh import Entry, linux_table
from .targets import Network
from .touch import TouchDoor

Log = Callable[[str], None]


def open_door(host: Host, network: Network, log: Log) -> Optional[Door]:
    """None where nothing works. Raises LinkLost when the interface has gone."""
    if host.platform == "linux":
        return _raw(network, log) or _touch(network, lambda: linux_table(network.interface), log)
    if host.platform == "windows":
        from . import sendarp

        return sendarp.open_door(network.address, network.gateway) or _touch(network, _windows_entries(host), log)
    return None


def _raw(network: Network, log: Log) -> Optional[Door]:
    try:
        from .scapy_door import ScapyDoor

        return ScapyDoor(network.interface, network.mac, network.address)
    except ImportError:
        log("scapy is not installed: the kernel asks for us")
    except PermissionError:
        log("no right to raw frames: the kernel asks for us")
    return None


def _touch(network: Network, table: Callable[[], List[Entry]], log: Log) -> Optional[Door]:
    try:
        return TouchDoor(network.address, table)
    except OSError as error:
        log("no datagram socket: {}".format(error))
        return None


def _windows_entries(host: Host) -> Callable[[], List[Entry]]:
    """The newer table tells the state of an entry; the older one stands everywhere."""
    from ..probes.neighbours_windows import parse_arp
    from .sendarp import windows_table

    def entries() -> List[Entry]:
        found = windows_table()
        return found or [Entry(row.address, row.mac, False, None) for row in parse_arp(host.ip_net_table()) or []]

    return entries
