"""What one look asks, and when it asks again. Sockets and packets are played; real ones are in test_watch_net.py."""

from __future__ import annotations

import threading
from typing import Any, Dict, List, Optional

import pytest

from agent import watch_look
from agent.host import Nic
from agent.power_state import Power
from agent.probes.reach_stages import Answer
from agent.probes.reach_way import Way
from agent.watch_look import FAR_S, SERVICES_S, Door, Looker, Targets
from agent.wire.exchange import AgentPolicy, ReachTarget

POLICY = AgentPolicy(
    internet_check_url="http://check.vn/",
    internet_check_text="yes",
    government_check="http://tslcd.vn/",
    reach_targets=(ReachTarget("Một cửa", "http://one.vn/"), ReachTarget("Văn bản", "http://two.vn/")),
)
GOOD = Answer(200, b"yes")


class Net:
    """What answers, by host; every question is noted."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.way = Way(True, True)
        self.link: Optional[bool] = True
        self.answers: Dict[str, Any] = dict.fromkeys(("check.vn", "tslcd.vn", "col.vn", "one.vn", "two.vn"), GOOD)
        self.asked: List[str] = []

    def get(self, _trail: Any, _line: Any, url: str) -> Answer:
        name = url.split("/")[2]
        self.asked.append(name)
        answer = self.answers.get(name, Answer())
        if isinstance(answer, Exception):
            raise answer
        return answer

    def questions(self) -> List[str]:
        asked, self.asked = sorted(self.asked), []
        return asked


@pytest.fixture
def net(monkeypatch: pytest.MonkeyPatch) -> Net:
    net = Net()
    monkeypatch.setattr(watch_look, "get", net.get)
    monkeypatch.setattr(watch_look.reach_way, "look", lambda *_: net.way)
    monkeypatch.setattr(watch_look.reach_way, "has_link", lambda _host: net.link)
    monkeypatch.setattr(watch_look.power_state, "read", lambda _host: Power(False, 80, "online"))
    return net


def looker(net: Net, servers: Any = ("https://col.vn",)) -> Looker:
    return Looker(None, Targets(tuple(Door(server) for server in servers)), lambda: net.now)  # type: ignore[arg-type]


def test_everything_well(net: Net) -> None:
    look = looker(net)(POLICY)

    assert (look.link, look.gateway, look.provider, look.government, look.internet, look.captive, look.collector) == (
        True, True, True, True, True, False, True,
    )  # fmt: skip
    assert (look.services_failed, look.services_asked) == ((), 2)
    assert (look.on_battery, look.battery_percent, look.ups) == (False, 80, "online")
    assert net.questions() == ["check.vn", "col.vn", "one.vn", "tslcd.vn", "two.vn"]


def test_without_a_link_nothing_is_asked_and_nothing_answers(net: Net) -> None:
    net.link = False
    look = looker(net)(POLICY)

    assert (look.link, look.gateway, look.provider, look.government, look.internet, look.collector) == (False,) * 6
    assert (look.captive, look.services_asked) == (None, None)
    assert net.questions() == []
    bare = looker(net)(AgentPolicy())
    assert (bare.government, bare.internet) == (None, None), "what nobody wants to know is not claimed"


def test_what_answers_is_left_alone_for_a_while(net: Net) -> None:
    look, seen = looker(net), []
    for _ in range(5):
        look(POLICY)
        seen.append(net.questions())
        net.now += 60
    assert seen[1:] == [[], [], [], []]
    net.now = 1000 + FAR_S
    look(POLICY)
    assert net.questions() == ["check.vn", "col.vn", "tslcd.vn"]
    net.now = 1000 + SERVICES_S
    look(POLICY)
    assert net.questions() == ["check.vn", "col.vn", "one.vn", "tslcd.vn", "two.vn"]


def test_a_change_nearby_asks_everything_anew(net: Net) -> None:
    look = looker(net)
    look(POLICY)
    net.questions()
    net.now += 60
    net.way, net.answers = Way(True, False), {}

    found = look(POLICY)

    assert (found.provider, found.internet, found.government, found.collector) == (False, False, False, False)
    assert net.questions() == ["check.vn", "col.vn", "tslcd.vn"], "services only where something answers"
    net.now += 60
    look(POLICY)
    assert net.questions() == ["check.vn", "col.vn", "tslcd.vn"], "silence is asked at every look"


def test_a_collector_that_is_down_is_not_hammered_by_a_province(net: Net) -> None:
    look = looker(net)
    net.answers["col.vn"] = Answer(503)
    for _ in range(10):
        assert look(POLICY).collector is False
        net.now += 60

    assert net.questions().count("col.vn") == 2


def test_a_portal_is_no_internet(net: Net) -> None:
    net.answers = {"check.vn": Answer(302, b"")}
    found = looker(net)(POLICY)

    assert (found.internet, found.captive, found.collector) == (False, True, False)


def test_collectors_are_tried_in_order(net: Net) -> None:
    look = looker(net, ("https://old.vn", "https://col.vn/"))

    assert look(POLICY).collector is True
    assert [name for name in net.asked if name in ("old.vn", "col.vn")] == ["old.vn", "col.vn"]


def test_services_that_fail_are_named(net: Net) -> None:
    net.answers["two.vn"] = Answer(500)
    found = looker(net)(POLICY)
    assert (found.services_failed, found.services_asked) == (("Văn bản",), 2)


def test_one_stage_that_breaks_costs_no_other(net: Net) -> None:
    net.answers["check.vn"] = ValueError("bad address")
    found = looker(net)(POLICY)

    assert (found.internet, found.government, found.collector) == (False, True, True)


def test_a_stage_that_hangs_is_left_behind_and_not_asked_twice(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    go, calls = threading.Event(), []
    monkeypatch.setattr(watch_look, "FAR_DEADLINE_S", 0.05)
    inner = net.get

    def slow(trail: Any, line: Any, url: str) -> Answer:
        if "check.vn" in url:
            calls.append(url)
            go.wait(10)
        return inner(trail, line, url)

    monkeypatch.setattr(watch_look, "get", slow)
    look = looker(net)
    assert look(AgentPolicy(internet_check_url="http://check.vn/")).internet is False
    net.now += 60
    assert look(AgentPolicy(internet_check_url="http://check.vn/")).internet is False
    go.set()
    assert len(calls) == 1


def test_a_link_is_looked_for_with_what_the_host_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    class Host:
        platform = "linux"
        memo: Dict[str, Any] = {}
        asked = 0

        def nics(self) -> Any:
            return (Nic("eth0", is_up=True, ipv4=("10.1.2.3/24",)),)

        def read_text(self, path: str, limit: int = 0) -> Optional[str]:
            return None

    kinds: List[Any] = []
    monkeypatch.setattr(
        watch_look.reach_way, "kinds", lambda _host, names: kinds.append(names) or dict.fromkeys(names, "wired")
    )
    host: Any = Host()

    assert watch_look.reach_way.has_link(host) is True
    assert watch_look.reach_way.has_link(host) is True
    assert kinds == [("eth0",)], "kinds are asked once"


def test_each_address_goes_its_own_way(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office with both networks has a proxy for one of them."""
    ways: Dict[str, Any] = {}

    def noted(trail: Any, line: Any, url: str) -> Answer:
        ways[url] = line.proxy
        return Answer()

    monkeypatch.setattr(watch_look, "get", noted)
    doors = (Door("https://gov.vn", proxy="http://10.0.0.1:3128"), Door("https://net.vn"))

    Looker(None, Targets(doors, "http://10.0.0.2:8080"), lambda: net.now)(POLICY)  # type: ignore[arg-type]

    assert ways["https://gov.vn/healthz"] == "http://10.0.0.1:3128"
    assert ways["https://net.vn/healthz"] == ""
    assert ways["http://check.vn/"] == "http://10.0.0.2:8080"
