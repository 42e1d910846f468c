"""How many reports are gone for good, of spool files that are gone too. Counted once, whatever happens."""

from __future__ import annotations

from .files import Disk, Slots


class LossCount:
    """A total and, with it, the number of the file that it was last increased for: when that file is found again
    after a kill, it is counted already and only its deletion was missing."""

    def __init__(self, path: str, disk: Disk) -> None:
        self._slots = Slots(path, disk)
        self._kept = True
        if not self._slots.found:
            self._slots.store(*self._slots.values)  # while there is room: from now on it is written in place

    @property
    def total(self) -> int:
        return self._slots.values[0]

    @property
    def noted(self) -> int:
        """Number of the file counted last; 0: none."""
        return self._slots.values[1]

    def add(self, count: int) -> None:
        """More losses. When the disk refuses, they count in memory and are written with the next ones."""
        self._kept = self._write(self.total + count, self.noted)

    def move(self, count: int, number: int) -> bool:
        """The losses of a file that is about to be deleted; False: not on disk, they count where they are."""
        before = self._slots.values
        if self._write(self.total + count, number):
            self._kept = True
            return True
        self._slots.values = before
        return False

    def keep(self) -> None:
        """Writes what the disk refused before."""
        if not self._kept:
            self.add(0)

    def _write(self, total: int, number: int) -> bool:
        """Into both slots: a byte that goes bad later must not bring an older total back."""
        if not self._slots.store(total, number):
            return False
        self._slots.store(total, number)
        return True
