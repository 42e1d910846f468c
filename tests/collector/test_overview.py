"""The overview: each figure with its observed share, each a link to the list behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape

import pytest

from collector.web.figures import week_start
from collector.web.svg import Part, stack
from inventory.store.engine import Store
from inventory.store.tables import Machine
from tests.collector import network, province
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]


def text_of(html: str) -> str:
    """What a reader sees, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_figures_of_the_whole_province(browser_of: BrowserOf) -> None:
    shown = text_of(browser_of("hanh").get("/").text)

    assert "Địa điểm 4 1 Đang kết nối 1 Mất kết nối 1 Nghỉ, tắt máy 1 Chưa quan sát" in shown
    assert "quan sát được 2/4 (50%) lúc 10:20 19/11/2026" in shown
    assert "loại trừ theo quy định: 1" in shown
    assert "Máy tính lạc hậu 1 biết rõ 2/3 (66,7%) chưa rõ tuổi: 1 · không áp dụng: 1" in shown
    assert "Địa điểm chưa có LAN 1 biết rõ 3/4 (75%) LAN một phần: 1" in shown
    assert "Thôn chưa có băng rộng 2 biết rõ 2/3 (66,7%)" in shown
    assert "Thôn thiếu sóng di động 2 biết rõ 3/3 (100%) trắng sóng 1, lõm sóng 1" in shown


def test_samples_are_marked(browser_of: BrowserOf) -> None:
    assert "dữ liệu mẫu 2 mục trong số liệu dưới đây là dữ liệu mẫu" in text_of(browser_of("hanh").get("/").text)
    assert "dữ liệu mẫu" not in browser_of("lan").get("/").text


def test_what_is_overdue_and_whose(browser_of: BrowserOf) -> None:
    html = browser_of("hanh").get("/").text
    assert "Doanh nghiệp viễn thông 1 13/11/2026" in text_of(html)
    assert 'href="/viec-can-xu-ly?qua-han=co&amp;don-vi=operator"' in html


def test_what_changed_this_week(browser_of: BrowserOf) -> None:
    shown = text_of(browser_of("hanh").get("/").text)
    assert "Thay đổi từ thứ Hai 16/11/2026" in shown
    assert "Địa điểm chưa từng báo cáo +1 0 1" in shown
    assert "Địa điểm mất kết nối 0 0 1" in shown
    assert "5 máy tính xuất hiện lần đầu trong tuần." in shown


def test_nothing_known_is_never_shown_as_zero(browser_of: BrowserOf) -> None:
    shown = text_of(browser_of("binh").get("/").text)
    assert "Địa điểm chưa có LAN chưa rõ biết rõ 0/1 (0%)" in shown
    assert "Thôn chưa có băng rộng chưa rõ biết rõ 0/1 (0%)" in shown
    assert "Máy tính lạc hậu – chưa khai báo" in shown


def test_an_area_narrows_every_figure(browser_of: BrowserOf) -> None:
    shown = text_of(browser_of("hanh").get("/?khu-vuc=1").text)
    assert "Tổng quan: Khu vực Vĩnh Thạnh" in shown
    assert "Địa điểm 3 1 Đang kết nối 1 Mất kết nối 0 Nghỉ, tắt máy 1 Chưa quan sát" in shown
    assert "Phường Pleiku" not in shown


@pytest.mark.parametrize("value", ["7", "x", "-1"])
def test_an_unknown_area_is_left_out_and_said(browser_of: BrowserOf, value: str) -> None:
    shown = text_of(browser_of("hanh").get(f"/?khu-vuc={value}").text)
    assert f"Bỏ qua điều kiện không hiểu được: khu-vuc={value}." in shown
    assert "Địa điểm 4" in shown


def test_the_table_adds_up(browser_of: BrowserOf) -> None:
    shown = text_of(browser_of("hanh").get("/").text)
    assert "Khu vực Vĩnh Thạnh 3 1 1 0 1" in shown
    assert "Xã Vĩnh Sơn 2 1 1 0 0 3 1 /2* 1 2 2" in shown
    assert "Ngoài các khu vực 1 0 0 1 0" in shown
    assert "Cộng 4 1 1 1 1" in shown


def test_every_link_of_the_figures_leads_to_a_page(browser_of: BrowserOf, app: object) -> None:
    browser = browser_of("hanh")
    links = set(re.findall(r'href="(/(?:dia-diem|thon-ban|don-vi)[^"]*)"', browser.get("/").text))
    assert len(links) > 15
    for link in links:
        answer = browser.get(unescape(link))
        assert answer.status_code == 200, link
        assert "Bỏ qua điều kiện" not in answer.text, link


def test_the_list_behind_a_figure_has_as_many_rows(browser_of: BrowserOf) -> None:
    browser = browser_of("hanh")
    for path, rows in (
        ("/dia-diem?trang-thai=cut", 1),
        ("/dia-diem?lan=none", 1),
        ("/thon-ban?bang-rong=none", 2),
        ("/thon-ban?song=thieu", 2),
        ("/dia-diem?trang-thai=excluded", 1),
        ("/dia-diem?trang-thai=unobserved", 1),
    ):
        assert f"Hiển thị 1–{rows} trong {rows}" in browser.get(path).text, path


def test_the_age_of_pcs(browser_of: BrowserOf) -> None:
    shown = text_of(browser_of("hanh").get("/").text)
    assert "Dưới 3 năm 1 3 đến 5 năm 0 5 đến 8 năm 0 Trên 8 năm 1 Chưa rõ 1 Không áp dụng 1" in shown


def test_the_week_begins_on_monday_in_vietnam() -> None:
    assert week_start(province.NOW) == datetime(2026, 11, 15, 17, tzinfo=province.NOW.tzinfo)


def test_a_bar_of_nothing_is_hatched() -> None:
    assert "url(#p-unknown)" in stack([Part("connected", 0)], "t")
    assert "url(#p-unknown)" not in stack([Part("connected", 3)], "t")


def test_protection_windows_11_disks_and_lans_with_their_observed_share(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        network.fill(session)
        first, second = session.get_one(Machine, 1), session.get_one(Machine, 2)
        first.unsafe, first.windows11, first.disk_health = [{"code": "smb1"}], "cannot", "failing"
        second.unsafe, second.windows11, second.disk_health = [], "switched_off", "ok"
        session.add_all([first, second])
    html = browser_of("hanh").get("/").text
    shown = text_of(html)

    assert "Máy tính thiếu bảo vệ 1 biết rõ 2/4 (50%)" in shown
    # the virtual machine is not asked
    assert "Máy không chạy được Windows 11 1 biết rõ 2/3 (66,7%) chạy được sau khi bật trong BIOS: 1" in shown
    assert "Ổ đĩa sắp hỏng, gần đầy 1 biết rõ 2/4 (50%)" in shown
    assert "Địa điểm có việc về mạng LAN 1 biết rõ 2/4 (50%)" in shown
    officer = browser_of("hanh")
    for path, count in {
        "/may-tinh?bao-ve=co": "1–1 trong 1",
        "/may-tinh?win11=khong": "1–1 trong 1",
        "/may-tinh?win11=bat-bios": "1–1 trong 1",
        "/may-tinh?o-dia=can-xem": "1–1 trong 1",
        "/dia-diem?lan=faulty": "1–1 trong 1",
    }.items():
        assert f'href="{path}"' in html
        assert f"Hiển thị {count}" in text_of(officer.get(path).text), path


def test_what_nobody_measured_is_not_known(browser_of: BrowserOf) -> None:
    shown = text_of(browser_of("hanh").get("/").text)
    assert "Máy tính thiếu bảo vệ chưa rõ biết rõ 0/4 (0%)" in shown
    assert "Địa điểm có việc về mạng LAN chưa rõ biết rõ 0/4 (0%)" in shown
