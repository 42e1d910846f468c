"""Writes the golden files of the present schema. Files of older schemas are never written again.

python -m tests.wire.make_golden
"""

from __future__ import annotations

import json
from pathlib import Path

from agent.wire import report as wire
from agent.wire import seal

GOLDEN = Path(__file__).parent / "golden"
AGENT, BOOT, KEY = "0123456789abcdef" * 2, "fedcba9876543210" * 2, b"golden-key-of-exactly-32-bytes-."

SECTIONS = {
    "system": (
        "ok",
        {
            "os_family": "windows",
            "os_name": "Windows 7 Professional",
            "os_version": "6.1",
            "os_build": "7601",
            "hostname": "PC-VĂN-THƯ",
        },
        "",
    ),
    "hardware": (
        "ok",
        {
            "system_vendor": "To be filled by O.E.M.",
            "bios_date": "05/02/13",
            "cpu_brand": "Intel(R) Pentium(R) CPU G2030 @ 3.00GHz",
            "ram_bytes": 2074816512,
            "is_virtual": False,
            "disks": [{"model": "WDC WD5000AAKX", "size_bytes": 500107862016, "rotational": True}],
        },
        "",
    ),
    "interfaces": (
        "ok",
        {
            "interfaces": [
                {
                    "name": "Local Area Connection",
                    "kind": "wired",
                    "is_up": True,
                    "speed_mbps": 100,
                    "ipv4": ["192.168.1.23/24"],
                }
            ]
        },
        "",
    ),
    "neighbours": ("denied", None, "the ARP table may not be read"),
    "reach": ("failed", None, "deadline of 20 s passed"),
    "uptime": (
        "ok",
        {"boot_time": "2026-11-23T00:31:07Z", "last_shutdown": "unclean", "last_shutdown_source": "agent_marker"},
        "",
    ),
}

_SEEN = {
    "entries": [
        {
            "boot_id": "00112233445566778899aabbccddeeff", "from_s": 1262304000.0, "to_s": 1262307600.5,
            "from_monotonic_s": 120.0, "to_monotonic_s": 3720.5, "link": False, "on_battery": True,
            "battery_percent": 41, "ups": "on_battery", "ended": "unclean",
        },
        {
            "boot_id": BOOT, "from_s": 1795393000.5, "to_s": 1795399100.5, "from_monotonic_s": 1061.2,
            "to_monotonic_s": 7161.2, "link": True, "gateway": True, "provider": False, "government": True,
            "internet": False, "captive": False, "collector": False, "services_failed": ["Một cửa điện tử"],
            "services_asked": 2, "on_battery": False, "battery_percent": 100, "ups": "online", "ended": "reported",
        },
    ],
    "dropped": 3,
    "waiting": 12,
}  # fmt: skip
_TESTS = {
    "tests": [
        {
            "id": 41, "kind": "stamp", "boot_id": BOOT, "monotonic_s": 7300.2, "agent_time_s": 1795399239.5,
            "duration_s": 13.1, "bytes_used": 8640, "link_class": "fibre", "server": "gapwatch.tinh.gov.vn:8620",
            "outcome": "ok", "packet_bytes": 44, "interval_ms": 200.0, "packets_sent": 60, "packets_received": 57,
            "lost_forward": 1, "lost_backward": 2, "duplicates": 0, "reordered": 1, "rtt_min_ms": 11.25,
            "rtt_median_ms": 14.5, "rtt_p95_ms": 31.75, "jitter_ms": 2.5, "jitter_forward_ms": 2.5,
            "jitter_backward_ms": 0.75, "ipdv_p95_ms": 9.5, "ipdv_forward_p95_ms": 9.5, "ipdv_backward_p95_ms": 2.25,
            "ttl_forward": 57,
        },
        {
            "id": 42, "kind": "ndt7_down", "boot_id": BOOT, "monotonic_s": 7320.0, "agent_time_s": 1795399259.3,
            "duration_s": 1.5, "bytes_used": 4213000, "link_class": "fibre", "server": "gapwatch.tinh.gov.vn:8621",
            "outcome": "capped", "mbps": 22.4, "stable": False, "min_rtt_ms": 11.0,
        },
        {
            "id": 43, "kind": "ndt7_up", "boot_id": BOOT, "monotonic_s": 7322.0, "agent_time_s": 1795399261.3,
            "outcome": "refused", "error": "busy",
        },
    ],
    "dropped": 1, "month": "2026-11", "budget_bytes": 2000000000, "spent_bytes": 4221640, "level": "full",
}  # fmt: skip
_USED = {
    "samples": [
        {
            "boot_id": BOOT, "monotonic_s": 7200.0, "agent_time_s": 1795399139.3, "seconds": 300.0,
            "bytes_in": 45123456, "bytes_out": 1234567, "tests_bytes": 8640,
        }
    ]
}  # fmt: skip
QUALITY = {
    name: wire.Section("ok", wire.section_hash("ok", data), data, "", 1)
    for name, data in (("quality", _TESTS), ("traffic", _USED))
}
JOURNAL = {"journal": wire.Section("ok", wire.section_hash("ok", _SEEN), _SEEN, "", 1)}


def reports() -> dict[str, wire.Report]:
    sections = {
        name: wire.Section(status, wire.section_hash(status, data), data, error, 12)
        for name, (status, data, error) in SECTIONS.items()
    }
    known = {name: wire.Section(item.status, item.hash, None, item.error, 3) for name, item in sections.items()}
    head = {"agent_id": AGENT, "boot_id": BOOT, "agent_version": "0.1.0", "policy_version": 3, "lost_reports": 2}
    return {
        "inventory": wire.Report(
            seq=1, agent_time_s=1795392000.5, monotonic_s=61.2, kind="inventory", sections=sections, **head
        ),
        "known": wire.Report(
            seq=2, agent_time_s=1795392300.5, monotonic_s=361.2, pending_reports=7, sections=known, **head
        ),
        "heartbeat": wire.Report(seq=3, agent_time_s=1795392600.5, monotonic_s=661.2, **head),
        "journal": wire.Report(seq=5, agent_time_s=1795399200.2, monotonic_s=7260.7, sections=JOURNAL, **head),
        "quality": wire.Report(seq=6, agent_time_s=1795399500.2, monotonic_s=7561.7, sections=QUALITY, **head),
        "goodbye": wire.Report(seq=4, agent_time_s=1795392660.0, monotonic_s=720.9, kind="goodbye", **head),
    }


def main() -> None:
    for name, report in reports().items():
        stem = GOLDEN / f"{wire.SCHEMA:04d}-{name}"
        plain = wire.report_to_bytes(report)
        if stem.with_suffix(".frame").exists():
            print(f"{stem.name} is there already: a schema's golden files are written once")
            continue
        stem.with_suffix(".frame").write_bytes(seal.seal(plain, AGENT, KEY, 1))
        stem.with_suffix(".json").write_text(
            json.dumps(json.loads(plain), indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
