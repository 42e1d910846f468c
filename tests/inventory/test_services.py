"""The list of services: what is refused with which line, who is told what; and whose fault it is when one is silent."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from inventory.domain.problem import BadValue
from inventory.domain.service import Service, from_plain, parse_services, targets
from inventory.domain.service import as_plain as service_plain
from inventory.domain.service_reach import Tally, find_faults, tries
from inventory.store.engine import Store
from inventory.store.policy import current_version
from inventory.store.services import list_services, save_services
from inventory.store.tables import Audit
from inventory.transfer.services_file import read_services

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
GOOD = """
[[service]]
name = "Một cửa"
url = "https://motcua.tinh.gov.vn/"
group = "Một cửa"
from = ["tru_so_chinh", "trung_tam_hcc"]

[[service]]
name = "Văn bản"  # internal
tcp = "vanban.tinh.gov.vn:443"
network = "government"
"""


def test_a_file_is_read_in_its_order() -> None:
    one, two = parse_services(GOOD)

    assert (one.name, one.url, one.roles) == (
        "Một cửa",
        "https://motcua.tinh.gov.vn/",
        ("tru_so_chinh", "trung_tam_hcc"),
    )
    assert (two.url, two.network, two.needed_by("truong_hoc")) == ("tcp://vanban.tinh.gov.vn:443", "government", True)
    assert not one.needed_by("truong_hoc")
    assert [from_plain(service_plain(service)) for service in (one, two)] == [one, two]


def test_the_file_that_is_delivered_has_examples_that_work() -> None:
    path = Path(__file__).parents[2] / "config" / "services.toml"
    text = path.read_text(encoding="utf-8")
    examples = "\n".join(line[2:] for line in text.splitlines() if (line.startswith(("# [[", "# name", "# url", "# tcp",
                         "# group", "# network", "# from")) and " = " in line) or line == "# [[service]]")  # fmt: skip

    assert parse_services(text) == ()
    assert len(parse_services(examples)) == 3


@pytest.mark.parametrize(
    ("text", "line", "part", "remedy"),
    [
        ('[[service]]\nname = "A"\nurl = "ftp://x/"', 3, "url", "https://"),
        ('[[service]]\nname = "A"\nurl = "https://u:p@x/"', 3, "url", "https://"),
        ('[[service]]\nname = "A"\ntcp = "may:99999"', 3, "tcp", "may-chu.gov.vn:443"),
        ('[[service]]\nname = "A"\ntcp = "may"', 3, "tcp", "may-chu.gov.vn:443"),
        ('[[service]]\nname = "A"', 2, "name", "url"),
        ('[[service]]\nurl = "https://x/"', 1, "name", "name ="),
        ('[[service]]\nname = "A"\nurl = "https://x/"\ntcp = "x:1"', 3, "url", "url"),
        ('[[service]]\nname = "collector"\nurl = "https://x/"', 2, "name", "tên khác"),
        ('[[service]]\nname = "A"\nurl = "https://x/"\nnetwork = "wan"', 4, "network", "TSLCD"),
        ('[[service]]\nname = "A"\nurl = "https://x/"\nfrom = ["xa"]', 4, "from", "tru_so_chinh"),
        ('[[service]]\nname = "A"\nurl = "https://x/"\nfrom = [1]', 4, "from", "ví dụ"),
        ('[[service]]\nname = "A"\nurl = "https://x/"\nport = 1', 4, "port", "chỉ dùng name"),
        (
            '[[service]]\nname = "A"\nurl = "https://x/"\n\n[[service]]\nname = "a"\nurl = "https://y/"',
            6,
            "name",
            "một tên",
        ),
        ('[service]\nname = "A"', 1, "service", "[[service]]"),
        ('[[dich_vu]]\nname = "A"', 1, "dich_vu", "[[service]]"),
        ("[[service]]\nname = A", 2, "TOML", "nháy kép"),
        ("".join(f'[[service]]\nname = "{n}"\nurl = "https://x/{n}"\n' for n in range(25)), 73, "service", "bớt đi"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_remedy(text: str, line: int, part: str, remedy: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_services(text)

    said = str(caught.value)
    assert f"dòng {line}" in said
    assert part in said
    assert remedy in said


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(BadValue):
        assert parse_services("[[service]]\n" + text)


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    bad = tmp_path / "services.toml"
    bad.write_bytes(b'[[service]]\nname = "\xff"')

    for path, said in ((str(tmp_path / "none.toml"), "đường dẫn"), (str(bad), "dòng 2 không phải chữ UTF-8")):
        with pytest.raises(BadValue, match=said):
            read_services(path)
    assert read_services("") == ()


def test_agents_are_told_what_their_site_needs_and_can_reach() -> None:
    services = (
        Service("A", "https://a/"), Service("B", "https://b/", network="government"),
        Service("C", "https://c/", roles=("truong_hoc",)), Service("S", "https://s/", sample=True),
    )  # fmt: skip
    more = (("A", "https://other/"), ("Z", "https://z/"))

    assert targets(services, "tru_so_chinh", [], more) == (
        ("A", "https://other/"), ("B", "https://b/"), ("Z", "https://z/"),
    )  # fmt: skip
    assert [name for name, _ in targets(services, "truong_hoc", ["internet"], ())] == ["A", "C"]
    assert [name for name, _ in targets(services, "khac", ["tslcd"], ())] == ["B"]
    assert [name for name, _ in targets(services, "khac", ["office_link"], ())] == ["A", "B"]


def test_a_new_list_makes_a_new_policy_version_once(store: Store) -> None:
    services = parse_services(GOOD)
    with store.session() as session:
        assert save_services(session, services, NOW)
        assert save_services(session, [Service("Mẫu", "https://m/", sample=True)], NOW, sample=True)
        version = current_version(session)
        assert not save_services(session, services, NOW)
    with store.session() as session:
        assert [item.name for item in list_services(session)] == ["Một cửa", "Văn bản", "Mẫu"]
        assert current_version(session) == version == 1
        assert save_services(session, services[:1], NOW)
        assert current_version(session) == 2
        assert [row.action for row in session.exec(select(Audit))] == ["services.change"] * 2


# ---- Reach


def check(name: str, ok: bool | None, stage: str = "http", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "ok": ok,
        "stage": stage,
        "target": "x",
        "latency_ms": 40.0 if ok else None,
        "error": "",
    } | more


def test_the_last_check_of_a_name_is_where_the_try_ended() -> None:
    reach = {
        "checks": [
            check("collector", True), check("A", True, "dns"), check("A", False, "tcp", error="timeout"), check("B", True),
            check("C", None),
        ],
        "collector": True,
    }  # fmt: skip

    a, b = tries(reach)

    assert (a.service, a.ok, a.stage, a.error, a.offline) == ("A", False, "tcp", "timeout", False)
    assert (b.service, b.ok, b.latency_ms) == ("B", True, 40.0)


def test_a_try_while_the_line_is_down_says_nothing_about_the_service() -> None:
    down = {"checks": [check("A", False, "dns")], "collector": False, "internet": False}

    assert [attempt.offline for attempt in tries(down)] == [True]
    assert [attempt.offline for attempt in tries(down | {"collector": True})] == [False]
    assert [attempt.offline for attempt in tries(down | {"government": True})] == [False]
    assert [attempt.offline for attempt in tries({"checks": [check("A", False), check("B", True)]})] == [False, False]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
KEYS = st.sampled_from(["name", "ok", "stage", "latency_ms", "error", "x"])


@given(
    SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(KEYS, SCALARS | st.lists(SCALARS, max_size=2), max_size=4)
)
def test_no_section_makes_it_fail(value: Any) -> None:
    for attempt in tries({"checks": [value], "collector": value}):
        assert attempt.stage in ("dns", "tcp", "http")


OK = Tally(tries=8, ok=8)
DEAD = Tally(tries=8, ok=0, failed={"http": 8})


def test_nearly_everywhere_is_the_services_fault_and_one_line() -> None:
    tallies = {(site, "A"): DEAD for site in range(9)} | {(9, "A"): OK} | {(site, "B"): OK for site in range(10)}

    faults = find_faults(tallies, {}, 4, 0.8)

    assert faults.sites == ()
    (fault,) = faults.services
    assert (fault.service, fault.failing, fault.observed, fault.stage) == ("A", 9, 10, "http")


def test_one_site_that_fails_what_others_reach_is_the_sites_fault() -> None:
    tallies = {(site, name): OK for site in range(5) for name in ("A", "B")} | {(0, "A"): DEAD, (0, "B"): DEAD}

    faults = find_faults(tallies, {}, 4, 0.8)

    assert [(fault.site_id, fault.services, fault.provider_wide) for fault in faults.sites] == [(0, ("A", "B"), False)]
    assert faults.services == ()


def test_all_sites_of_one_provider_point_to_the_provider() -> None:
    providers = {site: "Viettel" if site < 3 else "VNPT" for site in range(10)}
    tallies = {(site, "A"): DEAD if site < 3 else OK for site in range(10)}

    assert [fault.provider_wide for fault in find_faults(tallies, providers, 4, 0.8).sites] == [True] * 3


def test_too_few_tries_or_sites_accuse_nobody() -> None:
    few = {(site, "A"): Tally(tries=3, failed={"dns": 3}) for site in range(9)}
    offline = {(site, "A"): Tally(tries=9, offline=9) for site in range(9)}
    lonely = {(1, "A"): DEAD, (2, "A"): OK}

    for tallies in (few, offline, lonely):
        assert find_faults(tallies, {}, 4, 0.8) == find_faults({}, {}, 4, 0.8)
