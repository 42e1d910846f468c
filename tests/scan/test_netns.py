"""Scans of real networks: namespaces with a bridge and hosts that answer by the kernel. The long ones run side by side
while the short ones are tested."""

from __future__ import annotations

import importlib.util
import ipaddress
import json
import subprocess
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest

from agent.scan.frames import Arp, ether_type, parse_arp
from tests import need

from . import netns
from .netns import Lan
from .test_frames import lldp_frame, tlv

OWN_MAC = "02:00:00:00:fe:01"
NOBODY_USER = 65534
# What sweeps at the polite rate may take, with room for a busy machine.
LONGEST_S = 200


def network_of(lan: Lan) -> Dict[str, Any]:
    network = ipaddress.IPv4Network("{}/{}".format(lan.own, lan.prefix), strict=False)
    return {
        "interface": "eth0", "mac": OWN_MAC, "address": lan.own, "network": str(network),
        "gateway": lan.gateway, "own": [lan.own],
    }  # fmt: skip


def begin(lan: Lan, **question: Any) -> "subprocess.Popen[str]":
    worker = lan.start("tests.scan.worker")
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write(json.dumps({"network": network_of(lan), **question}) + "\n")
    worker.stdin.flush()
    assert worker.stdout.readline() == "ready\n", worker.stderr.read() if worker.stderr else ""
    return worker


def finish(worker: "subprocess.Popen[str]") -> Dict[str, Any]:
    out, err = worker.communicate(timeout=LONGEST_S)
    assert worker.returncode == 0, err
    return json.loads(out)


def sweep(lan: Lan, **question: Any) -> Dict[str, Any]:
    return finish(begin(lan, **question))


def small(hosts: int = 5, **options: Any) -> Lan:
    return Lan(hosts, prefix=28, own=14, **options)


# --- the long ones


def office() -> List[Dict[str, Any]]:
    """A /24 with 60 devices: its first sweep."""
    with Lan(60) as lan:
        return [{"addresses": lan.addresses}, sweep(lan, plan={"gap_ms": 25})]


def office_next_day() -> List[Dict[str, Any]]:
    """Such a /24 again, its devices known from the day before, when a fifth of all frames is lost each way."""
    with Lan(60) as lan:
        lan.lose(20)
        again = sweep(lan, plan={"gap_ms": 25, "known": lan.addresses, "max_frames": 5000})
        return [{"addresses": lan.addresses}, again]


def strange_and_lossy() -> List[Dict[str, Any]]:
    with Lan(12, prefix=27, own=30) as lan:
        lan.lose(20)
        return [{"addresses": lan.addresses}, sweep(lan, plan={"gap_ms": 25, "max_frames": 3000})]


def without_rights() -> List[Dict[str, Any]]:
    with small() as lan:
        return [{"addresses": lan.addresses}, sweep(lan, door="touch", user=NOBODY_USER)]


@pytest.fixture(scope="module")
def running() -> Iterator[Dict[str, "Future[List[Dict[str, Any]]]"]]:
    netns.require()
    if importlib.util.find_spec("scapy") is None:
        need.missing("scapy", "pip install 'gapwatch-agent[scan]'")
    jobs = (office_next_day, office, strange_and_lossy, without_rights)
    with ThreadPoolExecutor(len(jobs)) as pool:
        yield {job.__name__: pool.submit(job) for job in jobs}


# --- the short ones


@pytest.fixture
def lan(running: object) -> Iterator[Lan]:
    with small() as made:
        yield made


def test_nothing_is_sent_but_questions_for_neighbours(lan: Lan) -> None:
    sniffer = lan.start_in(lan.lan, "tests.scan.capture", "port0")
    assert sniffer.stdout is not None
    assert sniffer.stdout.readline() == "ready\n"
    outcome = sweep(lan, plan={"gap_ms": 25})
    time.sleep(0.2)
    lines, _ = sniffer.communicate("\n", timeout=10)
    sent = [bytes.fromhex(line) for line in lines.split()]
    questions: List[Optional[Arp]] = [parse_arp(frame) for frame in sent if ether_type(frame) == 0x0806]

    assert outcome["stopped"] == ""
    assert {ether_type(frame) for frame in sent if frame[6:12].hex(":") == OWN_MAC} <= {0x0806, 0x86DD}
    asked = [message.target for message in questions if message is not None and message.mac == OWN_MAC]
    allowed = {str(address) for address in ipaddress.IPv4Network(network_of(lan)["network"]).hosts()} - {lan.own}
    assert set(asked) == allowed
    assert len(asked) == outcome["frames"]


def test_the_gateway_s_disappearance_ends_the_scan(lan: Lan) -> None:
    worker = begin(lan, plan={"gap_ms": 50, "passes": 2, "listen_s": 0.5})
    time.sleep(1.0)
    lan.stop_answering(lan.gateway)
    outcome = finish(worker)

    assert outcome["stopped"] == "gateway_lost"
    assert outcome["duration_s"] < 12


def test_a_driver_that_is_busy_ends_the_scan(lan: Lan) -> None:
    lan.inside(
        lan.pc, "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "512bit", "burst", "128", "limit", "128"
    )

    outcome = sweep(lan, plan={"gap_ms": 25})

    assert outcome["stopped"] == "driver_busy"
    assert outcome["frames"] < 10


def test_the_end_of_the_lease_ends_the_scan(lan: Lan) -> None:
    outcome = sweep(lan, plan={"gap_ms": 50}, stop_after_s=0.6)

    assert outcome["stopped"] == "lease_over"
    assert outcome["duration_s"] < 1.0
    assert 0 < outcome["frames"] < 20


def test_an_interface_that_goes_down_ends_the_scan(lan: Lan) -> None:
    worker = begin(lan, plan={"gap_ms": 50})
    time.sleep(0.4)
    lan.inside(lan.pc, "ip", "link", "set", "eth0", "down")

    assert finish(worker)["stopped"] == "gateway_lost"


def test_two_cards_with_one_address_are_heard(lan: Lan) -> None:
    twice = lan.addresses[2]
    lan.inside(lan.lan, "ip", "link", "add", "twin", "link", "cable", "address", "02:5e:ff:00:00:01", "type", "macvlan")
    lan.inside(lan.lan, "ip", "address", "add", "{}/{}".format(twice, lan.prefix), "dev", "twin")
    lan.inside(lan.lan, "ip", "link", "set", "twin", "up")

    outcome = sweep(lan, plan={"gap_ms": 25})

    assert outcome["clashes"] == {twice: sorted([Lan.mac(twice), "02:5e:ff:00:00:01"])}


def test_a_switch_that_announces_itself_is_heard(lan: Lan) -> None:
    frame = lldp_frame(tlv(1, b"\x04" + bytes(range(6))), tlv(2, b"\x05ge-0/0/7"), tlv(3, b"\x00\x78"), tlv(0, b""))
    worker = begin(lan, plan={"gap_ms": 25, "listen_s": 1.0})
    code = "import socket,sys; s = socket.socket(17, 3, 0); s.bind(('port0', 0)); s.send(bytes.fromhex(sys.argv[1]))"
    lan.inside(lan.lan, netns.sys.executable, "-c", code, frame.hex())

    outcome = finish(worker)

    assert [bytes.fromhex(text)[: len(frame)] for text in outcome["announcements"]] == [frame]


def fake_root(folder: Path) -> Path:
    """A root in which the namespace's cable is a real card: sysfs says of a veth that it is none."""
    card = folder / "sys" / "class" / "net" / "eth0"
    (card / "device").mkdir(parents=True)
    (card / "type").write_text("1\n")
    (card / "uevent").write_text("INTERFACE=eth0\n")
    (folder / "proc").symlink_to("/proc")
    return folder


def question(lan: Lan, root: Path, **more: Any) -> str:
    from agent.host import platform_name

    policy = {"scan_enabled": True, "scan_gap_ms": 50}
    return json.dumps({
        "kind": "sweep", "root": str(root), "platform": platform_name(), "policy": policy, "lease_s": 60.0,
        "deadline_s": 60.0, "off_file": str(root / "scan.off"), "known": [], "known_network": "",
        "max_frames": 1000, "listen_s": 0.0, **more,
    })  # fmt: skip


def test_the_child_process_answers_without_addresses_of_cards(lan: Lan, tmp_path: Path) -> None:
    child = lan.start("agent.scan.child")
    root = fake_root(tmp_path)
    assert child.stdin is not None
    child.stdin.write(question(lan, root) + "\n")
    child.stdin.flush()
    assert child.stdout is not None
    answer = json.loads(child.stdout.read())

    assert child.wait(10) == 0
    assert answer["network"] == network_of(lan)["network"]
    assert (answer["method"], answer["stopped"], answer["gateway"]) == ("scapy", "", lan.gateway)
    assert {row["address"] for row in answer["hosts"]} == set(lan.addresses)
    assert {row["passes"] for row in answer["hosts"]} == {2}
    assert not [address for address in lan.addresses if Lan.mac(address) in json.dumps(answer)]


@pytest.mark.parametrize("how", ["file", "word", "lease", "parent"])
def test_the_child_process_is_stopped_from_outside(lan: Lan, tmp_path: Path, how: str) -> None:
    child = lan.start("agent.scan.child")
    root = fake_root(tmp_path)
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(question(lan, root, listen_s=60.0) + "\n")
    child.stdin.flush()
    time.sleep(1.5)
    begun = time.monotonic()
    if how == "file":
        (root / "scan.off").write_text("")
    elif how == "parent":
        child.stdin.close()
    else:
        child.stdin.write("stop lease_over\n" if how == "word" else "lease 0\n")
        child.stdin.flush()
    answer = json.loads(child.stdout.read())

    assert child.wait(10) == 0
    assert time.monotonic() - begun < 30
    assert answer["stopped"] == {"file": "switched_off", "parent": "switched_off"}.get(how, "lease_over")


@pytest.mark.parametrize("case", ["mobile", "no way out", "too wide"])
def test_the_child_process_sends_nothing_where_nothing_may_be_scanned(lan: Lan, tmp_path: Path, case: str) -> None:
    root = fake_root(tmp_path)
    if case == "mobile":
        (root / "sys/class/net/eth0/uevent").write_text("DEVTYPE=wwan\n")
    elif case == "no way out":
        lan.inside(lan.pc, "ip", "route", "del", "default")
    else:
        lan.inside(lan.pc, "ip", "address", "flush", "dev", "eth0")
        lan.inside(lan.pc, "ip", "address", "add", lan.own + "/16", "dev", "eth0")
        lan.inside(lan.pc, "ip", "route", "add", "default", "via", lan.gateway)
    child = lan.start("agent.scan.child")
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(question(lan, root) + "\n")
    child.stdin.flush()
    answer = json.loads(child.stdout.read())

    assert child.wait(10) == 0
    assert answer["off"] == ("policy" if case == "too wide" else "no_network")


def test_the_resident_process_scans_through_its_child_and_keeps_what_it_found(lan: Lan, tmp_path: Path) -> None:
    root, state = fake_root(tmp_path / "root"), tmp_path / "state"
    resident = lan.start("tests.scan.resident", str(root), str(state))
    out, err = resident.communicate(timeout=60)
    assert resident.returncode == 0, err
    told = json.loads(out)

    assert told["kinds"] == ["sweep", "recheck"]
    assert told["heavy"] == []
    found = told["lan"]
    assert len(found["hosts"]) == len(lan.addresses)
    assert found["last_sweep"]["method"] == "scapy"
    assert "off" not in found
    assert not [address for address in lan.addresses if address in json.dumps(found) and address != lan.gateway]
    assert "thấy 5 thiết bị" in (state / "scan.log").read_text("utf-8")


# --- what came of the long ones


def test_the_kernel_asks_for_a_process_without_rights(running: Dict[str, "Future[List[Dict[str, Any]]]"]) -> None:
    lan, outcome = running["without_rights"].result(LONGEST_S)

    assert set(outcome["hosts"]) == set(lan["addresses"])
    assert outcome["stopped"] == ""
    assert outcome["frames"] <= 3 * 16


def test_an_unknown_lan_that_loses_a_fifth_of_its_frames_is_found_whole(
    running: Dict[str, "Future[List[Dict[str, Any]]]"],
) -> None:
    lan, outcome = running["strange_and_lossy"].result(LONGEST_S)

    assert set(outcome["hosts"]) == set(lan["addresses"])
    assert outcome["stopped"] == ""
    assert 0.2 < outcome["loss"] < 0.7


def test_sixty_of_sixty_on_a_24_at_the_polite_rate_and_again_with_a_fifth_lost(
    running: Dict[str, "Future[List[Dict[str, Any]]]"],
) -> None:
    lan, first = running["office"].result(LONGEST_S)
    lan_again, again = running["office_next_day"].result(LONGEST_S)

    assert set(first["hosts"]) == set(lan["addresses"])
    assert {passes for _, passes in first["hosts"].values()} == {2}
    assert first["addresses"] == 253
    assert 506 <= first["frames"] <= 530
    assert 12.6 <= first["duration_s"] <= 40  # 13 to 25 seconds on a machine that does nothing else
    assert set(again["hosts"]) == set(lan_again["addresses"])
    assert again["stopped"] == ""
    assert again["frames"] / again["duration_s"] <= 40.0
