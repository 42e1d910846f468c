"""The journal within an agent's days: outages, shutdowns, kills, refusals, on a virtual clock."""

from __future__ import annotations

import threading
from typing import Any, List, Optional, Set

import pytest

from agent.errors import TransportError
from agent.journal import Journal, Look, boot_before
from agent.journal_file import JournalFile
from agent.loop import run
from agent.probe import ProbeResult
from agent.watch import Watch
from agent.wire import codec
from agent.wire.exchange import AgentPolicy
from agent.wire.sections_journal import JournalEntry, JournalInfo

from .fake_collector import FunctionTransport
from .world import World

HOUR = 3600.0
CUT = TransportError("Không nối được", code="connect")
LINE_LOST = Look(link=True, gateway=True, provider=False, internet=False, collector=False)
GOOD = Look(link=True, gateway=True, provider=True, internet=True, captive=False, collector=True)


class Watched(World):
    """A PC that keeps a journal; `error` is what stands in the way of its reports, `see` what a look gives."""

    def __init__(self, folder: Any, **options: Any) -> None:
        self.error: Optional[TransportError] = None
        self.see = LINE_LOST
        self.looks: List[float] = []
        super().__init__(folder, **options)

    def start(self, boot: Optional[str] = None) -> None:
        if not isinstance(self.transport.send, _Cut):
            self.transport = FunctionTransport(_Cut(self, self.transport.send))
        super().start(boot)
        book = Journal(JournalFile(self.state.path("journal"), self.disk), self.clock.boot)
        before = boot_before(self.state.kept("marker.json"), self.clock.boot)
        self.agent._tools.watch = self.watch = Watch(book, self.look, self.clock, before, spawn=lambda job: job())

    def look(self, policy: AgentPolicy) -> Look:
        self.looks.append(self.clock.mono)
        return self.see

    def cut(self, seconds: float) -> None:
        self.error = CUT
        self.run(seconds)
        self.error = None

    def entries(self) -> List[JournalEntry]:
        """What has arrived, each once, as the newest report told it."""
        found = {}
        for made in self.reports:
            section = made.sections.get("journal")
            if section is not None and section.data is not None:
                for entry in codec.read(JournalInfo, section.data).entries:
                    key = (entry.boot_id, entry.from_monotonic_s)
                    if key not in found or found[key].to_monotonic_s <= entry.to_monotonic_s:
                        found[key] = entry
        return [found[key] for key in sorted(found)]


class _Cut:
    def __init__(self, world: Watched, inner: Any) -> None:
        self.world, self.inner = world, inner

    def __call__(self, batch: bytes, headers: Any) -> Any:
        if self.world.error is not None:
            raise self.world.error
        return self.inner(batch, headers)


def gaps(times: List[float]) -> Set[float]:
    return {times[number] - times[number - 1] for number in range(1, len(times))}


@pytest.fixture
def world(tmp_path) -> Watched:
    return Watched(tmp_path)


def test_while_reports_get_through_nothing_is_looked_at_or_told(world) -> None:
    world.run(6 * HOUR)

    assert world.looks == []
    assert world.entries() == []
    assert all("journal" not in made.sections for made in world.reports)


def test_an_outage_is_watched_and_told_after_the_present_state(world) -> None:
    world.run(HOUR)
    told, began = len(world.collector.order), world.clock.mono
    world.cut(2 * HOUR)
    world.see, over = GOOD, world.clock.mono
    world.run(HOUR)

    first, second = world.entries()
    assert (first.provider, first.internet, first.collector, first.ended) == (False, False, False, "changed")
    assert began <= first.from_monotonic_s <= began + 300 + 60
    assert over - 60 <= first.to_monotonic_s <= over
    assert (second.collector, second.ended) == (True, "reported")
    assert over <= second.from_monotonic_s <= over + 60
    assert gaps(world.looks) == {60.0}, "every journal_s, and never while reports get through"
    by_seq = {made.seq: made for made in world.reports}
    back = [by_seq[seq] for seq in world.collector.order[told:] if by_seq[seq].monotonic_s >= over]
    assert "journal" not in back[0].sections
    assert any("journal" in made.sections for made in back[:3])
    assert not world.watch.journal.is_due(world.clock.mono), "arrived, and gone from the disk"


def test_the_collector_is_tried_soon_after_it_is_seen_again(world) -> None:
    world.run(HOUR)
    world.cut(5 * HOUR)
    world.see, over = GOOD, world.clock.mono
    world.run(HOUR)

    back = min(made.monotonic_s for made in world.reports if made.monotonic_s >= over)
    assert back <= over + 60 + 300


def test_the_policy_says_how_often(world) -> None:
    world.collector.policy = AgentPolicy(version=2, journal_s=120)
    world.run(HOUR)
    world.cut(2 * HOUR)

    assert gaps(world.looks) == {120.0}


@pytest.mark.parametrize("where", ["policy", "settings"])
def test_switched_off_it_neither_looks_nor_tells(world, where) -> None:
    world.run(HOUR)
    world.cut(HOUR)
    if where == "policy":
        world.collector.policy = AgentPolicy(version=2, disabled_probes=("journal",))
    else:
        world.agent._disabled = ("journal",)
    world.run(0.5 * HOUR)  # the first answer brings the policy
    told, looks = len(world.entries()), len(world.looks)
    world.cut(2 * HOUR)
    world.run(HOUR)

    assert len(world.looks) == looks
    assert len(world.entries()) == told


def test_a_collector_that_refuses_is_no_fault_of_the_line(world) -> None:
    world.run(HOUR)
    world.error = TransportError("bị thu hồi", code="agent_revoked", status=403, permanent=True)
    world.run(6 * HOUR)

    assert world.looks == []


def test_an_orderly_shutdown_in_the_middle_of_an_outage(world) -> None:
    world.run(HOUR)
    world.error = CUT
    world.run(HOUR)
    run(world.agent, lambda seconds: True)
    world.clock.pass_time(12 * HOUR)
    world.start("c" * 32)
    world.run(HOUR)
    world.error, world.see = None, GOOD
    world.run(HOUR)

    ends = [(entry.boot_id[0], entry.ended) for entry in world.entries()]
    assert ends[0] == ("b", "goodbye")
    assert ends[-1] == ("c", "reported")


@pytest.mark.parametrize(("by_system", "ended"), [(None, "unclean"), ("unclean", "unclean"), ("clean", "goodbye")])
def test_a_boot_that_ends_without_a_word(world, by_system, ended) -> None:
    """The operating system's own record goes before the marker."""
    world.run(HOUR)
    world.error = CUT
    world.run(HOUR)
    if by_system is not None:
        world.data["uptime"] = ProbeResult("uptime", "ok", {"last_shutdown": by_system})
    world.start("c" * 32)
    world.error = None
    world.run(HOUR)

    assert [(entry.boot_id[0], entry.ended) for entry in world.entries()] == [("b", ended)]


def test_kills_during_and_after_an_outage_lose_nothing_that_was_told_to_stay(world) -> None:
    world.run(HOUR)
    for _ in range(4):
        world.cut(HOUR)
        world.error = CUT
        world.start()  # killed and started again in the same boot
    world.error = None
    world.start()
    world.run(HOUR)

    entries = world.entries()
    assert len(entries) == 4
    assert {entry.ended for entry in entries} == {"restarted"}
    assert all(entry.to_monotonic_s - entry.from_monotonic_s >= HOUR - 600 for entry in entries)


def test_sleep_in_an_outage_is_not_claimed(world) -> None:
    world.run(HOUR)
    world.cut(HOUR)
    world.error = CUT
    slept = world.clock.mono
    world.clock.pass_time(10 * HOUR)
    world.run(HOUR)
    world.error = None
    world.run(HOUR)

    first, second = world.entries()[:2]
    assert (first.ended, first.to_monotonic_s <= slept) == ("slept", True)
    assert second.from_monotonic_s >= slept + 10 * HOUR


def test_an_inventory_that_waits_carries_the_journal_so_far(world) -> None:
    """For roads on which the collector never answers, such as a stick."""
    world.collector.policy = AgentPolicy(version=2, inventory_s=3 * 3600)
    world.run(HOUR)
    world.error = CUT
    world.run(4 * HOUR)
    world.error = None
    world.run(0.5 * HOUR)

    sent = [made for made in world.reports if made.kind == "inventory" and "journal" in made.sections]
    assert len(sent) == 1
    assert len(world.entries()) == 1, "the same entry, longer each time"


def test_a_look_runs_beside_the_loop(tmp_path) -> None:
    clock, go = World(tmp_path / "w").clock, threading.Event()
    done = threading.Event()

    class Delivery:
        reached = False
        outcome: dict = {}

        def collector_is_back(self, within_s: float) -> None:
            raise AssertionError

    def look(policy: AgentPolicy) -> Look:
        go.wait(10)
        return LINE_LOST

    def spawn(job: Any) -> None:
        def work() -> None:
            job()
            done.set()

        threading.Thread(target=work, daemon=True).start()

    watch = Watch(Journal(JournalFile(str(tmp_path / "j")), "b" * 32), look, clock, spawn=spawn)
    policy = AgentPolicy()
    watch.turn(policy, Delivery())  # type: ignore[arg-type]
    assert not watch.journal.is_open
    assert (watch.wait_s() or 0) <= 2
    go.set()
    assert done.wait(10)
    began = clock.mono
    clock.pass_time(7)
    watch.turn(policy, Delivery())  # type: ignore[arg-type]

    assert watch.journal.is_open
    assert watch.journal.info(with_open=True)[0].entries[0].from_monotonic_s == began, (
        "when it was looked, not when told"
    )
    assert 50 <= (watch.wait_s() or 0) <= 60


def test_a_look_that_fails_says_nothing(world) -> None:
    def broken(policy: AgentPolicy) -> Look:
        raise OSError("no such thing")

    world.watch._look = broken
    world.run(HOUR)
    world.cut(HOUR)
    world.run(HOUR)

    assert world.entries() == []
