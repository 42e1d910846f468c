"""Agents that live through everything at once: any order of faults, a real full disk, a month without a line."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import subprocess
import sys
from typing import Iterator, Optional, Set

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from agent import backoff, loop
from agent.errors import TransportError
from agent.identity import Sequence, State
from agent.spool import Spool

from .fake_collector import FunctionTransport
from .faulty_disk import FaultyDisk, Image, Killed, Op, mounted, power_cut_after
from .test_spool_faults import BOOT, HOME, SPOOL, frame, numbers
from .world import World

HOUR, DAY, YEAR = 3600.0, 86400.0, 365 * 86400.0
CUT = TransportError("Không nối được", code="connect")


class LifeMachine(RuleBasedStateMachine):
    """Reports are made, arrive, are acknowledged or not, while disk, power and process fail in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = FaultyDisk(Image(folders={"/"}))
        self.taken: Set[int] = set()
        self.stored: Set[int] = set()
        self.done: Set[int] = set()
        self.given_up = 0
        self.uncertain: Set[int] = set()  # a report or an acknowledgement that a kill interrupted
        self.full = False
        self.limit = 1 << 20
        self.draw = random.Random(1)
        self.start(1 << 20)

    def start(self, limit: int) -> None:
        with mounted(self.disk):
            state = State(HOME)
            state.prepare()
            self.spool = Spool(SPOOL, limit)
            self.sequence = Sequence(state, self.spool.highest_seq)

    @initialize(limit=st.sampled_from([1 << 20, 4096]))
    def choose(self, limit: int) -> None:
        self.limit = self.spool.limit = limit

    def restart(self, image: Image) -> None:
        self.disk = FaultyDisk(image)
        self.full = False
        self.start(self.limit)
        there = numbers(self.spool)
        self.stored |= self.uncertain & there
        self.done |= self.uncertain & self.stored - there
        self.done -= there  # the acknowledgement was not on the disk yet: it is sent twice
        self.uncertain = set()

    @rule(keep=st.booleans())
    def make(self, keep: bool) -> None:
        with mounted(self.disk):
            seq = self.sequence.take()
            assert seq not in self.taken
            self.taken.add(seq)
            self.uncertain = {seq}
            if self.spool.append(frame(seq), seq, BOOT, keep):
                self.stored.add(seq)
            else:
                self.spool.give_up()
                self.given_up += 1
            self.uncertain = set()

    @rule(count=st.integers(1, 6), reply=st.booleans())
    def upload(self, count: int, reply: bool) -> None:
        with mounted(self.disk):
            refs = self.spool.newest(1 << 20, count)
            assert [self.spool.frame(ref) for ref in refs] == [frame(ref.seq) for ref in refs]
            if reply:  # else it got lost: the reports stay
                self.uncertain = {ref.seq for ref in refs}
                self.spool.done(refs)
                self.done |= self.uncertain
                self.uncertain = set()

    @precondition(lambda self: not self.full)
    @rule(calls=st.integers(0, 25), power=st.sampled_from([None, 0.0, 0.5]), acking=st.booleans())
    def die(self, calls: int, power: Optional[float], acking: bool) -> None:
        def fault(_op: Op) -> None:
            nonlocal calls
            calls -= 1
            if calls < 0:
                raise Killed

        self.disk.fault = fault
        with contextlib.suppress(Killed):
            self.upload(4, True) if acking else self.make(False)
        self.disk.fault = lambda op: None
        image = self.disk.now if power is None else power_cut_after(self.disk, len(self.disk.ops), self.draw, power)
        self.restart(image.copy())

    @rule(full=st.booleans())
    def fill_or_free_the_disk(self, full: bool) -> None:
        self.full = full
        self.disk.fault = self._full if full else lambda op: None

    def _full(self, op: Op) -> None:
        grows = op.kind == "write" and op.offset + len(op.data) > len(self.disk.now.contents[op.node])
        if grows or op.kind in ("create", "make_folder"):
            raise OSError(errno.ENOSPC, "full")

    @rule(limit=st.sampled_from([1 << 20, 4096, 2048]))
    def a_new_policy(self, limit: int) -> None:
        self.limit = self.spool.limit = limit

    @invariant()
    def nothing_is_missing_and_the_loss_is_exact(self) -> None:
        there = numbers(self.spool)
        assert there <= self.stored - self.done
        dropped = self.stored - self.done - there
        assert self.spool.lost() == len(dropped) + self.given_up
        assert self.limit < 1 << 20 or self.full or self.spool.size() <= self.limit


TestLifeMachine = LifeMachine.TestCase
TestLifeMachine.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


# --- a real disk that is really full

NEEDS_ROOT = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="mounts a small disk: only root may",
)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[str]:
    folder = str(tmp_path / "small")
    os.mkdir(folder)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "gapwatch-test", folder], check=False).returncode:
        pytest.skip("this container may not mount a disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


@NEEDS_ROOT
def test_a_disk_that_is_really_full_loses_nothing_stored_and_counts_the_rest(small_disk):
    """Stored, then full by somebody else's file, then room again; the agent is started anew in each state."""
    spool, stored, refused = Spool(small_disk + "/spool", 1 << 20), set(), 0
    sequence = Sequence(State(small_disk), spool.highest_seq)
    for phase in ("fill", "full", "room"):
        if phase == "room":
            os.unlink(small_disk + "/somebody-elses")
        for _ in range(40 if phase == "fill" else 15):
            seq = sequence.take()
            if spool.append(frame(seq), seq, BOOT, keep=False):
                stored.add(seq)
            else:
                spool.give_up()
                refused += 1
        if phase == "fill":
            with contextlib.suppress(OSError), open(small_disk + "/somebody-elses", "wb") as other:
                while True:
                    other.write(b"x" * 4096)
                    other.flush()
        spool = Spool(small_disk + "/spool", 1 << 20)
        sequence = Sequence(State(small_disk), spool.highest_seq)
        assert numbers(spool) == stored, phase
        assert spool.lost() == refused, phase
        assert sequence.last == len(stored) + refused, phase
    assert refused > 0
    spool.done(spool.newest(1 << 20, 999))
    assert (spool.pending(), spool.lost()) == (0, refused)


# --- a month without a server


@pytest.mark.parametrize(("limit", "inside"), [(8 << 20, True), (64 << 10, False)])
def test_thirty_days_without_a_server(tmp_path, monkeypatch, limit, inside):
    """The whole agent; the clock moves by years on the way, the PC starts anew, the line comes back."""
    monkeypatch.setattr(loop, "LONGEST_SLEEP_S", 3600.0)  # a turn in which nothing is due shows nothing
    monkeypatch.setattr(backoff, "ceiling_s", lambda failures: 2 * HOUR)  # nor do 200 tries a day
    world = World(tmp_path)
    world.spool_limit = limit
    world.collector.policy = world.agent.policy
    tries = 0
    collector = world.transport

    def cut(_batch, _headers):
        nonlocal tries
        tries += 1
        raise CUT

    world.run(HOUR)
    world.transport = FunctionTransport(cut)
    for day in range(30):
        boot = "{:032x}".format(day + 16) if day % 3 == 0 else None
        world.start(boot)
        world.agent.policy = _slow(world)
        world.clock.wall += (-12 * YEAR, 30 * YEAR, -18 * YEAR, 0)[day % 4]
        world.change = lambda data, day=day: data.update(system={"name": "day {}".format(day)})
        world.run(DAY)
        assert world.agent.spool.size() <= limit
    made = world.agent._sequence.last
    lost = world.agent.spool.lost()
    assert made > 700
    assert 30 * 12 < tries < 30 * 40
    assert (lost == 0) == inside

    world.transport = collector
    world.start("f" * 32)
    world.agent.policy = _slow(world)
    world.run(6 * HOUR)
    spool = world.agent.spool
    assert spool.pending() == 0
    assert len(world.collector.order) == len(world.collector.reports), "no report was sent twice"
    assert len(world.collector.reports) + spool.lost() == world.agent._sequence.last
    assert spool.lost() == lost
    assert world.reports[-1].lost_reports == lost
    first = world.collector.order[world.collector.order.index(max(world.collector.order[:99])) :]
    assert first[0] > made, "the state of today goes first"
    days_seen = {made.boot_id for made in world.reports}
    assert len(days_seen) == 12, "of every boot something is left, however coarse"


def _slow(world: World):
    """A report every half hour: the same month at a sixth of the cost."""
    import dataclasses

    return dataclasses.replace(world.agent.policy, heartbeat_s=1800, network_s=7200)
