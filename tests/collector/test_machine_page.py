"""One machine: evidence shown as it is, unknown said in words, and what people declare checked, audited, acted on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from collector.web.changes import change_lines
from collector.web.machine_form import MachineForm
from collector.web.machine_view import age_rows, age_view, unfit_views
from collector.web.words import FIELDS, TABLES, field_rows, list_tables, shown
from inventory.store.engine import Store
from inventory.store.machine_sheet import Declaration
from inventory.store.tables import (
    Agent,
    Audit,
    Contact,
    Finding,
    Machine,
    MachinePlacement,
    Section,
    SectionVersion,
    Site,
)
from tests.collector import province
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]
AGENT = "a" * 32
NOW, TODAY = province.NOW, province.NOW.date()


@pytest.fixture
def watched(filled: Store) -> Store:
    """Machine 1 with an agent, sections in every status, history, contacts and a finding."""
    with filled.session() as session:
        session.add(
            Agent(
                id=AGENT, site_id=1, machine_id=1, enrolled_at=NOW, hostname="VS-01", version="0.1.0", policy_version=7,
                last_contact_at=NOW, clock_offset_s=-412.0, lost_reports=3,
            )
        )  # fmt: skip
        session.flush()
        hardware = {
            "system_vendor": "Dell Inc.",
            "ram_bytes": 8 << 30,
            "disks": [{"model": "KINGSTON", "size_bytes": 240 << 30}],
        }
        for name, status, data, error in (
            ("system", "ok", {"os_name": "Windows 7 Professional", "hostname": "VS-01"}, ""),
            ("hardware", "failed", hardware, "wmi: timed out"),
            ("counters", "denied", None, "no rights"),
        ):
            session.add(
                Section(
                    agent_id=AGENT,
                    name=name,
                    site_id=1,
                    status=status,
                    data=data,
                    error=error,
                    seen_at=NOW,
                    changed_at=NOW,
                )
            )
        for days, ram in ((5, 4), (2, 8)):
            session.add(
                SectionVersion(
                    site_id=1, agent_id=AGENT, name="hardware", hash=str(ram), data=hardware | {"ram_bytes": ram << 30},
                    from_at=NOW - timedelta(days=days),
                )
            )  # fmt: skip
        session.add(
            MachinePlacement(machine_id=1, site_id=2, from_at=NOW - timedelta(days=9), to_at=NOW - timedelta(days=5))
        )
        session.add(
            Contact(
                agent_id=AGENT,
                boot_id="b" * 32,
                from_at=NOW - timedelta(hours=3),
                to_at=NOW,
                site_id=1,
                from_seq=1,
                to_seq=9,
                reports=9,
            )
        )
        session.add(
            Finding(id=9, kind="machine_outdated", subject_kind="machine", subject_id="1", site_id=1,
                    unit_id=province.VINH_SON, severity="medium", opened_at=NOW, due_on=TODAY)
        )  # fmt: skip
    return filled


def test_the_page_shows_evidence_status_and_history(browser_of: BrowserOf, watched: Store) -> None:
    html = browser_of("lan").get("/may-tinh/1").text
    for words in (
        "Dell Inc.",
        "KINGSTON",
        "wmi: timed out",
        "Số liệu dưới đây là của lần đọc được trước đó",
        "no rights",
        "RAM: 4 GB → 8 GB",
        "Trụ sở 2 (Vĩnh Kim)",
        "6 phút chậm",
        "Máy tính lạc hậu",
        "báo trực tiếp",
    ):
        assert words in html, words


def test_a_virtual_machine_has_no_age(browser_of: BrowserOf) -> None:
    html = browser_of("hanh").get("/may-tinh/4").text
    assert "Không áp dụng tuổi máy (máy ảo)" in html
    assert "Năm sản xuất" not in html


def test_what_is_not_known_is_said_in_words(browser_of: BrowserOf) -> None:
    html = browser_of("lan").get("/may-tinh/3").text
    assert "chưa rõ tuổi máy" in html
    assert "chưa đánh giá" in html
    assert "Máy này chưa gửi số liệu nào" in html
    assert "None" not in html


def test_machines_of_others_are_answered_like_none_at_all(client: Browser, browser_of: BrowserOf) -> None:
    clerk = browser_of("binh")
    for machine_id in (1, 999, 99999999999999999999):
        assert clerk.get(f"/may-tinh/{machine_id}").status_code in (400, 404)
    assert clerk.get("/may-tinh/1").text.count("Không tìm thấy máy tính này") >= 1
    assert client.get("/may-tinh/1").status_code == 303


def declare(browser: Browser, machine_id: int = 1, **fields: str) -> Any:
    form = {"asset_tag": "", "purchase_date": "", "purchase_source": "", "status": "in_use", "status_note": ""}
    csrf = browser.csrf(f"/may-tinh/{machine_id}")
    return browser.post(f"/may-tinh/{machine_id}/khai-bao", data=form | fields | {"csrf": csrf})


def test_a_declaration_is_kept_audited_and_evaluated_again(browser_of: BrowserOf, watched: Store) -> None:
    clerk = browser_of("lan")
    answer = declare(clerk, asset_tag=" TS  0017 ", purchase_date="02/05/2013", purchase_source="asset_book")

    assert (answer.status_code, answer.headers["location"]) == (303, "/may-tinh/1")
    assert "Đã lưu" in clerk.get("/may-tinh/1").text
    with watched.reading() as session:
        machine, row = (
            session.get_one(Machine, 1),
            session.exec(select(Audit).where(Audit.action == "machine.declare")).one(),
        )
        assert (machine.asset_tag, machine.purchase_date, machine.purchase_source) == (
            "TS 0017",
            date(2013, 5, 2),
            "asset_book",
        )
        assert (row.actor, row.subject_id, row.before and row.before["purchase_date"]) == ("lan", "1", None)
        assert session.get_one(Agent, AGENT).dirty_at == NOW
    assert "Không có gì thay đổi" in _flash(
        clerk, declare(clerk, asset_tag="TS 0017", purchase_date="2013-05-02", purchase_source="asset_book")
    )


def _flash(browser: Browser, answer: Any) -> str:
    return browser.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("fields", "field", "problem"),
    [
        ({"purchase_date": "31/02/2013", "purchase_source": "typed"}, "purchase_date", "Ngày không đúng"),
        ({"purchase_date": "hôm qua", "purchase_source": "typed"}, "purchase_date", "Ngày không đúng"),
        ({"purchase_date": "02/05/13", "purchase_source": "typed"}, "purchase_date", "Ngày không đúng"),
        ({"purchase_date": "2027-01-01", "purchase_source": "typed"}, "purchase_date", "chưa đến"),
        ({"purchase_date": "1970-01-01", "purchase_source": "typed"}, "purchase_date", "trước khi có máy vi tính"),
        ({"purchase_date": "2013-05-02"}, "purchase_source", "Chọn nguồn"),
        ({"status": "retired"}, "status_note", "cần lý do"),
        ({"status": "conflict"}, "status", "Chọn một tình trạng"),
        ({"asset_tag": "x" * 61}, "asset_tag", "quá 60 ký tự"),
        ({"status": "broken", "status_note": "x" * 201}, "status_note", "quá 200 ký tự"),
    ],
)
def test_errors_stand_beside_the_field_and_nothing_is_kept(
    browser_of: BrowserOf, watched: Store, fields: dict[str, str], field: str, problem: str
) -> None:
    answer = declare(browser_of("lan"), **fields)
    assert answer.status_code == 422
    place = answer.text.index(f'id="loi-{field}"')
    assert problem in answer.text[place : place + 200]
    with watched.reading() as session:
        assert session.exec(select(Audit).where(Audit.action == "machine.declare")).all() == []
        assert session.get_one(Agent, AGENT).dirty_at is None


def test_leaders_read_only_and_forged_forms_are_refused(browser_of: BrowserOf, watched: Store) -> None:
    clerk = browser_of("lan")
    assert clerk.post("/may-tinh/1/khai-bao", data={"status": "in_use", "asset_tag": "X"}).status_code == 403
    assert browser_of("binh").post("/may-tinh/1/khai-bao", data={"csrf": "x"}).status_code == 403
    other = browser_of("binh")
    csrf = other.csrf("/doi-mat-khau")
    assert (
        other.post("/may-tinh/1/khai-bao", data={"status": "in_use", "asset_tag": "X", "csrf": csrf}).status_code == 404
    )


def test_a_conflict_may_stay_but_not_be_chosen() -> None:
    before = Declaration("", None, "", "conflict", "")
    assert MachineForm("T1", "", "", "conflict", "").read(before, TODAY) == Declaration("T1", None, "", "conflict", "")


@given(st.text(max_size=12))
def test_any_typed_date_is_read_or_refused(text: str) -> None:
    form = MachineForm("", text, "typed", "in_use", "")
    said = form.read(Declaration("", None, "", "in_use", ""), TODAY)
    assert (said is None) == ("purchase_date" in form.errors)


def test_changes_in_words() -> None:
    before = {"ram_bytes": 4 << 30, "disks": [{"model": "WD", "size_bytes": 500 << 30}], "bios_version": "A1"}
    after = {"ram_bytes": 8 << 30, "disks": [{"model": "SSD", "size_bytes": 240 << 30}]}
    assert change_lines("hardware", None, before, "vi") == ["Bản ghi đầu tiên"]
    assert change_lines("hardware", before, before, "vi") == []
    assert change_lines("hardware", before, after, "vi") == [
        "Phiên bản BIOS: A1 → chưa có dữ liệu",
        "RAM: 4 GB → 8 GB",
        "Thêm ổ đĩa: SSD 240 GB",
        "Bớt ổ đĩa: WD 500 GB",
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "model", "ok", "ipv4"]), inner)
    ),
    max_leaves=8,
)
KEYS = sorted(
    {key for fields in FIELDS.values() for key, _label, _kind in fields} | {t[0] for ts in TABLES.values() for t in ts}
)


@given(st.sampled_from(sorted({*FIELDS, *TABLES})), st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6))
def test_evidence_of_any_shape_is_shown(section: str, data: dict[str, Any]) -> None:
    """Old agents and hand-made reports must not break the page."""
    for lang in ("vi", "en"):
        for _label, value in field_rows(section, data, lang):
            assert value is None or isinstance(value, str)
        for table in list_tables(section, data, lang):
            assert all(cell is None or isinstance(cell, str) for row in table.rows for cell in row)
        assert all(isinstance(line, str) for line in change_lines(section, {}, data, lang))


def test_unknown_is_none_and_zero_is_zero() -> None:
    assert shown(None, "number", "vi") is None
    assert shown("", "text", "vi") is None
    assert shown(0, "number", "vi") == "0"
    assert shown(False, "yes_no", "vi") == "không"


def test_age_and_its_evidence_in_words() -> None:
    known: dict[str, Any] = {"site_id": 1, "created_at": NOW, "age_status": "known", "outdated": True}
    interval = age_view(Machine(**known, built_earliest=2011, built_latest=2013), 2026, "vi")
    assert (interval.mark, interval.verdict) == ("lost", "lạc hậu")
    assert (interval.built, interval.years) == ("2011–2013", "13–15 năm")
    half_open = age_view(Machine(**known, built_latest=2014), 2026, "vi")
    assert (half_open.built, half_open.years) == ("từ 2014 trở về trước", "ít nhất 12 năm")
    evidence = [
        {"method": "bios_date", "value": "2013-05-02", "latest": 2014},
        {"method": "cpu", "value": "Intel i3-2100", "earliest": 2011, "latest": 2016},
        {"method": "install_date", "value": "1980-01-01", "reason": "install_date_broken"},
        {"method": "of a newer release", "value": 7},
    ]
    assert age_rows(Machine(**known, age_evidence=evidence), "vi") == [
        ("ngày BIOS", "02/05/2013", "từ 2014 trở về trước"),
        ("đời bộ xử lý", "Intel i3-2100", "2011–2016"),
        ("ngày cài hệ điều hành", "01/01/1980", "ngày cài không hợp lý, không dùng"),
        ("of a newer release", "7", ""),
    ]


def test_limits_not_kept_are_written_in_the_units_of_people() -> None:
    unfit = [
        {"code": "ram", "value": 4.0, "limit": 8.0},
        {"code": "clock", "value": 1600, "limit": 2000},
        {"code": "os_support", "value": "Windows 7", "limit": "2020-01-14"},
        {"code": "cores", "value": 1, "limit": 2},
    ]
    views = unfit_views(Machine(site_id=1, created_at=NOW, unfit=unfit), "vi")
    assert views is not None
    assert [(view.title, view.value, view.limit) for view in views] == [
        ("thiếu RAM", "4 GB", "8 GB"),
        ("bộ xử lý chậm", "1,6 GHz", "2,0 GHz"),
        ("hệ điều hành hết hỗ trợ", "Windows 7", "14/01/2020"),
        ("ít lõi xử lý", "1", "2"),
    ]
    assert unfit_views(Machine(site_id=1, created_at=NOW), "vi") is None
    assert unfit_views(Machine(site_id=1, created_at=NOW, unfit=[]), "vi") == []


def test_stale_data_is_marked_by_the_policys_limit(watched: Store, browser_of: BrowserOf) -> None:
    words = "số liệu đã cũ, trên 30 ngày"
    assert words not in browser_of("hanh").get("/may-tinh/1").text
    with watched.session() as session:
        machine, site = session.get_one(Machine, 1), session.get_one(Site, 1)
        machine.last_contact_at = site.last_contact_at = NOW - timedelta(days=31)
        session.add_all([machine, site])

    assert words in browser_of("hanh").get("/may-tinh/1").text
    assert words in browser_of("hanh").get(f"/dia-diem/{site.id}").text
