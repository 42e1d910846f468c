"""SMBIOS: from raw bytes to a list of structures, whatever the firmware has done to them.

Layout by the System Management BIOS reference specification, DSP0134: a structure is a formatted area whose second
byte is its length, then its texts, each ended by a NUL, then one more NUL. Nothing here raises; work is bounded by
MAX_TABLE and MAX_STRUCTURES.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import List, Optional, Tuple

MAX_TABLE = 1024 * 1024
MAX_STRUCTURES = 2048
MAX_TEXT = 128
_END_OF_TABLE = 127
_MAX_TEXTS = 255  # a text is named by one byte

Version = Tuple[int, int]

# Firmware that wrote its version 2.3 or 2.6 with a revision behind the point; Linux reads them the same way.
_WRITTEN_ODDLY = {(2, 31): (2, 3), (2, 33): (2, 3), (2, 51): (2, 6)}


@dataclass(frozen=True)
class Structure:
    kind: int
    handle: int
    body: bytes  # formatted area, header included: offsets are those of the specification
    texts: Tuple[bytes, ...]

    def byte(self, offset: int) -> Optional[int]:
        return self.body[offset] if offset < len(self.body) else None

    def word(self, offset: int) -> Optional[int]:
        return self._number("<H", offset)

    def dword(self, offset: int) -> Optional[int]:
        return self._number("<I", offset)

    def qword(self, offset: int) -> Optional[int]:
        return self._number("<Q", offset)

    def text(self, offset: int) -> str:
        """The text whose number stands at this offset; 0 means none, a number without a text as well."""
        number = self.byte(offset) or 0
        return clean(self.texts[number - 1]) if 0 < number <= len(self.texts) else ""

    def _number(self, layout: str, offset: int) -> Optional[int]:
        if offset + struct.calcsize(layout) > len(self.body):
            return None
        return int(struct.unpack_from(layout, self.body, offset)[0])


def unwrap(raw: bytes) -> Tuple[bytes, Optional[Version]]:
    """The table without the 8-byte header that Windows puts before it, and the version that this header tells.

    A structure's second byte is its length, at least 4; in the header it is the major version, 2 or 3."""
    raw = raw[:MAX_TABLE]
    if len(raw) < 8 or raw[1] not in (2, 3):
        return raw, None
    return raw[8 : 8 + struct.unpack_from("<I", raw, 4)[0]], _version(raw[1], raw[2])


def version_of(entry: bytes) -> Optional[Version]:
    """The version that an entry point structure tells (Linux: /sys/firmware/dmi/tables/smbios_entry_point): the
    64-bit one, the 32-bit one, or the older _DMI_ alone. None when its checksum is wrong."""
    if entry[:5] == b"_SM3_" and _adds_up(entry, 0x06):
        return _version(entry[7], entry[8])
    if entry[:4] == b"_SM_" and _adds_up(entry, 0x05):
        return _version(entry[6], entry[7])
    if entry[:5] == b"_DMI_" and len(entry) >= 15 and sum(entry[:15]) % 256 == 0:
        return _version(entry[14] >> 4, entry[14] & 0x0F)
    return None


def walk(raw: bytes) -> Tuple[List[Structure], bool]:
    """The structures up to the first that cannot be one, and whether the table ended as it should."""
    found: List[Structure] = []
    offset = 0
    while offset + 4 <= len(raw) and len(found) < MAX_STRUCTURES:
        kind, length, handle = struct.unpack_from("<BBH", raw, offset)
        if length < 4 or offset + length > len(raw):
            return found, False
        body = raw[offset : offset + length]
        end = raw.find(b"\x00\x00", offset + length)
        cut = end < 0
        texts = raw[offset + length : len(raw) if cut else end].split(b"\x00", _MAX_TEXTS)
        found.append(Structure(kind, handle, body, tuple(texts[:_MAX_TEXTS])))
        if cut:
            return found, False
        if kind == _END_OF_TABLE:
            return found, True
        offset = end + 2
    return found, offset == len(raw) and bool(found)


def clean(raw: bytes) -> str:
    """A text as a person would read it: UTF-8 where it is, else Latin-1; no control characters; bounded."""
    raw = raw[: 4 * MAX_TEXT]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_TEXT]


def _adds_up(entry: bytes, length_at: int) -> bool:
    """All bytes of an entry point together give 0. Version 2.1 wrote a length one too small, which is allowed."""
    if len(entry) <= length_at or not 0x17 < entry[length_at] <= len(entry):
        return False
    length = entry[length_at]
    return any(sum(entry[:size]) % 256 == 0 for size in (length, min(length + 1, len(entry))))


def _version(major: int, minor: int) -> Optional[Version]:
    version = _WRITTEN_ODDLY.get((major, minor), (major, minor))
    return version if major in (2, 3) else None
