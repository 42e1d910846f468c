"""Passwords and keys of policies: hidden for people and records, put back when a form returns, never lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from inventory.domain.policy import RULES, BadValue, parse_values
from inventory.store.engine import Store
from inventory.store.policy import effective_policy, seed_policy, set_policy
from inventory.store.policy_secrets import HIDDEN, SECRETS_CHANGED, hide_community, hide_user, masked, restored
from inventory.store.policy_sheet import change_threshold
from inventory.store.tables import Audit, PolicyVersion
from tests.collector.province import NOW

KEYS = ("mot-khoa-dai", "khoa-thu-hai")
USER = ["giamsat", "SHA256", KEYS[0], "AES", KEYS[1]]
LATER = NOW + timedelta(hours=1)


def change(store: Store, key: str, value: Any) -> None:
    with store.session() as session:
        change_threshold(session, "all", "", key, value, "hanh", "", LATER)


def users(store: Store) -> Any:
    with store.reading() as session:
        return effective_policy(session)[0].snmp_users


def audits(store: Store) -> list[Audit]:
    with store.reading() as session:
        return list(session.exec(select(Audit).order_by(Audit.id)))  # type: ignore[arg-type]


def test_no_key_gets_into_the_audit_log(store: Store) -> None:
    with store.session() as session:
        seed_policy(session, '[snmp.users]\ndefault = [["nhamay", "SHA", "khoa-nha-may", "", ""]]\n', NOW)
        values = {"snmp.users": [USER], "snmp.communities": ["public", "ketqua2026"]}
        set_policy(session, "all", "", values, "hanh", "", LATER)
    found = audits(store)
    said = str([(row.before, row.after) for row in found])
    for secret in (*KEYS, "khoa-nha-may", "ketqua2026"):
        assert secret not in said, secret
    assert found[-1].after == {
        "snmp.users": [["giamsat", "SHA256", HIDDEN, "AES", HIDDEN]],
        "snmp.communities": ["public", "k" + HIDDEN],
    }
    with store.reading() as session:  # what agents are told is whole
        policy, _version = effective_policy(session)
        assert policy.snmp_users == (tuple(USER),)
        assert policy.snmp_communities == ("public", "ketqua2026")


def test_a_new_key_still_shows_as_a_change(store: Store) -> None:
    change(store, "snmp.users", " | ".join(USER))
    change(store, "snmp.users", f"giamsat | SHA256 | mot-khoa-khac | AES | {HIDDEN}")
    newest = audits(store)[-1]
    assert newest.after is not None
    assert newest.after[SECRETS_CHANGED] == ["snmp.users"]
    assert users(store) == (("giamsat", "SHA256", "mot-khoa-khac", "AES", KEYS[1]),)


def test_a_form_that_comes_back_unchanged_changes_nothing(store: Store) -> None:
    change(store, "snmp.users", " | ".join(USER))
    change(store, "snmp.communities", "public\nketqua2026\nkhac-han")
    with store.reading() as session:
        policy, version = effective_policy(session)
    shown = "\n".join(" | ".join(hide_user(user)) for user in policy.snmp_users)
    change(store, "snmp.users", shown)
    change(store, "snmp.communities", "\r\n".join(hide_community(text) for text in policy.snmp_communities))
    with store.reading() as session:
        assert effective_policy(session) == (policy, version)
        assert len(session.exec(select(PolicyVersion)).all()) == 2


def test_lines_may_be_taken_away_or_added_beside_hidden_ones(store: Store) -> None:
    change(store, "snmp.communities", "public\nketqua2026\nkhac-han")
    change(store, "snmp.communities", f"k{HIDDEN}\nthem-vao")
    with store.reading() as session:
        assert effective_policy(session)[0].snmp_communities == ("ketqua2026", "them-vao")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("snmp.users", f"nguoi-la | SHA | {HIDDEN} | | ", "không có khóa cũ nào của nguoi-la"),
        ("snmp.users", f"giamsat | SHA | {HIDDEN} | AES | {HIDDEN}", ""),
        ("snmp.communities", f"z{HIDDEN}", "không có mật khẩu cũ nào cho dòng z"),
        ("snmp.users", "giamsat | MD5 | 12345678 | | ", "có một dòng không hợp lệ"),
    ],
)
def test_what_cannot_be_put_back_is_refused(store: Store, key: str, value: str, said: str) -> None:
    change(store, "snmp.users", " | ".join(USER))
    if not said:
        change(store, key, value)
        assert users(store) == (("giamsat", "SHA", KEYS[0], "AES", KEYS[1]),)
        return
    with pytest.raises(BadValue, match=said) as refused:
        change(store, key, value)
    assert not any(secret in str(refused.value) for secret in KEYS)


NAMES = st.text("abcXYZ09-", min_size=1, max_size=8)
SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="|"), min_size=8, max_size=20)


@given(st.lists(st.tuples(NAMES, SECRETS, SECRETS), max_size=5, unique_by=lambda user: user[0]))
def test_any_users_survive_the_form(people: list[tuple[str, str, str]]) -> None:
    written = [[name, "SHA", first, "AES", second] for name, first, second in people]
    current = parse_values({"snmp.users": written})["snmp.users"]
    shown = "\n".join(" | ".join(hide_user(user)) for user in current)
    assert parse_values({"snmp.users": restored(RULES["snmp.users"], shown, current)})["snmp.users"] == current
    said = str(masked({"snmp.users": written}))
    assert all(f"'{first}'" not in said and f"'{second}'" not in said for _, first, second in people)


@given(st.lists(SECRETS, max_size=5, unique=True))
def test_any_communities_survive_the_form(texts: list[str]) -> None:
    current = parse_values({"snmp.communities": texts})["snmp.communities"]
    shown = "\n".join(hide_community(text) for text in current)
    assert parse_values({"snmp.communities": restored(RULES["snmp.communities"], shown, current)}) == {
        "snmp.communities": current
    }
