"""Good and bad habits of the sample's LANs in the shape of the wire's section "hygiene".

Words of SitePlan.habits: rogue_dhcp somebody's router answers DHCP too; clash two devices share an address; captive a
page of the provider stands in the way; hotspot a phone is the line; tampering the name server lies; telnet, http the
gateway's management is open; scan_off somebody switched the scan off at the PC; default_snmp the switch answers to
"public"; ups, ups_old, nas, gone: equipment.
"""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from inventory.sample.hardware import mac_hash, mac_prefix, make_mac
from inventory.sample.models import Data

_KNOWN = {"chinhphu.vn": "123.30.240.68", "www.google.com": "142.250.199.68"}
_ABSENT = "gw-3f9c1d.invalid"


def hygiene_data(
    network: str, gateway: tuple[str, str], card: str, hops: list[str], ont: str, ipv6: bool, habits: Collection[str]
) -> Data:
    """What one PC saw. `gateway` is (address, MAC); `ont` names the provider's box, "" when it said nothing."""
    address, mac = gateway
    asked = bool(network)
    lies = "tampering" in habits
    return {
        "interface": card,
        "network": network,
        "gateway": address if asked else "",
        "gateway_mac_hash": mac_hash(mac) if asked else "",
        "dhcp_asked": True if asked else None,
        "dhcp_offers": _offers(address, mac, habits) if asked else [],
        "hops": hops if asked else [],
        "name_checks": [_check(address, name, "known", answer) for name, answer in _KNOWN.items()]
        + [_check(address, _ABSENT, "absent", "45.117.81.30" if lies else "")]
        if asked
        else [],
        "doors": [_door(address, *door) for door in _doors(habits)] if asked else [],
        "clashes": _clashes(address) if "clash" in habits and asked else [],
        "ipv6_address": ipv6,
        "ipv6_internet": ipv6,
        "gateway_upnp": ont if asked else "",
    }


def _offers(address: str, mac: str, habits: Collection[str]) -> list[Data]:
    found = [
        {
            "server": address,
            "mac_prefix": mac_prefix(mac),
            "mac_hash": mac_hash(mac),
            "gateway": address,
            "dns_servers": [address],
            "options": ["android_metered"] if "hotspot" in habits else [],
        }
    ]
    if "rogue_dhcp" in habits:
        other = address.rsplit(".", 1)[0] + ".254"
        strange = make_mac("50c7bf", Random(mac))  # noqa: S311 - invented data, not a secret
        shown = {"mac_prefix": mac_prefix(strange), "mac_hash": mac_hash(strange)}
        found.append({"server": other, **shown, "gateway": other, "dns_servers": [other], "options": []})
    return found


def _check(server: str, name: str, kind: str, answer: str) -> Data:
    answers = [answer] if answer else []
    return {"server": server, "name": name, "kind": kind, "answers": answers, "error": "" if answer else "nxdomain"}


def _doors(habits: Collection[str]) -> list[tuple[str, int, bool, str]]:
    return [
        ("telnet", 23, "telnet" in habits, "Login:" if "telnet" in habits else ""),
        ("http", 80, "http" in habits, "GPON Home Gateway" if "http" in habits else ""),
        ("https", 443, True, ""),
    ]


def _door(address: str, service: str, port: int, open_: bool, says: str) -> Data:
    return {"address": address, "service": service, "port": port, "open": open_, "says": says}


def _clashes(address: str) -> list[Data]:
    rng = Random(address)  # noqa: S311 - invented data, not a secret
    cards = [mac_hash(make_mac(prefix, rng)) for prefix in ("ecb1d7", "f8b156")]
    return [{"address": address.rsplit(".", 1)[0] + ".20", "mac_hashes": cards, "source": "arp_scan"}]
