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
from collector.web.machine_safety import (
    disk_views,
    monitor_views,
    not_judged,
    volume_views,
    weaknesses,
    windows11_view,
)
from collector.web.machine_view import age_rows, age_view, unfit_views
from collector.web.words import FIELDS, TABLES, field_rows, list_tables, shown
from inventory.domain.policy import DEFAULT_POLICY
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


UNSAFE = [
    {"code": "no_antimalware", "value": "", "limit": "", "evidence": ""},
    {"code": "antimalware_old", "value": "2026-09-01", "limit": 14, "evidence": "Bkav Pro"},
    {"code": "firewall_off", "value": "private, public", "limit": "", "evidence": ""},
    {"code": "updates_old", "value": "2025-10-14", "limit": 60, "evidence": ""},
    {"code": "os_release", "value": "23H2", "limit": "2025-11-11", "evidence": "Windows 11 Pro"},
    {"code": "rdp", "value": "", "limit": "", "evidence": "no_nla"},
    {"code": "of a newer release", "value": "x"},
]


def test_weak_points_of_protection_in_words() -> None:
    views = weaknesses(Machine(site_id=1, created_at=NOW, unsafe=UNSAFE), "vi")
    assert views is not None
    assert [(view.title, view.value) for view in views] == [
        ("không có phần mềm phòng chống mã độc", ""),
        ("mẫu nhận diện mã độc đã cũ", "Bkav Pro, mẫu ngày 01/09/2026, quá 14 ngày"),
        ("tường lửa đang tắt", "mạng riêng, mạng công cộng"),
        ("lâu chưa cập nhật hệ điều hành", "lần gần nhất 14/10/2025, quá 60 ngày"),
        ("bản phát hành của hệ điều hành đã hết hỗ trợ", "23H2, hãng ngừng cập nhật ngày 11/11/2025"),
        ("điều khiển từ xa (RDP) đang mở", "không đòi đăng nhập trước"),
        ("of a newer release", "x"),
    ]
    assert weaknesses(Machine(site_id=1, created_at=NOW), "vi") is None
    assert weaknesses(Machine(site_id=1, created_at=NOW, unsafe=[]), "vi") == []
    posture = {"firewall": [{"name": "all", "enabled": True}], "smb1_server": False}
    assert not_judged(posture, DEFAULT_POLICY, TODAY, "vi") == [
        "phần mềm phòng chống mã độc",
        "cập nhật hệ điều hành",
        "điều khiển từ xa (RDP)",
    ]


def test_windows_11_tells_what_the_hardware_cannot_from_what_is_switched_off() -> None:
    known: dict[str, Any] = {"site_id": 1, "created_at": NOW, "os_name": "Windows 10 Pro", "kind": "desktop"}
    cannot = windows11_view(
        Machine(
            **known,
            windows11="cannot",
            windows11_reasons=[
                {"code": "cpu", "value": "Intel i3-4130", "limit": ""},
                {"code": "ram", "value": 2.0, "limit": 4.0},
                {"code": "disk", "value": 32, "limit": 64},
                {"code": "tpm", "value": "1.2", "limit": "2.0"},
                {"code": "tpm", "value": "absent", "limit": "2.0"},
                {"code": "firmware", "value": "bios", "limit": "uefi"},
            ],
        ),
        "vi",
    )
    assert (cannot.applies, cannot.mark, cannot.verdict) == (True, "suspect", "phần cứng không chạy được")
    assert cannot.cannot == [
        "Bộ xử lý không có trong danh sách của hãng: Intel i3-4130",
        "RAM 2 GB, cần 4 GB",
        "Ổ hệ thống 32 GB, cần 64 GB",
        "Chip bảo mật TPM đời 1.2, cần 2.0",
        "Không thấy chip bảo mật TPM 2.0",
        "BIOS đời cũ, không khởi động được kiểu UEFI",
    ]
    off = windows11_view(
        Machine(
            **known,
            windows11="switched_off",
            windows11_reasons=[
                {"code": "tpm", "value": "disabled", "limit": "2.0", "off": True},
                {"code": "disk", "value": None},
            ],
        ),
        "vi",
    )
    assert off.switched_off == ["Bật chip bảo mật trong BIOS: mục TPM, Intel PTT hoặc AMD fTPM."]
    assert (off.cannot, off.unknown) == ([], ["ổ đĩa"])
    assert windows11_view(Machine(**known), "vi").verdict == "chưa rõ"
    for other in ({"kind": "virtual"}, {"kind": "server"}, {"os_name": "Debian GNU/Linux 12"}):
        assert not windows11_view(Machine(**(known | other)), "vi").applies
    assert windows11_view(Machine(**(known | {"os_name": "Windows 11 Pro"})), "vi").running


def test_disks_volumes_and_screens_in_words() -> None:
    hardware = {
        "disks": [
            {"model": "WD", "serial": "A1", "size_bytes": 500 << 30, "rotational": True, "is_system": True},
            {"model": "STICK", "removable": True},
        ],
        "monitors": [
            {"vendor": "DEL", "model": "DELL E2216H", "week": 23, "year": 2015},
            {"vendor": "SAM", "model": "S19", "year": 2016, "model_year": True},
            {"vendor": "XYZ", "model": "", "year": None},
            {"vendor": "AOC", "model": "AOC 1660W", "week": 255, "year": 2013},
        ],
    }
    storage = {
        "disks": [
            {"model": "WD", "serial": "A1", "health": "failing", "power_on_hours": 48_200, "pending_sectors": 8},
            {"model": "OTHER", "health": "", "wear_percent": 40},
        ],
        "volumes": [
            {"mount": "C:", "size_bytes": 100 << 30, "free_bytes": 5 << 30, "is_system": True},
            {"mount": "D:", "size_bytes": 100 << 30, "free_bytes": 5 << 30, "is_system": False},
            {"mount": "E:", "size_bytes": None, "free_bytes": None},
        ],
    }
    disks = disk_views(hardware, storage, "vi")
    assert [(disk.model, disk.health, disk.hours, disk.wear, disk.sectors) for disk in disks] == [
        ("WD", "sắp hỏng", "48.200 giờ (5,5 năm liền)", None, "cung hỏng đã thay –, chờ thay 8"),
        ("OTHER", "chưa rõ", None, "40%", ""),
    ]
    volumes = volume_views(storage, DEFAULT_POLICY, "vi")
    assert [(item.mount, item.free, item.share, item.nearly_full) for item in volumes] == [
        ("C:", "5 GB", "5%", True),
        ("D:", "5 GB", "5%", False),
        ("E:", None, "", False),
    ]
    assert monitor_views(hardware, "vi") == [
        ("DELL E2216H", "tuần 23 năm 2015"),
        ("Samsung S19", "đời 2016"),
        ("XYZ", None),
        ("AOC 1660W", "2013"),
    ]


@given(st.dictionaries(st.sampled_from(["disks", "volumes", "monitors", "antimalware", "firewall"]), JSON, max_size=4))
def test_disks_and_screens_of_any_shape_are_shown(data: dict[str, Any]) -> None:
    """Old agents and hand-made reports must not break the page."""
    disk_views(data, data, "vi")
    volume_views(data, DEFAULT_POLICY, "vi")
    monitor_views(data, "vi")
    not_judged(data, DEFAULT_POLICY, TODAY, "vi")


@given(st.lists(st.dictionaries(st.sampled_from(["code", "value", "limit", "off", "evidence"]), JSON, max_size=5)))
def test_reasons_of_any_shape_are_shown(reasons: list[dict[str, Any]]) -> None:
    machine = Machine(site_id=1, created_at=NOW, unsafe=reasons, windows11_reasons=reasons)
    for lang in ("vi", "en"):
        weaknesses(machine, lang)
        windows11_view(machine, lang)


def test_the_page_shows_protection_disks_and_windows_11(browser_of: BrowserOf, watched: Store) -> None:
    with watched.session() as session:
        machine = session.get_one(Machine, 1)
        machine.unsafe, machine.advice = UNSAFE[:2], ["pending_reboot", "windows11_cannot"]
        machine.os_name, machine.kind, machine.windows11 = "Windows 10 Pro", "desktop", "cannot"
        machine.windows11_reasons = [{"code": "cpu", "value": "Intel i3-4130", "limit": ""}]
        machine.last_update_on, machine.os_support_end = date(2025, 10, 14), date(2025, 10, 14)
        session.add(
            Section(
                agent_id=AGENT, name="storage", site_id=1, status="ok", seen_at=NOW, changed_at=NOW,
                data={"disks": [{"model": "KINGSTON", "health": "warning", "wear_percent": 91}],
                      "volumes": [{"mount": "C:", "size_bytes": 9 << 30, "free_bytes": 0, "is_system": True}]},
            )
        )  # fmt: skip
    html = browser_of("lan").get("/may-tinh/1").text
    for words in (
        "Bảo vệ máy",
        "không có phần mềm phòng chống mã độc",
        "Bkav Pro, mẫu ngày 01/09/2026, quá 14 ngày",
        "Bộ xử lý không có trong danh sách của hãng: Intel i3-4130",
        "đang chờ khởi động lại",
        "cần theo dõi",
        "độ mòn 91%",
        "gần đầy",
        "cách đây 401 ngày",
        "đã hết",
        "Sức khỏe ổ đĩa và chỗ trống",
    ):
        assert words in html, words
    advice = html.split("Nên xem xét thêm")[1].split("</ul>")[0]
    assert advice.count("<li>") == 1  # what Windows 11 lacks has a block of its own


def test_protection_that_nobody_told_is_not_called_good(browser_of: BrowserOf) -> None:
    html = browser_of("lan").get("/may-tinh/3").text
    block = html.split('id="bao-ve"')[1].split("</section>")[0]
    assert "chưa đánh giá" in block
    assert "đạt" not in block
    assert "không áp dụng" in browser_of("hanh").get("/may-tinh/4").text.split('id="windows-11"')[1]


def test_new_evidence_of_age_reads_well() -> None:
    evidence = [
        {"method": "serial", "value": "PF1ABCDE", "earliest": 2019, "latest": 2019},
        {"method": "board_serial", "value": "CN0123", "earliest": 2018, "latest": 2018},
        {"method": "disk_hours", "value": "5.5", "latest": 2021},
        {"method": "monitor", "value": "DELL E2216H 2015", "earliest": 2015, "latest": 2015},
        {"method": "disk_hours", "value": "9.1", "reason": "disk_older"},
        {"method": "disk_hours", "value": "many"},
    ]
    assert age_rows(Machine(site_id=1, created_at=NOW, age_evidence=evidence), "vi") == [
        ("số sê-ri do hãng đặt theo ngày", "PF1ABCDE", "2019"),
        ("số sê-ri bo mạch chủ theo ngày", "CN0123", "2018"),
        ("số năm ổ đĩa đã chạy", "5,5 năm chạy liền", "từ 2021 trở về trước"),
        ("màn hình", "DELL E2216H 2015", "2015"),
        ("số năm ổ đĩa đã chạy", "9,1 năm chạy liền", "ổ đĩa đã chạy lâu hơn tuổi máy: có thể lấy từ máy khác"),
        ("số năm ổ đĩa đã chạy", "many", ""),
    ]


def test_screens_and_firmware_change_and_a_newer_agent_is_no_change() -> None:
    old = {"ram_bytes": 4 << 30, "disks": [{"model": "WD"}]}
    more = old | {"tpm_state": "", "monitors": [{"vendor": "DEL", "model": "E19", "year": 2014}], "disks": [
        {"model": "WD", "size_bytes": None, "is_system": True}]}  # fmt: skip
    assert change_lines("hardware", old, more, "vi") == []
    other = more | {"monitors": [{"vendor": "SAM", "model": "S24", "year": 2020}], "secure_boot": True}
    assert change_lines("hardware", more, other, "vi") == [
        "Khởi động an toàn (Secure Boot): chưa có dữ liệu → đang bật",
        "Thêm màn hình: Samsung S24 2020",
        "Bớt màn hình: Dell E19 2014",
    ]


def test_a_long_list_is_cut_and_says_so() -> None:
    hosts = [{"mac_prefix": "f8:b1:56", "passes": 2}] * 100
    table = next(t for t in list_tables("lan", {"hosts": hosts}, "vi") if t.title == "Thiết bị trả lời")
    assert (len(table.rows), table.more, table.rows[0]) == (60, 40, ["Dell", "2"])


def test_codes_of_the_lan_sections_in_words() -> None:
    lan = {"off": "", "scans": [{"stopped": "", "duration_s": 19.5}, {"stopped": "gateway_lost"}]}
    assert dict(field_rows("lan", lan, "vi"))["Không quét vì"] == "máy này được giao quét"
    assert dict(field_rows("lan", {}, "vi"))["Không quét vì"] is None
    scans = list_tables("lan", lan, "vi")[0].rows
    assert (scans[0][-1], scans[1][-1], scans[0][5]) == ("trọn vẹn", "cổng ra không trả lời", "19,5 s")
    assert shown(["192.168.1.1", "", "10.0.0.1"], "hops", "vi") == "192.168.1.1 → ? → 10.0.0.1"
    assert shown("da:a1:19", "maker", "vi") == "máy tự đặt địa chỉ"
    assert shown([], "reboots", "vi") == "không có"


@pytest.mark.parametrize(
    ("section", "data", "title", "unknown"),
    [
        ("posture", {"antimalware": [], "antimalware_asked": True}, "Phần mềm phòng chống mã độc", False),
        ("posture", {"antimalware": [], "antimalware_asked": None}, "Phần mềm phòng chống mã độc", True),
        ("posture", {"firewall": []}, "Tường lửa", True),
        ("hardware", {"monitors": []}, "Màn hình", True),
        ("hygiene", {"dhcp_offers": [], "dhcp_asked": True}, "Máy cấp địa chỉ (DHCP) đã trả lời", False),
        ("hygiene", {}, "Máy cấp địa chỉ (DHCP) đã trả lời", True),
        ("lan", {"hosts": [], "last_sweep": None}, "Thiết bị trả lời", True),
        ("lan", {"scans": []}, "Nhật ký quét", False),
    ],
)
def test_an_empty_list_is_none_only_when_somebody_looked(
    section: str, data: dict[str, Any], title: str, unknown: bool
) -> None:
    table = next(table for table in list_tables(section, data, "vi") if table.title == title)
    assert (table.rows, table.unknown) == ([], unknown)
