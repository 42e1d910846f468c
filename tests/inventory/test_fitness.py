"""Limits that a PC does not keep; what cannot be judged is said to be unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from inventory.domain.fitness import GIB, Fitness, fitness
from inventory.domain.machine import Disk, MachineFacts, facts_from_sections
from inventory.domain.os_support import support_of
from inventory.domain.policy import DEFAULT_POLICY

TODAY = date(2026, 11, 21)
DATES = dict(DEFAULT_POLICY.os_support_end)

WINDOWS_7: dict[str, Any] = {
    "os_family": "windows",
    "os_name": "Windows 7 Professional",
    "os_version": "6.1",
    "os_build": "7601",
}
WINDOWS_10: dict[str, Any] = {
    "os_family": "windows",
    "os_name": "Windows 10 Pro",
    "os_version": "10.0",
    "os_build": "19045.4529",
}
WINDOWS_11: dict[str, Any] = {
    "os_family": "windows",
    "os_name": "Windows 10 Pro",
    "os_version": "10.0",
    "os_build": "26100.1",
}


def judge(today: date = TODAY, **facts: Any) -> Fitness:
    return fitness(MachineFacts(**facts), DEFAULT_POLICY, today)


@pytest.mark.parametrize(
    ("facts", "product", "ends"),
    [
        (WINDOWS_7, "windows 7", date(2020, 1, 14)),
        (WINDOWS_10, "windows 10", date(2025, 10, 14)),
        (WINDOWS_11, "windows 11", None),
        ({**WINDOWS_7, "os_name": "Windows 8.1 Pro", "os_version": "6.3", "os_build": "9600"},
         "windows 8.1", date(2023, 1, 10)),
        ({**WINDOWS_10, "os_edition": "EnterpriseS", "os_build": "17763.1"}, "windows 10", date(2029, 1, 9)),
        ({**WINDOWS_10, "os_edition": "IoTEnterpriseS", "os_build": "19044.1"}, "windows 10", date(2032, 1, 13)),
        ({**WINDOWS_10, "os_name": "Windows 10 Enterprise LTSC", "os_build": "17763"}, "windows 10", date(2029, 1, 9)),
        ({**WINDOWS_10, "os_name": "Windows 10", "os_build": "17763"}, "windows 10", None),
        ({**WINDOWS_10, "os_build": ""}, "", None),
        ({**WINDOWS_10, "os_name": "Windows Server 2012 R2 Standard", "os_version": "6.3"},
         "windows server 2012 r2", date(2023, 10, 10)),
        ({"os_family": "linux", "os_id": "debian", "os_version": "11"}, "debian 11", date(2026, 8, 31)),
        ({"os_family": "linux", "os_id": "ubuntu", "os_version": "24.04"}, "ubuntu 24.04", date(2029, 4, 30)),
        ({"os_family": "linux", "os_id": "fedora", "os_version": "41"}, "", None),
        ({}, "", None),
    ],
)  # fmt: skip
def test_support_dates(facts: dict[str, Any], product: str, ends: date | None) -> None:
    found = support_of(MachineFacts(**facts), DATES)

    assert (found.product, found.ends) == (product, ends)


def test_the_policy_table_beats_ours() -> None:
    facts = MachineFacts(os_family="linux", os_id="debian", os_version="11")

    assert support_of(facts, {"debian 11": "2031-06-30"}).ends == date(2031, 6, 30)


def test_windows_10_became_unsupported_after_its_day() -> None:
    assert "os_support" not in judge(date(2025, 10, 14), **WINDOWS_10).codes
    reasons = judge(date(2025, 10, 15), **WINDOWS_10).reasons
    assert reasons is not None
    assert reasons[0] == {
        "code": "os_support", "value": "Windows 10 Pro", "limit": "2025-10-14", "evidence": "10.0 19045.4529",
    }  # fmt: skip


def test_windows_11_is_fit_and_an_unknown_system_is_unknown() -> None:
    assert "os_support" not in (*judge(**WINDOWS_11).codes, *judge(**WINDOWS_11).unknown)
    assert "os_support" in judge(os_name="Fedora Linux 41", os_family="linux", cpu_cores=2).unknown


@pytest.mark.parametrize(
    ("seen", "installed", "verdict"),
    [
        (7.7, None, "ok"),  # 8 GB, a little is taken by the firmware
        (6.9, None, "unknown"),  # 8 GB with a large share for graphics, or 7
        (5.9, None, "unknown"),
        (3.9, None, "low"),
        (5.9, 8.0, "ok"),
        (5.9, 6.0, "low"),
        (None, None, "unknown"),
    ],
)
def test_memory(seen: float | None, installed: float | None, verdict: str) -> None:
    found = judge(
        ram_bytes=round(seen * GIB) if seen else None,
        ram_installed_bytes=round(installed * GIB) if installed else None,
        cpu_cores=4,
    )

    assert ("ram" in found.codes, "ram" in found.unknown) == (verdict == "low", verdict == "unknown")


@pytest.mark.parametrize(
    ("cores", "threads", "verdict"),
    [(1, 2, "low"), (2, 4, "ok"), (None, 1, "low"), (None, 4, "unknown"), (None, None, "unknown")],
)
def test_cores(cores: int | None, threads: int | None, verdict: str) -> None:
    found = judge(cpu_cores=cores, cpu_threads=threads, ram_installed_bytes=8 * GIB)

    assert ("cores" in found.codes, "cores" in found.unknown) == (verdict == "low", verdict == "unknown")


@pytest.mark.parametrize(
    ("brand", "mhz", "verdict"),
    [
        ("Intel(R) Core(TM) i5-4300U CPU @ 1.90GHz", 1900.0, "unknown"),  # the base: it has turbo
        ("Intel(R) Core(TM) i5-4300U CPU @ 1.90GHz", 2900.0, "ok"),
        ("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 1800.0, "unknown"),  # what Windows tells of it
        ("Intel(R) Atom(TM) x5-Z8350  CPU @ 1.44GHz", 1920.0, "low"),  # far above the base: the highest it can
        ("Intel(R) Pentium(R) Dual  CPU  E2140  @ 1.60GHz", 1600.0, "low"),
        ("Intel(R) Celeron(R) CPU N3350 @ 1.10GHz", 1100.0, "unknown"),
        ("Intel(R) Core(TM)2 Duo CPU     E7500  @ 2.93GHz", 1600.0, "ok"),  # saving power while it was asked
        ("AMD E1-2100 APU with Radeon(TM) HD Graphics", 1000.0, "low"),
        ("AMD Ryzen 5 5500U with Radeon Graphics", 1800.0, "unknown"),
        ("", None, "unknown"),
    ],
)
def test_clock(brand: str, mhz: float | None, verdict: str) -> None:
    found = judge(cpu_brand=brand, cpu_max_mhz=mhz, cpu_cores=2)

    assert ("clock" in found.codes, "clock" in found.unknown) == (verdict == "low", verdict == "unknown")


def test_a_spinning_system_disk_is_advice_only() -> None:
    spinning = judge(disks=(Disk(rotational=True, is_system=True),), cpu_cores=2)

    assert (spinning.codes, spinning.advice) == ((), ("disk_rotational",))
    assert judge(disks=(Disk(rotational=True), Disk(rotational=False)), cpu_cores=2).advice == ()


def test_nothing_known_is_not_fit() -> None:
    assert judge().reasons is None


def test_facts_come_from_sections_with_placeholders_left_out() -> None:
    facts = facts_from_sections(
        {
            "hardware": {
                "system_vendor": "To be filled by O.E.M.", "board_vendor": "ASUSTeK COMPUTER INC.",
                "system_model": "System Product Name", "board_model": "H81M-K", "system_serial": "Default string",
                "chassis_type": 0x83, "ram_bytes": 0, "cpu_cores": True,
                "disks": [{"size_bytes": 5, "rotational": False}, "junk"],
            },
            "system": {"hostname": " PC-01 "},
            "interfaces": {"interfaces": [
                {"kind": "wired", "is_up": True, "ipv4": ["192.168.1.5/24", "169.254.1.1/16"], "ipv6": ["fe80::1/64"]},
                {"kind": "virtual", "is_up": True, "ipv4": ["172.17.0.1/16"]},
            ]},
        }
    )  # fmt: skip

    assert (facts.vendor, facts.model, facts.serial) == ("ASUSTeK COMPUTER INC.", "H81M-K", "")
    assert (facts.kind, facts.hostname, facts.addresses) == ("desktop", "PC-01", ("192.168.1.5",))
    assert (facts.ram_bytes, facts.cpu_cores) == (None, None)
    assert facts.system_disk == Disk(size_bytes=5, rotational=False)


def storage(**sections: Any) -> MachineFacts:
    return facts_from_sections({"storage": sections})


@pytest.mark.parametrize(("free", "code"), [(9_000_000_000, ["disk_free"]), (10_000_000_000, []), (None, [])])
def test_a_full_system_disk_is_a_reason(free: int | None, code: list[str]) -> None:
    volumes = [
        {"mount": "C:", "size_bytes": 100_000_000_000, "free_bytes": free, "is_system": True},
        {"mount": "D:", "size_bytes": 100_000_000_000, "free_bytes": 0, "is_system": False},
    ]
    found = fitness(storage(volumes=volumes), DEFAULT_POLICY, TODAY)

    assert list(found.codes) == code
    assert ("disk_free" in found.unknown) is (free is None)


def test_a_failing_disk_is_a_reason_and_a_worn_one_advice() -> None:
    failing = fitness(storage(disks=[{"model": "ST500", "health": "failing"}]), DEFAULT_POLICY, TODAY)
    worn = fitness(storage(disks=[{"health": "ok", "wear_percent": 97}]), DEFAULT_POLICY, TODAY)
    doubtful = fitness(storage(disks=[{"health": "warning"}]), DEFAULT_POLICY, TODAY)

    assert failing.codes == ("disk_health",) and failing.reasons and failing.reasons[0]["evidence"] == "ST500"
    assert (worn.codes, worn.advice) == ((), ("disk_worn",))
    assert (doubtful.codes, doubtful.advice) == ((), ("disk_warning",))
