"""Invented networks of the sample's offices in the shapes of the wire's sections: who sees whom, through what.

The kinds of network: `switch` one wired network with a gigabit switch; `hub` one wired network at 100 Mb/s with an
old half-duplex link; `wifi` only the provider's wireless; `two_routers` half of the PCs behind a second router;
`modem` no network at all, every PC has a USB modem of its own.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from inventory.sample.hardware import WIRED_PREFIXES, mac_hash, mac_prefix, make_mac
from inventory.sample.models import Data

REALTEK, MODEM, GATEWAY, SECOND_ROUTER, PRINTER = "00e04c", "0c5b8f", "781735", "50c7bf", "3c2af4"
OFFICE_NET, SECOND_NET, MODEM_NET = "192.168.1", "192.168.0", "192.168.8"
COLLECTOR = "thu-thap.gialai.example"


class OfficeNet:
    """The network of one site: MAC and IP addresses of its PCs, by their number."""

    def __init__(self, kind: str, serials: list[str], rng: Random) -> None:
        self.kind = kind
        self.prefixes = [WIRED_PREFIXES.get(form, REALTEK) for form in serials]
        self.macs = [make_mac(prefix, rng) for prefix in self.prefixes]
        self.radio = [make_mac("a0c589", rng) for _ in serials]
        self.modems = [make_mac(MODEM, rng) for _ in serials]
        self.gateway = make_mac(GATEWAY, rng)
        self.second_router = make_mac(SECOND_ROUTER, rng)
        self.printer = make_mac(PRINTER, rng)

    def group(self, number: int) -> list[int]:
        """The PCs on the same subnet as PC `number`, itself included."""
        if self.kind == "modem":
            return [number]
        if self.kind == "two_routers":
            return [other for other in range(len(self.macs)) if other % 2 == number % 2]
        return list(range(len(self.macs)))

    def address(self, number: int) -> str:
        """IPv4 address with its prefix length."""
        if self.kind == "modem":
            return f"{MODEM_NET}.{100 + number}/24"
        net = SECOND_NET if self.kind == "two_routers" and number % 2 else OFFICE_NET
        return f"{net}.{11 + number}/24"

    def own_mac(self, number: int) -> str:
        """MAC address of the card that carries PC `number`."""
        return {"wifi": self.radio, "modem": self.modems}.get(self.kind, self.macs)[number]

    @staticmethod
    def shown(mac: str) -> tuple[str, str]:
        """What reports show of a MAC address: (prefix, hash)."""
        return mac_prefix(mac), mac_hash(mac)

    def interfaces(self, number: int) -> Data:
        """Section "interfaces": the wired card, and the one that carries when that is another."""
        wired_up = self.kind not in ("wifi", "modem")
        slow = self.kind == "hub"
        cards = [
            _card(
                "Local Area Connection" if slow else "Ethernet",
                "wired",
                self.macs[number],
                wired_up,
                (100 if slow else 1000) if wired_up else None,
                ("half" if slow and number == 0 else "full") if wired_up else "",
                [self.address(number)] if wired_up else [],
            )
        ]
        if self.kind == "wifi":
            cards.append(_card("Wi-Fi", "wireless", self.radio[number], True, 72, "", [self.address(number)]))
        if self.kind == "modem":
            cards.append(
                _card(
                    "Mobile Broadband Connection",
                    "mobile",
                    self.modems[number],
                    True,
                    None,
                    "",
                    [self.address(number)],
                )
            )
        return {"interfaces": cards}

    def neighbours(self, number: int) -> Data:
        """Section "neighbours": the gateway, the other PCs of the subnet, and the office's printer."""
        behind = self.kind == "two_routers" and number % 2 == 1
        gateway = (
            self.modems[number] if self.kind == "modem" else self.second_router if behind else self.gateway
        )
        net = self.address(number).rsplit(".", 1)[0]
        name = self._carrier_name()
        seen = [self.own_mac(other) for other in self.group(number) if other != number]
        if self.kind in ("switch", "hub"):
            seen.append(self.printer)
        return {
            "gateways": [
                {
                    "address": f"{net}.1",
                    "interface": name,
                    "mac_prefix": mac_prefix(gateway),
                    "mac_hash": mac_hash(gateway),
                    "in_arp_table": True,
                }
            ],
            "neighbours": [
                {"mac_prefix": mac_prefix(mac), "mac_hash": mac_hash(mac), "interface": name} for mac in seen
            ],
            "neighbour_count": len(seen),
            "dns_servers": [f"{net}.1"],
        }

    def counters(self, number: int, rng: Random) -> Data:
        """Section "counters": an old hub loses frames."""
        lost = rng.randrange(400, 4000) if self.kind == "hub" and number == 0 else rng.randrange(0, 4)
        return {
            "interfaces": [
                {
                    "name": self._carrier_name(),
                    "rx_errors": lost,
                    "tx_errors": 0,
                    "rx_dropped": rng.randrange(0, 30),
                    "tx_dropped": 0,
                    "rx_bytes": rng.randrange(10**8, 10**9),
                    "tx_bytes": rng.randrange(10**7, 10**8),
                }
            ]
        }

    def _carrier_name(self) -> str:
        return {"wifi": "Wi-Fi", "modem": "Mobile Broadband Connection", "hub": "Local Area Connection"}.get(
            self.kind, "Ethernet"
        )


def reach(mbps: int | None, rng: Random) -> Data:
    """Section "reach": the Internet and the collector, over a line of that speed."""
    base = 12.0 if mbps and mbps >= 100 else 45.0
    checks = [
        ("collector", "dns", COLLECTOR),
        ("collector", "tcp", f"{COLLECTOR}:443"),
        ("internet", "http", "http://www.msftconnecttest.com/connecttest.txt"),
    ]
    return {
        "checks": [
            {
                "name": name,
                "stage": stage,
                "target": target,
                "ok": True,
                "latency_ms": round(base + rng.random() * base, 1),
                "error": "",
            }
            for name, stage, target in checks
        ],
        "internet": True,
        "captive": False,
        "collector": True,
    }


def uptime(boot: datetime, clean: bool | None, seen_before: datetime | None, laptop: bool) -> Data:
    """Section "uptime" of a boot; `clean` is how the boot before ended, None when there was none."""
    return {
        "boot_time": boot.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "last_shutdown": "" if clean is None else "clean" if clean else "unclean",
        "last_shutdown_source": "" if clean is None else "agent_marker",
        "last_seen_before": seen_before.strftime("%Y-%m-%dT%H:%M:%SZ") if seen_before else "",
        "on_battery": False if laptop else None,
    }


def _card(name: str, kind: str, mac: str, up: bool, speed: int | None, duplex: str, ipv4: list[str]) -> Data:
    return {
        "name": name,
        "kind": kind,
        "mac_prefix": mac_prefix(mac),
        "mac_hash": mac_hash(mac),
        "is_up": up,
        "speed_mbps": speed,
        "duplex": duplex,
        "mtu": 1500,
        "ipv4": ipv4,
        "ipv6": [],
    }
