"""The journal's entries on disk: slots of one file that is made once, at full size, and written in place.

- No write needs free space, so a full disk stops nothing; the size never grows.
- The present copy of an entry stays until its new copy is whole: each write goes to a free slot. A write that is torn
  costs at most what the last one added.
- Every entry has a number, one more than the one before. `through` is the highest number that is settled: all up to it
  have arrived, or are counted in `dropped`. A number above it that no slot holds any more is damage, and is counted too.
"""

from __future__ import annotations

import struct
import zlib
from typing import Dict, List, NamedTuple, Optional, Tuple

from .files import Disk, Slots
from .wire.sections_journal import JournalEntry

FILE = "journal"
SLOT = 512
SLOTS = 512
_TRIES = 4  # slots that refuse to be written before the disk is given up for now
_MAGIC = b"GWJ1"
_HEAD = struct.Struct(">4sIIHI")  # magic, number, version of the entry, length of the body, CRC of head and body
_BODY = struct.Struct(">16sddddHBBBBB")  # boot, from, to, both monotonic, flags, percent, ups, ended, asked, more
_MOST = 0xFFFFFFFF
_UNKNOWN = 255
_FLAGS = ("link", "gateway", "provider", "government", "internet", "captive", "collector", "on_battery")
_UPS = ("", "online", "on_battery", "low")
_ENDED = ("", "changed", "reported", "slept", "restarted", "goodbye", "unclean", "unknown")
_LEVELS: Tuple[Optional[bool], ...] = (None, False, True)


class Record(NamedTuple):
    number: int
    version: int
    entry: JournalEntry


class JournalFile:
    """Never raises because of the disk: what could not be written is held in memory and tried again."""

    def __init__(self, path: str, disk: Optional[Disk] = None, slots: int = SLOTS) -> None:
        self._path = path
        self._disk = disk or Disk()
        self._slots = slots
        self._counts = Slots(path + ".count", self._disk)
        self.entries: Dict[int, JournalEntry] = {}  # all that are not settled, by number, oldest first
        self._where: Dict[int, int] = {}  # number -> its slot
        self._versions: Dict[int, int] = {}
        self._through, self._issued, self._dropped = 0, 0, 0
        self._load()

    @property
    def dropped(self) -> int:
        """Entries that nobody will ever see."""
        return self._dropped + self._issued - self._through - len(self.entries)

    def add(self, entry: JournalEntry) -> int:
        """A new entry; when there is no room, the oldest one goes. Returns its number."""
        while len(self.entries) > self._slots - 3:  # two free slots: one to write to, one for a bad block
            self._settle(next(iter(self.entries)), dropped=1)
        self._issued = number = self._issued + 1
        self.entries[number] = entry
        self._write(number)
        self._count()
        return number

    def put(self, number: int, entry: JournalEntry, to_disk: bool = True) -> None:
        """The newer look of an entry that is there."""
        self.entries[number] = entry
        if to_disk:
            self._write(number)

    def settle(self, through: int) -> None:
        """All entries up to this number have arrived."""
        if through > self._through:
            self._settle(through, dropped=0)

    def give_up(self, through: int) -> None:
        """The entries up to this number will never arrive."""
        if through > self._through:
            self._settle(through, sum(number <= through for number in self.entries))

    def _settle(self, through: int, dropped: int) -> None:
        through = min(through, self._issued)
        gone = [number for number in self.entries if number <= through]
        self._dropped += dropped + through - self._through - len(gone)  # numbers that no slot holds any more
        self._through = through
        for number in gone:
            del self.entries[number]
            self._where.pop(number, None)
            self._versions.pop(number, None)
        self._count()

    def _count(self) -> None:
        self._counts.store(self._through, (self._issued & _MOST) << 32 | min(self._dropped, _MOST))

    # --- slots

    def _write(self, number: int) -> None:
        version = self._versions.get(number, 0) + 1
        data = pack(Record(number, version, self.entries[number]))
        taken = set(self._where.values())
        free = [slot for slot in range(self._slots) if slot not in taken]
        for slot in free[:1] + free[-_TRIES + 1 :]:  # a bad block has its neighbours with it
            try:
                self._disk.write_at(self._path, slot * SLOT, data)
            except FileNotFoundError:
                if not self._make():
                    return
                return self._write(number)
            except OSError:
                continue
            self._where[number], self._versions[number] = slot, version
            return None

    def _make(self) -> bool:
        """The whole file, with what is still held."""
        content = bytearray(self._slots * SLOT)
        where = {}
        for slot, (number, entry) in enumerate(self.entries.items()):
            record = pack(Record(number, self._versions.get(number, 0) + 1, entry))
            content[slot * SLOT : slot * SLOT + len(record)] = record
            where[number] = slot
        try:
            self._disk.replace(self._path, bytes(content))
        except OSError:
            return False
        self._where = where
        self._versions = {number: self._versions.get(number, 0) + 1 for number in where}
        return True

    def _load(self) -> None:
        records = read_slots(self._path, self._disk, self._slots)
        self._through, packed = self._counts.values
        self._issued, self._dropped = packed >> 32, packed & _MOST
        newest: Dict[int, Tuple[int, Record]] = {}
        for slot, record in records:
            if record.number > self._through and (
                record.number not in newest or newest[record.number][1].version < record.version
            ):
                newest[record.number] = (slot, record)
        for number in sorted(newest):
            slot, record = newest[number]
            self.entries[number] = record.entry
            self._where[number], self._versions[number] = slot, record.version
        self._issued = max([self._issued, self._through, *self.entries])
        if self.entries and (self._counts.damaged or not self._counts.found):
            # Nobody knows what became of those before the oldest that is left: most likely they have arrived.
            self._through = max(self._through, min(self.entries) - 1)
        if not self._disk.exists(self._path):
            self._make()


def look(path: str, disk: Disk) -> Tuple[List[JournalEntry], int]:
    """(entries, dropped) without changing anything; the agent that owns the file may be at work in it."""
    file = JournalFile(path, _ReadOnly(disk))
    return list(file.entries.values()), file.dropped


class _ReadOnly(Disk):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def read(self, path: str) -> bytes:
        return self._disk.read(path)

    def read_at(self, path: str, offset: int, length: int) -> bytes:
        return self._disk.read_at(path, offset, length)

    def write_at(self, path: str, offset: int, data: bytes) -> None:
        raise OSError("only looking")

    def replace(self, path: str, data: bytes, mode: int = 0) -> None:
        raise OSError("only looking")


def read_slots(path: str, disk: Disk, slots: int) -> List[Tuple[int, Record]]:
    """(slot, record) of every slot that is whole. A bad block costs the slots in it, nothing else."""
    try:
        data = disk.salvage(path)
    except OSError:
        return []
    found = [(slot, unpack(data[slot * SLOT : (slot + 1) * SLOT])) for slot in range(slots)]
    return [(slot, record) for slot, record in found if record is not None]


def pack(record: Record) -> bytes:
    """At most SLOT bytes. Names of services that do not fit are counted instead."""
    entry = record.entry
    names, more = b"", entry.services_more
    for place, name in enumerate(entry.services_failed):
        item = name.encode("utf-8", "replace")[:200] + b"\0"
        if _HEAD.size + _BODY.size + len(names) + len(item) > SLOT:
            more += len(entry.services_failed) - place
            break
        names += item
    flags = 0
    for place, name in enumerate(_FLAGS):
        flags |= _LEVELS.index(getattr(entry, name)) << (2 * place)
    fixed = _BODY.pack(
        bytes.fromhex(entry.boot_id), entry.from_s, entry.to_s, entry.from_monotonic_s, entry.to_monotonic_s, flags,
        _byte(entry.battery_percent), _UPS.index(entry.ups), _ENDED.index(entry.ended), _byte(entry.services_asked),
        min(more, 254),
    )  # fmt: skip
    body = fixed + names
    head = _HEAD.pack(_MAGIC, record.number, record.version, len(body), 0)[:-4]
    return head + struct.pack(">I", zlib.crc32(head + body)) + body


def unpack(data: bytes) -> Optional[Record]:
    """None for anything that pack() has not made."""
    if len(data) < _HEAD.size + _BODY.size or data[:4] != _MAGIC:
        return None
    _, number, version, length, crc = _HEAD.unpack_from(data)
    body = data[_HEAD.size : _HEAD.size + length]
    if len(body) != length or length < _BODY.size or zlib.crc32(data[: _HEAD.size - 4] + body) != crc:
        return None
    row = _BODY.unpack_from(body)
    names = body[_BODY.size :].split(b"\0")[:-1]
    try:
        flags = {name: _LEVELS[row[5] >> (2 * place) & 3] for place, name in enumerate(_FLAGS)}
        entry = JournalEntry(
            row[0].hex(), row[1], row[2], row[3], row[4], **flags, battery_percent=_value(row[6]), ups=_UPS[row[7]],
            ended=_ENDED[row[8]], services_asked=_value(row[9]), services_more=row[10],
            services_failed=tuple(name.decode("utf-8", "ignore") for name in names),
        )  # fmt: skip
    except IndexError:  # of a newer agent, or a collision of the checksum
        return None
    return Record(number, version, entry)


def _byte(value: Optional[int]) -> int:
    return _UNKNOWN if value is None else min(max(value, 0), 254)


def _value(byte: int) -> Optional[int]:
    return None if byte == _UNKNOWN else byte
