"""What an enrolled but hostile agent may send: it spoils nothing for anybody else, and what it leaves behind is bounded.

Everything here passes the wire's own checks (texts of 4,096 characters, lists of 1,024, whole numbers of 64 bits).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import func, select

from agent.wire.report import section_data
from inventory.store import evaluate, lan_devices
from inventory.store.engine import Store
from inventory.store.evaluate import evaluate_dirty
from inventory.store.lan import settle_lan
from inventory.store.lan_devices import MAX_PER_SITE, MAX_SCANS_A_DAY, take_in
from inventory.store.lan_findings import settle_hygiene
from inventory.store.lans import MAX_EMPTY, hold_elections, leases, settle_networks
from inventory.store.machine_verdicts import Conclusion, MachineEvidence
from inventory.store.tables import Agent, Finding, Lan, LanScan, Machine, NetworkDevice, Section, Site, Unit

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
BAD, GOOD = "a" * 32, "b" * 32  # the hostile one comes first everywhere
LONG = "x" * 4096
HUGE = 2**63 - 1
WIRED = {"interfaces": [{"name": "e", "kind": "wired", "is_up": True, "ipv4": ["192.168.1.7/24"], "mac_hash": "ma"}]}
GATEWAY = {"gateways": [{"address": "192.168.1.1", "interface": "e", "mac_hash": "g", "mac_prefix": "50:c7:bf"}]}
RECORD = {
    "started": "2026-11-23T03:00:00Z", "kind": "sweep", "method": "scapy", "network": "192.168.1.0/24",
    "addresses": 254, "frames": 508, "duration_s": 15.4, "hosts": 1,
}  # fmt: skip
SWEEP = {
    "network": "192.168.1.0/24", "gateway_mac_hash": "g", "last_sweep": RECORD, "scans": [RECORD],
    "hosts": [{"mac_hash": "h", "mac_prefix": "50:c7:bf", "passes": 2}, {"mac_hash": "p", "passes": 2}],
}  # fmt: skip
PRINTER = {"address": "192.168.1.50", "mac_hash": "p", "source": "snmp", "vendor": "HP", "type": "printer"}


@pytest.fixture
def world(store: Store) -> Store:
    """Two sites; the hostile agent at the first, an honest one at each."""
    with store.session() as session:
        session.add(Unit(id="x1.2", kind="xa", type_label="Xã", name="A", name_key="xa a", code="1"))
        session.flush()
        for number in (1, 2):
            session.add(Site(id=number, unit_id="x1.2", name=f"Trụ sở {number}", created_at=NOW))
        session.flush()
        for agent_id, site_id in ((BAD, 1), (GOOD, 2)):
            session.add(Machine(id=site_id, site_id=site_id, created_at=NOW))
            session.flush()
            session.add(
                Agent(
                    id=agent_id, site_id=site_id, machine_id=site_id, enrolled_at=NOW, last_contact_at=NOW, dirty_at=NOW
                )
            )
    tell(store, GOOD, 2, interfaces=WIRED, neighbours=GATEWAY, lan=SWEEP, devices={"devices": [PRINTER]})
    return store


def tell(store: Store, agent_id: str, site_id: int, at: datetime = NOW, **sections: Any) -> None:
    with store.session() as session:
        for name, data in sections.items():
            section_data(name, data)  # the wire lets it through
            session.merge(
                Section(
                    agent_id=agent_id, name=name, site_id=site_id, status="ok", data=data, seen_at=at, changed_at=at
                )
            )


def everything(store: Store, now: datetime = NOW) -> None:
    """What the collector's jobs do with sections."""
    settle_networks(store, now)
    hold_elections(store, now)
    take_in(store, now)
    settle_lan(store, now)
    settle_hygiene(store, now)


def assert_the_honest_site_is_served(store: Store) -> None:
    with store.reading() as session:
        lan = session.exec(select(Lan).where(Lan.site_id == 2)).one()
        assert (lan.scanner_agent_id, lan.hosts) == (GOOD, 2)
        found = {device.mac_hash for device in session.exec(select(NetworkDevice).where(NetworkDevice.site_id == 2))}
        assert found == {"g", "p"}
        assert len(session.exec(select(LanScan).where(LanScan.site_id == 2)).all()) == 1
        assert session.get_one(Site, 2).lan_state == "working"


def count(store: Store, table: Any, site_id: int = 1) -> int:
    with store.reading() as session:
        return session.exec(select(func.count()).select_from(table).where(table.site_id == site_id)).one()


def long_texts() -> dict[str, Any]:
    gateway = {"address": "192.168.1.1", "interface": "e", "mac_hash": LONG, "mac_prefix": LONG}
    record = {
        "started": "2026-11-23T03:00:00Z", "kind": LONG, "method": LONG, "network": LONG, "addresses": HUGE,
        "frames": -HUGE - 1, "duration_s": -1e308, "hosts": HUGE, "stopped": LONG,
    }  # fmt: skip
    device = {
        "address": LONG, "mac_prefix": LONG, "mac_hash": LONG, "source": LONG, "vendor": LONG, "type": LONG, "os": LONG,
        "hardware": LONG, "version": LONG, "serial": LONG, "name": LONG, "location": LONG, "pages": HUGE,
        "ports": [{"index": HUGE, "name": LONG, "speed_mbps": -HUGE, "errors": HUGE}] * 3,
        "supplies": [{"name": LONG, "percent": HUGE}], "battery": {"status": LONG, "minutes_left": HUGE},
    }  # fmt: skip
    switch = dict.fromkeys(("protocol", "system", "description", "port", "mac_prefix", "mac_hash"), LONG)
    return {
        "interfaces": WIRED, "neighbours": {"gateways": [gateway]}, "devices": {"devices": [device]},
        "lan": {
            "network": LONG, "gateway_mac_hash": LONG, "scans": [record], "last_sweep": RECORD, "lldp": [switch],
            "hosts": [{"mac_prefix": LONG, "mac_hash": LONG, "passes": HUGE}],
        },
    }  # fmt: skip


def test_long_texts_and_huge_numbers_are_cut_to_size(world: Store) -> None:
    tell(world, BAD, 1, **long_texts())
    everything(world)
    everything(world, NOW + timedelta(minutes=1))

    assert_the_honest_site_is_served(world)
    with world.reading() as session:
        devices = session.exec(select(NetworkDevice).where(NetworkDevice.site_id == 1)).all()
        assert len(devices) == 1, "the same three times, however often it is read"
        assert (devices[0].pages, len(devices[0].mac_hash)) == (HUGE, 16)
        assert len(str(devices[0].ports)) < 1000
        scans = session.exec(select(LanScan).where(LanScan.site_id == 1)).all()
        assert {(scan.addresses, scan.frames) for scan in scans} == {(2**31 - 1, 0), (254, 508)}


MOMENTS = (
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z", "0001-01-01", "NaN", LONG, "",
)  # fmt: skip


def test_a_scan_at_the_end_of_time_did_not_happen(world: Store) -> None:
    for moment in MOMENTS:
        record = {**RECORD, "started": moment}
        tell(
            world, BAD, 1, interfaces=WIRED, neighbours=GATEWAY, lan={**SWEEP, "last_sweep": record, "scans": [record]}
        )
        everything(world)

    assert_the_honest_site_is_served(world)
    assert count(world, LanScan) == 0
    with world.reading() as session:
        assert session.exec(select(Lan).where(Lan.site_id == 1)).one().last_sweep_at is None


def test_a_flood_of_scan_records_is_bounded(world: Store) -> None:
    day = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    for turn in range(4):
        moments = [day + timedelta(seconds=turn * 1024 + number) for number in range(1024)]
        tell(world, BAD, 1, lan={"scans": [{**RECORD, "started": moment.isoformat()} for moment in moments]})
        everything(world, NOW + timedelta(minutes=turn))

    assert count(world, LanScan) <= MAX_SCANS_A_DAY
    assert_the_honest_site_is_served(world)


def test_a_flood_of_devices_is_bounded_and_leaves_room_for_no_other_site(world: Store) -> None:
    for turn in range(3):
        rows = [{"mac_hash": f"{turn}-{number}", "serial": f"s{turn}-{number}"} for number in range(1024)]
        tell(world, BAD, 1, devices={"devices": rows})
        take_in(world, NOW)
    everything(world)

    assert count(world, NetworkDevice) == MAX_PER_SITE
    assert_the_honest_site_is_served(world)


def test_networks_that_come_and_go_with_every_report_are_bounded(world: Store) -> None:
    for number in range(MAX_EMPTY + 30):
        at = NOW + timedelta(minutes=number)
        gateway = {"gateways": [{"address": "192.168.1.1", "interface": "e", "mac_hash": f"g{number}"}]}
        tell(world, BAD, 1, at, interfaces=WIRED, neighbours=gateway)
        settle_networks(world, at, [1])

    assert count(world, Lan) <= MAX_EMPTY + 1
    with world.reading() as session:
        newest = session.exec(select(Lan).where(Lan.site_id == 1).order_by(Lan.last_seen_at.desc())).first()  # type: ignore[attr-defined]
        assert newest is not None and newest.key == f"g{MAX_EMPTY + 29}" and newest.members


def test_a_hash_of_another_site_reaches_nothing_there(world: Store) -> None:
    everything(world)
    lie = {
        "address": "192.168.1.50",
        "mac_hash": "p",
        "source": "snmp",
        "vendor": "<script>",
        "name": "=cmd|' /C calc'",
    }
    empty = {**SWEEP, "hosts": [], "gateway_mac_hash": "g"}
    tell(world, BAD, 1, interfaces=WIRED, neighbours=GATEWAY, devices={"devices": [lie]}, lan=empty)
    everything(world, NOW + timedelta(minutes=1))

    assert_the_honest_site_is_served(world)
    with world.reading() as session:
        printer = session.exec(select(NetworkDevice).where(NetworkDevice.site_id == 2, NetworkDevice.mac_hash == "p"))
        assert printer.one().vendor == "HP"


def test_evidence_of_a_gap_stays_short(world: Store) -> None:
    offers = [{"server": f"{n}{LONG}"[:4096], "gateway": f"{n}{LONG}"[:4096], "mac_hash": str(n)} for n in range(1024)]
    hygiene = {
        "network": LONG, "gateway": LONG, "dhcp_asked": True, "dhcp_offers": offers,
        "hops": ["192.168.1.1", "192.168.2.1", *["192.168.3.1"] * 1022], "ipv6_address": False,
        "doors": [{"address": LONG, "service": "telnet", "open": True, "port": -HUGE}] * 1024,
        "clashes": [{"address": f"{n}{LONG}"[:4096]} for n in range(1024)],
        "name_checks": [
            {"server": f"{n}{LONG}"[:4096], "name": LONG, "kind": "absent", "answers": ["1.2.3.4"]} for n in range(1024)
        ],
    }  # fmt: skip
    tell(world, BAD, 1, interfaces=WIRED, neighbours=GATEWAY, hygiene=hygiene)
    everything(world)

    assert_the_honest_site_is_served(world)
    with world.reading() as session:
        found = session.exec(select(Finding).where(Finding.site_id == 1)).all()
        kinds = {one.kind for one in found}
        assert {"lan_rogue_dhcp", "lan_second_router", "lan_address_clash", "lan_open_management"} <= kinds
        assert {one.kind: len(str(one.evidence)) for one in found if len(str(one.evidence)) > 30_000} == {}


def test_one_machine_that_cannot_be_written_keeps_no_other_from_being_judged(world: Store) -> None:
    disk = {
        "model": LONG,
        "serial": LONG,
        "health": LONG,
        "power_on_hours": HUGE,
        "wear_percent": HUGE,
        "is_system": True,
    }
    volume = {"mount": LONG, "size_bytes": 1, "free_bytes": HUGE, "is_system": True}
    posture = {
        "antimalware": [{"name": LONG, "enabled": False}] * 1024, "firewall": [{"name": LONG, "enabled": False}] * 1024,
        "last_update": "0001-01-01", "wmi_damaged": True, "wmi_error": LONG, "rdp_enabled": True, "rdp_port": -HUGE,
    }  # fmt: skip
    hardware = {
        "cpu_brand": ("Intel(R) Pentium(R) @ " + "9" * 4000)[:4096], "cpu_family": HUGE, "cpu_model": -HUGE,
        "bios_date": "99/99/9999", "ram_bytes": HUGE, "ram_installed_bytes": 1, "tpm_version": LONG, "cpu_max_mhz": 1e308,
        "firmware_mode": LONG, "system_vendor": "HP", "system_serial": LONG,
        "monitors": [{"year": HUGE, "week": -HUGE, "model": LONG}] * 1024, "disks": [{"size_bytes": HUGE, "serial": LONG}],
    }  # fmt: skip
    system = {"os_family": "windows", "os_name": LONG, "os_build": LONG, "install_date": "9999-12-31"}
    tell(
        world, BAD, 1, storage={"disks": [disk], "volumes": [volume]}, posture=posture, hardware=hardware, system=system
    )
    tell(world, GOOD, 2, hardware={"cpu_brand": "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz"})

    assert evaluate_dirty(world, lambda: NOW) == 2
    with world.reading() as session:
        assert session.get_one(Machine, 2).built_earliest == 2017
        bad = session.get_one(Machine, 1)
        assert (bad.disk_health, bad.disk_free_bytes) == ("", HUGE)
        assert bad.unsafe is not None
        for finding in session.exec(select(Finding).where(Finding.site_id == 1)):
            assert len(str(finding.evidence)) < 6000, finding.kind


def test_no_lease_for_an_agent_that_is_set_aside(world: Store) -> None:
    everything(world)
    for status in ("revoked", "quarantined"):
        with world.session() as session:
            agent = session.get_one(Agent, GOOD)
            agent.status = status
            session.add(agent)
        with world.reading() as session:
            assert leases(session, NOW) == {}, "at once, and not after the next election"


def test_a_section_that_cannot_be_taken_in_costs_no_other(world: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nobody foresaw what is wrong with it: here the store itself refuses."""
    put = lan_devices._put  # pyright: ignore[reportPrivateUsage]

    def unforeseen(session: Any, site_id: int, *rest: Any) -> None:
        put(session, 10**6 if site_id == 1 else site_id, *rest)  # there is no such site

    monkeypatch.setattr(lan_devices, "_put", unforeseen)
    tell(world, BAD, 1, interfaces=WIRED, neighbours=GATEWAY, lan=SWEEP, devices={"devices": [PRINTER]})
    everything(world)

    assert_the_honest_site_is_served(world)
    assert count(world, NetworkDevice, 10**6) == 0
    assert count(world, LanScan) == 1, "the lan section is a section of its own"


def test_a_machine_that_the_store_refuses_keeps_no_other_from_being_judged(
    world: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = evaluate.conclude

    def unforeseen(item: MachineEvidence, now: datetime) -> Conclusion:
        found = real(item, now)
        if item.machine["id"] == 1:
            found.columns["ram_bytes"] = 2**63  # one more than the column holds
        return found

    monkeypatch.setattr(evaluate, "conclude", unforeseen)
    for agent, site in ((BAD, 1), (GOOD, 2)):
        tell(world, agent, site, hardware={"cpu_brand": "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz"})

    assert evaluate_dirty(world, lambda: NOW) == 2
    assert evaluate_dirty(world, lambda: NOW) == 0, "it is tried again tomorrow, not for ever"
    with world.reading() as session:
        assert session.get_one(Machine, 2).built_earliest == 2017
        assert session.get_one(Machine, 1).evaluated_at == NOW
