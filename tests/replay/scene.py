"""A small stage for hand-made traces: sites, PCs, when they are on, what their journals say.

Times are local, "DD HH:MM" or "DD HH:MM:SS" of the month of the scene. Every scene is written out in full by the
people of this file (`python -m tests.replay.scenes`), so that the JSON lines in traces/ can be read and judged alone.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.replay.world import STANDARD, VN_S, seconds, stamp

UP, OFF, BLIND, NONE = "UP", "OFF_EXPECTED", "COLLECTOR_BLIND", "NOT_OBSERVED"
UNUSUAL, NEVER, POWER = "OFF_UNUSUAL", "NEVER_REPORTED", "POWER_CUT_SUSPECTED"
SUSPECTED, CONFIRMED = "LINE_LOST_SUSPECTED", "LINE_LOST_CONFIRMED"
LOST = (SUSPECTED, CONFIRMED)
FAULT = (*LOST, POWER)
T, F, N = True, False, None

Flags = tuple[bool | None, bool | None, bool | None]


class Pc:
    """One PC of a scene. Its clock is right unless `clock_s` says by how much it is off."""

    def __init__(self, scene: Scene, name: str, clock_s: float = 0.0) -> None:
        self.scene, self.name, self.clock_s = scene, name, clock_s
        self.seq, self.boots = 0, 0
        self.boot, self.booted, self.last = "", 0.0, "clean"
        self.pending: list[dict[str, Any]] = []
        self.phase = zlib.crc32(name.encode()) % 97 / 97

    def on(
        self, start: str, end: str, how: str = "goodbye", gaps: Iterable[tuple[str, str]] = (), last: str = ""
    ) -> Pc:
        """Boot at `start`, run to `end`; nothing arrives in the `gaps`. How it ends: goodbye, lost, unclean."""
        self.boots += 1
        self.boot, self.booted = f"{self.name}-boot{self.boots}", self.scene.at(start) - 40
        self.last = last or self.last
        self.more(start, end, how, gaps)
        self.last = "unclean" if how == "unclean" else "clean"
        return self

    def more(self, start: str, end: str, how: str = "", gaps: Iterable[tuple[str, str]] = ()) -> Pc:
        """The same boot goes on, after sleep for instance."""
        first, stop = self.scene.at(start), self.scene.at(end)
        silent = [(self.scene.at(a), self.scene.at(b)) for a, b in gaps]
        at = first + 10 + 50 * self.phase
        while at < stop:
            held = next((b for a, b in silent if a <= at < b), None)
            if held is not None:
                at = held + 20 + 200 * self.phase
                continue
            self._contact(at)
            at += self.scene.beat_s
        if how == "goodbye" and not any(a <= stop <= b for a, b in silent):
            self._contact(stop, goodbye=True)
        return self

    def journal(self, start: str, end: str, flags: Flags) -> Pc:
        """An entry of the present boot (call before `on` of the boot that delivers it, after that of its own)."""
        a, b = self.scene.at(start), self.scene.at(end)
        entry = {
            "boot": self.boot,
            "from": stamp(a + self.clock_s),
            "to": stamp(b + self.clock_s),
            "from_monotonic_s": round(a - self.booted, 1),
            "to_monotonic_s": round(b - self.booted, 1),
            "gateway": flags[0],
            "internet": flags[1],
            "collector": flags[2],
        }
        self._deliver(b, entry)
        return self

    def _deliver(self, after: float, entry: dict[str, Any]) -> None:
        for at, line in self.scene.rows:
            if line.get("agent") == self.name and at > after and not line["goodbye"]:
                line["journal"].append(entry)
                return
        self.pending.append(entry)

    def _contact(self, at: float, goodbye: bool = False) -> None:
        self.seq += 1
        line = {
            "kind": "contact",
            "agent": self.name,
            "received": stamp(at + 0.4),
            "boot": self.boot,
            "seq": self.seq,
            "agent_time": stamp(at + self.clock_s),
            "monotonic_s": round(at - self.booted, 1),
            "goodbye": goodbye,
            "last_shutdown": self.last,
            "journal": [] if goodbye else self.pending,
        }
        if not goodbye:
            self.pending = []
        self.scene.rows.append((at + 0.4, line))


class Scene:
    """One trace and what must be true of its answer."""

    def __init__(self, name: str, about: str, month: str = "2026-03", beat_s: float = 900.0) -> None:
        self.name, self.about, self.month, self.beat_s = name, about, month, beat_s
        self.rows: list[tuple[float, dict[str, Any]]] = []
        self.head: list[dict[str, Any]] = []
        self.checks: list[dict[str, Any]] = []
        self.end_at = 0.0

    def at(self, text: str) -> float:
        """Local "DD HH:MM" -> seconds since 1970."""
        day, _, clock = text.partition(" ")
        clock = clock if clock.count(":") == 2 else f"{clock}:00"
        return seconds(f"{self.month}-{int(day):02d}T{clock}Z") - VN_S

    def site(self, name: str, provider: str = "VNPT", area: str = "A", hours: Any = STANDARD) -> None:
        """An office; hours None: the key is null."""
        self.head.append({"kind": "site", "id": name, "provider": provider, "area": area, "hours": hours})

    def pc(self, name: str, site: str, since: str = "1 08:00", clock_s: float = 0.0) -> Pc:
        """A PC with its agent."""
        line = {"kind": "agent", "id": name, "site": site, "from": stamp(self.at(since))}
        self.head.append(line)
        return Pc(self, name, clock_s)

    def move(self, pc: Pc, site: str, when: str, learnt: str = "") -> None:
        """The PC stands somewhere else from `when` on; the collector is told at `learnt`."""
        at = self.at(when)
        self.rows.append((self.at(learnt or when), {"kind": "agent", "id": pc.name, "site": site, "from": stamp(at)}))

    def office(self, name: str, count: int, provider: str = "VNPT", area: str = "A", hours: Any = STANDARD) -> list[Pc]:
        """An office with so many PCs called name1, name2, ..."""
        self.site(name, provider, area, hours)
        return [self.pc(f"{name}{number + 1}", name) for number in range(count)]

    def company(self, days: Iterable[int], until: str = "17:00") -> None:
        """Two other offices of other providers and areas where all is well, so that the collector is seen to hear."""
        for number, provider in enumerate(("Viettel", "FPT")):
            (pc,) = self.office(f"z{number}", 1, provider, f"Z{number}")
            for day in days:
                pc.on(f"{day} 07:2{number}", f"{day} {until}")

    def down(self, start: str, end: str) -> None:
        """The collector was down and knows it."""
        line = {"kind": "collector_down", "from": stamp(self.at(start)), "to": stamp(self.at(end))}
        self.rows.append((self.at(end), line))

    def end(self, when: str) -> None:
        """The trace ends here."""
        self.end_at = self.at(when)

    # --- what must be true

    def state(self, site: str, when: str, *states: str, cause: str = "") -> None:
        """At that moment the site is in one of the states (and the cause is that)."""
        check: dict[str, Any] = {"site": site, "at": stamp(self.at(when)), "state": list(states)}
        if cause:
            check["cause"] = [cause]
        self.checks.append(check)

    def never(self, site: str, start: str, end: str, *states: str) -> None:
        """Not a second of these states in between."""
        span = {"from": stamp(self.at(start)), "to": stamp(self.at(end))}
        self.checks.append({"site": site, **span, "never": list(states)})

    def share(self, site: str, start: str, end: str, least: float, *states: str) -> None:
        """At least that share of the time in these states."""
        span = {"from": stamp(self.at(start)), "to": stamp(self.at(end))}
        self.checks.append({"site": site, **span, "share": least, "state": list(states)})

    def edge(self, site: str, side: str, when: str, within_s: float, *states: str) -> None:
        """A stretch of these states starts (or ends) near that moment."""
        near = {"edge": side, "near": stamp(self.at(when)), "within_s": within_s}
        self.checks.append({"site": site, **near, "state": list(states)})

    def alerts(self, site: str, least: int, most: int, **more: Any) -> None:
        """Number of line and power alerts; more: closed=True, withdrawn=True hold for each of them."""
        self.checks.append({"site": site, "alerts": [least, most], **more})

    def quiet(self, *sites: str) -> None:
        """No line or power alert at all and no such state at these sites."""
        for site in sites:
            self.checks.append({"site": site, "alerts": [0, 0]})
            self.checks.append({"site": site, "never": list(FAULT)})

    def events(self, least: int, most: int, **more: Any) -> None:
        """Number of area events with that provider, area, cause, holding these sites."""
        self.checks.append({"area_events": [least, most], **more})

    def lines(self) -> list[str]:
        """The trace."""
        rows = [line for at, line in sorted(self.rows, key=lambda row: row[0]) if at <= self.end_at]
        every = [*self.head, *rows, {"kind": "end", "at": stamp(self.end_at)}]
        return [json.dumps(line, separators=(",", ":")) for line in every]

    def write(self, folder: Path, lines: list[str] | None = None) -> None:
        """NAME.jsonl and NAME.expected.json."""
        text = "\n".join(lines or self.lines()) + "\n"
        (folder / f"{self.name}.jsonl").write_text(text, encoding="utf-8", newline="\n")
        checks = ",\n  ".join(json.dumps(check, ensure_ascii=False) for check in self.checks)
        about = json.dumps(self.about, ensure_ascii=False)
        expected = f'{{"about": {about},\n "checks": [\n  {checks}\n ]}}\n'
        (folder / f"{self.name}.expected.json").write_text(expected, encoding="utf-8", newline="\n")
