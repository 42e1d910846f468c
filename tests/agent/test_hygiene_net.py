"""The hygiene probe in an office of network namespaces, see hygiene_net.py. Needs root and iproute2."""

from __future__ import annotations

import json
import sys
from typing import Any, Dict, Iterator, List

import pytest

from agent.hygiene.dhcp import PROBE_MAC
from agent.wire import codec
from agent.wire.sections import HygieneInfo, mac_hash
from tests.agent import hygiene_net
from tests.agent.hygiene_net import CHECK, GATEWAY, HONEST, PC, PC_MAC, ROGUE, ROGUE_MAC, Office
from tests.scan import netns

Plain = Dict[str, Any]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    netns.require()
    with Office(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture(scope="module")
def looked(office: Office) -> Plain:
    """What the first look brought, and `events`: what the others saw of it."""
    answer = office.probe()
    assert (answer["status"], answer["error"]) == ("ok", ""), answer
    return {**answer["data"], "log": answer["log"], "events": office.events()}


def seen(events: List[Plain], key: str) -> List[Plain]:
    return [event for event in events if key in event]


def test_section_fits_the_contract(looked: Plain) -> None:
    info = codec.read(HygieneInfo, looked)

    assert (info.interface, info.network, info.gateway) == ("eth0", "192.168.1.0/24", GATEWAY)
    assert info.gateway_mac_hash == mac_hash(hygiene_net.GATEWAY_MAC)


def test_both_dhcp_servers_are_heard_and_told_apart(looked: Plain) -> None:
    assert looked["dhcp_asked"] is True
    assert looked["dhcp_offers"] == [
        {
            "server": GATEWAY, "mac_prefix": "02:5e:00", "mac_hash": mac_hash(hygiene_net.GATEWAY_MAC),
            "gateway": GATEWAY, "dns_servers": [GATEWAY],
        },
        {
            "server": ROGUE, "mac_prefix": "02:5e:00", "mac_hash": mac_hash(ROGUE_MAC),
            "gateway": ROGUE, "dns_servers": ["8.8.8.8"], "options": ["android_metered"],
        },
    ]  # fmt: skip


def test_dhcp_question_is_one_discover_with_the_made_up_mac(looked: Plain) -> None:
    questions = seen(looked["events"], "dhcp")

    assert sorted(event["dhcp"] for event in questions) == [GATEWAY, ROGUE]
    assert {(event["kind"], event["mac"], event["broadcast"]) for event in questions} == {(1, PROBE_MAC, True)}
    assert {event["sender"] for event in questions} == {"0.0.0.0"}


def test_way_out_is_followed_to_the_first_public_router(office: Office, looked: Plain) -> None:
    assert looked["hops"] == [GATEWAY, "192.168.100.1", "27.64.0.1"]
    names, counts = (
        line.split() for line in office.inside("sv", "cat", "/proc/net/snmp").splitlines() if "Udp: " in line
    )
    assert counts[names.index("NoPorts")] == "0"  # nothing went on to the server behind it


def test_lying_name_server_is_told_and_the_honest_one_too(looked: Plain) -> None:
    said = {(row.get("server", ""), row["name"]): row for row in looked["name_checks"]}

    assert len(said) == 3 * 4
    for server in (HONEST, ""):
        assert said[server, "chinhphu.vn"]["answers"] == ["113.160.11.1", "113.160.11.2"]
        assert {said[server, "absent:" + suffix]["error"] for suffix in ("com", "vn")} == {"nxdomain"}
    assert said[GATEWAY, "absent:com"]["answers"] == said[GATEWAY, "chinhphu.vn"]["answers"] == [GATEWAY]


def test_made_up_names_do_not_stand_in_the_section(looked: Plain) -> None:
    made_up = {event["name"] for event in seen(looked["events"], "dns")} - set(hygiene_net.TABLE)

    assert len(made_up) == 2
    assert not [name for name in made_up if name in json.dumps({**looked, "events": None})]


def test_doors_of_the_gateway_alone_are_knocked_at(looked: Plain) -> None:
    assert [(door["service"], door["open"], door.get("says", "")) for door in looked["doors"]] == [
        ("telnet", True, "F670L"), ("http", True, "F670L & co"), ("https", False, ""),
    ]  # fmt: skip
    calls = seen(looked["events"], "tcp")
    assert sorted(call["tcp"] for call in calls if call["address"] == GATEWAY) == [23, 80, 49152]
    assert not [call for call in calls if call["address"] == ROGUE]  # whatever its UPnP answer says
    assert [call["question"] for call in calls if call["tcp"] == 23] == [""]


def test_gateway_is_named_by_its_own_upnp_description(looked: Plain) -> None:
    assert looked["gateway_upnp"] == "ZTE F670L"


def test_stolen_address_is_found(looked: Plain) -> None:
    assert looked["clashes"] == [
        {"address": PC, "mac_hashes": sorted((mac_hash(PC_MAC), mac_hash(ROGUE_MAC))), "source": "arp_scan"}
    ]


def test_ipv6_is_tried(looked: Plain) -> None:
    assert (looked["ipv6_address"], looked["ipv6_internet"]) == (True, True)


def test_no_mac_address_leaves_whole(looked: Plain) -> None:
    text = json.dumps({**looked, "events": None})

    assert not [mac for mac in (PC_MAC, ROGUE_MAC, hygiene_net.GATEWAY_MAC, PROBE_MAC) if mac in text]


@pytest.fixture(scope="module")
def looked_again(office: Office, looked: Plain) -> Plain:
    """A second look at once, on a PC where scanning was switched off for a moment in between."""
    off = office.state / "scan.off"
    off.touch()
    quiet = office.probe()
    off.unlink()
    quiet_events = office.events()
    again = office.probe()
    assert quiet["status"] == again["status"] == "ok"
    return {"quiet": quiet["data"], "again": again["data"], "quiet_events": quiet_events, "first": looked}


def test_switched_off_pc_asks_no_device_of_the_lan(looked_again: Plain) -> None:
    data = looked_again["quiet"]
    assert {"dhcp_asked", "dhcp_offers", "doors", "gateway_upnp", "clashes"} & set(data) == set()
    assert data["hops"] == looked_again["first"]["hops"]
    for key in ("dhcp", "tcp", "ssdp", "thief"):
        asked = [event for event in seen(looked_again["quiet_events"], key) if event.get("tcp") != 443]
        assert len(asked) == len([e for e in seen(looked_again["first"]["events"], key) if e.get("tcp") != 443])


def test_dhcp_is_not_asked_again_within_the_hour_but_told(office: Office, looked_again: Plain) -> None:
    assert looked_again["again"]["dhcp_offers"] == looked_again["first"]["dhcp_offers"]
    assert looked_again["again"]["dhcp_asked"] is True
    assert len(seen(office.events(), "dhcp")) == 2


def test_without_raw_frames_a_datagram_socket_hears_the_offers(office: Office) -> None:
    """As on Windows: an INFORM beside the DISCOVER, and no MAC of the servers."""
    result = office.inside("pc", "setpriv", "--bounding-set", "-net_raw", sys.executable, "-c", _ASK)
    said = json.loads(result)

    assert said["asked"] is True
    assert [(offer["server"], offer["gateway"]) for offer in said["offers"]] == [(GATEWAY, GATEWAY), (ROGUE, ROGUE)]
    assert "dhcp: no right to raw frames" in said["log"]
    questions = [event for event in seen(office.events(), "dhcp") if event["sender"] == PC]
    assert sorted((event["dhcp"], event["kind"]) for event in questions) == [
        (GATEWAY, 1),
        (GATEWAY, 8),
        (ROGUE, 1),
        (ROGUE, 8),
    ]
    assert {event["mac"] for event in questions if event["kind"] == 8} == {PC_MAC}


def test_without_any_right_dhcp_is_unknown_not_silent(office: Office) -> None:
    code = _ASK.replace("said =", "os.setresuid(65534, 65534, 65534)\nsaid =")
    said = json.loads(office.inside("pc", sys.executable, "-c", code))

    assert (said["asked"], said["offers"]) == (None, [])


def test_hops_need_no_right(office: Office) -> None:
    code = "import os\nfrom agent.hygiene import hops_linux, hops\nos.setresuid(65534, 65534, 65534)\n"
    code += "print(hops.walk(hops_linux.UdpProbe('{0}'), '{0}'))".format(CHECK)

    assert GATEWAY in office.inside("pc", sys.executable, "-c", code)


_ASK = """
import json, os
from agent.hygiene import dhcp
from agent.hygiene.place import Place
from agent.wire import codec
here = Place("eth0", "wired", "{}", "{}", "192.168.1.0/24", "{}")
log = []
said = dhcp.ask(here, "linux", log.append, 1.5)
print(json.dumps({{"asked": said.asked, "offers": codec.to_plain(said.offers), "log": log}}))
""".format(PC_MAC, PC, GATEWAY)
