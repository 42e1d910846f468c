r"""Windows: what it has noted of address conflicts in the System log: event 4199 of Tcpip (somebody else answered for our
address, with his MAC), event 1005 of the DHCP client (the address that it was given is in use already).

Asked with wevtutil, which any user may, in XML: the text of an event is in Windows' own language, its values are not.
"""

from __future__ import annotations

import re
from typing import List

from ..host import Host
from ..wire.sections import mac_hash
from ..wire.sections_lan import AddressClash
from .place import Place, mac_text

TIMEOUT_S = 8.0
_QUERY = (
    "*[System[((Provider[@Name='Tcpip'] and (EventID=4198 or EventID=4199))"
    " or (Provider[@Name='Microsoft-Windows-Dhcp-Client' or @Name='Dhcp'] and EventID=1005))"
    " and TimeCreated[timediff(@SystemTime)<=604800000]]]"
)
COMMAND = ("wevtutil", "qe", "System", "/q:" + _QUERY, "/c:5", "/rd:true", "/f:xml")
_LARGEST = 64 * 1024
_MAX_EVENTS = 20
_VALUE = re.compile(r"<Data(?: [^>]{0,200})?>([^<]{1,100})</Data>")
_ADDRESS = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}$", re.ASCII)
_CONFLICT = re.compile(r"<EventID[^>]{0,100}>419[89]</EventID>")


def noted_clashes(host: Host, place: Place) -> List[AddressClash]:
    """Conflicts of the last week on this network; [] also when the log cannot be asked."""
    result = host.run(COMMAND, TIMEOUT_S)
    return read_events(result.out, place) if result.ok else []


def read_events(data: bytes, place: Place) -> List[AddressClash]:
    """The events' XML as clashes. Windows writes it in the system's code page or in UTF-16; what counts is ASCII."""
    text = data[:_LARGEST].replace(b"\x00", b"").decode("latin-1")
    found: List[AddressClash] = []
    for event in text.split("</Event>", _MAX_EVENTS)[:-1]:  # what stands behind the last end is cut short
        values = [value.strip() for value in _VALUE.findall(event)]
        address = next((value for value in values if _ADDRESS.match(value) and place.holds(value)), "")
        if not address:
            continue
        # The DHCP client's event tells this PC's own card, not the other one's.
        told = [value for value in values if mac_text(value)] if _CONFLICT.search(event) else []
        hashes = {mac_hash(place.mac), *(mac_hash(value) for value in told)}
        found.append(AddressClash(address, tuple(sorted(hashes)), "event_log"))
    return found
