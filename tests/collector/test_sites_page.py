"""The lists of sites and villages, a site's page, a unit's page, the health page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from collector.web.site_network import makers_text
from inventory.store.claim import ensure_job
from inventory.store.engine import Store
from inventory.store.policy import set_policy
from inventory.store.tables import Agent, JobDue, Machine, RejectedReport, Site, UnitLink
from tests.collector import network, province
from tests.collector.conftest import Browser
from tests.collector.test_overview import text_of

BrowserOf = Callable[[str], Browser]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tim=vinh+kim", ["Trụ sở 2 (Vĩnh Kim)"]),
        ("tim=VĨNH+KIM", ["Trụ sở 2 (Vĩnh Kim)"]),
        ("tim=viettel", ["Trụ sở 2 (Vĩnh Kim)"]),
        ("tim=vinh+quang", ["Trụ sở UBND xã Vĩnh Quang"]),
        ("trang-thai=LINE_LOST_CONFIRMED", ["Trụ sở 2 (Vĩnh Kim)"]),
        ("lan=partial", ["Trụ sở UBND phường Pleiku"]),
        ("lan=faulty", []),
        ("vai-tro=tru_so_khac", ["Trụ sở 2 (Vĩnh Kim)"]),
        ("khu-vuc=1&trang-thai=connected", ["Trụ sở UBND xã Vĩnh Sơn"]),
        ("xa=x23575.2&trang-thai=excluded", ["Phòng cơ yếu"]),
        ("tim=100%25", []),
        ("tim=_", []),
    ],
)
def test_search_and_filters(browser_of: BrowserOf, query: str, found: list[str]) -> None:
    text = browser_of("hanh").get(f"/dia-diem?{query}").text
    names = [
        "Trụ sở UBND xã Vĩnh Sơn",
        "Trụ sở 2 (Vĩnh Kim)",
        "Trụ sở UBND xã Vĩnh Quang",
        "Trụ sở UBND phường Pleiku",
        "Phòng cơ yếu",
    ]
    assert [name for name in names if f">{name}</a>" in text] == found
    if not found:
        assert "Không có địa điểm nào hợp các điều kiện đã chọn." in text


def test_worst_first_and_excluded_last(browser_of: BrowserOf) -> None:
    text = browser_of("hanh").get("/dia-diem").text
    order = [
        text.index(f">{name}</a>")
        for name in (
            "Trụ sở 2 (Vĩnh Kim)",
            "Trụ sở UBND phường Pleiku",
            "Trụ sở UBND xã Vĩnh Quang",
            "Trụ sở UBND xã Vĩnh Sơn",
            "Phòng cơ yếu",
        )
    ]
    assert order == sorted(order)


def test_sorting_turns_round(browser_of: BrowserOf) -> None:
    browser = browser_of("hanh")
    up, down = (browser.get(f"/dia-diem?sap-xep={sort}").text for sort in ("ten", "-ten"))
    assert up.index("Phòng cơ yếu") < up.index("Vĩnh Sơn</a><br>")
    assert down.index("Vĩnh Sơn</a><br>") < down.index("Phòng cơ yếu")
    assert 'aria-sort="ascending"' in up
    assert 'aria-sort="descending"' in down


@pytest.mark.parametrize("query", ["trang-thai=xyz", "lan=xyz", "vai-tro=xyz", "khu-vuc=x", "sap-xep=xyz", "trang=0"])
def test_a_bad_condition_is_left_out_and_said(browser_of: BrowserOf, query: str) -> None:
    answer = browser_of("hanh").get(f"/dia-diem?{query}")
    assert answer.status_code == 200
    assert f"Bỏ qua điều kiện không hiểu được: {query}." in answer.text
    assert "Hiển thị 1–5 trong 5" in answer.text


def test_paging_keeps_the_filter(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        for n in range(120):
            session.add(province.site(100 + n, province.VINH_SON, f"Điểm {n:03d}", "UP", role="van_hoa"))
    browser = browser_of("hanh")

    text = browser.get("/dia-diem?vai-tro=van_hoa&sap-xep=ten&trang=2").text

    assert "Hiển thị 51–100 trong 120" in text
    assert "Điểm 050" in text
    assert "Điểm 100" not in text
    assert 'href="/dia-diem?vai-tro=van_hoa&amp;sap-xep=ten&amp;trang=3" rel="next"' in text
    assert "Hiển thị 101–120 trong 120" in browser.get("/dia-diem?vai-tro=van_hoa&trang=99").text


def test_an_excluded_site_shows_its_reason_and_no_state(browser_of: BrowserOf) -> None:
    browser = browser_of("hanh")
    row = browser.get("/dia-diem?trang-thai=excluded").text.split("<tbody>")[1]
    assert "Bí mật nhà nước" in row
    assert "chưa từng báo cáo" not in row
    assert "Loại trừ: không cài trạm thu thập, không theo dõi." in browser.get("/dia-diem/5").text


def test_a_site_that_is_cut_off(browser_of: BrowserOf) -> None:
    html = browser_of("lan").get("/dia-diem/2").text
    shown = text_of(html)

    assert "Bây giờ mất kết nối từ 08:20 19/11/2026, cách đây 2 giờ · đường truyền" in shown
    assert "Liên lạc cuối: 08:20 19/11/2026, cách đây 2 giờ." in shown
    assert "T5 19/11 08:20–10:20: mất kết nối" in shown
    assert "T5 19/11 00:00–08:20: đang hoạt động" in shown
    assert "T2 16/11 00:00–24:00: chưa quan sát được" in shown
    assert (
        "Các lần mất kết nối Từ lúc Kéo dài Tình trạng 08:20 19/11/2026 2 giờ chưa hết mất kết nối đường truyền"
        in shown
    )
    assert "Địa điểm mất kết nối 10/11/2026 13/11/2026 quá hạn Doanh nghiệp viễn thông Mới" in shown
    assert "Máy tính (1)" in shown
    assert 'href="/may-tinh/3">VS-03' in html
    assert html.count("<rect") < 400


def test_a_site_that_never_reported_shows_no_picture(browser_of: BrowserOf) -> None:
    html = browser_of("binh").get("/dia-diem/3").text
    assert "Chưa có quan sát nào trong thời gian này." in html
    assert '<svg class="month"' not in html
    assert "Chưa máy tính nào ở đây báo về." in html
    assert "chưa rõ" in html


def test_lan_evidence_in_words(browser_of: BrowserOf, filled: Store) -> None:
    evidence = [
        {"fact": "pcs", "value": 3},
        {"fact": "linked", "value": 2},
        {"fact": "mobile_only", "value": 0},
        {"fact": "declared", "value": "none", "day": "2026-10-01"},
        {"fact": "conflict", "value": True},
        {"fact": "new_fact", "value": 7},
    ]
    with filled.session() as session:
        site = session.get(Site, 1)
        assert site is not None
        site.lan_evidence = evidence

    shown = text_of(browser_of("lan").get("/dia-diem/1").text)

    assert "3 máy tính có báo cáo mới về mạng 2 máy đang nối mạng nội bộ khai báo: chưa có LAN (01/10/2026)" in shown
    assert "khai báo khác với kết quả đo; kết quả đo được dùng new_fact: 7" in shown
    assert "chỉ có mạng di động" not in shown


def test_the_breadcrumb_links_only_what_may_be_opened(browser_of: BrowserOf) -> None:
    assert '<a href="/don-vi/t52.2">Tỉnh Gia Lai</a>' in browser_of("hanh").get("/dia-diem/2").text
    mine = browser_of("lan").get("/dia-diem/2").text
    assert "<li>Tỉnh Gia Lai</li><li>Khu vực Vĩnh Thạnh</li>" in mine
    assert '<a href="/don-vi/x21787.2">Xã Vĩnh Sơn</a>' in mine


def test_names_are_escaped_everywhere(browser_of: BrowserOf, filled: Store) -> None:
    bad = '<script>alert("x")</script>'
    with filled.session() as session:
        session.add(
            Site(
                id=9,
                unit_id=province.VINH_SON,
                name=bad,
                contact_name=bad,
                provider=bad,
                state="UP",
                created_at=province.NOW,
                lan_evidence=[bad, {"code": bad}],
            )
        )
    browser = browser_of("hanh")
    for path in ("/dia-diem", "/dia-diem/9", f"/dia-diem?tim={bad}", f"/dia-diem?lan={bad}", f"/{bad}"):
        assert "<script" not in browser.get(path).text, path


@pytest.mark.parametrize("path", ["/dia-diem/99", "/dia-diem/0", "/dia-diem/99999999999999999999", "/don-vi/nope"])
def test_what_is_not_there_is_said_with_a_remedy(browser_of: BrowserOf, path: str) -> None:
    answer = browser_of("hanh").get(path)
    assert answer.status_code in (400, 404)
    assert "<h1>" in answer.text


def test_villages_show_source_and_date_and_unknown(browser_of: BrowserOf) -> None:
    browser = browser_of("hanh")
    shown = text_of(browser.get("/thon-ban").text.split("<tbody>")[1])
    assert "Làng O2 Xã Vĩnh Sơn" in shown
    assert "Thôn Định An Xã Vĩnh Quang chưa có dữ liệu chưa có dữ liệu chưa có dữ liệu có 4G khai báo" in shown
    assert "Hiển thị 1–1 trong 1" in browser.get("/thon-ban?bang-rong=chua-ro").text
    assert "Hiển thị 1–1 trong 1" in browser.get("/thon-ban?tim=kon+tru").text
    assert "Không có thôn nào hợp các điều kiện đã chọn." in browser.get("/thon-ban?song=5g").text


def test_a_unit_tells_what_it_was_before(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        old = province._unit("x21790.1", "xa", "Xã", "Vĩnh Kim", None)
        old.valid_to = province.NOW.date().replace(year=2025, month=6, day=30)
        session.add(old)
        session.flush()
        session.add(UnitLink(from_id="x21790.1", to_id=province.VINH_SON, kind="merge", effective=province.NOW.date()))
    browser = browser_of("hanh")

    assert "Xã Vĩnh Kim đến 30/06/2025" in text_of(browser.get("/don-vi/x21787.2").text)
    ended = text_of(browser.get("/don-vi/x21790.1").text)
    assert "Đơn vị này đã kết thúc ngày 30/06/2025. Nay là: Xã Vĩnh Sơn" in ended


def test_health_shows_late_jobs_rejects_and_held_agents(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        ensure_job(session, "weekly", province.NOW - timedelta(hours=3))
        session.add(
            JobDue(
                name="housekeeping",
                due_at=province.NOW + timedelta(hours=3),
                last_ok_at=province.NOW,
                last_error="đĩa đầy",
            )
        )
        session.add(RejectedReport(received_at=province.NOW, code="bad_json", reason="x", size=1, frame=b"x"))
        session.add(
            Agent(
                id="a" * 32,
                site_id=1,
                status="quarantined",
                status_reason="hai máy một mã",
                hostname="VS-09",
                version="0.2.0",
                enrolled_at=province.NOW,
                last_contact_at=province.NOW,
            )
        )
        session.add(
            Agent(
                id="b" * 32,
                site_id=1,
                version="0.1.0",
                enrolled_at=province.NOW,
                last_contact_at=province.NOW - timedelta(days=3),
            )
        )
    browser = browser_of("admin")

    html = browser.get("/quan-tri/suc-khoe").text
    shown = text_of(html)

    assert "Lập thư tuần quá hạn chưa chạy lần nào" in shown
    assert "Dọn dữ liệu quá hạn lưu lần cuối bị lỗi đĩa đầy" in shown
    assert "1 báo cáo chưa xem xét" in shown
    assert "0.2.0 1 1 100% 0.1.0 1 0 0%" in shown
    assert "VS-09 Trụ sở UBND xã Vĩnh Sơn hai máy một mã" in shown
    assert "Sao lưu chưa theo dõi được" in shown
    assert "1 trạm thu thập bị tạm giữ vì trùng định danh." in text_of(browser.get("/dia-diem").text)
    assert "Thư tuần đã đến hạn nhưng chưa được lập." in shown
    assert "bị tạm giữ" not in browser_of("lan").get("/thon-ban").text


@pytest.fixture
def networked(filled: Store) -> Store:
    with filled.session() as session:
        network.fill(session)
    return filled


def test_a_site_shows_its_networks_scanner_and_makers(browser_of: BrowserOf, networked: Store) -> None:
    html = browser_of("lan").get("/dia-diem/1").text
    shown = text_of(html.split('<section id="mang">')[1])
    assert "192.168.1.0/24 cổng ra 192.168.1.1 1 9 Dell 3, VNPT 1, 4 máy tự đặt địa chỉ" in shown
    assert "1 chưa rõ hãng" in shown
    assert '<a href="/may-tinh/1">VS-01</a>' in html
    assert "từ 08:20 19/11/2026, giao đến 14:20 19/11/2026; máy trước im lặng" in shown
    assert "09:20 19/11/2026 cách đây 1 giờ" in shown


def test_a_network_that_nobody_scans_says_why(browser_of: BrowserOf, networked: Store) -> None:
    shown = text_of(browser_of("lan").get("/dia-diem/2").text)
    assert "chưa có máy nào quét Máy tính trong mạng báo: người dùng đã tắt việc quét tại máy." in shown
    with networked.session() as session:
        set_policy(session, "site", "2", {"scan.enabled": False}, "hanh", "", province.NOW)
    assert "Chính sách đang tắt việc quét tại địa điểm này." in text_of(browser_of("lan").get("/dia-diem/2").text)


def test_lan_findings_stand_with_their_remedy(browser_of: BrowserOf, networked: Store) -> None:
    html = browser_of("lan").get("/dia-diem/1").text.split("Việc về mạng và cách khắc phục")[1]
    assert '<a href="/viec-can-xu-ly/31">Có bộ định tuyến thứ hai nối chồng</a>' in html
    assert "Chuyển bộ định tuyến nối thêm sang chế độ điểm truy cập" in html
    finding = text_of(browser_of("lan").get("/viec-can-xu-ly/31").text)
    assert "Đường ra Internet đi qua 192.168.0.1 → 192.168.1.1 → ?" in finding
    assert "Số máy tính thấy việc này 2" in finding
    assert "Trụ sở UBND xã Vĩnh Sơn" in browser_of("hanh").get("/dia-diem?lan=faulty").text


def test_equipment_and_the_last_scans_of_a_site(browser_of: BrowserOf, networked: Store) -> None:
    with networked.session() as session:
        session.add_all([network.scan(10 + n, 1, "recheck") for n in range(20)])
    clerk = browser_of("lan")
    html = clerk.get("/dia-diem/1").text
    assert html.count('<a href="/thiet-bi/') == 3
    assert "sắp hết: Toner 6%" in html
    log = html.split('id="quet"')[1]
    assert log.count('<td class="t">') == 10
    assert '<a href="/quan-tri/nhat-ky-quet?dia-diem=1">Mọi lần quét tại đây (23)</a>' in log
    gone = text_of(clerk.get("/dia-diem/2").text)
    assert "không còn thấy từ 15/11/2026" in gone
    assert "Chưa có lần quét nào tại đây." in gone


def test_a_site_without_any_network_says_so(browser_of: BrowserOf, filled: Store) -> None:
    shown = text_of(browser_of("binh").get("/dia-diem/3").text)
    assert "Chưa máy tính nào ở đây cho biết mình đứng trong mạng nào" in shown
    assert "Chưa thấy thiết bị nào" in shown
    assert "Mạng nội bộ: từng mạng" not in browser_of("hanh").get("/dia-diem/5").text  # excluded by law


def test_new_facts_of_the_lan_in_words(browser_of: BrowserOf, filled: Store) -> None:
    facts = ("scanned", "wired", "wireless", "dhcp", "slow", "faulty", "switches", "lldp")
    with filled.session() as session:
        site = session.get_one(Site, 1)
        site.lan_evidence = [{"fact": fact, "value": 3} for fact in facts]
        session.add(site)
    shown = text_of(browser_of("lan").get("/dia-diem/1").text)
    for fact in facts:
        assert f"{fact}: 3" not in shown, fact
    assert "3 thiết bị trả lời trong lần quét gần nhất 3 máy tính nối bằng dây" in shown
    english = text_of(browser_of("lan").get("/dia-diem/1?lang=en").text)
    assert "3 PCs with many errors on the card" in english


def test_a_badly_protected_pc_is_not_called_good(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        pc = session.get_one(Machine, 2)
        pc.unsafe = [{"code": "smb1"}]
        session.add(pc)
    row = browser_of("lan").get("/dia-diem/1").text.split("VS-02</a>")[1].split("</tr>")[0]
    assert "1 điểm yếu bảo vệ" in row
    assert 's up">đạt' not in row


def test_makers_are_counted_once_however_they_are_written() -> None:
    vendors = [["TP-LINK", 1], ["Dell", 2], ["TP-Link", 2], ["A", 1], ["B", 1], ["C", 1], ["D", 1], ["E", 1]]
    assert makers_text(vendors, "vi") == "TP-LINK 3, Dell 2, A 1, B 1, C 1, D 1, và 1 hãng khác"
    assert makers_text(None, "vi") == makers_text([], "vi") == makers_text([7, ["x"]], "vi") == ""
