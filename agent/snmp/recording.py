"""A device from a text file: `OID|TYPE|VALUE` per line, sorted or not. For tests, and for showing a fault without the device.

TYPE is the tag number of SNMP's types: 2 INTEGER, 4 OCTET STRING, 5 NULL, 6 OBJECT IDENTIFIER, 64 IpAddress, 65 Counter32,
66 Gauge32, 67 TimeTicks, 68 Opaque, 70 Counter64; with an x behind it VALUE is hexadecimal.
"""

from __future__ import annotations

import bisect
from typing import Dict, List, Optional, Sequence, Tuple

from .reply import OK, Reply, Row, Session
from .values import Value, arcs

_INTEGERS = ("2", "65", "66", "67", "70")


class RecordingError(ValueError):
    """A line that is no `OID|TYPE|VALUE`; the message names it."""


def parse(text: str) -> Dict[str, Tuple[int, Value]]:
    """Object name -> (tag, value). Raises RecordingError."""
    found: Dict[str, Tuple[int, Value]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("|", 2)
        try:
            oid = ".".join(str(arc) for arc in arcs(parts[0].strip(". ")))
            found[oid] = _value(parts[1], parts[2])
        except (ValueError, IndexError) as error:
            raise RecordingError("line {}: {!r} is not OID|TYPE|VALUE".format(number, line[:80])) from error
    return found


def _value(kind: str, raw: str) -> Tuple[int, Value]:
    kind, hexadecimal = (kind[:-1], True) if kind.endswith("x") else (kind, False)
    if kind in _INTEGERS:
        return int(kind), int(raw, 16) if hexadecimal else int(raw)
    if kind in ("4", "68"):
        return int(kind), bytes.fromhex(raw) if hexadecimal else raw.encode("utf-8", "surrogateescape")
    if kind == "6":
        return 6, ".".join(str(arc) for arc in arcs(raw.strip(". ")))
    if kind == "64":
        parts = list(bytes.fromhex(raw)) if hexadecimal else [int(part) for part in raw.split(".")]
        if len(parts) != 4 or not all(0 <= part < 256 for part in parts):
            raise ValueError(raw)
        return 64, ".".join(str(part) for part in parts)
    if kind == "5":
        return 5, b""
    raise ValueError(kind)


class RecordedDevice(Session):
    """A session that answers from a recording, as a well-behaved v2c agent would."""

    version = "2c"

    def __init__(self, rows: Dict[str, Tuple[int, Value]]) -> None:
        self._rows = {oid: value for oid, (_, value) in rows.items()}
        self._order = sorted((arcs(oid), oid) for oid in rows)

    def request(self, kind: str, oids: Sequence[str], repetitions: int = 0) -> Optional[Reply]:
        if kind == "get":
            return Reply(OK, 0, tuple((oid, self._rows.get(oid)) for oid in oids))
        rows: List[Row] = []
        for oid in oids:
            at = oid
            for _ in range(max(1, repetitions) if kind == "bulk" else 1):
                following = self._after(at)
                rows.append((following or at, self._rows.get(following) if following else None))
                if not following:
                    break
                at = following
        return Reply(OK, 0, tuple(rows))

    def _after(self, oid: str) -> str:
        place = bisect.bisect_right(self._order, (arcs(oid), "\x7f"))
        return self._order[place][1] if place < len(self._order) else ""
