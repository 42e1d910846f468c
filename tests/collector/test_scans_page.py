"""What the agents did on the networks: every record with who, when, where and why it ended; filters, CSV, scope."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest

from collector.web.csv_file import BOM
from inventory.store.engine import Store
from tests.collector import network, province
from tests.collector.conftest import Browser
from tests.collector.test_overview import text_of

BrowserOf = Callable[[str], Browser]
PATH = "/quan-tri/nhat-ky-quet"


@pytest.fixture
def scanned(filled: Store) -> Store:
    with filled.session() as session:
        network.fill(session)
    return filled


def frames(html: str) -> list[str]:
    """Frames sent of each record shown, which tell the records apart."""
    return re.findall(r'<td class="n">253</td><td class="n">(\d+)</td>', html)


def test_who_may_ask_what_was_done(client: Browser, browser_of: BrowserOf, scanned: Store) -> None:
    assert client.get(PATH).headers["location"].startswith("/dang-nhap?tiep=")
    assert browser_of("outsider").get(PATH).status_code == 403
    for login in ("admin", "hanh", "lan", "auditor"):
        assert browser_of(login).get(PATH).status_code == 200, login
        assert browser_of(login).get(PATH + ".csv").status_code == 200, login


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["512", "10", "170", "500"]),
        ("dia-diem=1", ["512", "10", "170"]),
        ("loai=recheck", ["10"]),
        ("dung=co", ["170"]),
        ("dung=khong", ["512", "10", "500"]),
        ("dung=gateway_lost", ["170"]),
        ("tim=vs-01", ["512", "10", "170"]),
        ("tim=pleiku", ["500"]),
        (f"xa={province.PLEIKU}", ["500"]),
        ("khu-vuc=1", ["512", "10", "170"]),
        ("tu=2026-11-19&den=2026-11-19", ["512", "10", "170", "500"]),
        ("den=2026-11-18", []),
        ("tu=2026-11-20", []),
        ("sap-xep=goi", ["10", "170", "500", "512"]),
        ("sap-xep=-goi", ["512", "500", "170", "10"]),
        ("sap-xep=luc", ["500", "170", "10", "512"]),
    ],
)
def test_filters_and_sorting(browser_of: BrowserOf, scanned: Store, query: str, found: list[str]) -> None:
    html = browser_of("hanh").get(f"{PATH}?{query}").text
    assert frames(html) == found
    assert ("Không có lần quét nào khớp điều kiện." in html) == (not found)


def test_records_in_words_with_their_sum(browser_of: BrowserOf, scanned: Store) -> None:
    shown = text_of(browser_of("hanh").get(PATH).text)
    assert "Hiển thị 1–4 trong 4 lần quét tại 2 địa điểm; cộng 1.192 gói trong 1 phút; dừng sớm 1 lần." in shown
    assert "dừng sớm cổng ra không trả lời" in shown
    assert "quét toàn mạng SendARP của Windows 192.168.1.0/24 253 512 19,5 giây 9 trọn vẹn" in shown
    assert "cccccccc dữ liệu mẫu" in shown  # the agent is not known any more: the record stays


def test_a_clerk_sees_only_the_own_commune(browser_of: BrowserOf, scanned: Store) -> None:
    assert frames(browser_of("lan").get(PATH).text) == ["512", "10", "170"]
    assert frames(browser_of("lan").get(f"{PATH}?dia-diem=4").text) == []
    assert frames(browser_of("binh").get(PATH).text) == []


def test_what_is_not_understood_is_said_and_left_out(browser_of: BrowserOf, scanned: Store) -> None:
    html = browser_of("hanh").get(f"{PATH}?loai=x&dung=y&tu=hom-qua&den=0001-01-01&sap-xep=z").text
    assert "Bỏ qua điều kiện không hiểu được" in html
    assert "tu=hom-qua" in html


def test_an_auditor_gets_no_links_to_pages_closed_to_him(browser_of: BrowserOf, scanned: Store) -> None:
    assert '<a href="/may-tinh/1">' in browser_of("hanh").get(PATH).text
    assert '<a href="/may-tinh/1">' not in browser_of("auditor").get(PATH).text


def test_the_csv_answers_what_was_done(browser_of: BrowserOf, scanned: Store) -> None:
    answer = browser_of("hanh").get(f"{PATH}.csv?dia-diem=1")
    found = list(csv.DictReader(io.StringIO(answer.text.removeprefix(BOM))))
    assert answer.headers["content-disposition"] == 'attachment; filename="nhat-ky-quet-mang-20261119.csv"'
    assert [row["Gói đã gửi"] for row in found] == ["512", "10", "170"]
    assert found[2]["Dừng sớm vì"] == "cổng ra không trả lời"
    assert found[0]["Máy tính quét"] == "VS-01"


def test_an_empty_log_says_why_and_english_is_complete(browser_of: BrowserOf) -> None:
    officer = browser_of("hanh")
    assert "Chưa có lần quét mạng nào." in officer.get(PATH).text
    html = officer.get(PATH + "?lang=en").text
    for word in ("Nhật ký", "Chưa", "quét", "Mọi"):
        assert word not in html, word
