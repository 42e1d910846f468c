"""Where the hygiene probe looks, whether it may, and how often it asks for DHCP servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, List, Optional, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.files import Disk
from agent.host import Host, Nic
from agent.hygiene import dhcp, ledger
from agent.hygiene.dhcp import Asked
from agent.hygiene.ledger import Ledger, Question
from agent.hygiene.place import Place, choose, global_ipv6
from agent.probe import NoData, ProbeContext, ProbeSettings
from agent.probes import hygiene
from agent.wire import codec
from agent.wire.exchange import AgentPolicy
from agent.wire.sections import GatewayInfo
from agent.wire.sections_lan import DhcpOffer
from tests.agent import machines

HERE = Place("eth0", "wired", "02:00:00:00:00:05", "192.168.1.5", "192.168.1.0/24", "192.168.1.1", "f00d")
OFFER = DhcpOffer("192.168.1.1", gateway="192.168.1.1")


def ignore(_line: str) -> None:
    """A log that nobody reads."""


# --- which network

WIRED = Nic("eth0", "02-00-00-00-00-05", True, ipv4=("192.168.1.5/24",), ipv6=("fe80::1/64", "2402:800:1::5/64"))
VPN = Nic("tun0", "02:00:00:00:00:06", True, ipv4=("10.8.0.2/24",))
PHONE = Nic("usb0", "02:00:00:00:00:07", True, ipv4=("192.168.42.3/24",))
KINDS = {"eth0": "wired", "tun0": "virtual", "usb0": "mobile"}


def test_place_is_the_cards_network_with_the_way_out():
    here = choose((VPN, WIRED), KINDS, (GatewayInfo("10.8.0.1"), GatewayInfo("192.168.1.1", mac_hash="f00d")))

    assert here is not None
    assert (here.interface, here.mac, here.address, here.network) == ("eth0", HERE.mac, HERE.address, HERE.network)
    assert (here.gateway, here.gateway_mac_hash, here.kind) == ("192.168.1.1", "f00d", "wired")
    assert here.own_macs == ("02:00:00:00:00:05", "02:00:00:00:00:06")
    assert here.is_private


def test_vpn_mobile_line_and_a_card_without_a_way_out_are_no_place():
    assert choose((VPN, PHONE, WIRED), KINDS, (GatewayInfo("10.8.0.1"), GatewayInfo("192.168.42.1"))) is None
    assert choose((WIRED,), KINDS, ()) is None


def test_network_of_a_provider_is_not_private():
    nic = Nic("eth0", "02:00:00:00:00:05", True, ipv4=("113.161.1.5/29",))
    here = choose((nic,), KINDS, (GatewayInfo("113.161.1.1"),))

    assert here is not None and not here.is_private


@pytest.mark.parametrize(
    ("name", "network", "kind", "servers"),
    [
        ("dell-optiplex-ubuntu", "192.168.1.0/24", "wired", 2),
        ("laptop-wifi-battery", "192.168.43.0/24", "wireless", 2),
        ("windows11-desktop", "10.20.30.0/24", "wired", 2),
        ("windows7-32bit", "192.168.0.0/24", "wired", 2),
        ("laptop-no-network", "", "", 0),
    ],
)
def test_captured_machines_know_where_they_are(name: str, network: str, kind: str, servers: int):
    found = machines.context(machines.load(name))
    if not network:
        with pytest.raises(NoData):
            hygiene.where(found)
        return
    here, dns = hygiene.where(found)

    assert (here.network, here.kind, len(dns)) == (network, kind, servers)
    assert here.holds(here.gateway) and here.holds(here.address) and here.is_private
    assert len(here.gateway_mac_hash) == 16


def test_only_addresses_that_the_internet_answers_to_are_global():
    addresses = (
        "fe80::1/64",
        "fd00::1/64",
        "2001:db8::1/64",
        "2001:0:1::1/32",
        "2002:102:304::1/16",
        "x",
        "2402:800::1/64",
    )

    assert global_ipv6(addresses) == ("2402:800::1",)


# --- how often


def moment(at_s: float, boot: str = "a") -> Question:
    return Question(at_s, at_s, boot)


def most_in_a_day(asked: List[float]) -> int:
    return max((sum(then - ledger.DAY_S < at <= then for at in asked) for then in asked), default=0)


def shortest_gap(asked: List[float]) -> float:
    return min((asked[number] - asked[number - 1] for number in range(1, len(asked))), default=1e9)


def test_so_many_questions_a_day_and_no_more():
    kept = Ledger()
    asked: List[float] = []
    for minute in range(0, 3 * 24 * 60, 7):
        now = moment(1.8e9 + minute * 60)
        if ledger.may_ask(kept, now, 3):
            kept = ledger.with_question(kept, now)
            asked.append(minute * 60.0)

    assert (len(asked), most_in_a_day(asked)) == (9, 3)
    assert shortest_gap(asked) >= ledger.SPACING_S


@pytest.mark.parametrize(("per_day", "most"), [(0, 0), (-1, 0), (1, 1), (1000, ledger.MOST_A_DAY)])
def test_policy_cannot_flood(per_day: int, most: int):
    kept = Ledger()
    for hour in range(24):
        if ledger.may_ask(kept, moment(hour * 3600.0), per_day):
            kept = ledger.with_question(kept, moment(hour * 3600.0))

    assert len(kept.questions) == most


def asked_at(turns: List[Tuple[float, float, bool]], per_day: int) -> List[float]:
    """True moments of the questions. `turns`: true time passed, what the wall clock jumps by, whether the PC restarts."""
    kept, true_s, wall_s, boot, booted_s = Ledger(), 0.0, 1.8e9, 0, 0.0
    asked: List[float] = []
    for passed, jump, restarts in turns:
        true_s, wall_s = true_s + passed, wall_s + passed + jump
        if restarts:
            boot, booted_s = boot + 1, true_s
        now = Question(wall_s, true_s - booted_s, str(boot))
        if ledger.may_ask(kept, now, per_day):
            kept = codec.read(Ledger, json.loads(json.dumps(codec.to_plain(ledger.with_question(kept, now)))))
            asked.append(true_s)
    return asked


PASSED = st.floats(0, 20000)


@given(st.lists(st.tuples(PASSED, st.floats(-(10**8), 10**8), st.just(False)), max_size=60), st.integers(1, 4))
def test_a_clock_that_jumps_buys_no_question(turns: List[Tuple[float, float, bool]], per_day: int):
    asked = asked_at(turns, per_day)

    assert most_in_a_day(asked) <= per_day and shortest_gap(asked) >= ledger.SPACING_S - 1


@given(st.lists(st.tuples(PASSED, st.floats(-(10**8), 0), st.booleans()), max_size=60), st.integers(1, 4))
def test_restarts_with_a_clock_that_falls_back_buy_no_question(turns: List[Tuple[float, float, bool]], per_day: int):
    """A dead battery: each start begins in the past."""
    asked = asked_at(turns, per_day)

    assert most_in_a_day(asked) <= per_day and shortest_gap(asked) >= ledger.SPACING_S - 1


def test_question_from_the_future_counts_as_now():
    kept = ledger.with_question(Ledger(), moment(2e9, "a"))

    assert not ledger.may_ask(kept, moment(1.8e9, "b"), 1)


def test_answer_is_told_for_a_day_on_its_own_network():
    now = moment(1.8e9)
    kept = ledger.with_answer(ledger.with_question(Ledger(), now), now, HERE, Asked(True, (OFFER,)))
    later, next_day = moment(1.8e9 + 80000), moment(1.8e9 + 90000)
    elsewhere = Place("eth0", "wired", HERE.mac, HERE.address, HERE.network, HERE.gateway, "beef")

    assert ledger.last_answer(kept, later, HERE) == Asked(True, (OFFER,))
    assert ledger.last_answer(kept, next_day, HERE) == Asked(None)
    assert ledger.last_answer(kept, later, elsewhere) == Asked(None)


def context(folder: Optional[Path], **policy: Any) -> ProbeContext:
    settings = ProbeSettings(state_dir=str(folder) if folder else "")
    return ProbeContext(Host(), AgentPolicy(**policy), settings, ignore)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> List[str]:
    calls: List[str] = []

    def ask(here: Place, platform: str, log: Any) -> Asked:
        calls.append(here.network)
        return Asked(True, (OFFER,))

    monkeypatch.setattr(dhcp, "ask", ask)
    return calls


def test_question_is_on_the_disk_before_it_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen: List[int] = []

    def ask(here: Place, platform: str, log: Any) -> Asked:
        seen.append(len(json.loads((tmp_path / ledger.FILE).read_text())["questions"]))
        raise OSError("the power goes")

    monkeypatch.setattr(dhcp, "ask", ask)
    with pytest.raises(OSError):
        hygiene._dhcp(context(tmp_path), HERE)

    assert seen == [1]
    assert hygiene._dhcp(context(tmp_path), HERE) == {"dhcp_asked": None, "dhcp_offers": ()}


def test_second_look_tells_the_first_ones_answer(tmp_path: Path, asked: List[str]):
    first, second = (hygiene._dhcp(context(tmp_path), HERE) for _ in range(2))

    assert first == second == {"dhcp_asked": True, "dhcp_offers": (OFFER,)}
    assert asked == [HERE.network]


def test_without_a_place_to_keep_count_nothing_is_asked(tmp_path: Path, asked: List[str]):
    (tmp_path / ledger.FILE).mkdir()  # cannot be read, nor replaced

    assert hygiene._dhcp(context(tmp_path), HERE)["dhcp_asked"] is None
    assert hygiene._dhcp(context(tmp_path / "not there"), HERE)["dhcp_asked"] is None
    assert hygiene._dhcp(context(None), HERE)["dhcp_asked"] is None
    assert asked == []


def test_damaged_count_is_begun_anew(tmp_path: Path):
    for text in ("{", "[]", '{"questions": 7}', '{"answer": {"asked": "yes"}}'):
        (tmp_path / ledger.FILE).write_text(text)

        assert ledger.read(Disk(), str(tmp_path / ledger.FILE)) == Ledger()


# --- may the LAN be asked


def test_people_at_the_pc_can_switch_it_off(tmp_path: Path):
    by_settings = ProbeContext(Host(), AgentPolicy(), ProbeSettings(state_dir=str(tmp_path), extra={"scan": "no"}))

    assert hygiene.may_ask_the_lan(context(tmp_path), HERE)
    assert not hygiene.may_ask_the_lan(by_settings, HERE)
    (tmp_path / "scan.off").touch()
    assert not hygiene.may_ask_the_lan(context(tmp_path), HERE)


def test_settings_file_reaches_the_probe(tmp_path: Path):
    from agent.service import probe_settings
    from agent.settings import load

    config = tmp_path / "agent.ini"
    config.write_text("[scan]\nenabled = no\n")

    assert probe_settings(load(str(config))).extra == {"scan": "no"}
    assert probe_settings(load(str(tmp_path / "none.ini"))).extra == {}


def test_a_providers_network_is_not_asked(tmp_path: Path):
    here = Place("eth0", "wired", HERE.mac, "113.161.1.5", "113.161.1.0/29", "113.161.1.1")

    assert not hygiene.may_ask_the_lan(context(tmp_path), here)


def test_targets_are_the_policys_own():
    policy = {"internet_check_url": "http://check.vn:8080/x", "dns_known_names": ("a.vn", "b.vn")}

    assert hygiene.targets(context(None, **policy)) == [("check.vn", 8080), ("a.vn", 443), ("b.vn", 443)]
    assert hygiene.targets(context(None, internet_check_url="http://[x")) == []
