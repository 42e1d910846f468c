"""The hand-made traces. `python -m tests.replay.scenes` writes them all into traces/ again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from tests.replay.scene import CONFIRMED, FAULT, LOST, NONE, OFF, POWER, UP, F, Pc, Scene, T

FOLDER = Path(__file__).with_name("traces")
Gap = tuple[str, str]


def usual(pcs: list[Pc], days: Iterable[int], gaps: Iterable[Gap] = (), how: str = "goodbye") -> None:
    """Ordinary days: on before 07:30, off about 17:00, all by the minute of the PC."""
    gaps = list(gaps)
    for day in days:
        for number, pc in enumerate(pcs):
            pc.on(f"{day} 07:{18 + 2 * number:02d}", f"{day} 17:{1 + 2 * number:02d}", how, gaps)


def s01() -> Scene:
    scene = Scene("01_evening_off", "PCs switched off with a goodbye at 17:00 are no outage; nor is the weekend")
    usual(scene.office("a", 3), (5, 6, 9))
    scene.company((5, 6, 9))
    scene.end("9 20:00")
    scene.state("a", "5 20:00", OFF)
    scene.state("a", "7 10:00", OFF)
    scene.state("a", "6 09:00", UP)
    scene.quiet("a", "z0", "z1")
    scene.events(0, 0)
    return scene


def s02() -> Scene:
    scene = Scene("02_five_vanish", "five PCs fall silent in the same second at 10:00: suspected, and alerted")
    pcs = scene.office("a", 5)
    usual(pcs, (2,))
    for pc in pcs:
        pc.on("3 07:20", "3 10:00", "lost")
    scene.company((2, 3))
    scene.end("3 12:00")
    scene.state("a", "3 10:45", *FAULT)
    scene.alerts("a", 1, 1, closed=False, withdrawn=False)
    scene.quiet("z0", "z1")
    return scene


def cut(scene: Scene, pcs: list[Pc], gap: Gap, flags=(T, F, F), day: int = 3) -> None:
    """A day with one gap and the journal of it from every PC."""
    for number, pc in enumerate(pcs):
        pc.on(f"{day} 07:{18 + number}", f"{day} 17:0{number % 9}", gaps=[gap])
        pc.journal(f"{gap[0]}:30", f"{gap[1]}:10", flags)


def s03() -> Scene:
    scene = Scene(
        "03_journal_proves_line", "the journal saw the gateway up and the Internet down: confirmed line fault"
    )
    pcs = scene.office("a", 4)
    usual(pcs, (2,))
    cut(scene, pcs, ("3 09:40", "3 11:10"))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.share("a", "3 09:45", "3 11:08", 0.98, CONFIRMED)
    scene.state("a", "3 10:30", CONFIRMED, cause="line")
    scene.edge("a", "start", "3 09:40", 180, *LOST)
    scene.edge("a", "end", "3 11:10", 180, *LOST)
    scene.state("a", "3 14:00", UP)
    scene.alerts("a", 1, 1, closed=True, withdrawn=False)
    return scene


def s04() -> Scene:
    scene = Scene("04_area_power", "unclean shutdowns at several sites of one area: a power cut, one area event")
    names = ("a", "b", "c", "d")
    for name in names:
        pcs = scene.office(name, 2, "VNPT" if name in "ab" else "Viettel", "B")
        usual(pcs, (2,))
        for number, pc in enumerate(pcs):
            pc.on(f"3 07:2{number}", "3 10:00", "unclean").on(f"3 11:0{2 + number}", "3 17:00")
    scene.company((2, 3))
    scene.end("3 18:00")
    for name in names:
        scene.state(name, "3 10:40", POWER, cause="power")
        scene.alerts(name, 0, 1, withdrawn=False)
    scene.events(1, 1, area="B", cause=["power"], sites=list(names))
    scene.events(1, 1)
    scene.quiet("z0", "z1")
    return scene


def s05() -> Scene:
    scene = Scene("05_no_agent", "no agent, an agent that never came, a PC that left: not observed, never up")
    scene.site("empty")
    scene.site("mute")
    scene.pc("mute1", "mute")
    (pc,) = scene.office("left", 1)
    usual([pc], (2,))
    scene.site("new", "VNPT", "A")
    scene.move(pc, "new", "2 20:00")
    usual([pc], (3,))
    scene.company((2, 3))
    scene.end("3 18:00")
    for name in ("empty", "mute"):
        scene.checks.append({"site": name, "never": [UP, *FAULT]})
        scene.alerts(name, 0, 0)
    scene.state("left", "2 10:00", UP)
    scene.never("left", "2 21:00", "3 18:00", UP, *FAULT)
    scene.state("left", "3 10:00", NONE, OFF, "NEVER_REPORTED")
    scene.state("new", "3 10:00", UP)
    scene.never("new", "2 08:00", "2 17:00", UP)
    return scene


def s06() -> Scene:
    scene = Scene("06_provider_event", "five sites of one provider in several areas vanish together: one area event")
    for number in range(5):
        pcs = scene.office(f"v{number}", 2, "VNPT", f"A{number % 3}")
        usual(pcs, (2,))
        cut(scene, pcs, ("3 09:30", "3 10:45"))
    for number in range(3):
        usual(scene.office(f"o{number}", 1, "Viettel", f"A{number}"), (2, 3))
    scene.end("3 18:00")
    for number in range(5):
        scene.state(f"v{number}", "3 10:00", CONFIRMED, cause="line")
    scene.events(1, 1, provider="VNPT", cause=["line"], sites=[f"v{number}" for number in range(5)])
    scene.events(1, 1)
    scene.quiet("o0", "o1", "o2")
    return scene


def _blind(scene: Scene, journal: bool) -> None:
    for number in range(5):
        pcs = scene.office(f"a{number}-", 1 + number % 2, ("VNPT", "Viettel", "FPT")[number % 3], f"A{number % 2}")
        usual(pcs, (2,))
        for pc in pcs:
            pc.on(f"3 07:2{number}", f"3 17:0{number}", gaps=[("3 10:00", "3 11:20")])
            if journal and number % 2 == 0:
                pc.journal("3 10:00:20", "3 11:20:10", (T, T, F))
    scene.end("3 18:00")
    scene.quiet(*(f"a{number}-" for number in range(5)))
    scene.events(0, 0)


def s07() -> Scene:
    scene = Scene("07_blind_recorded", "the collector was down and says so: nobody is charged; a journal proves UP")
    _blind(scene, journal=True)
    scene.down("3 10:00", "3 11:20")
    for number in range(5):
        state = (UP,) if number % 2 == 0 else ("COLLECTOR_BLIND",)
        scene.share(f"a{number}-", "3 10:02", "3 11:18", 0.95, *state)
    return scene


def s08() -> Scene:
    scene = Scene(
        "08_blind_unrecorded", "all offices fall silent at once and come back: it was the collector, unrecorded"
    )
    _blind(scene, journal=False)
    for number in range(5):
        scene.never(f"a{number}-", "3 10:20", "3 11:18", UP)
    return scene


def s09() -> Scene:
    scene = Scene("09_blind_unrecorded_journal", "the same with journals of some: they were up, the others not charged")
    _blind(scene, journal=True)
    for number in (0, 2, 4):
        scene.share(f"a{number}-", "3 10:02", "3 11:18", 0.9, UP, "COLLECTOR_BLIND")
    return scene


def s10() -> Scene:
    scene = Scene("10_across_night", "a line cut before closing and still cut in the morning: one fault, one alert")
    pcs = scene.office("a", 3)
    usual(pcs, (2,))
    for pc in pcs:
        pc.on("3 07:20", "3 17:02", "lost", gaps=[("3 15:40", "3 23:00")])
        pc.journal("3 15:40:20", "3 17:01:30", (T, F, F))
        pc.on("4 07:25", "4 17:00", gaps=[("4 07:00", "4 09:30")])
        pc.journal("4 07:26:00", "4 09:30:10", (T, F, F))
    scene.company((2, 3, 4))
    scene.end("4 18:00")
    scene.share("a", "3 15:45", "3 17:00", 0.98, CONFIRMED)
    scene.share("a", "4 07:30", "4 09:28", 0.98, CONFIRMED)
    scene.never("a", "3 17:05", "4 07:20", UP)
    scene.edge("a", "start", "3 15:40", 180, *LOST)
    scene.edge("a", "end", "4 09:30", 180, *LOST)
    scene.alerts("a", 1, 1, closed=True, withdrawn=False)
    return scene


def s11() -> Scene:
    scene = Scene("11_single_waits", "one PC, no goodbye, back later with a clean shutdown and no journal: no alert")
    (pc,) = scene.office("a", 1)
    usual([pc], (2,))
    pc.on("3 07:25", "3 09:50", "lost").on("3 10:55", "3 17:02")
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.quiet("a")
    scene.never("a", "3 10:15", "3 10:50", UP)
    return scene


def s12() -> Scene:
    scene = Scene("12_single_line", "one PC, a journal of a line cut: confirmed after the fact")
    (pc,) = scene.office("a", 1)
    usual([pc], (2,))
    cut(scene, [pc], ("3 09:00", "3 15:00"))
    scene.company((2, 3))
    scene.end("3 18:00")
    scene.share("a", "3 09:03", "3 14:57", 0.98, CONFIRMED)
    scene.state("a", "3 10:30", CONFIRMED, cause="line")
    scene.alerts("a", 0, 1, withdrawn=False)
    return scene


SCENES: list[Callable[[], Scene]] = [s01, s02, s03, s04, s05, s06, s07, s08, s09, s10, s11, s12]


def every() -> list[Scene]:
    """All scenes of this file and the next two."""
    from tests.replay.scenes_more import MORE
    from tests.replay.scenes_odd import ODD

    return [make() for make in (*SCENES, *MORE, *ODD)]


def main() -> None:
    """Write all traces."""
    from tests.replay.scenes_more import shuffled

    FOLDER.mkdir(exist_ok=True)
    for scene in every():
        lines = shuffled(scene.lines()) if scene.name.startswith("15_") else None
        scene.write(FOLDER, lines)
        print(scene.name, len(scene.lines()))


if __name__ == "__main__":
    main()
