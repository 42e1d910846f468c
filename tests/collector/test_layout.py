"""The frame of every page: language, navigation, no foreign or inline code, sizes, errors as pages."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from collector.web.base import FLASH_COOKIE
from collector.web.paging import ListQuery, Paging
from collector.web.templating import STATIC, static_url
from inventory.store.engine import Store
from tests.collector import network
from tests.collector.conftest import Browser

BrowserOf = Callable[[str], Browser]
PAGES = (
    "/",
    "/dia-diem",
    "/dia-diem/2",
    "/thon-ban",
    "/don-vi/x21787.2",
    "/thiet-bi",
    "/thiet-bi/2",
    "/quan-tri/nhat-ky-quet",
    "/may-tinh",
    "/may-tinh/1",
    "/quan-tri/suc-khoe",
    "/doi-mat-khau",
    "/none",
)


@pytest.fixture(autouse=True)
def _networks(filled: Store) -> None:
    with filled.session() as session:
        network.fill(session)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_inline_nothing_from_elsewhere(browser_of: BrowserOf, path: str) -> None:
    html = browser_of("admin").get(path).text
    assert "<script" not in html
    assert " style=" not in html
    assert not re.search(r"\son\w+=", html)
    assert not re.search(r'(?:src|href|action)="(?!/|#|tel:)', html)


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_whole_and_small(browser_of: BrowserOf, path: str) -> None:
    html = browser_of("admin").get(path).text
    assert html.count("<h1>") == 1
    assert html.startswith('<!doctype html>\n<html lang="vi">')
    assert len(html.encode()) < 150_000
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert all(re.search(r"<t[hd][ >]", row) for row in html.split("<tr")[1:])


def test_the_language_is_switched_on_the_same_page_and_remembered(browser_of: BrowserOf) -> None:
    browser = browser_of("admin")
    assert 'href="/dia-diem?lan=none&amp;lang=en"' in browser.get("/dia-diem?lan=none").text

    english = browser.get("/dia-diem?lan=none&lang=en").text

    assert '<html lang="en">' in english
    assert "<h1>Sites</h1>" in english
    assert 'href="/dia-diem?lan=none&amp;lang=vi"' in english
    assert "<h1>Villages</h1>" in browser.get("/thon-ban").text
    assert "<h1>Địa điểm</h1>" in browser.get("/dia-diem?lang=vi").text
    assert "<h1>Thôn, bản</h1>" in browser.get("/thon-ban?lang=xx").text


@pytest.mark.parametrize("path", PAGES[:11])
def test_english_pages_leave_no_vietnamese_labels(browser_of: BrowserOf, path: str) -> None:
    browser = browser_of("admin")
    html = browser.get(path + "?lang=en").text
    for word in ("Địa điểm<", "Chưa", "chưa", "Máy tính", "Tổng quan", "quá hạn", "Không", "cách đây"):
        assert word not in html, word


def test_the_current_place_is_marked(browser_of: BrowserOf) -> None:
    html = browser_of("admin").get("/dia-diem/2").text
    assert '<a href="/dia-diem" aria-current="page">Địa điểm</a>' in html
    assert html.count("aria-current") == 1


def test_an_unknown_path_is_a_page_with_a_remedy(browser_of: BrowserOf, client: Browser) -> None:
    answer = browser_of("lan").get("/khong-co")
    assert answer.status_code == 404
    assert "Không có trang này" in answer.text
    assert client.get("/khong-co").status_code == 404


def test_a_flash_is_shown_once(browser_of: BrowserOf) -> None:
    browser = browser_of("lan")
    browser.post("/dang-xuat", data={"csrf": browser.csrf("/")})
    assert "Đã đăng xuất." in browser.get("/dang-nhap").text
    assert "Đã đăng xuất." not in browser.get("/dang-nhap").text


def test_a_forged_flash_is_escaped(browser_of: BrowserOf) -> None:
    browser = browser_of("lan")
    cookie = base64.urlsafe_b64encode(json.dumps(["ok", "<b>%(x)s", {"x": "<i>"}]).encode()).decode()
    browser.cookies.set(FLASH_COOKIE, cookie)
    assert "&lt;b&gt;&lt;i&gt;" in browser.get("/").text


@pytest.mark.parametrize("cookie", ["x", "W10=", "bnVsbA==", "WyJvayIsMSx7fV0=", "WyJvayIsIiUoeClzIix7fV0="])
def test_a_broken_flash_breaks_no_page(browser_of: BrowserOf, cookie: str) -> None:
    browser = browser_of("lan")
    browser.cookies.set(FLASH_COOKIE, cookie)
    assert browser.get("/").status_code == 200


def test_templates_load_no_partial_by_url(templates: Path) -> None:
    for path in templates.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "|safe" not in text, path.name
        assert "http://" not in text.replace("http://www.w3.org", ""), path.name


def test_static_files_are_named_by_content(client: Browser) -> None:
    url = static_url("gapwatch.css")
    assert re.fullmatch(r"/static/gapwatch\.css\?v=[0-9a-f]{10}", url)
    assert client.get(url).status_code == 200
    assert sum(path.stat().st_size for path in STATIC.iterdir()) < 60_000


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", ["ink", "soft", "blue", "deep", "orange", "red"])
@pytest.mark.parametrize("ground", ["#ffffff", "#f4f6f8", "#e4ecf4", "#fbecec"])
def test_text_colours_have_contrast(name: str, ground: str) -> None:
    css = (STATIC / "gapwatch.css").read_text(encoding="utf-8")
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}})", css)
    assert found is not None
    bright, dark = luminance(ground), luminance(found[1])
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


class _Url:
    path = "/dia-diem"


class _Request:
    def __init__(self, **params: str) -> None:
        self.url = _Url()
        self.query_params = params


def test_a_list_url_keeps_its_filters_and_starts_again_at_page_one() -> None:
    query = ListQuery(_Request(tim="a b", trang="3", lang="en", xa=" "))  # type: ignore[arg-type]
    assert query.url() == "/dia-diem?tim=a+b"
    assert query.url(tim=None) == "/dia-diem"
    assert query.url(sap_xep="-ten") == "/dia-diem?tim=a+b&sap-xep=-ten"
    assert query.filtered


@pytest.mark.parametrize(
    ("total", "page", "pages", "rows"),
    [
        (0, "1", [1], (0, 0)),
        (50, "1", [1], (1, 50)),
        (51, "2", [1, 2], (51, 51)),
        (1000, "10", [1, 0, 9, 10, 11, 0, 20], (451, 500)),
    ],
)
def test_pages_offered(total: int, page: str, pages: list[int], rows: tuple[int, int]) -> None:
    paging = Paging(ListQuery(_Request(trang=page)), total)  # type: ignore[arg-type]
    assert paging.pages == pages
    assert (paging.first_row, paging.last_row) == rows
