"""Identity, sequence, marker and lock: what must outlive kills, full disks and damage."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import struct
import subprocess
import sys
import zlib

import pytest

from agent.errors import BusyError, NotEnrolledError, StateError
from agent.files import Slots
from agent.identity import Sequence, State
from agent.probes.uptime import judge_last_shutdown
from agent.wire.exchange import AgentPolicy, EnrolAnswer

from .disks import Killed, TestDisk

ANSWER = EnrolAnswer("a" * 32, "b" * 64, 2, "UBND xã Vĩnh Sơn", policy=AgentPolicy(version=4))
BOOT_1, BOOT_2 = "1" * 32, "2" * 32


@pytest.fixture
def state(tmp_path):
    return State(str(tmp_path))


def test_an_identity_is_kept_privately(state):
    identity = state.accept(ANSWER, "https://a.vn")

    assert State(state.folder).identity() == identity
    assert identity.site_name == "UBND xã Vĩnh Sơn"
    assert state.policy().version == 4
    if os.name != "nt":
        assert stat.S_IMODE(os.stat(state.path("identity.json")).st_mode) == 0o600
    assert "b" * 64 not in repr(identity)


def test_no_identity_and_a_damaged_one_are_told_apart(state, tmp_path):
    with pytest.raises(NotEnrolledError, match="enrol --server"):
        state.identity()
    for text in ("", "{}", '{"agent_id": "x", "key": "y", "key_generation": 1}', "[1]"):
        (tmp_path / "identity.json").write_text(text)
        with pytest.raises(StateError, match="--again") as caught:
            state.identity()
        assert not isinstance(caught.value, NotEnrolledError)


def test_a_lost_answer_does_not_buy_a_second_identity(state):
    first = state.request_for("T1", "PC-01")

    again = State(state.folder).request_for("T2", "PC-01")

    assert again.request_id == first.request_id
    assert again.token == "T2"
    assert "T1" not in open_text(state, "enrolment.json")
    state.accept(ANSWER, "https://a.vn")
    assert state.request_for("T3", "PC-01").request_id != first.request_id


def open_text(state, name):
    return state.disk.read(state.path(name)).decode("utf-8")


def test_a_kill_at_any_byte_leaves_the_old_or_the_new_identity(tmp_path):
    newer = EnrolAnswer("c" * 32, "d" * 64, 1)
    for budget in range(0, 400, 7):
        State(str(tmp_path), TestDisk()).accept(ANSWER, "https://a.vn")
        with contextlib.suppress(Killed):
            State(str(tmp_path), TestDisk(budget)).accept(newer, "https://b.vn")

        assert State(str(tmp_path)).identity().agent_id in ("a" * 32, "c" * 32)


def test_a_full_disk_is_told_with_the_remedy(state):
    state.disk = TestDisk()
    state.disk.full = True

    with pytest.raises(StateError, match="chỗ trống"):
        state.accept(ANSWER, "https://a.vn")


def test_known_hashes_and_policy_survive_damage(state, tmp_path):
    state.keep_known({"system": ("0123456789ab", 7)})
    assert state.known() == {"system": ("0123456789ab", 7)}
    (tmp_path / "known.json").write_text('{"system": [1, 2], "reach": ["aa", 3], "x": "y"}')
    assert state.known() == {"reach": ("aa", 3)}
    (tmp_path / "known.json").write_bytes(b"\xff\xfe")
    assert state.known() == {}
    for text in ('{"heartbeat_s": "often"}', "5", "not json"):
        (tmp_path / "policy.json").write_text(text)
        assert state.policy() == AgentPolicy()


# --- sequence


def test_a_file_nested_without_end_is_only_a_damaged_file(state, tmp_path):
    for name in ("known.json", "policy.json", "identity.json"):
        (tmp_path / name).write_bytes(b"[" * 200_000)

    assert state.known() == {}
    assert state.policy() == AgentPolicy()
    with pytest.raises(StateError):
        state.identity()


def test_numbers_grow_by_one_over_restarts(state):
    assert [Sequence(state).take() for _ in range(3)] == [1, 2, 3]
    sequence = Sequence(state)
    assert [sequence.take(), sequence.take()] == [4, 5]


def test_the_spool_is_a_second_witness(state):
    Sequence(state).take()
    assert Sequence(state, seen=41).take() == 42
    assert Sequence(state).take() == 43


def test_a_counter_that_is_gone_leaves_numbers_out_and_takes_none_twice(state, tmp_path):
    """Numbers above the spool's highest may have been delivered: its newest reports go first."""
    for _ in range(50):
        Sequence(state).take()
    for damage in (b"", b"\xff" * 9000, b"GWN1"):
        (tmp_path / "sequence").write_bytes(damage)
        assert Sequence(state, seen=41).take() > 1000
    (tmp_path / "sequence").unlink()
    assert Sequence(state, seen=41).take() > 1000
    (tmp_path / "sequence").unlink()
    state.keep_known({"system": ("0123456789ab", 41)})
    assert Sequence(state).take() > 1000


def test_a_disk_that_keeps_no_number_gives_each_start_its_own(state):
    class Dead(TestDisk):
        def write_at(self, *_: object) -> None:
            raise OSError(5, "Input/output error")

    Sequence(state).take()
    state.disk = Dead()
    ranges = []
    for _ in range(4):
        sequence = Sequence(state)
        ranges.append([sequence.take() for _ in range(3)])
    assert all(taken == list(range(taken[0], taken[0] + 3)) for taken in ranges)
    assert len({taken[0] for taken in ranges}) > 1
    assert max(map(max, ranges)) < 2**31
    state.disk = TestDisk()
    assert Sequence(state).take() == 2


def test_the_counter_of_version_0_2_is_read_and_counted_on(state, tmp_path):
    body = struct.pack(">4sQQQ", b"GWN1", 7, 300, 0)
    older = struct.pack(">4sQQQ", b"GWN1", 6, 299, 0)
    slots = [part + struct.pack(">I", zlib.crc32(part)) for part in (older, body)]
    (tmp_path / "sequence").write_bytes(b"".join(slots))

    assert [Sequence(state).take() for _ in range(3)] == [301, 302, 303]
    assert (tmp_path / "sequence").stat().st_size == 64


def test_a_state_folder_that_cannot_be_read_back_is_no_reason_not_to_start(state):
    class BadBlock(TestDisk):
        def read(self, path: str, *_: int) -> bytes:
            raise OSError(5, "Input/output error")

        read_at = read  # type: ignore[assignment]

    Sequence(state).take()
    state.keep_policy(AgentPolicy(version=3))
    state.disk = BadBlock()

    assert state.policy() == AgentPolicy()
    assert state.known() == {}
    assert Sequence(state).take() > 1


def test_no_number_comes_twice_whenever_the_kill_comes(tmp_path):
    for budget in range(300):
        state = State(str(tmp_path / str(budget)))
        state.prepare()
        taken = []
        state.disk = TestDisk(budget)
        try:
            sequence = Sequence(state)
            while True:
                taken.append(sequence.take())
        except Killed:
            pass
        state.disk = TestDisk()
        assert Sequence(state).take() > max(taken, default=0)


def test_numbers_count_on_while_the_disk_is_full(state):
    Sequence(state).take()
    state.disk = TestDisk()
    state.disk.full = True

    assert [Sequence(state).take() for _ in range(3)] == [2, 3, 4]


def test_one_damaged_slot_falls_back_to_the_other(tmp_path):
    slots = Slots(str(tmp_path / "n"), TestDisk())
    for value in range(1, 6):
        slots.store(value, 9)
    good = (tmp_path / "n").read_bytes()
    for place in (*range(32), *range(4096, 4128)):
        (tmp_path / "n").write_bytes(good[:place] + bytes((good[place] ^ 0x55,)) + good[place + 1 :])
        again = Slots(str(tmp_path / "n"), TestDisk())
        assert again.damaged
        assert again.values in ((5, 9), (4, 9))


@pytest.mark.parametrize("sector", [0, 4096])
def test_a_spoilt_sector_takes_one_slot_and_no_number_twice(state, tmp_path, sector):
    taken = [Sequence(state).take() for _ in range(7)]
    data = bytearray((tmp_path / "sequence").read_bytes())
    data[sector : sector + 512] = b"\xee" * len(data[sector : sector + 512])
    (tmp_path / "sequence").write_bytes(bytes(data))

    assert Sequence(state).take() > max(taken)


def test_a_write_that_failed_goes_to_the_same_slot_again(tmp_path):
    """The other slot holds the last good numbers."""
    disk = TestDisk()
    slots = Slots(str(tmp_path / "n"), disk)
    slots.store(1)
    slots.store(2)
    places = []

    def refuse(_path, offset, _data):
        places.append(offset)
        raise OSError(5, "Input/output error")

    disk.write_at = refuse  # type: ignore[method-assign]
    assert not slots.store(3)
    assert not slots.store(4)
    assert len(set(places)) == 1
    assert slots.values == (4, 0)
    assert Slots(str(tmp_path / "n"), TestDisk()).values == (2, 0)


# --- marker


def test_the_marker_tells_the_next_boot_how_this_one_ended(state):
    state.mark(BOOT_1, 1.8e9, goodbye=False)
    marker = json.loads(open_text(state, "marker.json"))
    assert judge_last_shutdown(marker, BOOT_1).how == ""
    found = judge_last_shutdown(marker, BOOT_2)
    assert (found.how, found.source, found.last_seen) == ("unclean", "agent_marker", "2027-01-15T08:00:00Z")

    state.mark(BOOT_1, 1.8e9, goodbye=True)
    assert judge_last_shutdown(json.loads(open_text(state, "marker.json")), BOOT_2).how == "clean"


def test_a_second_start_in_one_boot_still_knows_the_boot_before(tmp_path):
    State(str(tmp_path)).mark(BOOT_1, 1.8e9, goodbye=False)
    for _ in range(3):
        state = State(str(tmp_path))
        state.mark(BOOT_2, 1.8e9 + 60, goodbye=False)
        state.mark(BOOT_2, 1.8e9 + 90, goodbye=True)

    assert judge_last_shutdown(json.loads(open_text(state, "marker.json")), BOOT_2).how == "unclean"


def test_a_clock_gone_mad_does_not_stop_the_marker(state):
    for now in (-1e12, 1e18):
        state.mark(BOOT_1, now, goodbye=False)


# --- lock


def test_one_agent_per_folder_and_a_dead_one_lets_go(state):
    code = (
        "import sys; from agent.identity import State\n"
        "with State(sys.argv[1]).lock(): print('held', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, state.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=os.getcwd()),
    )  # fmt: skip
    with child:
        assert child.stdout.readline().strip() == b"held"
        with pytest.raises(BusyError, match="Dừng dịch vụ"), state.lock():
            pass
        child.kill()
    with state.lock():
        pass
