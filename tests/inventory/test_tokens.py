"""Site tokens: made once, spent at most as often as allowed, also by enrolments at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from inventory.store import tokens
from inventory.store.engine import Store
from inventory.store.scope import Scope
from inventory.store.tables import Audit, Site, SiteToken, Unit

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=7)


@pytest.fixture
def site_id(store: Store) -> int:
    with store.session() as session:
        session.add(Unit(id="x1", kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="vinh son", code="1"))
        session.flush()
        site = Site(unit_id="x1", name="Trụ sở UBND xã Vĩnh Sơn", created_at=NOW)
        session.add(site)
        session.flush()
        assert site.id is not None
        return site.id


def make(store: Store, site_id: int, uses: int = 1) -> str:
    with store.session() as session:
        return tokens.create_token(session, site_id, uses, LATER, "officer", NOW, "10.0.0.9")


def spend(store: Store, token: str, now: datetime = NOW) -> tokens.TokenUse:
    with store.session() as session:
        return tokens.use_token(session, token, now)


def test_a_token_is_shown_once_and_only_its_hash_is_kept(store: Store, site_id: int) -> None:
    token = make(store, site_id)
    with store.reading() as session:
        row = session.exec(select(SiteToken)).one()
        audit = session.exec(select(Audit)).one()
        kept = f"{row.model_dump()} {audit.model_dump()}"

        assert token.startswith("GW-")
        assert row.token_hash == tokens.token_hash(token)
        assert row.hint == token[-4:]
        assert audit.action == "token.create"
        assert (audit.actor, audit.address) == ("officer", "10.0.0.9")
    assert token not in kept
    assert token.replace("-", "")[2:-4] not in kept


def test_dictated_tokens_are_read_forgivingly(store: Store, site_id: int) -> None:
    token = make(store, site_id, uses=3)
    spoken = token.lower().replace("-", " ").replace("0", "o").replace("1", "l")

    assert spend(store, spoken).site_id == site_id
    assert spend(store, token.removeprefix("GW-")).site_id == site_id
    assert spend(store, " " + token + "\n").site_id == site_id
    assert spend(store, token).refusal == "used_up"


def test_each_reason_for_refusal_is_named(store: Store, site_id: int) -> None:
    token = make(store, site_id, uses=2)

    assert spend(store, "GW-0000-0000-0000-0000") == tokens.TokenUse(None, "unknown")
    assert spend(store, "") == tokens.TokenUse(None, "unknown")
    assert spend(store, token, LATER) == tokens.TokenUse(None, "expired")
    assert spend(store, token) == tokens.TokenUse(site_id)
    with store.session() as session:
        row = session.exec(select(SiteToken)).one()
        assert row.id is not None
        assert tokens.revoke_token(session, row.id, "officer", NOW)
        assert not tokens.revoke_token(session, row.id, "officer", NOW)
        assert not tokens.revoke_token(session, 999, "officer", NOW)
    assert spend(store, token) == tokens.TokenUse(None, "revoked")


def test_a_rolled_back_enrolment_spends_nothing(store: Store, site_id: int) -> None:
    token = make(store, site_id)
    with pytest.raises(RuntimeError), store.session() as session:  # noqa: PT012 - the error rolls back
        assert tokens.use_token(session, token, NOW).site_id == site_id
        raise RuntimeError

    assert spend(store, token).site_id == site_id


def test_enrolments_at_once_cannot_overspend(store: Store, site_id: int) -> None:
    token = make(store, site_id, uses=5)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: spend(store, token), range(24)))

    assert sum(answer.site_id == site_id for answer in answers) == 5
    assert {answer.refusal for answer in answers if answer.site_id is None} == {"used_up"}
    with store.reading() as session:
        assert session.exec(select(SiteToken.uses_left)).one() == 0


def test_wrong_wishes_are_refused(store: Store, site_id: int) -> None:
    wrong = (
        (999, 1, LATER, "site 999 does not exist"),
        (site_id, 0, LATER, "uses must be 1 to"),
        (site_id, tokens.MAX_USES + 1, LATER, "uses must be 1 to"),
        (site_id, 1, NOW, "expires_at must be in the future"),
    )
    for site, uses, expires, problem in wrong:
        with pytest.raises(ValueError, match=problem), store.session() as session:
            tokens.create_token(session, site, uses, expires, "officer", NOW)


def test_an_excluded_site_takes_no_token(store: Store, site_id: int) -> None:
    with store.session() as session:
        session.get_one(Site, site_id).excluded_reason = "bí mật nhà nước"
    with pytest.raises(ValueError, match="takes no agent"):
        make(store, site_id)


def test_the_list_shows_what_an_enrolment_would_meet(store: Store, site_id: int) -> None:
    token = make(store, site_id)
    make(store, site_id, uses=4)
    spend(store, token)
    with store.reading() as session:
        rows, count = tokens.list_tokens(session)
        assert tokens.list_tokens(session, Scope("unit", "x2", frozenset({"x2"}))) == ([], 0)
        assert tokens.list_tokens(session, Scope("unit", "x1", frozenset({"x1"})))[1] == 2
        assert tokens.list_tokens(session, site_id=site_id + 1) == ([], 0)

    assert count == 2
    assert {row.state(NOW) for row in rows} == {"usable", "used_up"}
    assert {row.state(LATER) for row in rows} == {"expired"}
    assert rows[0].unit_name == "Xã Vĩnh Sơn"


@given(st.text(max_size=200))
def test_any_text_can_be_hashed(text: str) -> None:
    assert len(tokens.token_hash(text)) == 64
    assert tokens.token_hash(text) == tokens.token_hash(text.lower().upper().lower())
