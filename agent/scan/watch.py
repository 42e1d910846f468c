"""Reasons to stop a scan at once: the lease has run out, people have switched scanning off, the time is over, the agent
that started us says so or is gone."""

from __future__ import annotations

import contextlib
import os
import threading
import time

_LOOK_S = 0.5


class Lines:
    """Lines of a pipe. Not sys.stdin: a thread that waits in it holds a lock that the interpreter needs to end."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._rest = b""

    def next(self) -> bytes:
        """The next line with its end; b"" when there are no more."""
        while b"\n" not in self._rest:
            data = os.read(self._handle, 65536)
            if not data:
                line, self._rest = self._rest, b""
                return line
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return line + b"\n"


class Watch:
    def __init__(self, lease_s: float, deadline_s: float, off_file: str = "") -> None:
        now = time.monotonic()
        self._lease_end_s = now + lease_s
        self._deadline_end_s = now + deadline_s
        self._off_file = off_file
        self._told = ""
        self._looked_at_s = float("-inf")

    def __call__(self) -> str:
        """A reason of ScanRecord.stopped, "" while there is none."""
        now = time.monotonic()
        if not self._told and self._off_file and now - self._looked_at_s >= _LOOK_S:
            self._looked_at_s = now
            if os.path.exists(self._off_file):
                self._told = "switched_off"
        if self._told:
            return self._told
        if now >= self._lease_end_s:
            return "lease_over"
        return "deadline" if now >= self._deadline_end_s else ""

    def hear(self, line: str) -> None:
        """One line of the agent: "lease SECONDS" or "stop REASON"."""
        word, _, value = line.strip().partition(" ")
        if word == "stop":
            self._told = value or "switched_off"
        elif word == "lease":
            with contextlib.suppress(ValueError):
                self._lease_end_s = time.monotonic() + float(value)

    def listen(self, lines: "Lines") -> None:
        """Hears the agent in a thread of its own. The end of the lines is the agent's end."""

        def hear() -> None:
            for line in iter(lines.next, b""):
                self.hear(line.decode("utf-8", "replace"))
            self._told = self._told or "switched_off"

        threading.Thread(target=hear, daemon=True).start()
