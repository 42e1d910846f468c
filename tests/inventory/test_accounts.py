"""Accounts, sessions, failed attempts and scopes, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from inventory.store import accounts
from inventory.store.engine import Store
from inventory.store.scope import EVERYTHING, NOTHING, Scope, area_unit_ids, resolve_scope, unit_and_below
from inventory.store.sessions import close_session, find_viewer, open_session, token_hash
from inventory.store.tables import Account, Area, AreaMember, LoginAttempt, Unit
from inventory.store.tables import Session as SessionRow

NOW = datetime(2026, 11, 19, 3, tzinfo=UTC)
DAY = date(2026, 11, 19)


def unit(unit_id: str, parent: str | None, kind: str = "xa") -> Unit:
    return Unit(id=unit_id, kind=kind, type_label="Xã", name=unit_id, name_key=unit_id, code="1", parent_id=parent)


@pytest.fixture
def lan(store: Store) -> int:
    """An account of chị Lan, limited to the commune x1."""
    with store.session() as session:
        session.add(unit("t1", None, "tinh"))
        session.flush()
        session.add_all([unit("x1", "t1"), unit("x2", "t1")])
        made = accounts.create_account(session, "Lan", "hash", NOW, role="commune", scope_kind="unit", scope_id="x1")
        assert made.id is not None
        return made.id


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"login": "  "}, "login is empty"),
        ({"login": "LAN "}, "login 'lan' is taken"),
        ({"role": "boss"}, "role 'boss' is not one of admin"),
        ({"scope_kind": "site"}, "scope_kind 'site' is not one of all"),
        ({"scope_kind": "unit", "scope_id": ""}, "scope_id is empty: name the unit"),
        ({"role": "commune"}, "a commune's account must be limited"),
    ],
)
def test_a_bad_account_is_refused_with_the_remedy(store: Store, lan: int, values: dict[str, str], message: str) -> None:
    with pytest.raises(accounts.AccountError, match=message), store.session() as session:
        accounts.create_account(session, **({"login": "binh", "password_hash": "h", "now": NOW} | values))
    with store.reading() as session:
        assert session.exec(select(Account.id)).all() == [lan]


def test_logins_are_one_in_any_case_and_spelling() -> None:
    decomposed = "Hạnh"
    assert accounts.login_key(f" {decomposed}\t") == accounts.login_key("HẠNH") == "hạnh"
    assert len(accounts.login_key("x" * 500)) == accounts.MAX_LOGIN


def test_a_session_is_found_by_its_token_only(store: Store, lan: int) -> None:
    with store.session() as session:
        token = open_session(session, lan, NOW)
    with store.reading() as session:
        viewer = find_viewer(session, token, NOW)
        assert viewer is not None
        assert (viewer.login, viewer.role, viewer.scope.unit_ids) == ("lan", "commune", frozenset({"x1"}))
        assert [find_viewer(session, wrong, NOW) for wrong in ("", token[:-1], token_hash(token))] == [None] * 3
        assert find_viewer(session, token, NOW + timedelta(hours=12)) is None


def test_two_sessions_share_nothing(store: Store, lan: int) -> None:
    with store.session() as session:
        first, second = (open_session(session, lan, NOW) for _ in range(2))
    with store.reading() as session:
        viewers = [find_viewer(session, token, NOW) for token in (first, second)]
    assert len({viewer.csrf for viewer in viewers if viewer}) == 2


def test_expired_sessions_are_swept_out(store: Store, lan: int) -> None:
    with store.session() as session:
        open_session(session, lan, NOW - timedelta(hours=13))
    with store.session() as session:
        open_session(session, lan, NOW)
    with store.reading() as session:
        assert len(session.exec(select(SessionRow)).all()) == 1


def test_closing_twice_is_told_apart(store: Store, lan: int) -> None:
    with store.session() as session:
        token = open_session(session, lan, NOW)
    with store.session() as session:
        assert close_session(session, token_hash(token))
        assert not close_session(session, token_hash(token))
        assert find_viewer(session, token, NOW) is None


def test_a_new_password_keeps_only_the_session_that_set_it(store: Store, lan: int) -> None:
    with store.session() as session:
        here, elsewhere = (open_session(session, lan, NOW) for _ in range(2))
    with store.session() as session:
        accounts.set_password(session, lan, "new hash", keep_session=token_hash(here))
    with store.reading() as session:
        assert find_viewer(session, here, NOW) is not None
        assert find_viewer(session, elsewhere, NOW) is None
        account = accounts.find_account(session, "LAN")
        assert account is not None
        assert account.password_hash == "new hash"


def test_failures_count_in_their_window(store: Store) -> None:
    with store.session() as session:
        for minutes in (30, 10, 5):
            accounts.note_failure(session, ["login:lan", "ip:10.0.0.1"], NOW - timedelta(minutes=minutes))
    with store.session() as session:
        since = NOW - timedelta(minutes=15)
        assert accounts.failures(session, "login:lan", since) == accounts.Attempts(2, NOW - timedelta(minutes=10))
        assert accounts.failures(session, "login:binh", since) == accounts.Attempts(0, None)
        accounts.forget_one_failure(session, "ip:10.0.0.1")
        accounts.forget_failures(session, "login:lan")
        assert accounts.failures(session, "login:lan", since).count == 0
        assert accounts.failures(session, "ip:10.0.0.1", since).count == 1


def test_attempts_of_days_ago_are_forgotten(store: Store) -> None:
    with store.session() as session:
        accounts.note_failure(session, ["login:lan"], NOW - timedelta(days=2))
        accounts.note_failure(session, ["login:binh"], NOW)
        assert session.exec(select(LoginAttempt.key)).all() == ["login:binh"]


def area(session: Session) -> None:
    session.add(Area(id=5, province_id="t1", name="Khu vực"))
    session.flush()
    session.add(AreaMember(area_id=5, unit_id="x1", valid_to=DAY))
    session.add(AreaMember(area_id=5, unit_id="x2", valid_from=DAY + timedelta(days=1)))
    session.flush()


def test_an_area_has_its_members_of_the_day(store: Store, lan: int) -> None:
    with store.session() as session:
        area(session)
        assert area_unit_ids(session, 5, DAY) == {"x1"}
        assert area_unit_ids(session, 5, DAY + timedelta(days=1)) == {"x2"}
        assert area_unit_ids(session, 6, DAY) == frozenset()


@pytest.mark.parametrize(
    ("kind", "scope_id", "expected"),
    [
        ("all", "", None),
        ("unit", "x1", {"x1"}),
        ("unit", "t1", {"t1", "x1", "x2"}),
        ("area", "5", {"x1"}),
        ("unit", "gone", set()),
        ("unit", "", set()),
        ("area", "x", set()),
        ("area", "", set()),
        ("planet", "1", set()),
    ],
)
def test_scopes_of_accounts(store: Store, lan: int, kind: str, scope_id: str, expected: set[str] | None) -> None:
    with store.session() as session:
        area(session)
        assert resolve_scope(session, kind, scope_id, DAY).unit_ids == expected


def test_a_scope_in_a_query(store: Store, lan: int) -> None:
    def seen(scope: Scope) -> list[str]:
        with store.reading() as session:
            return list(session.exec(select(Unit.id).where(scope.condition(Unit.id)).order_by(Unit.id)))

    assert seen(EVERYTHING) == ["t1", "x1", "x2"]
    assert seen(NOTHING) == []
    assert seen(Scope("unit", "x1", frozenset({"x1"}))) == ["x1"]
    assert seen(EVERYTHING.narrowed(frozenset({"x2"}))) == ["x2"]
    assert seen(Scope("unit", "x1", frozenset({"x1"})).narrowed(frozenset({"x2"}))) == []


def test_what_a_scope_covers() -> None:
    own = Scope("unit", "x1", frozenset({"x1"}))
    assert [own.covers("x1"), own.covers("x2"), own.covers(None), EVERYTHING.covers(None)] == [True, False, False, True]
    assert EVERYTHING.everything
    assert not own.everything


def test_a_district_reaches_its_communes(store: Store, lan: int) -> None:
    with store.session() as session:
        session.add(unit("h1", "t1", "huyen"))
        session.flush()
        session.add(unit("x3", "h1"))
        session.flush()
        assert unit_and_below(session, "h1") == {"h1", "x3"}
        assert unit_and_below(session, "t1") == {"t1", "h1", "x1", "x2", "x3"}
