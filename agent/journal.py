"""The journal: looks at the line become entries, entries travel with reports and stay until one of those has arrived.

An entry is a stretch of time in which every look gave the same. It ends when the state changes, when reports get
through again, when looks were missed (nothing is claimed for a time that nobody watched), or with the boot. Time between
looks is monotonic, so a clock that jumps moves nothing. What may be looked at and when: watch.py.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from .journal_file import JournalFile
from .wire.sections_journal import JournalEntry, JournalInfo

MOST_ENTRIES = 100  # in one report
RESEND_S = 1800.0  # a report that carried entries and was not heard of for so long does not count any more
MOST_REFUSALS = 3  # of reports with the same entries: after that they count as lost
TO_DISK_S = 100.0  # an entry that only goes on is written this often: a power cut costs as much of its end
_BY_GOODBYE = {"True": "clean", "False": "unclean"}
_BY_SHUTDOWN = {"clean": "goodbye", "unclean": "unclean"}


@dataclass(frozen=True)
class Look:
    """What one look gave. The fields mean the same as those of JournalEntry."""

    link: Optional[bool] = None
    gateway: Optional[bool] = None
    provider: Optional[bool] = None
    government: Optional[bool] = None
    internet: Optional[bool] = None
    captive: Optional[bool] = None
    collector: Optional[bool] = None
    services_failed: Tuple[str, ...] = ()
    services_asked: Optional[int] = None
    services_more: int = 0
    on_battery: Optional[bool] = None
    battery_percent: Optional[int] = None
    ups: str = ""


_STATE = tuple(field.name for field in dataclasses.fields(Look) if field.name != "battery_percent")


class Moment(NamedTuple):
    """When a look was: by the agent's clock, and by the time since boot."""

    clock_s: float
    monotonic_s: float


def state_of(entry: JournalEntry) -> Tuple[object, ...]:
    """What makes two looks the same; a battery that runs down is no change."""
    return tuple(getattr(entry, name) for name in _STATE)


def begun(boot_id: str, look: Look, at: Moment) -> JournalEntry:
    times = (round(at.clock_s, 1), round(at.clock_s, 1), round(at.monotonic_s, 1), round(at.monotonic_s, 1))
    return JournalEntry(boot_id, *times, **dataclasses.asdict(look))


def gone_on(entry: JournalEntry, look: Look, at: Moment) -> JournalEntry:
    return dataclasses.replace(
        entry, to_s=round(at.clock_s, 1), to_monotonic_s=round(at.monotonic_s, 1), battery_percent=look.battery_percent
    )


def boot_before(marker: Any, boot_id: str) -> Tuple[str, str]:
    """(boot id, how it ended: clean, unclean or "") of the boot before `boot_id`, by the agent's marker of old."""
    if isinstance(marker, dict) and marker.get("boot_id") == boot_id:
        marker = marker.get("previous")
    if not isinstance(marker, dict) or not isinstance(marker.get("boot_id"), str):
        return "", ""
    return marker["boot_id"], _BY_GOODBYE.get(str(marker.get("goodbye")), "")


class Journal:
    """One agent's journal in one boot."""

    def __init__(self, file: JournalFile, boot_id: str) -> None:
        self._file = file
        self._boot_id = boot_id
        self._open: Optional[int] = None
        self._written_s = 0.0  # monotonic, when the open entry was last on its way to the disk
        self._refusals, self._refused = 0, -1
        self._carried: Dict[int, Tuple[int, float]] = {}  # report -> (highest number in it, when it was made)
        for number, entry in list(file.entries.items()):
            if not entry.ended and entry.boot_id == boot_id:
                self._close(number, "restarted")

    @property
    def dropped(self) -> int:
        return self._file.dropped

    @property
    def is_open(self) -> bool:
        return self._open is not None

    # --- looks

    def note(self, look: Look, at: Moment, longest_gap_s: float) -> None:
        """A look that was made at `at`; `longest_gap_s` since the one before still counts as watched."""
        entry = self._current()
        if entry is not None and not 0 <= at.monotonic_s - entry.to_monotonic_s <= longest_gap_s:
            self.end("slept")
            entry = None
        if entry is not None and state_of(entry) == state_of(begun(self._boot_id, look, at)):
            to_disk = at.monotonic_s - self._written_s >= TO_DISK_S
            self._file.put(self._open or 0, gone_on(entry, look, at), to_disk)
            self._written_s = at.monotonic_s if to_disk else self._written_s
            return
        self.end("changed")
        self._open = self._file.add(begun(self._boot_id, look, at))
        self._written_s = at.monotonic_s

    def end(self, why: str) -> None:
        """Nothing more is watched. The entry ends with its last look, not now."""
        if self._open is not None:
            self._close(self._open, why)
            self._open = None

    def settle_boots(self, boot_before: str, how: str) -> None:
        """Entries of earlier boots that were cut short: `how` the boot `boot_before` ended (clean, unclean or "")."""
        for number, entry in list(self._file.entries.items()):
            if not entry.ended and number != self._open:
                self._close(number, _BY_SHUTDOWN.get(how, "unknown") if entry.boot_id == boot_before else "unknown")

    def _current(self) -> Optional[JournalEntry]:
        return None if self._open is None else self._file.entries.get(self._open)

    def _close(self, number: int, why: str) -> None:
        entry = self._file.entries.get(number)
        if entry is not None:
            self._file.put(number, dataclasses.replace(entry, ended=why))

    # --- delivery

    def info(self, with_open: bool = False, most: int = MOST_ENTRIES) -> Tuple[JournalInfo, int]:
        """What a report may carry, oldest first, and the highest number that its arrival settles."""
        rows = [(number, entry) for number, entry in self._file.entries.items() if number != self._open]
        chosen = rows[:most]
        through = chosen[-1][0] if chosen else 0
        entries: List[JournalEntry] = [entry for _, entry in chosen]
        current = self._current()
        if with_open and current is not None and len(chosen) < most:
            entries.append(current)
        return JournalInfo(tuple(entries), self.dropped, len(rows) - len(chosen)), through

    def is_due(self, now_s: float) -> bool:
        """There are entries to tell, and no report that carries them is on its way."""
        self._carried = {seq: row for seq, row in self._carried.items() if 0 <= now_s - row[1] <= RESEND_S}
        return not self._carried and any(number != self._open for number in self._file.entries)

    def carried(self, seq: int, through: int, now_s: float) -> None:
        """The report `seq` was made with what info() gave."""
        if through:
            self._carried[seq] = (through, now_s)

    def answered(self, statuses: Mapping[int, str]) -> None:
        """The collector's word on reports by their numbers. A report may be refused for any of its sections, so its
        entries travel again after a while; but not for ever, or they would hold up all that come later."""
        for seq, status in statuses.items():
            if seq not in self._carried:
                continue
            if status in ("stored", "duplicate"):
                self._file.settle(self._carried.pop(seq)[0])
                self._refusals = 0
            elif status == "rejected" and seq != self._refused:
                self._refused = seq
                self._refusals += 1
                if self._refusals >= MOST_REFUSALS:
                    self._file.give_up(self._carried.pop(seq)[0])
                    self._refusals = 0
