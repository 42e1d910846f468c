"""Reports on a stick and the way back: nothing leaves the spool without the collector's own word."""

from __future__ import annotations

import os
import zlib

import pytest

from agent import bundle, receipts, settings
from agent.errors import AgentError, SettingsError
from agent.sideline import Sideline
from agent.wire import bundle as wire
from agent.wire import codec, envelope, report, seal
from agent.wire.bundle import Receipt, Settled
from agent.wire.exchange import AgentPolicy

from .fake_collector import MASTER
from .world import AGENT_ID, World

KEY = seal.derive_key(MASTER, AGENT_ID, 1)


@pytest.fixture
def pc(tmp_path):
    """A PC without any line that has been at work for an hour."""
    world = World(tmp_path / "state")
    world.transport.send = bundle.NoWay().send
    world.run(3600)
    return world


@pytest.fixture
def stick(tmp_path):
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


def found(world):
    return settings.load("/not/there.ini", {"agent.state_dir": world.folder})


def export(world, folder, said=None):
    lines = [] if said is None else said
    assert bundle.export(str(folder), found(world), lines.append) == 0
    return sorted(folder.glob("*.gwb"))


def reports_in(path):
    read = wire.read_bundle(path.read_bytes())
    assert read.problem == ""
    head, made = None, []
    for part in read.parts:
        head, batch = envelope.unpack_load(envelope.open_envelope(part, KEY))
        made += [report.report_from_bytes(seal.open_frame(frame, KEY)) for frame in seal.split(batch)]
    return head, made


def receipt_for(folder, *settled, policy=None, key=KEY, name="r.gwr"):
    content = codec.dumps(codec.to_plain(Receipt("c" * 32, 1.8e9, tuple(settled), policy=policy)))
    (folder / name).write_bytes(envelope.seal_envelope(envelope.RECEIPT, content, AGENT_ID, key, 1))


def test_all_that_waits_is_in_the_bundle_newest_first(pc, stick):
    waiting = pc.agent.spool.pending()
    (path,) = export(pc, stick)

    head, made = reports_in(path)

    assert waiting > 10
    assert [item.seq for item in made] == list(range(waiting, 0, -1))
    assert path.name.startswith("gapwatch-" + AGENT_ID[:8])
    assert head is not None and head.time_high_s == 0.0
    assert pc.agent.spool.pending() == waiting
    plain = path.read_bytes()
    assert b"GWR1" not in plain and pc.clock.boot.encode() not in plain and KEY not in plain


def test_only_what_the_receipt_names_leaves_the_spool(pc, stick):
    (path,) = export(pc, stick)
    _, made = reports_in(path)
    newest = made[0].seq
    receipt_for(stick, Settled(pc.clock.boot, (1, newest - 3)), policy=AgentPolicy(9, heartbeat_s=600))

    said = []
    export(pc, stick, said)

    assert "Đã nhận biên nhận" in said[0]
    pc.start()
    assert pc.agent.spool.pending() == 3
    assert pc.agent.spool.lost() == 0
    assert pc.agent.policy.heartbeat_s == 600
    _, again = reports_in(max(stick.glob("*.gwb"), key=os.path.getmtime))
    assert [item.seq for item in again] == [newest, newest - 1, newest - 2]


def test_a_running_agent_is_not_disturbed_and_takes_the_receipt_itself(pc, stick):
    newest = pc.agent.spool.highest_seq
    receipt_for(stick, Settled(pc.clock.boot, (1, newest - 1)), policy=AgentPolicy(9))
    sideline = Sideline(found(pc), pc.state, pc.state.identity(), pc.agent)
    with pc.state.lock():
        said = []
        (path,) = export(pc, stick, said)
        assert "trong vòng một phút" in said[0]
        assert pc.agent.spool.pending() == newest
        _, made = reports_in(path)
        assert [item.seq for item in made] == [newest]

        sideline.look()

    assert pc.agent.spool.pending() == 1
    assert pc.agent.policy.version == 9
    assert os.listdir(pc.state.path(receipts.FOLDER)) == []


@pytest.mark.parametrize("case", ["other_key", "other_boot", "damaged", "old_policy"])
def test_what_is_not_this_spool_s_receipt_moves_nothing(pc, stick, case):
    waiting = pc.agent.spool.pending()
    boot = "f" * 32 if case == "other_boot" else pc.clock.boot
    if case == "old_policy":
        pc.state.keep_policy(AgentPolicy(12))
    ranges = (500, 900) if case == "old_policy" else (1, 500)
    receipt_for(stick, Settled(boot, ranges), policy=AgentPolicy(3), key=bytes(32) if case == "other_key" else KEY)
    if case == "damaged":
        (stick / "r.gwr").write_bytes((stick / "r.gwr").read_bytes()[:-1])

    said = []
    export(pc, stick, said)

    assert "Không dùng được" in said[0] or "Đã nhận" in said[0] or "Bỏ qua" in said[0]
    pc.start()
    assert pc.agent.spool.pending() == waiting
    assert pc.agent.policy.version == {"old_policy": 12, "other_boot": 3}.get(case, 0)


def test_a_stick_that_is_pulled_out_leaves_no_half_bundle(pc, stick, monkeypatch):
    whole = {}
    write = bundle._flushed

    def pulled(file):
        whole["size"] = write(file)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(bundle, "_flushed", pulled)
    with pytest.raises(AgentError, match="vẫn còn nguyên"):
        export(pc, stick)

    assert whole["size"] > 1000
    assert list(stick.iterdir()) == []
    (stick / "gapwatch-{}-x.gwb.part".format(AGENT_ID[:8])).write_bytes(b"killed in the middle")
    (stick / "gapwatch-99999999-x.gwb.part").write_bytes(b"another PC's")
    monkeypatch.setattr(bundle, "_flushed", write)
    export(pc, stick)
    assert [path.name for path in stick.glob("*.part")] == ["gapwatch-99999999-x.gwb.part"]
    assert pc.agent.spool.pending() > 10


def test_a_full_stick_gets_what_fits_and_the_newest_first(pc, stick, monkeypatch):
    monkeypatch.setattr(bundle, "_free", lambda folder: bundle._SPARE + 400)
    monkeypatch.setattr(bundle, "MAX_FILES", 1)
    (path,) = export(pc, stick)
    _, made = reports_in(path)
    assert 0 < len(made) < pc.agent.spool.pending()
    assert made[0].seq == pc.agent.spool.highest_seq

    monkeypatch.setattr(bundle, "_free", lambda folder: 0)
    with pytest.raises(SettingsError, match="không còn chỗ"):
        export(pc, stick)


def test_a_large_spool_becomes_several_files(pc, stick, monkeypatch):
    monkeypatch.setattr(bundle, "_ROOM", 1500)

    files = export(pc, stick)

    assert len(files) > 1
    seqs = [item.seq for path in files for item in reports_in(path)[1]]
    assert sorted(seqs) == list(range(1, pc.agent.spool.pending() + 1))


def test_an_empty_spool_writes_no_file(tmp_path, stick):
    world = World(tmp_path / "state")

    assert export(world, stick) == []
    with pytest.raises(SettingsError, match="Không có thư mục"):
        export(world, stick / "not there")


def test_a_damaged_record_in_the_spool_costs_itself_only(pc, stick):
    (segment,) = [name for name in os.listdir(pc.state.path("spool")) if name.endswith(".seg")]
    path = os.path.join(pc.state.path("spool"), segment)
    with open(path, "r+b") as file:
        file.seek(os.path.getsize(path) // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes((byte[0] ^ 0xFF,)))

    (made,) = export(pc, stick)

    assert len(reports_in(made)[1]) == pc.agent.spool.pending() - 1


def test_import_receipt_says_when_nothing_was_for_this_pc(pc, stick):
    said = []
    with pytest.raises(SettingsError, match="Không có tệp biên nhận"):
        bundle.import_receipt(str(stick), found(pc), said.append)
    content = codec.dumps(codec.to_plain(Receipt("c" * 32, 1.8e9)))
    (stick / "x.gwr").write_bytes(envelope.seal_envelope(envelope.RECEIPT, content, "9" * 32, KEY, 1))

    assert bundle.import_receipt(str(stick), found(pc), said.append) == 1
    receipt_for(stick, Settled(pc.clock.boot, (1, 2)))
    assert bundle.import_receipt(str(stick), found(pc), said.append) == 0


def test_ranges_are_merged_and_searched():
    settled = receipts.Settled([Receipt("c", 1.0, (Settled("b", (5, 9, 1, 3, 4, 4)), Settled("b", (20, 30))))])
    boot = zlib.crc32(b"b")

    assert [seq for seq in range(40) if settled(boot, seq)] == [*range(1, 10), *range(20, 31)]
    assert not settled(boot + 1, 5)
