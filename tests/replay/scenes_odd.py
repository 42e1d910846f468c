"""The last third of the hand-made traces."""

from __future__ import annotations

from collections.abc import Callable

from tests.replay.scene import BLIND, CONFIRMED, FAULT, LOST, NONE, OFF, POWER, UNUSUAL, UP, F, N, Scene, T
from tests.replay.scenes import cut, usual
from tests.replay.world import stamp


def s28() -> Scene:
    scene = Scene("28_power_within_line", "the line is cut, then the power goes and comes back, the line stays cut")
    pcs = scene.office("a", 3)
    usual(pcs, (2,))
    for number, pc in enumerate(pcs):
        pc.on("3 07:20", "3 14:10", "unclean", gaps=[("3 08:30", "3 23:00")])
        pc.journal("3 08:30:20", "3 14:09:30", (T, F, F))
        pc.on(f"3 15:0{number}", "3 17:02", gaps=[("3 15:00", "3 16:20")])
        pc.journal(f"3 15:0{number}:50", "3 16:20:10", (T, F, F))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.state("a", "3 10:00", CONFIRMED, cause="line")
    scene.state("a", "3 15:40", CONFIRMED, cause="line")
    scene.never("a", "3 08:35", "3 16:15", UP)
    scene.edge("a", "start", "3 08:30", 180, *LOST)
    scene.edge("a", "end", "3 16:20", 180, *LOST)
    scene.alerts("a", 1, 2, withdrawn=False)
    return scene


def s29() -> Scene:
    scene = Scene(
        "29_habit", "no hours given, works afternoons only: habit is learnt, mornings are no outage", beat_s=900.0
    )
    scene.site("a", hours=None)
    pcs = [scene.pc(f"a{number}", "a") for number in range(1, 4)]
    days = (2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17)
    for day in days[:-1]:
        for number, pc in enumerate(pcs):
            pc.on(f"{day} 13:2{number}", f"{day} 17:0{number}")
    for pc in pcs:
        pc.on("17 13:22", "17 14:45", "lost")
    scene.company(days)
    scene.end("17 16:30")
    scene.state("a", "16 10:00", OFF, NONE)
    scene.state("a", "17 10:00", OFF, NONE)
    scene.never("a", "9 17:10", "17 13:20", *FAULT)
    scene.state("a", "17 16:10", *FAULT, UNUSUAL)
    scene.alerts("a", 0, 1)
    return scene


def s30() -> Scene:
    scene = Scene("30_meeting", "all say goodbye at nine and are back after the meeting: unusual, no outage")
    pcs = scene.office("a", 4)
    usual(pcs, (2,))
    for number, pc in enumerate(pcs):
        pc.on("3 07:20", f"3 09:0{2 * number}").on(f"3 11:0{number}", "3 17:00")
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.quiet("a")
    scene.state("a", "3 10:00", UNUSUAL, OFF, NONE)
    return scene


def s31() -> Scene:
    scene = Scene(
        "31_suspicion_withdrawn",
        "four vanish together and were shut down cleanly: no journal, so nobody was there: an alert is withdrawn",
    )
    pcs = scene.office("a", 4)
    usual(pcs, (2,))
    for pc in pcs:
        pc.on("3 07:20", "3 08:50", "lost").on("3 11:00", "3 17:00", last="clean")
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.never("a", "3 09:20", "3 10:58", UP, CONFIRMED, POWER)
    scene.state("a", "3 10:00", UNUSUAL, OFF, NONE)
    scene.alerts("a", 0, 1, withdrawn=True)
    scene.state("a", "3 12:00", UP)
    return scene


def s32() -> Scene:
    scene = Scene("32_blind_at_closing", "the collector is down over closing time: the evening is an evening")
    for number in range(5):
        pcs = scene.office(f"a{number}-", 1 + number % 3, ("VNPT", "Viettel")[number % 2], f"A{number % 2}")
        usual(pcs, (2,))
        for pc in pcs:
            pc.on("3 07:20", f"3 17:0{number}", gaps=[("3 16:45", "3 17:40")])
        usual(pcs, (4,))
    scene.down("3 16:45", "3 17:40")
    scene.end("4 18:00")
    for number in range(5):
        scene.state(f"a{number}-", "3 20:00", OFF, NONE)
        scene.share(f"a{number}-", "3 16:46", "3 17:00", 0.9, BLIND, UP)
    scene.quiet(*(f"a{number}-" for number in range(5)))
    return scene


def s33() -> Scene:
    scene = Scene(
        "33_government_only", "a PC without any Internet: null always, well while its contacts come, line when cut"
    )
    pcs = scene.office("a", 2)
    usual(pcs, (2,))
    cut(scene, pcs, ("3 09:30", "3 10:50"), (T, N, F))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.share("a", "3 09:33", "3 10:48", 0.98, *LOST)
    scene.state("a", "3 14:00", UP)
    scene.alerts("a", 0, 1, withdrawn=False)
    return scene


def s34() -> Scene:
    scene = Scene("34_night_only", "cut and mended at night, nobody there: no fault may be claimed, nothing observed")
    pcs = scene.office("a", 2)
    usual(pcs, (2, 3))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.never("a", "2 17:40", "3 07:10", UP, *FAULT)
    scene.quiet("a")
    return scene


def s35() -> Scene:
    scene = Scene(
        "35_late_sealed_reports", "reports made while cut off arrive later with their own time: they are not contacts"
    )
    (pc,) = scene.office("a", 1)
    usual([pc], (2,))
    cut(scene, [pc], ("3 09:00", "3 15:00"))
    after = scene.at("3 15:00")
    first = next(line for at, line in scene.rows if line.get("agent") == "a1" and at > after)
    number = first["seq"]
    for at, line in scene.rows:
        if line.get("agent") == "a1" and at > after:
            line["seq"] += 5
    for back in range(5):  # newest first, as agents send their backlog
        made, arrived = after - 600 * (back + 1), scene.at("3 15:10") + 3 * back
        own = {"agent_time": stamp(made), "monotonic_s": round(made - pc.booted, 1), "journal": []}
        late = {**first, "received": stamp(arrived), "seq": number + 4 - back, **own}
        scene.rows.append((arrived, late))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.share("a", "3 09:03", "3 14:57", 0.98, CONFIRMED)
    scene.state("a", "3 16:00", UP)
    return scene


def s36() -> Scene:
    scene = Scene("36_move_learnt_late", "a move is entered two days after it happened: history follows its `from`")
    pcs = scene.office("a", 2)
    usual(scene.office("b", 1, "Viettel", "B"), (2,))
    usual(pcs, (2,))
    usual(pcs[:1], (3, 4, 5))
    pcs[1].on("3 08:20", "3 16:40", gaps=[("3 10:10", "3 15:20")])
    pcs[1].journal("3 10:10:20", "3 15:20:10", (T, F, F))
    usual(pcs[1:], (4, 5))
    scene.move(pcs[1], "b", "2 20:00", learnt="5 09:00")
    scene.company((2, 3, 4, 5))
    scene.end("5 18:00")
    scene.share("b", "3 10:13", "3 15:18", 0.98, CONFIRMED)
    scene.state("b", "3 09:20", UP)
    scene.state("b", "3 16:10", UP)
    scene.state("a", "3 12:00", UP)
    scene.never("a", "3 07:00", "3 18:00", *FAULT)
    return scene


def s37() -> Scene:
    scene = Scene(
        "37_whole_boot_cut_off", "a boot that never reached the collector: its clock is good, the next boot's is not"
    )
    (pc,) = scene.office("a", 1)
    usual([pc], (2,))
    pc.on("3 07:25", "3 16:50", "lost", gaps=[("3 07:00", "3 23:00")])
    pc.journal("3 07:26", "3 16:49", (T, F, F))
    pc.clock_s = -541_000_000.0
    usual([pc], (4,))
    scene.company((2, 3, 4))
    scene.end("4 18:00")
    scene.share("a", "3 07:30", "3 11:30", 0.98, *LOST)
    scene.share("a", "3 13:30", "3 16:45", 0.98, *LOST)
    scene.never("a", "3 17:30", "4 07:10", UP)
    return scene


def s38() -> Scene:
    scene = Scene("38_cut_around_blind", "a line is cut, the collector goes down and comes back, the line is still cut")
    pcs = scene.office("a", 3)
    usual(pcs, (2,))
    cut(scene, pcs, ("3 08:40", "3 15:10"))
    others = [scene.office(f"b{number}", 1, "Viettel", f"B{number}")[0] for number in range(4)]
    usual(others, (2,))
    for number, pc in enumerate(others):
        pc.on("3 07:20", f"3 17:0{number}", gaps=[("3 10:00", "3 11:00")])
        pc.journal("3 10:00:30", "3 11:00:20", (T, T, F))
    scene.down("3 10:00", "3 11:00")
    scene.end("3 18:00")
    scene.share("a", "3 08:43", "3 09:58", 0.98, CONFIRMED)
    scene.share("a", "3 11:02", "3 15:08", 0.98, CONFIRMED)
    scene.never("a", "3 08:43", "3 15:08", UP)
    scene.alerts("a", 1, 1, closed=True, withdrawn=False)
    scene.quiet("b0", "b1", "b2", "b3")
    scene.events(0, 0)
    return scene


def s39() -> Scene:
    scene = Scene("39_open_all_night", "an office of 24 hours falls silent at two in the morning: that is an outage")
    pcs = scene.office("a", 3, hours=[["mon-sun", "00:00-24:00"]])
    for pc in pcs:
        pc.on("2 00:05", "3 09:00", "lost", gaps=[("3 02:00", "3 04:30")])
        pc.journal("3 02:00:20", "3 04:30:10", (T, F, F))
    usual(scene.office("b", 1, "Viettel", "B"), (2,))
    scene.site("z", "FPT", "C", [["mon-sun", "00:00-24:00"]])
    scene.pc("z1", "z").on("2 00:02", "3 09:00", "lost")
    scene.end("3 06:00")
    scene.share("a", "3 02:03", "3 04:28", 0.98, CONFIRMED)
    scene.alerts("a", 1, 1, closed=True, withdrawn=False)
    scene.quiet("b", "z")
    return scene


def s40() -> Scene:
    scene = Scene("40_area_line", "offices of two providers in one area lose their lines together: an area event")
    for number in range(4):
        pcs = scene.office(f"a{number}", 2, ("VNPT", "Viettel")[number % 2], "A")
        usual(pcs, (2,))
        cut(scene, pcs, ("3 08:40", "3 10:50"))
    usual(scene.office("v", 2, "VNPT", "B"), (2, 3))
    usual(scene.office("w", 2, "Viettel", "C"), (2, 3))
    scene.end("3 18:00")
    for number in range(4):
        scene.state(f"a{number}", "3 10:00", CONFIRMED, cause="line")
    scene.events(1, 1, area="A", cause=["line"], sites=["a0", "a1", "a2", "a3"])
    scene.events(1, 1)
    scene.quiet("v", "w")
    return scene


def s41() -> Scene:
    scene = Scene("41_long_backoff", "contact is back 14 minutes after the line: the fault ends where the journal says")
    pcs = scene.office("a", 2)
    usual(pcs, (2,))
    for number, pc in enumerate(pcs):
        pc.on("3 07:20", f"3 17:0{number}", gaps=[("3 09:00", "3 11:14")])
        pc.journal("3 09:00:30", "3 11:00:20", (T, F, F))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.edge("a", "start", "3 09:00", 180, *LOST)
    scene.edge("a", "end", "3 11:00", 180, *LOST)
    scene.state("a", "3 10:00", CONFIRMED, cause="line")
    return scene


def s42() -> Scene:
    scene = Scene("42_lan_one_blind_gateway", "one PC does not know its gateway, the others lost it: still the LAN")
    pcs = scene.office("a", 4)
    usual(pcs, (2,))
    for number, pc in enumerate(pcs):
        pc.on("3 07:20", f"3 17:0{number}", gaps=[("3 09:00", "3 10:40")])
        pc.journal("3 09:00:30", "3 10:40:20", (F if number else N, F, F))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.share("a", "3 09:03", "3 10:38", 0.98, CONFIRMED)
    scene.state("a", "3 10:00", CONFIRMED, cause="lan")
    return scene


def s43() -> Scene:
    scene = Scene(
        "43_blind_government_only", "journals of PCs without Internet during recorded blind time prove no cut"
    )
    for number in range(4):
        (pc,) = scene.office(f"a{number}", 1, ("VNPT", "Viettel")[number % 2], f"A{number % 2}")
        usual([pc], (2,))
        pc.on("3 07:20", f"3 17:0{number}", gaps=[("3 09:00", "3 10:40")])
        pc.journal("3 09:00:30", "3 10:41:10", (T, F if number % 2 else N, F))
    scene.down("3 09:00", "3 10:40")
    scene.end("3 18:00")
    scene.quiet("a0", "a1", "a2", "a3")
    scene.events(0, 0)
    return scene


ODD: list[Callable[[], Scene]] = [s28, s29, s30, s31, s32, s33, s34, s35, s36, s37, s38, s39, s40, s41, s42, s43]
