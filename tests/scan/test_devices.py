"""Asking the devices that answered a sweep: real SNMP packets to a responder, four at a time, nothing beyond the list."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Any, Dict, List

import pytest

from agent.scan import devices
from agent.snmp.target import Credential
from agent.wire import codec
from agent.wire.exchange import AgentPolicy, SnmpUser
from agent.wire.sections_lan import DeviceInfo, PortInfo
from tests.snmp.recordings import identified, rows
from tests.snmp.responder import Responder

NAME = "mikrotik"


def question(
    addresses: List[str], communities: List[str], policy: AgentPolicy = AgentPolicy(), **more: Any
) -> Dict[str, Any]:
    found = [
        {"address": address, "mac_prefix": "02:5e:00", "mac_hash": "{:016x}".format(number), "fingerprint": ""}
        for number, address in enumerate(addresses)
    ]
    for row in found:
        row.update(more)
    return {"devices": found, "communities": communities, "policy": codec.to_plain(policy)}


def served(community: str) -> Any:
    """Only this community is answered to."""
    return Responder(lambda name: rows(NAME) if name == community else None, host="0.0.0.0")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "TIMEOUT_S", 0.3)


def test_a_device_tells_what_it_is_and_which_credential_it_answers_to() -> None:
    with served("xem") as responder:
        answer = devices.ask(question(["127.0.0.2"], ["khac", "xem"]), lambda: "", responder.port)

    info = codec.read(DeviceInfo, answer["devices"][0]["info"])
    wanted = identified(NAME)
    assert (info.vendor, info.hardware, info.version) == (wanted.vendor, wanted.hardware or "", wanted.version or "")
    assert (info.address, info.mac_prefix, info.source) == ("127.0.0.2", "02:5e:00", "snmp")
    assert info.default_community is False
    assert answer["devices"][0]["fingerprint"] == devices.fingerprint(Credential("xem"))
    assert (answer["asked"], answer["stopped"]) == (1, "")
    assert "xem" not in str(answer)


def test_the_remembered_credential_is_asked_first() -> None:
    asked: List[str] = []
    with Responder(
        lambda name: asked.append(name) or (rows(NAME) if name == "c" else None), host="0.0.0.0"
    ) as responder:
        known = question(["127.0.0.2"], ["a", "b", "c"], fingerprint=devices.fingerprint(Credential("c")))
        devices.ask(known, lambda: "", responder.port)

    assert set(asked) == {"c"}


def test_only_configured_credentials_are_tried() -> None:
    asked: List[str] = []
    with Responder(lambda name: asked.append(name), host="0.0.0.0") as responder:  # type: ignore[func-returns-value]
        policy = AgentPolicy(snmp_communities=("tinh", ""))
        answer = devices.ask(question(["127.0.0.2"], ["xa"], policy), lambda: "", responder.port)

    assert list(dict.fromkeys(asked)) == ["xa", "tinh"]
    assert (answer["devices"], answer["asked"]) == ([], 1)


def test_without_credentials_nobody_is_asked() -> None:
    with served("public") as responder:
        answer = devices.ask(question(["127.0.0.2"], []), lambda: "", responder.port)

        assert (answer["asked"], responder.asked) == (0, [])


def test_a_community_that_everybody_knows_is_told() -> None:
    with served("public") as responder:
        answer = devices.ask(question(["127.0.0.2"], ["public"]), lambda: "", responder.port)

    assert answer["devices"][0]["info"]["default_community"] is True


def test_at_most_four_are_asked_at_a_time_and_one_failure_costs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, at_work, most = threading.Lock(), [0], [0]

    def examine(target: Any, *_: Any, **__: Any) -> Any:
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        time.sleep(0.02)
        with lock:
            at_work[0] -= 1
        raise ValueError(target.host)

    from agent.snmp import device

    monkeypatch.setattr(device, "examine", examine)
    answer = devices.ask(question(["127.0.0.{}".format(n) for n in range(2, 22)], ["x"]), lambda: "")

    assert most[0] == devices.AT_ONCE == 4
    assert answer["asked"] == 20
    assert len(answer["troubles"]) == 10


def test_a_reason_to_stop_ends_the_round() -> None:
    with served("xem") as responder:
        answer = devices.ask(question(["127.0.0.2", "127.0.0.3"], ["xem"]), lambda: "lease_over", responder.port)

    assert (answer["asked"], answer["stopped"]) == (0, "lease_over")


def test_users_of_version_3_come_first_and_a_wrong_one_costs_itself_only() -> None:
    policy = AgentPolicy(
        snmp_users=(
            SnmpUser("doc", "SHA", "matkhau123", "AES", "matkhau456"),
            SnmpUser("sai", "SHA", "short"),
            SnmpUser(""),
        ),
        snmp_communities=("tinh", "xa"),
    )

    found = devices.credentials(policy, ["xa"])

    assert [(item.user, item.community) for item in found] == [("doc", ""), ("", "xa"), ("", "tinh")]
    assert len({devices.fingerprint(item) for item in found}) == 3


def test_ports_go_first_when_there_is_too_much_to_tell() -> None:
    ports = tuple(PortInfo(number, "GigabitEthernet0/{}".format(number), True, 1000, 0, 0) for number in range(400))
    found = [
        {
            "info": codec.to_plain(DeviceInfo("10.0.0.{}".format(n), name="sw{}".format(n), ports=ports[: 100 * n])),
            "fingerprint": "",
        }
        for n in range(5)
    ]

    kept = devices.cut(found)

    assert len(codec.dumps([item["info"] for item in kept])) <= 100 * 1024
    assert [item["info"].get("name") for item in kept] == ["sw{}".format(n) for n in range(5)]
    assert [len(item["info"].get("ports", ())) for item in kept][:3] == [0, 100, 200]


def test_the_child_process_asks_devices(tmp_path: Any) -> None:
    import json

    ask = {
        **question(["127.0.0.1"], []), "kind": "devices", "root": "/", "platform": "linux", "lease_s": 60.0,
        "deadline_s": 60.0, "off_file": str(tmp_path / "off"),
    }  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-m", "agent.scan.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = child.communicate((json.dumps(ask) + "\n").encode(), timeout=30)

    assert child.returncode == 0, err
    assert json.loads(out) == {"devices": [], "asked": 0, "stopped": "", "log": []}
