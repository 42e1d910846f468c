"""Network equipment: the list with its filters, the CSV, one device; scope and what is not known."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest

from collector.i18n.device_words import DEVICE_KINDS
from collector.web.csv_file import BOM
from collector.web.device_view import battery_rows, device_view
from inventory.store.engine import Store
from inventory.store.tables import NetworkDevice
from tests.collector import network, province
from tests.collector.conftest import Browser
from tests.collector.test_overview import text_of

BrowserOf = Callable[[str], Browser]
PATH = "/thiet-bi"


@pytest.fixture
def equipped(filled: Store) -> Store:
    with filled.session() as session:
        network.fill(session)
    return filled


def numbers(html: str) -> list[int]:
    """Ids of the devices in the list, in its order."""
    return [int(n) for n in re.findall(r'<tr><td><a href="/thiet-bi/(\d+)"', html)]


def test_only_those_who_see_offices_may_open_it(client: Browser, browser_of: BrowserOf, equipped: Store) -> None:
    for path in (PATH, PATH + ".csv", PATH + "/1"):
        assert client.get(path).headers["location"].startswith("/dang-nhap?tiep=")
        assert browser_of("auditor").get(path).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {1, 2, 3, 4, 5, 6, 7}),
        ("tim=may+in+hp", {3}),
        ("tim=MÁY+IN+pleiku", {7}),
        ("tim=phong+may+chu", {2}),
        ("tim=tl-sg", {2}),
        ("tim=192.168.1.2", {2}),
        ("tim=sw0001", {2}),
        ("tim=bo+luu+dien", {4}),
        ("tim=%25", set()),
        ("loai=switch", {2, 5}),
        ("loai=chua-ro", {6}),
        ("hang=TP-Link", {2, 5}),
        ("can-xem=co", {2, 3, 4, 6}),
        ("can-xem=vat-tu", {3}),
        ("can-xem=ac-quy", {4}),
        ("can-xem=snmp", {2}),
        ("can-xem=mat", {6}),
        ("hien-dien=con", {1, 2, 3, 4, 5, 7}),
        ("hien-dien=mat", {6}),
        ("dia-diem=2", {4, 5, 6}),
        (f"xa={province.PLEIKU}", {7}),
        ("khu-vuc=1", {1, 2, 3, 4, 5, 6}),
        ("khu-vuc=1&tim=switch&loai=switch", {2, 5}),
    ],
)
def test_search_and_filters(browser_of: BrowserOf, equipped: Store, query: str, found: set[int]) -> None:
    html = browser_of("hanh").get(f"{PATH}?{query}").text
    assert set(numbers(html)) == found
    if not found:
        assert "Không có thiết bị nào khớp điều kiện." in html


def test_sorting_and_paging(browser_of: BrowserOf, equipped: Store) -> None:
    officer = browser_of("hanh")
    assert numbers(officer.get(f"{PATH}?sap-xep=loai").text)[0] == 1
    assert numbers(officer.get(f"{PATH}?sap-xep=loai").text)[-1] == 6
    assert set(numbers(officer.get(f"{PATH}?sap-xep=can-xem").text)[:4]) == {2, 3, 4, 6}
    assert numbers(officer.get(f"{PATH}?sap-xep=thay-cuoi").text)[0] == 6
    with equipped.session() as session:
        session.add_all([network.device(100 + n, 1, "camera", name=f"CAM-{n:03d}") for n in range(60)])
    first, second = (numbers(officer.get(f"{PATH}?tim=cam&sap-xep=ten&trang={n}").text) for n in (1, 2))
    assert (len(first), len(second)) == (50, 10)
    assert first[0] == 100
    assert second[-1] == 159


def test_a_clerk_sees_only_the_own_commune(browser_of: BrowserOf, equipped: Store) -> None:
    clerk = browser_of("lan")
    assert set(numbers(clerk.get(PATH).text)) == {1, 2, 3, 4, 5, 6}
    assert numbers(clerk.get(f"{PATH}?xa={province.PLEIKU}").text) == []
    assert numbers(clerk.get(f"{PATH}?dia-diem=4").text) == []
    assert "Brother" not in clerk.get(PATH).text
    assert clerk.get(f"{PATH}/7").status_code == 404
    assert numbers(browser_of("binh").get(PATH).text) == []


def test_what_is_not_understood_is_said_and_left_out(browser_of: BrowserOf, equipped: Store) -> None:
    html = browser_of("hanh").get(f"{PATH}?loai=moon&hang=x&can-xem=y&sap-xep=z").text
    assert "Bỏ qua điều kiện không hiểu được: loai=moon" in html
    assert len(numbers(html)) == 7


def test_an_empty_list_says_why(browser_of: BrowserOf) -> None:
    assert "Chưa thấy thiết bị mạng nào." in browser_of("hanh").get(PATH).text


def test_states_in_words_and_the_unknown_is_not_blank(browser_of: BrowserOf, equipped: Store) -> None:
    shown = text_of(browser_of("hanh").get(PATH).text)
    for words in (
        "sắp hết: Toner 6%",
        "ắc quy: bình thường, 100%, cần thay",
        "mật khẩu SNMP mặc định",
        "cổng đang nối 2/8",
        "không còn thấy từ 15/11/2026",
        "Có điểm cần xem 4",
        "chưa rõ loại",
        "vật tư còn đủ",
        "khai báo",
    ):
        assert words in shown, words
    assert "None" not in shown


def test_the_csv_has_everything_the_filter_leaves(browser_of: BrowserOf, equipped: Store) -> None:
    answer = browser_of("hanh").get(f"{PATH}.csv?khu-vuc=1&sap-xep=loai")
    found = list(csv.DictReader(io.StringIO(answer.text.removeprefix(BOM))))
    by_kind = {row["Kiểu"]: row for row in found}

    assert answer.headers["content-disposition"] == 'attachment; filename="thiet-bi-mang-20261119.csv"'
    assert len(found) == 6
    assert by_kind["HP LaserJet M404"]["Vật tư sắp hết"] == "Toner 6%"
    assert by_kind["HP LaserJet M404"]["Số trang đã in"] == "12345"
    assert by_kind["Smart-UPS 1500"]["Cần xem"] == "ắc quy yếu hoặc cần thay"
    assert by_kind["TL-SG3428"]["Cổng đang nối"].strip() == "2/8"
    assert (by_kind["GW040-H"]["Cổng đang nối"], by_kind[""]["Loại"]) == ("", "")
    assert by_kind["TL-SF1008D"]["Nguồn"] == "khai báo"


def test_the_page_of_a_device(browser_of: BrowserOf, equipped: Store) -> None:
    officer = browser_of("hanh")
    switch = text_of(officer.get(f"{PATH}/2").text)
    assert "SW-VINHSON" in switch
    assert "gi1 đang nối 1.000 Mb/s 0 chưa có dữ liệu" in switch
    assert "gi8 không nối –" in switch
    assert "Đổi mật khẩu SNMP mặc định" in switch
    assert "12.345" in text_of(officer.get(f"{PATH}/3").text)
    ups = text_of(officer.get(f"{PATH}/4").text)
    assert "Còn dùng được 40 phút Đang chạy bằng ắc quy không Cần thay ắc quy có" in ups
    unknown = text_of(officer.get(f"{PATH}/6").text)
    assert "Hãng chưa có dữ liệu" in unknown
    assert officer.get(f"{PATH}/999").status_code == 404


def test_english_and_small(browser_of: BrowserOf, equipped: Store) -> None:
    officer = browser_of("hanh")
    for path in (PATH, f"{PATH}/2", f"{PATH}/4"):
        html = officer.get(path + "?lang=en").text
        assert '<html lang="en">' in html
        assert len(html.encode()) < 150_000
        for word in ("Thiết bị", "chưa có", "cổng", "ắc quy", "cần"):
            assert word not in html, (path, word)


def test_names_of_devices_are_escaped(browser_of: BrowserOf, equipped: Store) -> None:
    bad = '<script>alert("x")</script>'
    with equipped.session() as session:
        session.add(network.device(50, 1, bad[:20], vendor=bad, model=bad, name=bad, serial=bad, location=bad))
    for path in (PATH, f"{PATH}/50", "/dia-diem/1", f"{PATH}?tim={bad}"):
        assert "<script" not in browser_of("hanh").get(path).text, path


@pytest.mark.parametrize("rubbish", [[1, "x", None], [{"is_up": "yes", "errors": "many"}], []])
def test_foreign_lists_of_any_shape_are_shown(rubbish: list[object]) -> None:
    device = NetworkDevice(site_id=1, first_seen_at=network.NOW, last_seen_at=network.NOW, supplies=rubbish)
    device.ports = [row for row in rubbish if isinstance(row, dict)]
    device.battery = {"status": 7, "minutes_left": None, "percent": "?"}
    view = device_view(device, "vi")
    assert view.supplies == []
    assert all(isinstance(value, str | None) for _, value in battery_rows(device, "vi"))


def test_every_kind_that_agents_tell_has_a_word() -> None:
    told = (
        "router switch firewall wireless modem printer ups pdu nas server workstation camera phone conference "
        "loadbalancer environment power optical storage console appliance gateway wifi_ap"
    )
    assert set(told.split()) | {""} == set(DEVICE_KINDS)
