"""Networks out of sections, elections in the store, devices and records of scans."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from inventory.domain.lan_state import network_of
from inventory.domain.mac_vendor import made_up, maker, short_maker
from inventory.store.engine import Store
from inventory.store.lan_devices import DeviceKeeper, devices_of, take_in
from inventory.store.lan_findings import HygieneEvaluator, settle_hygiene
from inventory.store.lans import LanKeeper, hold_elections, leases, settle_networks
from inventory.store.policy import set_policy
from inventory.store.tables import Agent, Finding, Lan, LanScan, NetworkDevice, Section, Site, Unit

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
A, B = "a" * 32, "b" * 32
WIRED = {"interfaces": [{"name": "e", "kind": "wired", "is_up": True, "ipv4": ["192.168.1.7/24"], "mac_hash": "ma"}]}
WIRELESS = {"interfaces": [{"name": "w", "kind": "wireless", "is_up": True, "ipv4": ["192.168.1.8/24"]}]}
GATEWAY = {"gateways": [{"address": "192.168.1.1", "interface": "e", "mac_hash": "g", "mac_prefix": "50:c7:bf"}]}
GATEWAY_W = {"gateways": [{"address": "192.168.1.1", "interface": "w", "mac_hash": "g", "mac_prefix": "50:c7:bf"}]}
WAITING = {"off": "no_lease"}


@pytest.fixture
def world(store: Store) -> Store:
    with store.session() as session:
        session.add(Unit(id="x1.2", kind="xa", type_label="Xã", name="A", name_key="xa a", code="1"))
        session.flush()
        session.add(Site(id=1, unit_id="x1.2", name="Trụ sở", created_at=NOW))
        session.flush()
        for agent_id in (A, B):
            session.add(Agent(id=agent_id, site_id=1, enrolled_at=NOW, last_contact_at=NOW))
    tell(store, A, interfaces=WIRED, neighbours=GATEWAY, lan=WAITING)
    tell(store, B, interfaces=WIRELESS, neighbours=GATEWAY_W, lan=WAITING)
    return store


def tell(store: Store, agent_id: str, at: datetime = NOW, **sections: Any) -> None:
    with store.session() as session:
        for name, data in sections.items():
            session.merge(
                Section(agent_id=agent_id, name=name, site_id=1, status="ok", data=data, seen_at=at, changed_at=at)
            )


def hear(store: Store, agent_id: str, at: datetime) -> None:
    with store.session() as session:
        agent = session.get_one(Agent, agent_id)
        agent.last_contact_at = at
        session.add(agent)


def lans(store: Store) -> list[Lan]:
    with store.reading() as session:
        return list(session.exec(select(Lan).order_by(Lan.key)))


def devices(store: Store) -> list[NetworkDevice]:
    with store.reading() as session:
        return list(devices_of(session, 1))


def test_the_network_of_a_pc_is_named_by_its_gateway() -> None:
    found = network_of(WIRED, GATEWAY)
    assert found is not None
    assert (found.key, found.network, found.gateway, found.wired) == ("g", "192.168.1.0/24", "192.168.1.1", True)
    alone = network_of(WIRED, {})
    assert alone is not None and alone.key == "net:192.168.1.0/24"
    modem = {"interfaces": [{"name": "m", "kind": "mobile", "is_up": True, "ipv4": ["10.1.2.3/24"]}]}
    assert network_of(modem, {}) is None
    assert network_of({"interfaces": [{"name": "e", "kind": "wired", "is_up": True, "ipv4": ["x", "169.254.1.1/16"]}]},
                      None) is None  # fmt: skip


def test_pcs_behind_one_gateway_are_one_network_with_one_scanner(world: Store) -> None:
    assert LanKeeper().run_due(world, lambda: NOW) == 1

    (lan,) = lans(world)
    assert (lan.key, lan.scanner_agent_id, lan.elected_why) == ("g", A, "first")
    assert [member["agent_id"] for member in lan.members or ()] == [A, B]
    with world.reading() as session:
        assert leases(session, NOW) == {A: NOW + timedelta(hours=6)}
        assert leases(session, NOW + timedelta(hours=6)) == {}
    assert LanKeeper().run_due(world, lambda: NOW + timedelta(seconds=30)) == 0, "nothing new, nothing written"


def test_another_takes_over_when_the_scanner_is_silent(world: Store) -> None:
    LanKeeper().run_due(world, lambda: NOW)
    later = NOW + timedelta(minutes=45)
    hear(world, B, later)

    assert hold_elections(world, later) == 1
    assert lans(world)[0].scanner_agent_id == B


def test_who_was_switched_off_locally_or_never_told_is_not_elected(world: Store) -> None:
    tell(world, A, lan={"off": "local_switch"})
    with world.session() as session:
        session.delete(session.get_one(Section, (B, "lan")))  # an older program knows nothing of scanning
    settle_networks(world, NOW)
    hold_elections(world, NOW)

    assert lans(world)[0].scanner_agent_id == ""


def test_the_policy_and_an_excluded_site_end_scanning(world: Store) -> None:
    LanKeeper().run_due(world, lambda: NOW)
    with world.session() as session:
        set_policy(session, "site", "1", {"scan.enabled": False}, "lan", "", NOW)
    hold_elections(world, NOW)
    assert lans(world)[0].scanner_agent_id == ""

    with world.session() as session:
        set_policy(session, "site", "1", {}, "lan", "", NOW)
        site = session.get_one(Site, 1)
        site.excluded_reason = "bí mật nhà nước"
        session.add(site)
    hold_elections(world, NOW)
    assert lans(world)[0].scanner_agent_id == ""


def test_a_revoked_scanner_loses_its_task(world: Store) -> None:
    LanKeeper().run_due(world, lambda: NOW)
    with world.session() as session:
        agent = session.get_one(Agent, A)
        agent.status = "revoked"
        session.add(agent)
    hold_elections(world, NOW)

    assert lans(world)[0].scanner_agent_id == B


def sweep(day: int, *hosts: str, stopped: str = "") -> dict[str, Any]:
    record = {
        "started": f"2026-11-{day}T03:00:00Z", "kind": "sweep", "method": "scapy", "network": "192.168.1.0/24",
        "addresses": 254, "frames": 508, "duration_s": 15.4, "hosts": len(hosts), "stopped": stopped,
    }  # fmt: skip
    return {
        "network": "192.168.1.0/24", "gateway_mac_hash": "g", "last_sweep": record, "scans": [record],
        "hosts": [{"mac_hash": host, "mac_prefix": "50:c7:bf", "passes": 2} for host in hosts],
    }  # fmt: skip


PRINTER = {
    "address": "192.168.1.50", "mac_hash": "p", "mac_prefix": "00:1e:0b", "source": "snmp", "vendor": "HP",
    "type": "printer", "hardware": "LaserJet Pro M404dn", "serial": "PHB1234567", "pages": 1200,
    "default_community": True, "supplies": [{"name": "Black", "percent": 12, "low": True}],
}  # fmt: skip


def test_devices_and_records_of_scans_are_kept_once(world: Store) -> None:
    LanKeeper().run_due(world, lambda: NOW)
    tell(world, A, lan=sweep(24, "p", "x"), devices={"devices": [PRINTER], "asked": 2})
    keeper = DeviceKeeper()
    keeper.run_due(world, lambda: NOW)
    keeper.run_due(world, lambda: NOW)
    take_in(world, NOW)

    gateway, printer = devices(world)
    assert (gateway.kind, gateway.vendor, gateway.source) == ("gateway", "TP-LINK", "neighbours")
    assert (printer.model, printer.pages, printer.default_community) == ("LaserJet Pro M404dn", 1200, True)
    assert printer.supplies == [{"name": "Black", "percent": 12, "low": True}]
    with world.reading() as session:
        (scan,) = session.exec(select(LanScan)).all()
    assert (scan.kind, scan.frames, scan.hosts, scan.duration_s) == ("sweep", 508, 2, 15.4)
    (lan,) = lans(world)
    assert (lan.hosts, lan.vendors) == (2, [["TP-LINK", 2]])


def test_a_device_keeps_what_it_said_when_it_says_less(world: Store) -> None:
    tell(world, A, devices={"devices": [PRINTER]})
    take_in(world, NOW)
    tell(world, A, devices={"devices": [{**PRINTER, "serial": "", "hardware": "", "pages": 1300}]})
    take_in(world, NOW)
    moved = {**PRINTER, "address": "192.168.1.77"}
    tell(world, A, devices={"devices": [moved]})
    take_in(world, NOW)

    (printer,) = [device for device in devices(world) if device.kind == "printer"]
    assert (printer.serial, printer.pages, printer.address) == ("PHB1234567", 1200, "192.168.1.77")


def test_one_miss_is_no_absence_several_days_are(world: Store) -> None:
    tell(world, A, lan=sweep(24, "p"), devices={"devices": [PRINTER]})
    take_in(world, NOW)
    states = []
    for day in (25, 26, 27):
        at = NOW + timedelta(days=day - 24)
        tell(world, A, at, lan=sweep(day, "x"))
        take_in(world, at, at - timedelta(hours=1))
        (printer,) = [device for device in devices(world) if device.kind == "printer"]
        states.append((printer.scans_missed, printer.gone_at is not None))
    assert states == [(1, False), (2, False), (3, True)]

    tell(world, A, NOW + timedelta(days=4), lan=sweep(28, "p"))
    take_in(world, NOW + timedelta(days=4))
    (printer,) = [device for device in devices(world) if device.kind == "printer"]
    assert (printer.scans_missed, printer.gone_at) == (0, None)


def test_a_sweep_of_another_network_proves_nothing(world: Store) -> None:
    tell(world, A, lan=sweep(24, "p"), devices={"devices": [{**PRINTER, "address": "10.9.0.50"}]})
    take_in(world, NOW)
    tell(world, A, lan=sweep(25, "x"))
    take_in(world, NOW + timedelta(days=1))

    (printer,) = [device for device in devices(world) if device.kind == "printer"]
    assert printer.scans_missed == 0


def test_who_knows_a_device_better_names_it(world: Store) -> None:
    ont = {"address": "192.168.1.1", "mac_hash": "g", "source": "upnp", "type": "modem", "hardware": "GW040-H"}
    tell(world, A, devices={"devices": [ont]})
    take_in(world, NOW)
    tell(world, A, NOW + timedelta(hours=7), neighbours=GATEWAY)
    take_in(world, NOW + timedelta(hours=7))

    (gateway,) = devices(world)
    assert (gateway.kind, gateway.source, gateway.model) == ("modem", "upnp", "GW040-H")


def test_a_sweep_that_was_broken_off_proves_nothing(world: Store) -> None:
    tell(world, A, lan=sweep(24, "p"), devices={"devices": [PRINTER]})
    take_in(world, NOW)
    tell(world, A, lan=sweep(25, stopped="gateway_lost"))
    take_in(world, NOW + timedelta(days=1))

    (printer,) = [device for device in devices(world) if device.kind == "printer"]
    assert printer.scans_missed == 0


def test_an_address_that_was_handed_on_is_another_device(world: Store) -> None:
    tell(world, A, devices={"devices": [PRINTER]})
    take_in(world, NOW)
    nas = {**PRINTER, "mac_hash": "n", "serial": "NAS1", "type": "nas"}
    tell(world, A, devices={"devices": [nas]})
    take_in(world, NOW)

    assert sorted(device.kind for device in devices(world) if device.source == "snmp") == ["nas", "printer"]


def test_odd_sections_are_taken_without_error(world: Store) -> None:
    tell(world, A, lan={"scans": [{"started": "yesterday"}, 3], "hosts": None, "last_sweep": []},
         devices={"devices": [{}, {"vendor": 5}, "x"]}, neighbours={"gateways": [{"address": 1}]})  # fmt: skip
    take_in(world, NOW)

    with world.reading() as session:
        assert not session.exec(select(LanScan)).all()


def test_makers_come_from_the_registry() -> None:
    assert (maker("50:c7:bf"), short_maker("50:c7:bf")) == ("TP-LINK TECHNOLOGIES CO.,LTD.", "TP-LINK")
    assert maker("02:00:00") == maker("") == maker("zz:zz:zz") == ""
    assert made_up("02:00:00") and not made_up("50:c7:bf") and not made_up("")


def open_kinds(store: Store) -> set[str]:
    with store.reading() as session:
        return {row.kind for row in session.exec(select(Finding)) if row.is_open}


def test_bad_habits_become_findings_and_close_when_they_are_gone(world: Store) -> None:
    rogue = {"server": "192.168.1.9", "gateway": "192.168.1.9"}
    offer = {"server": "192.168.1.1", "gateway": "192.168.1.1"}
    tell(world, A, hygiene={"dhcp_asked": True, "dhcp_offers": [offer, rogue], "gateway": "192.168.1.1",
                            "ipv6_address": False})  # fmt: skip
    tell(world, A, devices={"devices": [PRINTER]})
    take_in(world, NOW)
    evaluator = HygieneEvaluator()
    evaluator.run_due(world, lambda: NOW)
    assert open_kinds(world) == {"lan_rogue_dhcp", "lan_default_snmp", "lan_no_ipv6"}

    later = NOW + timedelta(hours=4)
    tell(world, A, later, hygiene={"dhcp_asked": True, "dhcp_offers": [offer], "gateway": "192.168.1.1"})
    evaluator.run_due(world, lambda: later)
    assert open_kinds(world) == {"lan_default_snmp", "lan_no_ipv6"}, "what cannot be judged any more stays"

    with world.session() as session:
        site = session.get_one(Site, 1)
        site.excluded_reason = "bí mật nhà nước"
        session.add(site)
    settle_hygiene(world, later)
    assert open_kinds(world) == set()


def test_evidence_that_grew_stale_proves_nothing(world: Store) -> None:
    tell(world, A, NOW - timedelta(days=40), hygiene={"ipv6_address": False})
    settle_hygiene(world, NOW)

    assert open_kinds(world) == set()
