"""Recipients: what may be kept, who is written to on a day, and what the audit says."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from inventory.domain.problem import BadValue
from inventory.domain.recipient import RecipientForm, check_email
from inventory.store import recipients
from inventory.store.engine import Store
from inventory.store.recipients import BadRecipient, may_see, readers_on
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import Audit, Recipient
from inventory.store.unit_tree import load_tree
from tests.inventory.mail_world import (
    AN_LAO,
    MONDAY,
    OLD,
    PROVINCE,
    VAN_CANH,
    VINH_SON,
    add_recipient,
    add_site,
    add_units,
)

TODAY = date(2026, 11, 23)
GOOD = RecipientForm("unit", VINH_SON, "Chủ tịch UBND xã", "", "dong_chi", "ct.vinhson@gialai.gov.vn")


@pytest.fixture
def filled(store: Store) -> Store:
    with store.session() as session:
        add_units(session)
    return store


@pytest.fixture
def world(sqlite_store: Store) -> Store:
    with sqlite_store.session() as session:
        add_units(session)
    return sqlite_store


def add(store: Store, form: RecipientForm = GOOD) -> Recipient:
    with store.session() as session:
        return recipients.add_recipient(session, form, PROVINCE, "hanh", MONDAY)


def changed(**fields: str) -> RecipientForm:
    return dataclasses.replace(GOOD, **fields)


def readers(store: Store, day: date = TODAY) -> dict[tuple[str, str], list[str]]:
    with store.reading() as session:
        found = readers_on(session, load_tree(session, PROVINCE, day), day)
    return {key: [reader.email for reader in people] for key, people in found.items()}


@pytest.mark.parametrize(
    "address",
    [
        "a@b.vn",
        "Chu.Tich+cntt@VinhSon.gialai.gov.vn",
        "a_b-c@x-y.gov.vn",
        "1@1.vn",
        "a" * 64 + "@gialai.gov.vn",
    ],
)
def test_good_addresses_are_kept_in_lower_case(address: str):
    assert check_email(address) == address.lower()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "chưa có địa chỉ"),
        ("chutich", 'thiếu phần trước hoặc dấu "@"'),
        ("@gialai.gov.vn", "thiếu phần trước"),
        ("a@b", "tên miền không hợp lệ: b"),
        ("a@", "tên miền"),
        ("a@-b.vn", "tên miền"),
        ("a@b..vn", "tên miền"),
        ("a@b@c.vn", 'phần trước dấu "@" không hợp lệ: a@b'),
        (".a@b.vn", "phần trước"),
        ("a..b@c.vn", "phần trước"),
        ("a@b.vn,c@d.vn", "nhiều địa chỉ"),
        ("A <a@b.vn>", "dấu cách"),
        ("A<a@b.vn>", "dấu , ; < >"),
        ("a@b.vn\nBcc: x@y.vn", "xuống dòng"),
        ("a@b.vn\r\n", "xuống dòng"),
        ("a@b.vn\x00", "ký tự điều khiển"),
        ("a\u200b@b.vn", "ký tự điều khiển"),
        ("a @b.vn", "dấu cách"),
        ("chủtịch@b.vn", "có chữ có dấu"),
        ("a@tỉnh.vn", "có chữ có dấu"),
        ("a" * 65 + "@b.vn", "quá dài"),
        ("a@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 63 + ".vn", "quá dài"),
    ],
)
def test_bad_addresses_are_refused_with_the_reason(address: str, said: str):
    with pytest.raises(BadValue, match="email") as error:
        check_email(address)

    assert said in error.value.text()


@given(st.text(max_size=60))
def test_whatever_is_accepted_is_one_plain_line(address: str):
    try:
        kept = check_email(address)
    except BadValue:
        return
    assert kept.isascii()
    assert kept.isprintable()
    assert kept.count("@") == 1
    assert not set(kept) & set(' ,;<>"()')


def test_a_recipient_is_added_with_an_audit_row(filled: Store):
    row = add(filled)

    with filled.reading() as session:
        audit = session.exec(select(Audit)).one()
    assert (audit.actor, audit.action, audit.subject_id, audit.before) == (
        "hanh",
        "recipient.add",
        str(row.id),
        None,
    )
    assert audit.after is not None
    assert (audit.after["email"], audit.after["copy_of"]) == ("ct.vinhson@gialai.gov.vn", False)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"scope_kind": "huyen"}, {"scope_kind"}),
        ({"scope_id": "x0"}, {"scope_id"}),
        ({"scope_id": ""}, {"scope_id"}),
        ({"scope_id": PROVINCE}, {"scope_id"}),
        ({"scope_kind": "province", "scope_id": "t66.2"}, {"scope_id"}),
        ({"scope_kind": "area", "scope_id": "9"}, {"scope_id"}),
        ({"scope_kind": "area", "scope_id": ""}, {"scope_id"}),
        ({"role": "", "name": " "}, {"role"}),
        ({"role": "x" * 81}, {"role"}),
        ({"name": "A\nBcc: b@x.vn"}, {"name"}),
        ({"name": "A\u2028B"}, {"name"}),
        ({"salutation": "ngài"}, {"salutation"}),
        ({"copy": "yes"}, {"copy"}),
        ({"valid_from": "2026-13-01"}, {"valid_from"}),
        ({"valid_from": "2026-12-01", "valid_to": "30/11/2026"}, {"valid_to"}),
        ({"email": "x", "valid_to": "mai", "role": "a\tb"}, {"email", "valid_to", "role"}),
    ],
)
def test_every_wrong_field_is_named_and_nothing_is_kept(
    world: Store, fields: dict[str, str], where: set[str]
):
    with pytest.raises(BadRecipient) as error:
        add(world, changed(**fields))

    assert {problem.where for problem in error.value.problems} == where
    assert readers(world) == {}


def test_dates_are_read_both_ways_and_areas_by_name(world: Store):
    row = add(
        world,
        changed(
            scope_kind="area", scope_id="Khu vực Vĩnh Thạnh", valid_from="1/7/2026", valid_to="2026-12-31"
        ),
    )

    assert (row.scope_id, row.valid_from, row.valid_to) == ("1", date(2026, 7, 1), date(2026, 12, 31))


def test_one_address_once_per_scope_and_time(world: Store):
    add(world, changed(valid_to="2026-06-30"))
    add(world, changed(valid_from="2026-07-01"))
    add(world, changed(scope_id=VAN_CANH))

    with pytest.raises(BadRecipient, match="đã có địa chỉ đó"):
        add(world, changed(email="CT.VinhSon@gialai.gov.vn", valid_from="2026-06-30", valid_to="2026-06-30"))


def test_a_change_is_audited_before_and_after(filled: Store):
    row = add(filled)
    for _ in range(2):  # the second changes nothing
        with filled.session() as session:
            recipients.change_recipient(
                session, row.id or 0, changed(name="Đinh Văn A"), PROVINCE, "hanh", MONDAY
            )

    with filled.reading() as session:
        audits = session.exec(select(Audit).where(Audit.action == "recipient.change")).all()
        kept = session.get(Recipient, row.id)
    assert [(a.before["name"], a.after["name"]) for a in audits] == [("", "Đinh Văn A")]  # type: ignore[index]
    assert kept is not None
    assert recipients.form_of(kept) == changed(name="Đinh Văn A")


def test_an_ended_recipient_gets_nothing_from_today_on(filled: Store):
    row = add(filled)
    with filled.session() as session:
        recipients.end_recipient(session, row.id or 0, "hanh", MONDAY)

    assert readers(filled) == {}
    assert readers(filled, TODAY - timedelta(days=1)) == {("unit", VINH_SON): ["ct.vinhson@gialai.gov.vn"]}


def test_one_who_had_not_begun_never_begins(world: Store):
    row = add(world, changed(valid_from="2027-01-01"))
    with world.session() as session:
        ended = recipients.end_recipient(session, row.id or 0, "hanh", MONDAY)

    assert readers(world, date(2027, 1, 1)) == {}
    assert ended.valid_from == ended.valid_to == TODAY - timedelta(days=1)


def test_what_is_not_there_is_an_error(world: Store):
    with world.session() as session, pytest.raises(KeyError):
        recipients.end_recipient(session, 99, "hanh", MONDAY)
    with world.session() as session, pytest.raises(KeyError):
        recipients.change_recipient(session, 99, GOOD, PROVINCE, "hanh", MONDAY)


def test_validity_is_as_of_the_day(filled: Store):
    with filled.session() as session:
        add_recipient(session, "unit", VINH_SON, "old@x.vn", valid_to=TODAY - timedelta(days=1))
        add_recipient(session, "unit", VINH_SON, "now@x.vn", valid_from=TODAY, valid_to=TODAY)
        add_recipient(session, "unit", VINH_SON, "next@x.vn", valid_from=TODAY + timedelta(days=1))

    assert readers(filled) == {("unit", VINH_SON): ["now@x.vn"]}


def test_addressees_come_before_copies_and_nobody_twice(filled: Store):
    with filled.session() as session:
        add_recipient(session, "unit", VINH_SON, "a@x.vn", copy_of=True)
        add_recipient(session, "unit", VINH_SON, "b@x.vn")
        add_recipient(session, "unit", VINH_SON, "b@x.vn", copy_of=True)

    assert readers(filled) == {("unit", VINH_SON): ["b@x.vn", "a@x.vn"]}


def test_mail_about_a_unit_that_ended_goes_to_its_successors(filled: Store):
    with filled.session() as session:
        add_recipient(session, "unit", OLD, "cu@x.vn")
        add_recipient(session, "unit", VINH_SON, "moi@x.vn")

    assert readers(filled) == {("unit", VINH_SON): ["moi@x.vn"]}


def test_another_provinces_readers_get_nothing(world: Store):
    with world.session() as session:
        add_recipient(session, "province", "t66.2", "x@x.vn")
        add_recipient(session, "province", PROVINCE, "gd@x.vn")

    assert readers(world) == {("province", PROVINCE): ["gd@x.vn"]}


def test_units_with_sites_and_nobody_to_write_to_are_known(world: Store):
    with world.session() as session:
        add_site(session, 1, VINH_SON, "A")
        add_site(session, 2, AN_LAO, "B")
        add_recipient(session, "unit", VINH_SON, "a@x.vn")
    with world.reading() as session:
        tree = load_tree(session, PROVINCE, TODAY)
        unserved = recipients.unserved_units(session, tree, readers_on(session, tree, TODAY))

    assert unserved == ["Xã An Lão"]


def test_who_may_see_which_mail():
    commune = Scope("unit", VINH_SON, frozenset([VINH_SON]))
    area = Scope("area", "1", frozenset([VINH_SON, VAN_CANH]))

    assert [may_see(EVERYTHING, kind, "x") for kind in ("unit", "area", "province")] == [True] * 3
    assert [may_see(commune, "unit", VINH_SON), may_see(commune, "unit", VAN_CANH)] == [True, False]
    assert [may_see(commune, "area", "1"), may_see(commune, "province", PROVINCE)] == [False, False]
    assert [may_see(area, "area", "1"), may_see(area, "area", "2"), may_see(area, "unit", VAN_CANH)] == [
        True,
        False,
        True,
    ]
