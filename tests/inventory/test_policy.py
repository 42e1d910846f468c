"""Thresholds: one declaration, the file equal to it, wrong values refused by name, versions in the store."""

from __future__ import annotations

import ast
import dataclasses
import tomllib
from collections.abc import Callable
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import col, select

from collector.i18n.policy_words import GROUPS as HEADINGS
from collector.i18n.policy_words import HELP, PROBLEMS, SOURCES, STATUSES, UNITS
from inventory.domain import policy_rules
from inventory.domain.policy import (
    DEFAULT_POLICY,
    RULES,
    Policy,
    check,
    flatten,
    parse_values,
    plain_values,
    resolve,
    seed_values,
)
from inventory.domain.problem import BadValue
from inventory.store import policy as stored
from inventory.store.engine import Store
from inventory.store.tables import Audit, PolicyVersion, Site, Unit

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
FILE = Path(__file__).parents[2] / "config" / "policy.toml"


def test_every_attribute_has_a_rule_and_every_rule_an_attribute() -> None:
    assert {rule.attribute for rule in RULES.values()} == {item.name for item in dataclasses.fields(Policy)}


def test_the_file_says_what_the_code_says() -> None:
    described = flatten(tomllib.loads(FILE.read_text(encoding="utf-8")))

    assert set(described) == set(RULES)
    for key, table in described.items():
        rule = RULES[key]
        assert parse_values({key: table.pop("default")})[key] == DEFAULT_POLICY.get(key), key
        assert table == {
            "unit": rule.unit,
            "source": rule.source,
            "status": rule.status,
            "help_vi": HELP[key],
        }, key


def test_seeding_from_the_untouched_file_changes_nothing() -> None:
    assert seed_values(FILE.read_text(encoding="utf-8")) == {}


def test_defaults_pass_their_own_checks() -> None:
    check(DEFAULT_POLICY)
    everything = {key: DEFAULT_POLICY.get(key) for key in RULES}
    assert parse_values(plain_values(everything)) == everything
    for rule in RULES.values():
        assert rule.status in policy_rules.STATUSES
        assert rule.group in policy_rules.GROUPS
        assert rule.source


def test_the_collector_has_words_for_everything() -> None:
    assert set(HELP) == set(RULES)
    assert set(HEADINGS) == set(policy_rules.GROUPS)
    assert set(STATUSES) == set(policy_rules.STATUSES)
    assert {rule.unit for rule in RULES.values()} <= {*UNITS, ""}
    assert {rule.source for rule in RULES.values()} <= set(SOURCES)


def test_every_problem_of_a_value_has_its_words() -> None:
    folder = FILE.parents[1] / "inventory"
    said = set()
    own = [*(folder / "domain").glob("policy*.py"), folder / "domain" / "hours.py", folder / "store" / "policy.py"]
    for path in own:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BadValue":
                said |= {part.value for part in node.args[1:3] if isinstance(part, ast.Constant)}

    assert len(said) > 40
    assert said <= set(PROBLEMS)


@pytest.mark.parametrize(
    "guide",
    ["vi/chinh-sach.md", "en/policy.md"],
)
def test_the_guides_list_every_key_with_its_default_source_and_status(guide: str) -> None:
    lines = (FILE.parents[1] / "docs" / guide).read_text(encoding="utf-8").splitlines()
    rows = {line.split("`")[1]: line for line in lines if line.startswith("| `")}

    assert set(rows) == set(RULES)
    for key, line in rows.items():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[4] == RULES[key].status, key
        value = DEFAULT_POLICY.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            assert cells[1].replace("\u00a0", "") == f"{value:g}" or cells[1] == str(value), key


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("outdated.afteryears", 5, "có phải outdated.after_years"),
        ("nothing.like.it", 5, "config/policy.toml"),
        ("outdated.after_years", 0, "từ 2 đến 15"),
        ("outdated.after_years", "five", "phải là một số"),
        ("cores.min", "two", "số nguyên"),
        ("outdated.after_years", True, "phải là một số"),
        ("cores.min", 2.5, "số nguyên"),
        ("line.p95_max", "much", "một số"),
        ("line.p95_max", 90, "từ 0.1 đến 1"),
        ("line.p95_max", float("nan"), "một số"),
        ("weekly.weekday", "thứ hai", "mon, tue"),
        ("weekly.time", "7:00", "07:00"),
        ("weekly.time", "24:00", "07:00"),
        ("mobile.void_2g_from", "15/09/2026", "2026-09-15"),
        ("escalation.reminder_days", [14, 7], "tăng dần"),
        ("escalation.reminder_days", [], "7, 14, 30"),
        ("agent.internet_check_url", "ftp://host/", "http://"),
        ("agent.internet_check_url", "http://user:secret@host/", "http://"),
        ("agent.internet_check_url", "http://host:port/", "http://"),
        ("agent.reach_targets", [["Một cửa"]], "một cặp"),
        ("agent.reach_targets", "Một cửa | tcp://10.1.1.1", "tcp://máy:cổng"),
        ("agent.disabled_probes", ["Rm -rf"], "chữ thường"),
        ("agent.send_user_name", "yes", "true hoặc false"),
        ("hours.default", [["mon-fri", "7h30-11h30"]], "07:30-11:30"),
        ("hours.default", [["thứ hai", "07:30-11:30"]], "mon-fri"),
        ("os.support_end", [["windows 10", "soon"]], "một ngày"),
    ],
)
def test_a_wrong_value_is_refused_by_name_with_the_remedy(key: str, value: Any, said: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_values({key: value})

    assert caught.value.where == key
    assert str(caught.value).startswith(key + ":")
    assert said in str(caught.value)


def test_forms_send_texts() -> None:
    values = parse_values(
        {
            "outdated.after_years": " 6 ",
            "ram.min_gib": "7,5",
            "escalation.reminder_days": "7, 14, 21",
            "hours.default": "mon-fri | 07:00-11:30\nsat|08:00-11:00\n",
            "agent.reach_targets": "Một cửa | https://mot-cua.example/\n",
            "agent.send_user_name": "true",
            "mobile.void_2g_from": "2027-01-01",
        }
    )

    assert values == {
        "outdated.after_years": 6,
        "ram.min_gib": 7.5,
        "escalation.reminder_days": (7, 14, 21),
        "hours.default": (("mon-fri", "07:00-11:30"), ("sat", "08:00-11:00")),
        "agent.reach_targets": (("Một cửa", "https://mot-cua.example/"),),
        "agent.send_user_name": True,
        "mobile.void_2g_from": date(2027, 1, 1),
    }


def test_narrower_overrides_win() -> None:
    policy = resolve(
        DEFAULT_POLICY, [{"outdated.after_years": 6, "cores.min": 4}, {"outdated.after_years": 7}]
    )

    assert (policy.outdated_after_years, policy.cores_min, policy.ram_min_gib) == (7, 4, 8.0)
    assert resolve(DEFAULT_POLICY, [{}, {}]) is DEFAULT_POLICY


def test_contradictions_are_refused() -> None:
    with pytest.raises(BadValue, match=r"outdated\.after_years.*9.*severe\.after_years.*8"):
        resolve(DEFAULT_POLICY, [{"outdated.after_years": 9}])


@given(
    st.dictionaries(
        st.sampled_from(sorted(RULES)), st.none() | st.text() | st.integers() | st.lists(st.text())
    )
)
def test_any_value_is_either_taken_and_kept_or_refused_by_key(values: dict[str, Any]) -> None:
    refused = ""
    try:
        typed = parse_values(values)
    except BadValue as error:
        refused = error.where
    else:
        assert parse_values(plain_values(typed)) == typed
    assert refused in {"", *values}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outdated = ", "policy.toml"),
        ("outdated = 5", "outdated: phải là một bảng"),
        ("[outdated.years]\ndefault = 5", "outdated.years: không có ngưỡng nào"),
        ("[outdated.after_years]\ndefault = 99", "outdated.after_years: 99"),
    ],
)
def test_a_wrong_file_is_refused_by_key(text: str, said: str) -> None:
    with pytest.raises(BadValue) as caught:
        seed_values(text)

    assert said in str(caught.value)


@pytest.fixture
def places(store: Store) -> dict[str, int]:
    """A province with two communes and a site in each."""
    with store.session() as session:
        session.add(Unit(id="t1", kind="tinh", type_label="Tỉnh", name="Một", name_key="mot", code="52"))
        session.flush()
        for unit in ("x1", "x2"):
            session.add(
                Unit(id=unit, kind="xa", type_label="Xã", name=unit, name_key=unit, code="1", parent_id="t1")
            )
        session.flush()
        sites = [Site(unit_id=unit, name=unit, created_at=NOW) for unit in ("x1", "x2")]
        session.add_all(sites)
        session.flush()
        return {site.unit_id: site.id or 0 for site in sites}


def test_without_versions_the_defaults_hold(store: Store) -> None:
    with store.session() as session:
        assert stored.effective_policy(session) == (DEFAULT_POLICY, 0)


def test_versions_rise_over_all_scopes_and_the_narrowest_wins(store: Store, places: dict[str, int]) -> None:
    with store.session() as session:
        numbers = [
            stored.set_policy(session, "all", "", {"outdated.after_years": 6}, "an", "", NOW),
            stored.set_policy(session, "unit", "t1", {"outdated.after_years": 7}, "an", "", NOW),
            stored.set_policy(session, "unit", "x1", {"heartbeat_s": 60}, "an", "", NOW),
            stored.set_policy(session, "site", str(places["x1"]), {"heartbeat_s": 10}, "an", "", NOW),
        ]
    assert numbers == [1, 2, 3, 4]

    with store.session() as session:
        first, version = stored.effective_policy(session, site_id=places["x1"])
        second, _ = stored.effective_policy(session, site_id=places["x2"])
        commune, _ = stored.effective_policy(session, unit_id="x1")
        base, _ = stored.effective_policy(session)
        facts = stored.agent_policy(session, places["x1"])
        every, _ = stored.policies_of_sites(session)

        assert version == 4
        assert (first.outdated_after_years, first.heartbeat_s) == (7, 10)
        assert (second.outdated_after_years, second.heartbeat_s) == (7, 300)
        assert (commune.outdated_after_years, commune.heartbeat_s) == (7, 60)
        assert base.outdated_after_years == 6
        assert (facts.version, facts.heartbeat_s, facts.contact_gap_s) == (4, 10, 30)
        assert every == {places["x1"]: first, places["x2"]: second}
        assert stored.list_scopes(session) == [("site", str(places["x1"])), ("unit", "t1"), ("unit", "x1")]


def test_a_change_is_audited_and_no_change_is_no_version(store: Store) -> None:
    with store.session() as session:
        stored.set_policy(session, "all", "", {"outdated.after_years": "6", "cores.min": 2}, "an", "thử", NOW)
        assert stored.set_policy(session, "all", "", {"outdated.after_years": 6}, "an", "", NOW) == 1
        stored.set_policy(session, "all", "", {}, "bình", "", NOW + timedelta(days=1))

    with store.session() as session:
        rows = stored.list_versions(session)
        audits = session.exec(select(Audit).order_by(col(Audit.id))).all()

        assert [(row.version, row.values, row.created_by) for row in rows] == [
            (2, {}, "bình"),
            (1, {"outdated.after_years": 6}, "an"),
        ]
        assert [(row.action, row.before, row.after) for row in audits] == [
            ("policy.change", {}, {"outdated.after_years": 6}),
            ("policy.change", {"outdated.after_years": 6}, {}),
        ]
        assert stored.effective_policy(session) == (DEFAULT_POLICY, 2)


def test_a_rolled_back_version_is_forgotten(store: Store) -> None:
    with suppress(RuntimeError), store.session() as session:
        stored.set_policy(session, "all", "", {"outdated.after_years": 6}, "an", "", NOW)
        assert stored.effective_policy(session)[0].outdated_after_years == 6
        raise RuntimeError
    with store.session() as session:
        assert stored.effective_policy(session) == (DEFAULT_POLICY, 0)
        stored.set_policy(
            session, "all", "", {"outdated.after_years": 7}, "an", "", NOW + timedelta(seconds=1)
        )
    with store.session() as session:
        assert stored.effective_policy(session)[0].outdated_after_years == 7


@pytest.mark.parametrize(
    ("scope", "values", "said"),
    [
        (("unit", "x9"), {}, "scope: không có phạm vi unit x9"),
        (("site", "0"), {}, "scope"),
        (("site", "one"), {}, "scope"),
        (("all", ""), {"outdated.after_years": 9}, "outdated.after_years"),
        (("all", ""), {"severe.after_years": 5}, "outdated.after_years"),  # t1 already says 7
    ],
)
def test_wrong_changes_leave_nothing(
    store: Store, places: dict[str, int], scope: tuple[str, str], values: dict[str, Any], said: str
) -> None:
    with store.session() as session:
        stored.set_policy(session, "unit", "t1", {"outdated.after_years": 7}, "an", "", NOW)
    with pytest.raises(BadValue) as caught, store.session() as session:
        stored.set_policy(session, *scope, values, "an", "", NOW)
    assert said in str(caught.value)
    with store.session() as session:
        assert len(session.exec(select(PolicyVersion)).all()) == 1


def test_seeding_happens_once(store: Store) -> None:
    text = "[outdated.after_years]\ndefault = 6\n"
    with store.session() as session:
        assert stored.seed_policy(session, text, NOW) == 1
        assert stored.seed_policy(session, "[outdated.after_years]\ndefault = 7\n", NOW) == 1
    with store.session() as session:
        policy, version = stored.effective_policy(session)
        assert (policy.outdated_after_years, version) == (6, 1)


def test_asking_again_costs_one_query(sqlite_store: Store, count_queries: Callable[[Store], Any]) -> None:
    with sqlite_store.session() as session:
        stored.set_policy(session, "all", "", {"outdated.after_years": 6}, "an", "", NOW)
    with sqlite_store.session() as session:
        stored.agent_policy(session, 1)
        with count_queries(sqlite_store) as counted:
            for site_id in range(50):
                stored.agent_policy(session, site_id)
        assert len(counted) == 50


@pytest.fixture
def count_queries() -> Callable[[Store], Any]:
    @contextmanager
    def counting(store: Store) -> Any:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(store.engine, "before_cursor_execute", note)
        yield seen
        event.remove(store.engine, "before_cursor_execute", note)

    return counting


def test_a_province_may_move_the_wear_period_by_a_fifth() -> None:
    """TT 23/2023 lets a province move the wear rate by 20 %: 4.2 to 6.25 years."""
    values = parse_values({"outdated.after_years": 6.25})

    assert resolve(DEFAULT_POLICY, [values]).outdated_after_years == 6.25
