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
