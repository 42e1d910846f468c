"""The load process: 2,000 distinct agents over kept-alive connections, one sealed report per request.

    python -m tests.bench.load HOST PORT KIND AGENTS ROUNDS CONNECTIONS FIRST_SEQ   -> one JSON object on stdout

KIND: inventory (each agent's first full report) or heartbeat (nothing changed). Frames are sealed before the clock
starts, so that only the collector is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from agent.wire import report as wire
from agent.wire import seal

MASTER = b"bench-master-key-of-32-bytes-...."[:32]
HEADERS = (
    "POST /agent/v1/reports HTTP/1.1\r\nHost: c\r\nContent-Type: application/x-gapwatch\r\nContent-Length: {}\r\n\r\n"
)


def agent_id(number: int) -> str:
    return f"{number:032x}"


def boot_id(number: int) -> str:
    return f"{number + 1_000_000:032x}"


def inventory_sections(number: int) -> dict[str, wire.Section]:
    """A full inventory of an ordinary office PC; serials and addresses differ from PC to PC."""
    data = {
        "system": {
            "os_family": "windows",
            "os_id": "windows",
            "os_name": "Windows 10 Pro",
            "os_version": "10.0",
            "os_release": "22H2",
            "os_build": "19045.4529",
            "os_edition": "Professional",
            "architecture": "x86_64",
            "install_date": "2020-03-11",
            "install_date_source": "registry",
            "hostname": f"PC-{number:05d}",
            "timezone_offset_min": 420,
        },
        "hardware": {
            "is_virtual": False,
            "dmi_available": True,
            "system_vendor": "Dell Inc.",
            "system_model": "OptiPlex 3020",
            "system_serial": f"SN{number:08d}",
            "system_uuid": f"4c4c4544-0043-3510-8052-{number:012x}",
            "board_vendor": "Dell Inc.",
            "board_model": "0VHWTR",
            "board_serial": f"/BRD{number:07d}/CN129633A/",
            "chassis_type": 3,
            "bios_vendor": "Dell Inc.",
            "bios_version": "A05",
            "bios_date": "05/02/2014",
            "cpu_brand": "Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz",
            "cpu_vendor": "GenuineIntel",
            "cpu_family": 6,
            "cpu_model": 60,
            "cpu_stepping": 3,
            "cpu_sockets": 1,
            "cpu_cores": 2,
            "cpu_threads": 4,
            "cpu_max_mhz": 3400.0,
            "ram_bytes": 4179869184,
            "ram_installed_bytes": 4294967296,
            "disks": [
                {
                    "model": "ST500DM002-1BD142",
                    "serial": f"Z3T{number:07d}",
                    "size_bytes": 500107862016,
                    "rotational": True,
                    "bus": "sata",
                    "is_system": True,
                }
            ],
        },
        "interfaces": {
            "interfaces": [
                {
                    "name": "Ethernet",
                    "kind": "wired",
                    "mac_prefix": "b8:ca:3a",
                    "mac_hash": f"{number:016x}",
                    "is_up": True,
                    "speed_mbps": 1000,
                    "duplex": "full",
                    "mtu": 1500,
                    "ipv4": [f"192.168.{number % 250}.{number % 200 + 10}/24"],
                }
            ]
        },
        "counters": {
            "interfaces": [
                {
                    "name": "Ethernet",
                    "rx_errors": 0,
                    "tx_errors": 0,
                    "rx_bytes": number * 7919,
                    "tx_bytes": number * 613,
                }
            ]
        },
        "neighbours": {
            "gateways": [
                {
                    "address": "192.168.1.1",
                    "interface": "Ethernet",
                    "mac_prefix": "a4:2b:b0",
                    "mac_hash": "c0ffee0000000001",
                    "in_arp_table": True,
                }
            ],
            "neighbours": [
                {"mac_prefix": "b8:ca:3a", "mac_hash": f"{number * 31 + at:016x}", "interface": "Ethernet"}
                for at in range(6)
            ],
            "neighbour_count": 6,
            "dns_servers": ["203.113.131.1", "203.113.131.2"],
        },
        "reach": {
            "checks": [
                {"name": "collector", "stage": "tcp", "target": "collector:443", "ok": True, "latency_ms": 23.0}
            ],
            "internet": True,
            "captive": False,
            "collector": True,
        },
        "uptime": {
            "boot_time": "2026-11-23T00:31:07Z",
            "last_shutdown": "clean",
            "last_shutdown_source": "agent_marker",
        },
    }
    return {
        name: wire.Section("ok", wire.section_hash("ok", plain), plain, duration_ms=12) for name, plain in data.items()
    }


def request(kind: str, number: int, seq: int) -> bytes:
    """One complete HTTP request."""
    sections = inventory_sections(number) if kind == "inventory" else {}
    report = wire.Report(
        agent_id(number),
        boot_id(number),
        seq,
        1795400000.0 + seq,
        600.0 + seq,
        kind=kind,
        agent_version="0.1.0",
        policy_version=0,
        sections=sections,
    )
    frame = seal.seal(wire.report_to_bytes(report), agent_id(number), seal.derive_key(MASTER, agent_id(number), 1), 1)
    return HEADERS.format(len(frame)).encode() + frame


async def worker(host: str, port: int, requests: list[bytes], latencies: list[float], bad: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    clock = time.perf_counter
    for data in requests:
        begin = clock()
        writer.write(data)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        latencies.append(clock() - begin)
        if b" 200 " not in head[:16] or b'"stored"' not in body:
            bad.append(head[:60] + body[:200])
    writer.close()


async def run(
    host: str, port: int, kind: str, agents: int, rounds: int, connections: int, first: int
) -> dict[str, object]:
    shares: list[list[bytes]] = [[] for _ in range(connections)]
    for turn in range(rounds):
        for number in range(agents):
            shares[number % connections].append(request(kind, number, first + turn))
    latencies: list[float] = []
    bad: list[bytes] = []
    begin = time.perf_counter()
    await asyncio.gather(*(worker(host, port, share, latencies, bad) for share in shares))
    seconds = time.perf_counter() - begin
    latencies.sort()
    return {
        "reports": len(latencies),
        "seconds": seconds,
        "per_second": len(latencies) / seconds,
        "p50_ms": latencies[len(latencies) // 2] * 1000,
        "p99_ms": latencies[int(len(latencies) * 0.99)] * 1000,
        "bytes_each": sum(map(len, shares[0])) / len(shares[0]),
        "bad": len(bad),
        "first_bad": repr(bad[0]) if bad else "",
    }


def main() -> None:
    host, port, kind, agents, rounds, connections, first = sys.argv[1:8]
    try:
        import uvloop

        runner = uvloop.run
    except ImportError:
        runner = asyncio.run
    print(json.dumps(runner(run(host, int(port), kind, int(agents), int(rounds), int(connections), int(first)))))


if __name__ == "__main__":
    main()
