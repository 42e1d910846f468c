"""Days of an agent in milliseconds: schedule, outages, bad clocks, full disks, refusals."""

from __future__ import annotations

import logging

import pytest

from agent.backoff import BACKLOG_PAUSE_S, BACKLOG_SPREAD_S
from agent.delivery import BATCH_FRAMES
from agent.errors import TransportError
from agent.loop import run
from agent.probe import ProbeResult
from agent.wire.exchange import Ack, AgentPolicy, UploadAnswer
from agent.wire.seal import split

from .disks import TestDisk
from .fake_collector import Collector, FunctionTransport
from .world import CYCLES, World

DAY = 86400.0
HOUR = 3600.0


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


class Line:
    """The collector behind a line that can be cut, or a server that refuses."""

    def __init__(self, world: World) -> None:
        self.tries = 0
        self.error = None
        inner = world.transport.send

        def send(batch, headers):
            self.tries += 1
            if self.error is not None:
                raise self.error
            return inner(batch, headers)

        world.transport = FunctionTransport(send)
        world.start()


CUT = TransportError("Không nối được", code="connect")


def test_a_quiet_day(world):
    turns = world.run(DAY)

    reports = world.reports
    assert reports[0].kind == "inventory", "a PC enrolled just now shows at once"
    assert reports[0].monotonic_s == 100.0
    kinds = [made.kind for made in reports]
    assert kinds.count("inventory") <= 2
    assert 286 <= kinds.count("heartbeat") <= 340  # network cycles have a phase of their own
    assert [made.seq for made in reports] == list(range(1, len(reports) + 1))
    assert sum(len(made.sections) for made in reports[5:]) == 0  # nothing changed, nothing told
    assert all(made.lost_reports == made.pending_reports == 0 for made in reports)
    assert turns < 2000


def test_cycles_measure_what_is_theirs(world):
    world.run(HOUR)

    assert ["uptime"] in world.measured
    assert list(CYCLES) in world.measured
    network = [names for names in world.measured if "reach" in names and "system" not in names]
    assert network
    assert all(names == ["interfaces", "counters", "neighbours", "reach", "uptime"] for names in network)


def test_a_change_is_told_in_the_next_report_of_its_cycle(world):
    world.run(HOUR)
    told = len(world.reports)
    world.data["interfaces"] = {"interfaces": [{"name": "eth0", "is_up": False}]}
    world.run(HOUR)

    with_sections = [made for made in world.reports[told:] if made.sections]
    assert len(with_sections) == 1
    assert with_sections[0].sections["interfaces"].data == world.data["interfaces"]


def test_agents_of_a_province_do_not_march_in_step(tmp_path):
    dues = set()
    for seed in range(8):
        world = World(tmp_path / str(seed), seed=seed)
        world.run(700)
        dues.add(tuple(made.monotonic_s for made in world.reports[1:3]))
    assert len(dues) == 8


def test_an_outage_of_a_day_is_delivered_newest_first_in_bounded_batches(world):
    line = Line(world)
    world.run(HOUR)
    before = len(world.reports)
    line.error = CUT
    world.run(DAY)
    waiting = world.agent.spool.pending()
    assert waiting > 280
    assert line.tries < 400  # backing off, not hammering

    line.error = None
    mark, come = len(world.collector.uploads), len(world.collector.order)
    world.run(1800)

    assert world.agent.spool.pending() == 0
    assert len(world.reports) >= before + waiting
    uploads = world.collector.uploads[mark:]
    assert uploads[0][0] == 1  # now comes before then
    assert max(count for count, _ in uploads) <= BATCH_FRAMES
    first = next(place for place, (count, _) in enumerate(uploads) if count > 1)
    assert uploads[first][1].startswith("b" * 32 + " ")  # old reports come with the clock
    order = world.collector.order[come:]
    now, then = order[:first], order[first : first + uploads[first][0]]
    assert min(now) > max(then[1:])  # the latest heartbeat may travel with the past
    assert then == sorted(then, reverse=True)
    assert world.reports[-1].pending_reports == 0


def test_backlog_batches_are_paced(world):
    line = Line(world)
    line.error = CUT
    world.run(DAY)
    line.error = None
    sent_at = []
    inner = world.delivery._transport.send
    world.delivery._transport.send = lambda batch, headers: sent_at.append(world.clock.mono) or inner(batch, headers)
    world.run(HOUR)

    assert world.agent.spool.pending() == 0
    gaps = [sent_at[place + 1] - sent_at[place] for place in range(len(sent_at) - 1)]
    assert min(gaps) >= BACKLOG_PAUSE_S - 0.001
    assert gaps[0] <= BACKLOG_PAUSE_S + BACKLOG_SPREAD_S + 0.001


def test_a_restart_goes_on_where_it_was(world):
    line = Line(world)
    line.error = CUT
    world.run(HOUR)
    taken = world.agent._sequence.last
    world.start()
    world.run(HOUR)
    line.error = None
    world.start(boot="c" * 32)
    world.run(HOUR)

    seqs = [made.seq for made in world.reports]
    assert sorted(seqs) == list(range(1, max(seqs) + 1))
    assert max(seqs) > taken
    assert {made.boot_id[0] for made in world.reports} == {"b", "c"}


def test_data_is_sent_once_even_over_an_outage_and_a_restart(world):
    line = Line(world)
    line.error = CUT
    world.run(DAY)
    line.error = None
    world.run(HOUR)

    carried = [name for made in world.reports for name, section in made.sections.items() if section.data]
    assert sorted(carried) == sorted(CYCLES)
    world.start()
    world.run(HOUR)
    carried = [name for made in world.reports for name, section in made.sections.items() if section.data]
    assert sorted(carried) == sorted(CYCLES)


def test_a_collector_that_lost_its_data_gets_it_again(world):
    world.run(HOUR)
    world.collector.data.clear()
    world.agent._due["inventory"] = world.clock.mono
    world.run(2 * HOUR)

    assert {name for _, name, _ in world.collector.data} == set(CYCLES)


def test_a_clock_that_jumps_moves_nothing(world):
    world.run(HOUR)
    count = len(world.reports)
    world.clock.wall -= 10 * 365 * DAY
    world.run(HOUR)
    world.clock.wall += 1e10
    world.run(HOUR)

    assert 22 <= len(world.reports) - count <= 32


def test_a_monotonic_clock_that_goes_back_does_not_silence_the_agent(world):
    world.clock.pass_time(40 * DAY)
    world.start()
    world.run(HOUR)
    count = len(world.reports)
    world.clock.mono = 50.0
    world.run(HOUR)

    assert len(world.reports) - count >= 10


def test_a_night_asleep_makes_one_report_not_a_hundred(world):
    world.run(HOUR)
    count = len(world.reports)
    world.clock.pass_time(10 * HOUR)
    world.run(60)

    assert len(world.reports) - count <= 2


def test_a_policy_is_taken_over_kept_and_bounded(world):
    world.run(600)
    world.collector.policy = AgentPolicy(version=3, heartbeat_s=1, network_s=900, disabled_probes=("reach",))
    world.run(600)

    assert world.agent.policy.version == 3
    assert world.agent.policy.heartbeat_s == 5  # a slip of the pen does not flood the line
    assert world.reports[-1].policy_version == 3
    world.start()
    assert world.agent.policy.network_s == 900
    world.measured.clear()
    world.run(HOUR)
    assert world.measured
    assert all("reach" not in names for names in world.measured)


def test_come_back_later_is_obeyed(world):
    world.run(600)
    world.collector.come_back = (3000, 600)
    world.run(301)
    uploads = len(world.collector.uploads)
    world.run(2400)
    assert len(world.collector.uploads) == uploads
    world.collector.come_back = (0, 0)
    world.run(1800)
    assert len(world.collector.uploads) > uploads
    assert world.agent.spool.pending() == 0


def test_a_refused_identity_is_quiet_for_a_day_keeps_its_reports_and_recovers(world, caplog):
    line = Line(world)
    world.run(600)
    line.error = TransportError("Máy chủ từ chối", "chạy enrol --again", True, "agent_unknown", 401)
    tries = line.tries
    logger = logging.getLogger("gapwatch")
    logger.addHandler(caplog.handler)
    world.run(0.85 * DAY)
    logger.removeHandler(caplog.handler)

    assert line.tries == tries + 1
    assert len({id(each) for each in caplog.records if "enrol --again" in each.getMessage()}) == 1
    assert world.agent.spool.pending() > 200
    line.error = None
    world.run(DAY)
    assert world.agent.spool.pending() == 0


def test_one_poisoned_report_stops_nobody_else(world):
    line = Line(world)
    line.error = CUT
    world.run(HOUR)
    line.error = None
    inner = world.delivery._transport.send
    poison = world.agent.spool.frame(next(ref for ref in world.agent.spool.newest(1 << 20, 99) if ref.seq == 5))

    def send(batch, headers):
        if poison in batch:
            raise TransportError("không hiểu", "", True, "frame", 400)
        return inner(batch, headers)

    world.delivery._transport.send = send
    world.run(3 * HOUR)

    assert world.agent.spool.pending() == 1
    assert world.agent.spool.lost() == 0
    world.delivery._transport.send = inner
    world.run(8 * HOUR)
    assert world.agent.spool.pending() == 0


def test_rejected_reports_are_not_sent_again_and_their_data_comes_anew(world):
    world.collector.acks[1] = "rejected"
    world.run(700)

    assert world.collector.order.count(1) == 1
    assert world.agent.spool.pending() == 0
    assert sum("uptime" in made.sections and made.sections["uptime"].data is not None for made in world.reports) == 1


def test_a_report_that_the_collector_cannot_read_is_rejected_without_its_number(world):
    def send(batch, headers):
        return UploadAnswer(tuple(Ack(0, "rejected", "field") for _ in split(batch)))

    world.transport = FunctionTransport(send)
    world.start()
    world.run(HOUR)

    assert world.agent.spool.pending() == 0


def test_a_busy_collector_is_left_alone_for_as_long_as_it_says(world):
    tries = []

    def send(batch, headers):
        tries.append(world.clock.mono)
        return UploadAnswer(tuple(Ack(0, "retry") for _ in split(batch)), come_back_s=30, spread_s=60)

    inner, world.transport = world.transport, FunctionTransport(send)
    world.start()
    world.run(HOUR)
    gaps = [tries[place + 1] - tries[place] for place in range(len(tries) - 1)]
    assert all(30 <= gap <= 90 + 1 for gap in gaps[1:])
    world.delivery._transport = inner
    world.run(600)
    assert world.agent.spool.pending() == 0


def test_retry_keeps_the_report_and_backs_off(world):
    world.collector.acks[1] = "retry"
    world.run(1800)
    assert 2 <= world.collector.order.count(1) <= 20
    world.collector.acks.clear()
    world.run(1800)
    assert 1 in [made.seq for made in world.reports]


def test_acks_for_other_numbers_are_not_believed(world):
    world.transport = FunctionTransport(lambda batch, headers: UploadAnswer())
    world.start()
    world.run(HOUR)

    assert world.agent.spool.pending() >= 11


def test_a_probe_or_disk_that_explodes_does_not_end_the_agent(world):
    def explode(_names, _policy):
        raise MemoryError("no")

    world.run(600)
    world.agent._tools.measure = explode
    world.run(HOUR)
    world.agent._tools.measure = world.measure
    count = len(world.reports)
    world.run(HOUR)

    assert len(world.reports) >= count + 11


def test_a_full_disk_still_delivers_and_counts_what_it_cannot(world):
    line = Line(world)
    world.run(700)
    assert isinstance(world.disk, TestDisk)
    world.disk.full = True
    sent = len(world.reports)
    world.run(HOUR)
    assert len(world.reports) >= sent + 11  # delivered without being stored
    made = world.agent._sequence.last
    line.error = CUT
    world.run(HOUR)
    missed = world.agent._sequence.last - made
    line.error = None
    world.disk.full = False
    world.run(HOUR)

    assert world.reports[-1].lost_reports == missed
    assert missed + len(world.reports) == world.agent._sequence.last


def test_the_loss_over_the_limit_is_reported_exactly(world):
    world.spool_limit = 8 * 1024
    line = Line(world)
    line.error = CUT
    world.run(DAY)
    lost = world.agent.spool.lost()
    assert lost > 100
    line.error = None
    world.run(2 * HOUR)

    assert world.agent.spool.pending() == 0
    assert len(world.reports) + world.agent.spool.lost() == world.agent._sequence.last
    assert world.reports[-1].lost_reports >= lost


def test_what_the_collector_misses_is_measured_data_of_the_last_time(world):
    world.data["hardware"] = ProbeResult("hardware", "denied", None, "permission denied")
    world.run(600)
    inventory = next(made for made in world.reports if made.kind == "inventory")

    assert inventory.sections["hardware"].status == "denied"
    assert inventory.sections["hardware"].error == "permission denied"


def test_a_report_too_large_still_goes(world):
    draw = __import__("random").Random(1)
    world.data["hardware"] = {"disks": ["%030x" % draw.getrandbits(120) for _ in range(22000)]}
    world.run(600)

    inventory = next(made for made in world.reports if made.kind == "inventory")
    assert inventory.sections["hardware"].status == "failed"
    assert inventory.sections["system"].data == {"name": "system"}


def test_stopping_says_goodbye(world):
    stops = iter([False, False, True])

    run(world.agent, lambda seconds: world.clock.pass_time(seconds) or next(stops))

    assert world.reports[-1].kind == "goodbye"
    assert '"goodbye": true' in world.disk.read(world.state.path("marker.json")).decode()


def test_a_goodbye_without_a_line_waits_in_the_spool(world):
    line = Line(world)
    line.error = CUT
    world.run(600)
    tries = line.tries
    world.agent.goodbye()
    assert line.tries == tries  # no waiting for a dead line while the PC shuts down
    line.error = None
    world.start(boot="c" * 32)
    world.run(600)

    assert [made.kind for made in world.reports].count("goodbye") == 1


def test_reports_of_a_given_up_identity_do_not_block_the_new_one(tmp_path):
    collector = Collector()
    world = World(tmp_path, collector)
    line = Line(world)
    line.error = CUT
    world.run(HOUR)
    old = world.agent.spool.pending()
    line.error = None
    new_id = "cc" * 16
    from agent.wire.exchange import EnrolAnswer
    from agent.wire.seal import derive_key

    from .fake_collector import MASTER

    world.state.accept(EnrolAnswer(new_id, derive_key(MASTER, new_id, 1).hex(), 1), "https://a.vn")
    inner = world.transport.send

    def send(batch, headers):
        if batch[7:23].hex() != new_id:
            raise TransportError("thu hồi", "", True, "agent_revoked", 401)
        return inner(batch, headers)

    world.transport = FunctionTransport(send)
    world.start()
    world.delivery._agent_id = bytes.fromhex(new_id)
    world.run(HOUR)

    assert {made.agent_id for made in world.reports} == {new_id}
    assert world.agent.spool.pending() == 0
    assert world.agent.spool.lost() == old


def test_quick_heartbeats_do_not_starve_the_backlog(world):
    """The line was away for an hour; with a beat shorter than the backlog's pause it must drain all the same."""
    line = Line(world)
    world.collector.policy = AgentPolicy(version=2, heartbeat_s=10)
    world.run(120)
    line.error = CUT
    world.run(HOUR)
    waiting = world.agent.spool.pending()
    assert waiting > 100
    line.error = None
    world.run(1200)

    assert world.agent.spool.pending() <= 1
    assert world.reports[-1].lost_reports == 0
