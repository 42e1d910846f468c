"""Recipients from a CSV file: whole or not at all, every wrong cell named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from inventory.store.engine import Store
from inventory.store.tables import Audit, Recipient
from inventory.transfer.recipients_csv import (
    COLUMNS,
    MAX_PROBLEMS,
    RecipientsFileError,
    import_recipients,
    read_recipients,
)
from tests.inventory.mail_world import MONDAY, PROVINCE, VAN_CANH, VINH_SON, add_units

HEADER = ",".join(COLUMNS)
ROW = f"unit,{VINH_SON},Chủ tịch UBND xã,,dong_chi,ct@gialai.gov.vn,,,"
EXAMPLE = Path(__file__).parents[2] / "config" / "recipients.example.csv"


@pytest.fixture
def world(sqlite_store: Store) -> Store:
    with sqlite_store.session() as session:
        add_units(session)
    return sqlite_store


def imported(store: Store, text: str | bytes):
    content = text if isinstance(text, bytes) else text.encode()
    with store.session() as session:
        return import_recipients(session, content, "ds.csv", PROVINCE, "hanh", MONDAY)


def kept(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.exec(select(Recipient.email).order_by(Recipient.id)))


def test_a_good_file_is_taken_with_audit_rows_and_may_come_again(store: Store):
    with store.session() as session:
        add_units(session)
    text = f'{HEADER}\n{ROW}\n\narea,Khu vực Vĩnh Thạnh,"Tổ trưởng, tổ công tác",,ong,kv@gialai.gov.vn,1,01/07/2026,\n'

    first = imported(store, text)
    again = imported(store, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())

    assert ((first.added, first.known), (again.added, again.known)) == ((2, 0), (0, 2))
    assert kept(store) == ["ct@gialai.gov.vn", "kv@gialai.gov.vn"]
    with store.reading() as session:
        assert len(session.exec(select(Audit)).all()) == 2


def test_one_wrong_row_keeps_all_out(world: Store):
    with pytest.raises(RecipientsFileError):
        imported(world, f"{HEADER}\n{ROW}\nunit,x0,Chủ tịch,,,a@b.vn,,,\n")

    assert kept(world) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "ds.csv:1: dòng đầu không đúng"),
        ("scope_kind;scope_id\n", "ds.csv:1: dòng đầu không đúng"),
        (f"{HEADER}\nunit,{VINH_SON}\n", "ds.csv:2: có 2 ô, cần 9 ô"),
        (f"{HEADER}\n{ROW},x\n", "ds.csv:2: có 10 ô"),
        (f'{HEADER}\nunit,{VINH_SON},"Chủ tịch\n', "ds.csv:"),
        (f"{HEADER}\nxa,{VINH_SON},Chủ tịch,,,a@b.vn,,,\n", "ds.csv:2:scope_kind: không có loại phạm vi xa"),
        (f"{HEADER}\n{ROW}\nunit,x0,Chủ tịch,,,a@b.vn,,,\n", "ds.csv:3:scope_id: không có xã, phường mã x0"),
        (f"{HEADER}\n\n\nunit,{VINH_SON},Chủ tịch,,,a b@b.vn,,,\n", "ds.csv:4:email: có dấu cách"),
        (f"{HEADER}\nunit,{VINH_SON},Chủ tịch,,,a@b.vn,,,32/01/2026\n", "ds.csv:2:valid_to: 32/01/2026"),
        (f"{HEADER}\n{ROW}\n{ROW.replace('xã,,', 'xã,Bà B,')}\n", "ds.csv:3:email: phạm vi này đã có"),
        (f'{HEADER}\nunit,{VINH_SON},"Chủ\ntịch",,,a@b.vn,,,\nunit,x0,A,,,c@b.vn,,,\n', "ds.csv:4:scope_id"),
        ("scope\xff".encode("latin-1"), "ds.csv:1: không phải UTF-8"),
        (HEADER.encode() + b"\nunit,\xff\n", "ds.csv:2: không phải UTF-8"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_column(world: Store, text: str | bytes, message: str):
    with pytest.raises(RecipientsFileError) as error:
        imported(world, text)

    assert message in str(error.value)
    assert kept(world) == []


def test_all_wrong_rows_are_named_up_to_a_limit(sqlite_store: Store):
    with sqlite_store.session() as session:
        add_units(session)
    rows = "\n".join(f"unit,x0,A,,,{n},,," for n in range(40))

    with pytest.raises(RecipientsFileError) as error:
        imported(sqlite_store, f"{HEADER}\n{rows}\n")
    assert len(error.value.problems) == MAX_PROBLEMS


def test_the_example_is_right(sqlite_store: Store):
    with sqlite_store.session() as session:
        add_units(session)

    assert len(read_recipients(EXAMPLE.read_bytes(), EXAMPLE.name)) == 5
    assert imported(sqlite_store, EXAMPLE.read_bytes()).added == 5
    assert VAN_CANH in EXAMPLE.read_text(encoding="utf-8")
