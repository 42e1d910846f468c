"""Networks, scans and equipment in the small province, for tests of the pages that show them. All invented."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from inventory.store.tables import Agent, Finding, Lan, LanScan, NetworkDevice, Section
from tests.collector import province

NOW = province.NOW
SCANNER, OTHER = "a" * 32, "b" * 32
HOUR = timedelta(hours=1)


def fill(session: Session) -> None:
    """Site 1 has a scanner and equipment; site 2 a network that nobody scans; site 4 (Pleiku) a printer."""
    session.add_all(
        [
            Agent(id=SCANNER, site_id=1, machine_id=1, hostname="VS-01", enrolled_at=NOW, last_contact_at=NOW),
            Agent(id=OTHER, site_id=2, machine_id=3, hostname="VS-03", enrolled_at=NOW, last_contact_at=NOW),
        ]
    )
    session.flush()
    session.add_all([_lan(1), _lan(2, key="net:192.168.9.0/24", network="192.168.9.0/24", **_NOBODY)])
    session.add(_section(SCANNER, 1, ""))
    session.add(_section(OTHER, 2, "local_switch"))
    session.add_all(
        [
            scan(0, 1, "sweep", frames=512, hosts=9),
            scan(1, 1, "recheck", frames=10, hosts=8),
            scan(2, 1, "sweep", frames=170, hosts=3, stopped="gateway_lost"),
            scan(3, 4, "sweep", agent_id="c" * 32, frames=500, sample=True),
        ]
    )
    session.add_all(devices())
    session.add(
        Finding(id=31, kind="lan_second_router", subject_kind="site", subject_id="1", site_id=1,
                unit_id=province.VINH_SON, severity="medium", opened_at=NOW,
                evidence={"hops": ["192.168.0.1", "192.168.1.1", ""], "network": "192.168.0.0/24", "pcs": 2})
    )  # fmt: skip


_NOBODY: dict[str, Any] = {"scanner_agent_id": "", "lease_from": None, "lease_until": None, "hosts": None,
                           "vendors": None, "last_sweep_at": None, "elected_why": "",
                           "members": [{"agent_id": OTHER, "able": False, "wired": True, "laptop": False}]}  # fmt: skip


def _lan(site_id: int, **more: Any) -> Lan:
    values: dict[str, Any] = {
        "key": "0123456789abcdef", "network": "192.168.1.0/24", "gateway": "192.168.1.1",
        "first_seen_at": NOW - 9 * HOUR, "last_seen_at": NOW, "scanner_agent_id": SCANNER,
        "lease_from": NOW - 2 * HOUR, "lease_until": NOW + 4 * HOUR, "elected_why": "silent", "hosts": 9,
        "vendors": [["VNPT", 1], ["Dell", 3], ["?", 4], ["", 1]], "last_sweep_at": NOW - HOUR,
        "members": [{"agent_id": SCANNER, "able": True, "wired": True, "laptop": False}],
    }  # fmt: skip
    return Lan(site_id=site_id, **(values | more))


def _section(agent_id: str, site_id: int, off: str) -> Section:
    return Section(
        agent_id=agent_id, name="lan", site_id=site_id, status="ok", data={"off": off}, seen_at=NOW, changed_at=NOW
    )


def scan(number: int, site_id: int, kind: str, **more: Any) -> LanScan:
    """The record of a scan that began `number` hours ago."""
    values: dict[str, Any] = {
        "agent_id": SCANNER, "started_at": NOW - number * HOUR, "method": "sendarp", "network": "192.168.1.0/24",
        "addresses": 253, "duration_s": 19.5, "hosts": 5,
    }  # fmt: skip
    return LanScan(site_id=site_id, kind=kind, **(values | more))


def device(number: int, site_id: int, kind: str, **more: Any) -> NetworkDevice:
    seen = {"first_seen_at": NOW - 240 * HOUR, "last_seen_at": NOW - HOUR, "source": "snmp"}
    return NetworkDevice(id=number, site_id=site_id, kind=kind, **(seen | more))


def devices() -> list[NetworkDevice]:
    """One of each that needs attention, and some that need none."""
    ports = [{"index": at, "name": f"gi{at}", "is_up": at < 3, "speed_mbps": 1000, "errors": 0} for at in range(1, 9)]
    return [
        device(1, 1, "modem", vendor="VNPT Technology", model="GW040-H", address="192.168.1.1", source="upnp"),
        device(2, 1, "switch", vendor="TP-Link", model="TL-SG3428", serial="SW0001", version="3.0.6",
               name="SW-VINHSON", ports=ports, default_community=True, address="192.168.1.2",
               location="Phòng máy chủ"),
        device(3, 1, "printer", vendor="HP", model="HP LaserJet M404", default_community=False, pages=12_345,
               supplies=[{"name": "Toner", "percent": 6, "low": True}, {"name": "Drum", "percent": 80, "low": False}]),
        device(4, 2, "ups", vendor="APC", model="Smart-UPS 1500",
               battery={"status": "normal", "percent": 100, "minutes_left": 40, "on_battery_s": 0, "replace": True}),
        device(5, 2, "switch", vendor="TP-LINK", model="TL-SF1008D", source="declared", source_class="declared"),
        device(6, 2, "", vendor="", source="arp", gone_at=NOW - HOUR, last_seen_at=NOW - 96 * HOUR),
        device(7, 4, "printer", vendor="Brother", model="HL-L5100DN", sample=True,
               supplies=[{"name": "Toner", "percent": 70, "low": False}]),
    ]  # fmt: skip
