"""The second third of the hand-made traces."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.replay.scene import CONFIRMED, FAULT, LOST, NONE, OFF, UP, F, N, Scene, T
from tests.replay.scenes import cut, s03, usual


def s13() -> Scene:
    scene = Scene("13_pc_moved", "a journal belongs to the site where the agent was then")
    (pc,) = scene.office("a", 1)
    usual([pc], (2,))
    usual(scene.office("b", 2, "Viettel", "B"), (2, 3, 4))
    pc.on("3 07:20", "3 17:05", "lost", gaps=[("3 10:00", "3 23:00")])
    pc.journal("3 10:00:20", "3 17:04", (T, F, F))
    scene.move(pc, "b", "3 20:00")
    usual([pc], (4,))
    scene.company((2, 3, 4))
    scene.end("4 18:00")
    scene.share("a", "3 10:05", "3 17:00", 0.98, CONFIRMED)
    scene.state("a", "3 14:30", CONFIRMED, cause="line")
    scene.quiet("b")
    scene.state("b", "3 14:30", UP)
    return scene


def s14() -> Scene:
    scene = Scene("14_clock_years_off", "dead clock batteries: journals are placed by boot and monotonic time")
    scene.site("a")
    pcs = [scene.pc("a1", "a", clock_s=-540_000_000.0), scene.pc("a2", "a", clock_s=94_608_000.0)]
    usual(pcs, (2,))
    for pc in pcs:
        pc.on("3 07:20", "3 17:02", "lost", gaps=[("3 09:40", "3 11:10"), ("3 15:30", "3 23:00")])
        pc.journal("3 09:40:20", "3 11:10:10", (T, F, F))
        pc.journal("3 15:30:20", "3 17:01:30", (T, F, F))
        pc.clock_s += 3_000_000.0  # each boot begins at another wrong time
    usual(pcs, (4,))
    scene.company((2, 3, 4))
    scene.end("4 18:00")
    scene.share("a", "3 09:43", "3 11:08", 0.98, CONFIRMED)
    scene.share("a", "3 15:33", "3 17:00", 0.95, CONFIRMED)
    scene.state("a", "3 14:00", UP)
    scene.edge("a", "start", "3 09:40", 180, *LOST)
    scene.edge("a", "end", "3 11:10", 180, *LOST)
    return scene


def s15() -> Scene:
    """The checks of scene 3 on its lines doubled and swapped."""
    scene = s03()
    scene.name = "15_duplicates_reordered"
    scene.about = "scene 03 with lines sent twice, late and in the wrong order: nothing changes"
    return scene


def shuffled(lines: list[str]) -> list[str]:
    """Every fifth line again twenty lines later, every seventh swapped with its neighbour; head and end stay."""
    head = [line for line in lines if json.loads(line)["kind"] in ("site", "agent")]
    body = lines[len(head) : -1]
    placed = [(float(at) + (2.5 if at % 7 == 0 else 0), line) for at, line in enumerate(body)]
    placed += [(at + 20.0, line) for at, line in enumerate(body) if at % 5 == 0]
    return [*head, *(line for _, line in sorted(placed, key=lambda row: row[0])), lines[-1]]


def s16() -> Scene:
    scene = Scene("16_tet_silence", "Tet: ten days of silence are a holiday, not an outage", month="2026-02")
    pcs = scene.office("a", 3)
    usual(pcs, (12, 13))
    usual(pcs, (23,))
    scene.company((12, 13, 23))
    scene.end("23 18:00")
    for day in (16, 17, 18, 19, 20):
        scene.state("a", f"{day} 10:00", OFF)
    scene.quiet("a", "z0", "z1")
    scene.events(0, 0)
    return scene


def s17() -> Scene:
    scene = Scene(
        "17_makeup_saturday", "22 August 2026 is a Saturday that works: silence on it counts", month="2026-08"
    )
    pcs = scene.office("a", 5)
    usual(pcs, (20, 21))
    for number, pc in enumerate(pcs):
        pc.on("22 07:20", f"22 17:0{number}", gaps=[("22 09:40", "22 14:40")])
        if number:
            pc.journal("22 09:40:20", "22 14:40:10", (T, F, F))
    scene.company((20, 21, 22))
    scene.end("22 16:00")
    scene.state("a", "22 09:00", UP)
    scene.share("a", "22 09:45", "22 14:35", 0.98, CONFIRMED)
    scene.alerts("a", 1, 1, closed=True, withdrawn=False)
    return scene


def s18() -> Scene:
    scene = Scene(
        "18_holiday_monday", "31 August 2026 and the two days after are off: silence is expected", month="2026-08"
    )
    pcs = scene.office("a", 4)
    usual(pcs, (27, 28), how="lost")
    scene.company((27, 28))
    scene.end("31 23:00")
    scene.state("a", "31 10:00", OFF)
    scene.quiet("a")
    return scene


def s19() -> Scene:
    scene = Scene("19_flapping", "a flapping line is one thing, not a dozen alerts", beat_s=300.0)
    pcs = scene.office("a", 3)
    usual(pcs, (2,))
    starts = [(9 + at * 20 // 60, at * 20 % 60) for at in range(12)]
    gaps = [(f"3 {hour:02d}:{minute:02d}", f"3 {hour:02d}:{minute + 7 + minute % 3:02d}") for hour, minute in starts]
    for pc in pcs:
        pc.on("3 07:20", "3 17:02", gaps=gaps)
        for start, end in gaps:
            pc.journal(f"{start}:20", f"{end}:05", (T, F, F))
    scene.company((2, 3))
    scene.end("3 18:00")
    for start, end in gaps:
        scene.share("a", f"{start}:30", f"{end}:00", 0.95, *LOST)
    scene.alerts("a", 0, 2)
    return scene


def s20() -> Scene:
    scene = Scene("20_lan_fault", "every PC loses its gateway at once and goes on running: the LAN of the office")
    pcs = scene.office("a", 4)
    usual(pcs, (2,))
    for number, pc in enumerate(pcs):
        pc.on("3 07:20", f"3 17:0{number}", gaps=[("3 09:30", "3 10:40")])
        pc.journal("3 09:30:20", "3 10:40:10", (F, N if number % 2 else F, F))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.share("a", "3 09:33", "3 10:38", 0.98, CONFIRMED)
    scene.state("a", "3 10:00", CONFIRMED, cause="lan")
    scene.alerts("a", 1, 1, closed=True, withdrawn=False)
    return scene


def s21() -> Scene:
    scene = Scene("21_captive", "gateway and Internet answer, the collector does not, others reach it: a captive page")
    pcs = scene.office("a", 3)
    usual(pcs, (2,))
    cut(scene, pcs, ("3 09:30", "3 14:40"), (T, T, F))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.share("a", "3 09:33", "3 14:38", 0.98, *LOST)
    scene.state("a", "3 10:30", *LOST, cause="captive")
    return scene


def s22() -> Scene:
    scene = Scene("22_cable_of_one", "one PC without a gateway while its neighbours report: no fault of the site")
    pcs = scene.office("a", 3)
    usual(pcs, (2,))
    pcs[0].on("3 07:20", "3 17:00", gaps=[("3 09:00", "3 14:30")])
    pcs[0].journal("3 09:00:20", "3 14:30:10", (F, F, F))
    usual(pcs[1:], (3,))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.quiet("a")
    scene.share("a", "3 09:05", "3 14:25", 1.0, UP)
    return scene


def s23() -> Scene:
    scene = Scene("23_power_with_laptop", "desktops die, the laptop sees the gateway go: power, not LAN")
    pcs = scene.office("a", 4)
    usual(pcs, (2,))
    for pc in pcs[:3]:
        pc.on("3 07:20", "3 09:45", "unclean").on("3 11:02", "3 17:00")
    pcs[3].on("3 07:20", "3 17:00", gaps=[("3 09:45", "3 11:00")])
    pcs[3].journal("3 09:45:20", "3 11:00:10", (F, F, F))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.share("a", "3 09:47", "3 10:58", 0.98, *FAULT)
    scene.state("a", "3 10:30", *FAULT, cause="power")
    scene.edge("a", "start", "3 09:45", 180, *FAULT)
    scene.edge("a", "end", "3 11:00", 180, *FAULT)
    return scene


def s24() -> Scene:
    scene = Scene("24_goodbye_lost", "at closing time PCs go without a goodbye and were shut down cleanly: no outage")
    pcs = scene.office("a", 3)
    usual(pcs, (2, 3, 4), how="lost")
    scene.company((2, 3, 4))
    scene.end("4 22:00")
    for day in (2, 3, 4):
        scene.state("a", f"{day} 20:00", OFF, NONE)
    scene.quiet("a")
    scene.events(0, 0)
    return scene


def s25() -> Scene:
    scene = Scene("25_sleep", "PCs that sleep over lunch and over night: the same boot goes on, nothing was lost")
    pcs = scene.office("a", 2)
    for number, pc in enumerate(pcs):
        pc.on("2 07:20", "2 11:35", "lost")
        for start, end in (
            ("2 13:24", "2 17:03"),
            ("3 07:22", "3 11:33"),
            ("3 13:26", "3 17:02"),
            ("4 07:19", "4 17:00"),
        ):
            pc.more(f"{start}:{number * 20:02d}", f"{end}:{number * 30:02d}")
    scene.company((2, 3, 4))
    scene.end("4 18:00")
    scene.quiet("a")
    scene.never("a", "2 17:45", "3 07:00", UP)
    scene.state("a", "3 09:00", UP)
    return scene


def s26() -> Scene:
    scene = Scene("26_seq_restarts", "after re-imaging seq is 1 again: contacts are new, no duplicates of the old")
    (pc,) = scene.office("a", 1)
    usual([pc], (2,))
    pc.seq, pc.boots = 0, 100
    pc.on("3 07:20", "3 17:02", last="unknown")
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.share("a", "3 07:25", "3 16:50", 1.0, UP)
    scene.quiet("a")
    return scene


def s27() -> Scene:
    scene = Scene("27_power_strip", "at closing the power strip is switched off: all unclean at once, and no power cut")
    pcs = scene.office("a", 4)
    for day in (2, 3, 4):
        for number, pc in enumerate(pcs):
            pc.on(f"{day} 07:2{number}", f"{day} 17:04", "unclean")
    scene.company((2, 3, 4))
    scene.end("4 22:00")
    for day in (2, 3, 4):
        scene.state("a", f"{day} 20:00", OFF, NONE)
    scene.quiet("a")
    return scene


MORE: list[Callable[[], Scene]] = [s13, s14, s15, s16, s17, s18, s19, s20, s21, s22, s23, s24, s25, s26, s27]
