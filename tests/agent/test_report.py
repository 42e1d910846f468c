"""What goes into a report: only what is news, with data only when the collector lacks it."""

from __future__ import annotations

import copy

import pytest

from agent import report
from agent.probe import ProbeResult
from agent.report import VOLATILE_REFRESH_S, Header, Memory
from agent.wire.report import report_from_bytes, report_to_bytes, section_hash

REACH = {
    "checks": [
        {"name": "collector", "stage": "tcp", "target": "a.vn:443", "ok": True, "latency_ms": 20.0},
        {"name": "internet", "stage": "http", "target": "http://x", "ok": True, "latency_ms": 35.0},
    ],
    "internet": True,
    "collector": True,
}
COUNTERS = {"interfaces": [{"name": "eth0", "rx_errors": 0, "tx_errors": 100, "rx_bytes": 10, "tx_bytes": 10}]}
NEIGHBOURS = {
    "gateways": [{"address": "192.168.1.1", "mac_hash": "aa", "in_arp_table": True}],
    "neighbours": [{"mac_hash": "bb"}],
    "neighbour_count": 1,
    "dns_servers": ["1.1.1.1"],
}


def header(seq: int = 1, kind: str = "heartbeat", at: float = 1000.0) -> Header:
    return Header("a" * 32, "b" * 32, seq, 1.8e9, at, kind, "0.1.0")


def results(**data):
    return {name: ProbeResult(name, "ok", value, "", 3) for name, value in data.items()}


def tell(memory, found, seq=1, kind="heartbeat", at=1000.0):
    made = report.build(header(seq, kind, at), found, memory)
    report.remember(made, found, memory)
    return made


def test_a_first_report_tells_all_with_data():
    made = report.build(header(), results(system={"os_id": "debian"}), Memory())

    assert made.sections["system"].data == {"os_id": "debian"}
    assert made.sections["system"].hash == section_hash("ok", {"os_id": "debian"})
    assert report_from_bytes(report_to_bytes(made)) == made


def test_what_was_told_is_left_out_of_heartbeats_and_named_in_inventories():
    memory = Memory()
    found = results(system={"os_id": "debian"})
    tell(memory, found)

    assert tell(memory, found, 2).sections == {}
    inventory = tell(memory, found, 3, "inventory")
    assert inventory.sections["system"].data is None
    assert inventory.sections["system"].hash


def test_data_the_collector_has_is_not_sent_after_a_restart():
    memory = Memory(known={"system": (section_hash("ok", {"os_id": "debian"}), 4)})

    made = tell(memory, results(system={"os_id": "debian"}))

    assert made.sections["system"].data is None
    assert tell(memory, results(system={"os_id": "ubuntu"})).sections["system"].data == {"os_id": "ubuntu"}


def test_what_the_collector_misses_is_sent_again():
    memory = Memory()
    found = results(system={"os_id": "debian"}, uptime={"boot_time": "x"})
    first = tell(memory, found)
    report.acknowledge(report.carried_hashes(first), 1, memory)
    report.ask_again(["system"], memory)

    made = tell(memory, found, 2)

    assert set(made.sections) == {"system"}
    assert made.sections["system"].data == {"os_id": "debian"}
    assert tell(memory, found, 3).sections == {}


def test_an_older_report_that_arrives_later_takes_nothing_back():
    memory = Memory()
    assert report.acknowledge({"system": "new"}, 9, memory)
    assert not report.acknowledge({"system": "old"}, 4, memory)

    assert memory.known == {"system": ("new", 9)}


def test_lost_reports_make_everything_unacknowledged_news_again():
    memory = Memory()
    found = results(system={"os_id": "debian"})
    tell(memory, found)
    memory.forget_carried()

    assert tell(memory, found, 2).sections["system"].data == {"os_id": "debian"}


def test_a_failure_is_told_once_without_data():
    memory = Memory()
    failed = {"reach": ProbeResult("reach", "failed", None, "deadline of 25 s passed", 25000)}

    made = tell(memory, failed)

    section = made.sections["reach"]
    assert (section.status, section.hash, section.data) == ("failed", "", None)
    assert section.error == "deadline of 25 s passed"
    assert tell(memory, failed, 2).sections == {}
    assert tell(memory, results(reach=REACH), 3).sections["reach"].data == REACH


def changed(data, path, value):
    data = copy.deepcopy(data)
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return data


WAITS = [
    ("reach", REACH, ("checks", 0, "latency_ms"), 39.0),
    ("reach", REACH, ("checks", 1, "latency_ms"), 84.0),
    ("counters", COUNTERS, ("interfaces", 0, "rx_bytes"), 10**12),
    ("counters", COUNTERS, ("interfaces", 0, "rx_errors"), 9),
    ("counters", COUNTERS, ("interfaces", 0, "tx_errors"), 109),
    ("neighbours", NEIGHBOURS, ("neighbours", 0, "mac_hash"), "cc"),
    ("neighbours", NEIGHBOURS, ("neighbour_count",), 7),
]
GOES = [
    ("reach", REACH, ("checks", 0, "ok"), False),
    ("reach", REACH, ("checks", 0, "error"), "timeout"),
    ("reach", REACH, ("checks", 0, "latency_ms"), 400.0),
    ("reach", REACH, ("checks", 0, "name"), "dichvucong"),
    ("reach", REACH, ("internet",), False),
    ("counters", COUNTERS, ("interfaces", 0, "rx_errors"), 10),
    ("counters", COUNTERS, ("interfaces", 0, "tx_errors"), 99),
    ("counters", COUNTERS, ("interfaces", 0, "name"), "eth1"),
    ("neighbours", NEIGHBOURS, ("gateways", 0, "mac_hash"), "dd"),
    ("neighbours", NEIGHBOURS, ("dns_servers",), ["8.8.8.8"]),
]


@pytest.mark.parametrize(("name", "data", "path", "value"), WAITS)
def test_what_changes_all_the_time_waits_for_the_refresh(name, data, path, value):
    memory = Memory()
    tell(memory, results(**{name: data}))
    now = changed(data, path, value)

    assert tell(memory, results(**{name: now}), 2, at=1000.0 + VOLATILE_REFRESH_S - 1).sections == {}
    refreshed = tell(memory, results(**{name: now}), 3, at=1000.0 + VOLATILE_REFRESH_S)
    assert refreshed.sections[name].data == now
    assert refreshed.sections[name].hash == section_hash("ok", now)


@pytest.mark.parametrize(("name", "data", "path", "value"), GOES)
def test_what_a_person_would_call_a_change_goes_at_once(name, data, path, value):
    memory = Memory()
    tell(memory, results(**{name: data}))

    assert name in tell(memory, results(**{name: changed(data, path, value)}), 2, at=1001.0).sections


def test_slow_drift_is_measured_against_what_was_told():
    memory = Memory()
    tell(memory, results(reach=REACH))
    sent = []
    for step in range(1, 40):
        now = changed(REACH, ("checks", 0, "latency_ms"), 20.0 + 3 * step)
        sent.append(bool(tell(memory, results(reach=now), 1 + step, at=1000.0 + step).sections))

    assert sent.count(True) == 1


def test_a_report_too_large_gives_up_its_largest_section_only():
    found = results(system={"os_id": "debian"}, reach={"checks": [{"name": "x" * 500}]})
    made = report.build(header(), found, Memory())

    cut = report.without_largest(made)

    assert cut.sections["reach"].status == "failed"
    assert "too large" in cut.sections["reach"].error
    assert cut.sections["system"].data
    assert report.without_largest(report.without_largest(cut)) is None


def lan_section(hosts=60, last="2026-11-23T03:00:00Z", off="", scans=1):
    rows = [{"mac_prefix": "02:5e:00", "mac_hash": "{:016x}".format(number), "passes": 2} for number in range(hosts)]
    plain = {"network": "192.168.1.0/24", "last_sweep": {"started": last}, "hosts": rows, "scans": [{}] * scans}
    return {**plain, "off": off} if off else plain


@pytest.mark.parametrize(
    ("now", "news"),
    [
        (lan_section(scans=2), False),  # an hourly re-check that found the same
        (lan_section(hosts=58, scans=2), False),  # two telephones went home
        (lan_section(hosts=40, scans=2), True),
        (lan_section(last="2026-11-24T03:00:00Z"), True),
        (lan_section(off="no_lease"), True),
        ({**lan_section(), "network": "10.0.0.0/24"}, True),
    ],
)
def test_a_recheck_is_news_only_when_the_lan_has_changed(now, news):
    assert report.WORTH["lan"](lan_section(), now) is news
