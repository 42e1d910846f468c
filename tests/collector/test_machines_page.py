"""The list of machines: filters in the URL, sorting, scope, empty states, and a CSV that carries no formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.web.csv_file import BOM, safe
from collector.web.machine_view import short_cpu
from inventory.store.engine import Store
from inventory.store.tables import Machine
from tests.collector import province
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]


def names(html: str) -> list[str]:
    """Machines of the table, in order."""
    return re.findall(r'<a href="/may-tinh/\d+">([^<]+)</a>', html)


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))


def test_only_signed_in_people_with_the_role_see_machines(client: Browser, browser_of: BrowserOf) -> None:
    for path in ("/may-tinh", "/may-tinh.csv"):
        assert client.get(path).headers["location"].startswith("/dang-nhap?tiep=")
        assert browser_of("auditor").get(path).status_code == 403


def test_oldest_first_without_those_that_are_written_off(browser_of: BrowserOf) -> None:
    html = browser_of("hanh").get("/may-tinh").text
    assert names(html) == ["VS-01", "VS-02", "VS-03", "PK-01"]
    assert "2013–2014" in html
    assert "12–13 năm" in html
    assert "Không áp dụng tuổi máy (máy ảo)" in html


JUDGED = {
    "bao-ve=co": ["VS-01"],
    "bao-ve=smb1": ["VS-01"],
    "bao-ve=khong": ["VS-02"],
    "bao-ve=chua-ro": ["VS-03", "PK-01"],
    "win11=khong": ["VS-01"],
    "win11=bat-bios": ["VS-02"],
    "win11=duoc": [],
    "win11=chua-ro": ["VS-03"],
    "o-dia=sap-hong": ["VS-01"],
    "o-dia=gan-day": ["VS-03"],
    "o-dia=can-xem": ["VS-01", "VS-03"],
    "o-dia=tot": ["VS-02"],
    "o-dia=chua-ro": ["VS-03", "PK-01"],
    "win11=khong&bao-ve=rdp": [],
    "sap-xep=win11": ["VS-01", "VS-02", "VS-03", "PK-01"],
    "sap-xep=-bao-ve": ["VS-01", "VS-02", "VS-03", "PK-01"],
    "sap-xep=trong": ["VS-03", "VS-01", "VS-02", "PK-01"],
    "sap-xep=cap-nhat": ["VS-01", "VS-02", "VS-03", "PK-01"],
}


@pytest.fixture
def judged(filled: Store) -> Store:
    """VS-01 badly protected, VS-02 well; VS-03 nearly full; what is left out was never judged."""
    with filled.session() as session:
        first, second, third = (session.get_one(Machine, number) for number in (1, 2, 3))
        first.unsafe = [{"code": "smb1"}, {"code": "updates_old", "value": "2025-10-14", "limit": 60}]
        first.windows11, first.disk_health, first.disk_free_bytes = "cannot", "failing", 50 << 30
        first.last_update_on, first.os_support_end = date(2025, 10, 14), date(2025, 10, 14)
        second.unsafe, second.windows11, second.disk_health = [], "switched_off", "ok"
        second.disk_free_bytes, second.last_update_on = 90 << 30, date(2026, 11, 10)
        third.unfit, third.disk_free_bytes = [{"code": "disk_free", "value": 3.1, "limit": 10}], 3 << 30
        session.add_all([first, second, third])
    return filled


def test_filters_of_the_url(browser_of: BrowserOf) -> None:
    officer = browser_of("hanh")
    for query, found in {
        "lac-hau=co": ["VS-01"],
        "lac-hau=chua-ro": ["VS-03"],
        "lac-hau=khong-ap-dung": ["PK-01"],
        "tinh-trang=tat-ca&lac-hau=co": ["PK-OLD", "VS-01"],
        "tinh-trang=retired": ["PK-OLD"],
        "tim=ubnd+xa+vinh+son": ["VS-01", "VS-02"],
        "tim=PLEIKU": ["PK-01"],
        "khu-vuc=1": ["VS-01", "VS-02", "VS-03"],
        f"xa={province.PLEIKU}": ["PK-01"],
        "dia-diem=2": ["VS-03"],
        "chua-dat=khong": ["VS-01", "VS-02"],
        "chua-dat=chua-ro": ["VS-03", "PK-01"],
        "mau=co": ["PK-01"],
        "sap-xep=-ten": ["VS-03", "VS-02", "VS-01", "PK-01"],
    }.items():
        assert names(officer.get(f"/may-tinh?{query}").text) == found, query


def test_a_clerk_sees_only_the_own_commune(browser_of: BrowserOf) -> None:
    clerk = browser_of("lan")
    assert names(clerk.get("/may-tinh").text) == ["VS-01", "VS-02", "VS-03"]
    assert names(clerk.get(f"/may-tinh?xa={province.PLEIKU}").text) == []
    assert [row["Máy tính"] for row in rows(clerk.get("/may-tinh.csv").text)] == ["VS-01", "VS-02", "VS-03"]


def test_what_is_not_understood_is_said_and_left_out(browser_of: BrowserOf) -> None:
    html = browser_of("hanh").get("/may-tinh?lac-hau=perhaps&sap-xep=colour&dia-diem=x&trang=0").text
    assert "Bỏ qua điều kiện không hiểu được" in html
    assert "lac-hau=perhaps" in html
    assert len(names(html)) == 4


def test_the_empty_list_says_why_and_what_to_do(browser_of: BrowserOf) -> None:
    assert "Không có máy tính nào khớp điều kiện" in browser_of("hanh").get("/may-tinh?tim=khong+co").text
    assert "Chưa có máy tính nào báo cáo" in browser_of("outsider").get("/may-tinh").text


def test_more_than_a_page_is_paged(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        session.add_all([province.machine(100 + n, 1, f"X-{n:03d}") for n in range(60)])
    officer = browser_of("hanh")
    first, second = (names(officer.get(f"/may-tinh?sap-xep=ten&trang={n}").text) for n in (1, 2))
    assert (len(first), len(second)) == (50, 14)
    assert not set(first) & set(second)
    assert len(rows(officer.get("/may-tinh.csv").text)) == 64


def test_the_csv_has_the_filtered_list_and_unknown_stays_empty(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        session.get_one(Machine, 1).model = '=HYPERLINK("http://x","y")'
        session.get_one(Machine, 1).ram_bytes = 4 << 30
    answer = browser_of("hanh").get("/may-tinh.csv?khu-vuc=1&sap-xep=ten")
    found = rows(answer.text)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="may-tinh-20261119.csv"'
    assert [row["Máy tính"] for row in found] == ["VS-01", "VS-02", "VS-03"]
    assert found[0]["Kiểu máy"].startswith("'=")
    assert (found[0]["RAM (GB)"], found[1]["RAM (GB)"]) == ("4.0", "")
    assert (found[0]["Tuổi máy"], found[2]["Tuổi máy"]) == ("lạc hậu", "chưa rõ tuổi máy")


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    cell = safe(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'").endswith(text.removeprefix("'"))


def test_numbers_stay_numbers() -> None:
    assert [safe(value) for value in (-3, 2.5, None, "")] == ["-3", "2.5", "", ""]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Intel(R) Core(TM) i3-2100 CPU @ 3.10GHz", "Intel Core i3-2100 3.10GHz"),
        ("12th Gen Intel(R) Core(TM) i5-12400", "Intel Core i5-12400"),
        ("AMD Ryzen 5 3600 6-Core Processor", "AMD Ryzen 5 3600 6-Core"),
        ("", ""),
    ],
)
def test_processors_are_named_shortly(name: str, short: str) -> None:
    assert short_cpu(name) == short


def test_filters_of_protection_windows_11_and_disks(browser_of: BrowserOf, judged: Store) -> None:
    officer = browser_of("hanh")
    for query, found in JUDGED.items():
        assert names(officer.get(f"/may-tinh?{query}").text) == found, query


def test_conditions_that_are_used_are_not_folded_away(browser_of: BrowserOf, judged: Store) -> None:
    officer = browser_of("hanh")
    assert '<details class="more" open>' in officer.get("/may-tinh?win11=khong").text
    assert '<details class="more">' in officer.get("/may-tinh?lac-hau=co").text


def test_protection_and_windows_11_in_the_list_and_the_csv(browser_of: BrowserOf, judged: Store) -> None:
    html = browser_of("hanh").get("/may-tinh").text
    assert "SMBv1, lâu chưa cập nhật" in html
    assert "sau khi bật BIOS" in html
    assert "trống 50 GB" in html
    found = rows(browser_of("hanh").get("/may-tinh.csv?sap-xep=ten").text)
    by_name = {row["Máy tính"]: row for row in found}
    assert by_name["VS-01"]["Thiếu bảo vệ"] == "SMBv1 còn bật; lâu chưa cập nhật hệ điều hành"
    assert by_name["VS-01"]["Cập nhật hệ điều hành gần nhất"] == "14/10/2025"
    assert by_name["VS-01"]["Windows 11"] == "phần cứng không chạy được"
    assert by_name["VS-02"]["Thiếu bảo vệ"] == ""
    assert by_name["VS-02"]["Ổ hệ thống còn trống (GB)"] == "90.0"
    assert (by_name["VS-03"]["Thiếu bảo vệ"], by_name["VS-03"]["Windows 11"]) == ("", "")
