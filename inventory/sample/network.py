"""Invented networks of the sample's offices in the shapes of the wire's sections: who sees whom, through what.

The kinds of network: `switch` one wired network with a gigabit switch; `hub` one wired network at 100 Mb/s with an
old half-duplex link; `wifi` only the provider's wireless; `two_routers` half of the PCs behind a second router;
`modem` no network at all, every PC has a USB modem of its own.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from inventory.domain.unit import search_key
from inventory.sample import equipment
from inventory.sample.equipment import Equipment
from inventory.sample.habits import hygiene_data
from inventory.sample.hardware import WIRED_PREFIXES, mac_hash, mac_prefix, make_mac
from inventory.sample.models import Data
from inventory.sample.sites import SitePlan

REALTEK, MODEM, SECOND_ROUTER, PHONE = "00e04c", "0c5b8f", "50c7bf", "da5e4f"
OFFICE_NET, SECOND_NET, MODEM_NET, PHONE_NET = "192.168.1", "192.168.0", "192.168.8", "192.168.43"
COLLECTOR = "thu-thap.gialai.example"


class OfficeNet:
    """The network of one site: MAC and IP addresses of its PCs, by their number, and of its equipment."""

    def __init__(self, plan: SitePlan, at: int, serials: list[str], rng: Random) -> None:
        """`at`: the number of the site, which decides what equipment it has."""
        self.kind = plan.net
        self.habits = frozenset(plan.habits.split())
        self.ipv6 = at % 3 != 0 and plan.net not in ("modem", "wifi")
        self.prefixes = [WIRED_PREFIXES.get(form, REALTEK) for form in serials]
        self.macs = [make_mac(prefix, rng) for prefix in self.prefixes]
        self.radio = [make_mac("a0c589", rng) for _ in serials]
        self.modems = [make_mac(MODEM, rng) for _ in serials]
        model = equipment.ont_model(plan.provider, rng)
        self.gateway = make_mac(PHONE if "hotspot" in self.habits else model[0].replace(":", ""), rng)
        self.second_router = make_mac(SECOND_ROUTER, rng)
        self.printer = make_mac(equipment.printer_prefix(at), rng)
        self.phones = [make_mac(PHONE, rng) for _ in range(rng.randrange(0, 5))]
        self.ont = "" if "hotspot" in self.habits else f"{model[1]} {model[2]}"
        self.equipment = self._equipment(plan, at, model, rng)

    def _equipment(self, plan: SitePlan, at: int, model: tuple[str, str, str], rng: Random) -> list[Equipment]:
        """What tells who it is, and stands on the office's first network."""
        if self.kind == "modem":
            return []
        found = [equipment.ont(self.gateway, model, self.gateway_address(0))] if self.ont else []
        if self.kind == "two_routers":
            found.append(equipment.router(self.second_router))
        if self.kind in ("switch", "hub"):
            found.append(equipment.printer(at, self.printer, "default_printer" in self.habits, rng))
        if self.kind == "switch" and plan.role == "tru_so_chinh":
            place = search_key(plan.name).removeprefix("tru so ubnd xa ").replace(" ", "").upper()
            found.append(equipment.switch(at, place, len(plan.pcs), "default_snmp" in self.habits, rng))
        if plan.role == "trung_tam_hcc":
            found += [equipment.recorder(rng), equipment.access_point(rng)]
        if self.habits & {"ups", "ups_old"}:
            found.append(equipment.ups("ups_old" in self.habits, rng))
        if "nas" in self.habits:
            found.append(equipment.nas(rng))
        if "gone" in self.habits:
            found.append(equipment.gone_switch(rng))
        return found

    def hosts(self, number: int) -> list[str]:
        """MAC addresses of everything that a scan from PC `number` finds, the gateway and itself left out."""
        found = [self.own_mac(other) for other in self.group(number) if other != number]
        if self._behind(number):
            return found
        gateways = (self.gateway, "")
        found += [item.mac for item in self.equipment if item.mac not in gateways and not item.gone]
        return found + self.phones

    def devices(self, number: int) -> list[Data]:
        """The equipment that PC `number` gets an answer of, as DeviceInfo."""
        if self.kind == "modem" or self._behind(number):
            return []
        found: list[Data] = []
        for item in self.equipment:
            if item.gone or item.mac == self.second_router:
                continue
            address = item.told["address"]
            whole = self._network(number) + address if address.startswith(".") else address
            found.append(item.told | {"address": whole})
        return found

    def hygiene(self, number: int) -> Data:
        """Section "hygiene"."""
        address, mac = self.gateway_address(number), self.gateway_mac(number)
        beyond = ["10.226.18.1", "", "123.29.12.97"]
        if self._behind(number):
            return hygiene_data(
                self.subnet(number), (address, mac), self.carrier, [address, f"{OFFICE_NET}.1", *beyond],
                "TP-Link Archer C50", False, self.habits,
            )  # fmt: skip
        hops = [address, *beyond]
        return hygiene_data(self.subnet(number), (address, mac), self.carrier, hops, self.ont, self.ipv6, self.habits)

    def subnet(self, number: int) -> str:
        """ "192.168.1.0/24"; "" where there is none but the modem's own."""
        return "" if self.kind == "modem" else f"{self._network(number)}.0/24"

    def gateway_address(self, number: int) -> str:
        return f"{self._network(number)}.1"

    def gateway_mac(self, number: int) -> str:
        if self.kind == "modem":
            return self.modems[number]
        return self.second_router if self._behind(number) else self.gateway

    def _behind(self, number: int) -> bool:
        return self.kind == "two_routers" and number % 2 == 1

    def _network(self, number: int) -> str:
        return self.address(number).rsplit(".", 1)[0]

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
        net = SECOND_NET if self._behind(number) else PHONE_NET if "hotspot" in self.habits else OFFICE_NET
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
        speed = (10 if number == 1 and "old_cable" in self.habits else 100) if slow else 1000
        server = self.gateway_address(number)
        cards = [
            _card(
                "Local Area Connection" if slow else "Ethernet",
                "wired",
                self.macs[number],
                wired_up,
                speed if wired_up else None,
                ("half" if slow and number == 0 else "full") if wired_up else "",
                [self.address(number)] if wired_up else [],
                server if number % 4 != 3 else "",
            )
        ]
        if self.kind == "wifi":
            wifi = [self.address(number)]
            cards.append(_card("Wi-Fi", "wireless", self.radio[number], True, 72, "", wifi, server))
        if self.kind == "modem":
            own = [self.address(number)]
            cards.append(
                _card("Mobile Broadband Connection", "mobile", self.modems[number], True, None, "", own, server)
            )
        return {"interfaces": cards}

    def neighbours(self, number: int) -> Data:
        """Section "neighbours": the gateway, the other PCs of the subnet, and the office's printer."""
        gateway, name = self.gateway_mac(number), self.carrier
        seen = [self.own_mac(other) for other in self.group(number) if other != number]
        if self.kind in ("switch", "hub"):
            seen.append(self.printer)
        return {
            "gateways": [
                {
                    "address": self.gateway_address(number),
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
            "dns_servers": [self.gateway_address(number)],
            "ipv6_gateways": 1 if self.ipv6 else 0,
        }

    def counters(self, number: int, rng: Random) -> Data:
        """Section "counters": an old hub loses frames."""
        lost = rng.randrange(400, 4000) if self.kind == "hub" and number == 0 else rng.randrange(0, 4)
        return {
            "interfaces": [
                {
                    "name": self.carrier,
                    "rx_errors": lost,
                    "tx_errors": 0,
                    "rx_dropped": rng.randrange(0, 30),
                    "tx_dropped": 0,
                    "rx_bytes": rng.randrange(10**8, 10**9),
                    "tx_bytes": rng.randrange(10**7, 10**8),
                }
            ]
        }

    @property
    def carrier(self) -> str:
        """The name of the card that carries."""
        return {"wifi": "Wi-Fi", "modem": "Mobile Broadband Connection", "hub": "Local Area Connection"}.get(
            self.kind, "Ethernet"
        )


def reach(mbps: int | None, captive: bool, rng: Random) -> Data:
    """Section "reach": the Internet and the collector, over a line of that speed. `captive`: the provider's page about
    unpaid bills answers for every unencrypted address."""
    base = 12.0 if mbps and mbps >= 100 else 45.0
    checks = [
        ("collector", "dns", COLLECTOR, ""),
        ("collector", "tcp", f"{COLLECTOR}:443", ""),
        ("internet", "http", "http://www.msftconnecttest.com/connecttest.txt", "captive" if captive else ""),
    ]
    return {
        "checks": [
            {
                "name": name,
                "stage": stage,
                "target": target,
                "ok": not error,
                "latency_ms": round(base + rng.random() * base, 1),
                "error": error,
            }
            for name, stage, target, error in checks
        ],
        "internet": not captive,
        "captive": captive,
        "collector": True,
        "gateway": True,
        "provider": True,
        "government": None,
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


def _card(name: str, kind: str, mac: str, up: bool, speed: int | None, duplex: str, ipv4: list[str], dhcp: str) -> Data:
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
        "dhcp": bool(dhcp) if ipv4 else None,
        "dhcp_server": dhcp if ipv4 else "",
    }
