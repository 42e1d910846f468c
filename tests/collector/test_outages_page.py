"""The outage list, the claim, area events and the storm sheet: figures, filters, files, who may see what."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from inventory.domain.outage_claim import REASONS, reason_not_claimed
from inventory.store.engine import Store
from inventory.store.tables import AreaEvent, Finding, JournalRow, Line, Site, SiteAlert, SiteState
from tests.collector.conftest import Browser
from tests.collector.test_overview import text_of

BrowserOf = Callable[[str], Browser]
MIDNIGHT = datetime(2026, 11, 18, 17, tzinfo=UTC)  # 00:00 of 19/11/2026 in Vietnam


def at(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def state(site_id: int, from_h: float, to_h: float, code: str, cause: str = "unknown", why: str = "") -> SiteState:
    return SiteState(site_id=site_id, from_at=at(from_h), to_at=at(to_h), state=code, cause=cause, why=why)


@pytest.fixture
def lived(filled: Store) -> Store:
    """Site 1 (VNPT): a line fault on Tuesday, a power cut on Wednesday, a LAN fault; site 2 (Viettel): cut off now."""
    with filled.session() as session:
        session.add_all(
            [
                state(1, -60, -39, "UP", why="heard"),
                state(1, -39, -37, "LINE_LOST_CONFIRMED", "line", "journal_line"),
                state(1, -37, -15, "UP", why="heard"),
                state(1, -15, -14, "POWER_CUT_SUSPECTED", "power", "group_power"),
                state(1, -14, 8, "UP", why="heard"),
                state(1, 8, 9, "LINE_LOST_CONFIRMED", "lan", "journal_lan"),
                state(1, 9, 10.3, "UP", why="heard"),
                Line(id=1, site_id=1, kind="tslcd", provider="VNPT", contract_no="KS-1", down_mbps=20, up_mbps=20),
                Line(
                    id=2, site_id=1, kind="internet", provider="VNPT", contract_no="HD-77", down_mbps=150, up_mbps=150
                ),
                AreaEvent(
                    id=5, from_at=at(-15), to_at=at(-14), cause="power", sites=[1, 4], raised_at=at(-14.7), area_id=1
                ),
                AreaEvent(id=6, from_at=at(8.3), cause="unknown", sites=[2, 3], raised_at=at(8.6), provider="Viettel"),
            ]
        )
        session.flush()
        told = {"at": at(-13).isoformat(), "code": "power", "state": "LINE_LOST_SUSPECTED", "cause": "unknown"}
        session.add_all(
            [
                SiteAlert(
                    site_id=1,
                    raised_at=at(-14.7),
                    since_at=at(-15),
                    state="POWER_CUT_SUSPECTED",
                    cause="power",
                    closed_at=at(-14),
                    area_event_id=5,
                    corrected_at=at(-13),
                    corrections=[told],
                ),
                *(
                    JournalRow(
                        agent_id=digit * 32,
                        boot_id="b" * 32,
                        from_monotonic_s=1,
                        to_monotonic_s=2,
                        agent_from_s=1,
                        agent_to_s=2,
                        site_id=1,
                        from_at=at(-38.9),
                        to_at=at(-37.1),
                        placed="boot",
                        gateway=True,
                        internet=False,
                        collector=False,
                        before_at=at(-37),
                        received_at=at(-37),
                    )
                    for digit in "ac"
                ),
            ]
        )
    return filled


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize(
    ("state_code", "cause", "reason"),
    [
        ("LINE_LOST_CONFIRMED", "line", ""),
        ("LINE_LOST_CONFIRMED", "lan", "lan"),
        ("LINE_LOST_CONFIRMED", "captive", "captive"),
        ("LINE_LOST_CONFIRMED", "unknown", "cause_unknown"),
        ("LINE_LOST_CONFIRMED", "power", "power"),
        ("LINE_LOST_SUSPECTED", "line", "suspected"),
        ("LINE_LOST_SUSPECTED", "lan", "lan"),
        ("POWER_CUT_SUSPECTED", "power", "power"),
        ("POWER_CUT_SUSPECTED", "unknown", "power"),
    ],
)
def test_only_proven_faults_of_the_line_are_claimed(state_code: str, cause: str, reason: str) -> None:
    assert reason_not_claimed(state_code, cause) == reason
    assert reason in ("", *REASONS)


def test_each_outage_tells_its_line_its_length_and_its_proof(browser_of: BrowserOf, lived: Store) -> None:
    shown = text_of(browser_of("hanh").get("/mat-ket-noi").text)
    assert "4 lần mất kết nối, từ 00:00 21/10/2026 đến 10:20 19/11/2026" in shown
    assert "Internet, VNPT hợp đồng HD-77 09:00 17/11/2026 11:00 17/11/2026 2 giờ 2 giờ mất kết nối" in shown
    assert "đường truyền nhật ký của 2 máy tính" in shown
    assert "nhiều nơi tắt đột ngột cùng lúc trước báo là nghi mất kết nối" in shown
    assert "Viettel chưa khai báo hợp đồng 08:20 19/11/2026 chưa hết 2 giờ" in shown


def test_sums_per_line_and_month(browser_of: BrowserOf, lived: Store) -> None:
    sums = text_of(browser_of("hanh").get("/mat-ket-noi").text.split("Từng lần</h2>")[0].split("<tbody>")[1])
    assert "HD-77 Tháng 11/2026 3 4 giờ 4 giờ 2 giờ VNPT, Tháng 11/2026" in sums


def test_filters(browser_of: BrowserOf, lived: Store) -> None:
    browser = browser_of("hanh")
    for query, count in (
        ("nguyen-nhan=power", 1),
        ("nguyen-nhan=line", 2),
        ("can-cu=co", 3),
        ("nha-mang=VNPT", 3),
        ("nha-mang=FPT", 0),
        ("dia-diem=2", 1),
        ("xa=x21786.2", 0),
        ("ky=2026-10", 0),
        ("ky=2026-11", 4),
        ("ky=7", 4),
    ):
        text = browser.get(f"/mat-ket-noi?{query}").text
        assert f"{count} lần mất kết nối" in text, query
        assert len(rows_of(browser.get(f"/mat-ket-noi.csv?{query}").text)) == count + 1
        assert ("Không có lần mất kết nối nào hợp các điều kiện đã chọn." in text) == (not count)


def test_a_bad_condition_is_left_out_and_said(browser_of: BrowserOf, filled: Store) -> None:
    browser = browser_of("hanh")
    lists = [("/mat-ket-noi", ("ky=2027-01", "ky=x", "nguyen-nhan=bao", "can-cu=x", "dia-diem=-1"))]
    lists += [
        ("/thien-tai", ("tu=2026-11-20", "tu=2020-01-01", "tu=x", "tu=2026-13-01")),
        ("/su-co-khu-vuc", ("ky=0",)),
    ]
    for path, queries in lists:
        for query in queries:
            answer = browser.get(f"{path}?{query}")
            assert answer.status_code == 200
            assert f"Bỏ qua điều kiện không hiểu được: {query}." in answer.text


def test_the_csv_file_has_figures_and_reasons(browser_of: BrowserOf, lived: Store) -> None:
    rows = rows_of(browser_of("hanh").get("/mat-ket-noi.csv").text)
    by_cause = {row[10]: dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[1].endswith("Vĩnh Sơn")}
    line = by_cause["đường truyền"]
    assert (line["Số hợp đồng"], line["Gián đoạn (phút)"], line["Tính cho nhà mạng"]) == ("HD-77", "120", "x")
    power = by_cause["mất điện"]
    assert power["Tính cho nhà mạng"] == ""
    assert power["Lý do không tính"] == "mất điện, không thuộc trách nhiệm của nhà mạng"


def test_the_claim_keeps_power_and_lan_apart(browser_of: BrowserOf, lived: Store) -> None:
    html = browser_of("hanh").get("/mat-ket-noi/bang-ke?nha-mang=VNPT&ky=2026-11").text
    claimed, others = html.split("II. Các lần mất kết nối không tính")
    assert "BẢNG KÊ SỰ CỐ ĐƯỜNG TRUYỀN" in claimed
    assert "UBND TỈNH GIA LAI" in claimed
    assert "Kỳ chưa hết: số liệu tạm tính." in claimed
    assert "HD-77 Internet 150/150 Mb/s Trụ sở UBND xã Vĩnh Sơn" in text_of(claimed)
    assert "Cộng 1 lần 2 giờ 2 giờ" in text_of(claimed)
    assert "mất điện, không thuộc trách nhiệm của nhà mạng" in others
    assert "lỗi mạng nội bộ của đơn vị" in others
    assert text_of(others).count("(ký, ghi rõ họ tên") == 3
    assert "Số: .........." in text_of(html)


def test_nothing_is_claimed_in_two_months(browser_of: BrowserOf, lived: Store) -> None:
    with lived.session() as session:
        session.add_all([state(4, -440, -430, "UP"), state(4, -430, -410, "LINE_LOST_CONFIRMED", "line")])
        session.get_one(Site, 4).provider = "FPT"
    browser = browser_of("hanh")  # from 01:00 on 31/10 ... it began in October (local time) and ended in November
    counts = [
        browser.get(f"/mat-ket-noi/bang-ke?nha-mang=FPT&ky={month}").text.count("Phường Pleiku")
        for month in ("2026-10", "2026-11")
    ]
    assert sorted(counts)[0] == 0
    assert sum(counts) == 2  # the row and its sum, in one of the two


def test_a_clerk_sees_only_the_own_commune(browser_of: BrowserOf, lived: Store) -> None:
    assert "0 lần mất kết nối" in browser_of("binh").get("/mat-ket-noi").text
    assert browser_of("auditor").get("/mat-ket-noi").status_code == 403
    assert browser_of("binh").get("/su-co-khu-vuc/5").status_code == 404
    hidden = text_of(browser_of("binh").get("/su-co-khu-vuc/6").text)
    assert "1 địa điểm nữa nằm ngoài phạm vi được xem." in hidden


def test_area_events_tell_where_what_and_how(browser_of: BrowserOf, lived: Store) -> None:
    browser = browser_of("hanh")
    shown = text_of(browser.get("/su-co-khu-vuc").text)
    assert "08:18 19/11/2026 chưa hết 2 giờ 2 phút mạng Viettel chưa rõ nguyên nhân 2" in shown
    assert "09:00 18/11/2026 dữ liệu mẫu 10:00 18/11/2026 1 giờ Khu vực Vĩnh Thạnh mất điện 2" in shown
    one = text_of(browser.get("/su-co-khu-vuc/5").text)
    assert "2 địa điểm mất liên lạc cùng một lúc, và máy tính ở đó tắt đột ngột: mất điện diện rộng." in one
    assert "Trụ sở UBND xã Vĩnh Sơn Xã Vĩnh Sơn đang hoạt động 09:00 18/11/2026 10:00 18/11/2026 nghi mất điện" in one
    assert browser.get("/su-co-khu-vuc/99").status_code == 404


def test_an_open_event_stands_on_the_overview(browser_of: BrowserOf, lived: Store) -> None:
    html = browser_of("hanh").get("/").text
    assert "Sự cố khu vực đang diễn ra: mạng Viettel, 2 địa điểm, từ 08:18 19/11/2026" in text_of(html)
    assert '<a href="/su-co-khu-vuc/6">' in html
    assert "/su-co-khu-vuc/5" not in html
    with lived.session() as session:
        session.get_one(AreaEvent, 6).withdrawn_at = at(10)
    assert "Sự cố khu vực đang diễn ra" not in browser_of("hanh").get("/").text


def test_the_storm_sheet_says_x_of_y_and_what_is_not_observed(browser_of: BrowserOf, lived: Store) -> None:
    with lived.session() as session:
        site = session.get_one(Site, 2)
        site.contact_name, site.contact_phone = "Đinh Văn Mẫu", "0900 000 000"
    html = browser_of("hanh").get("/thien-tai").text
    shown = text_of(html)
    assert '<meta http-equiv="refresh" content="120">' in html
    assert "Tỉnh Gia Lai: 0/3 xã mất kết nối Ngoài ra 1 xã mất một phần." in shown
    assert "1/3 xã chưa quan sát được, trong đó 0 xã chưa có điểm theo dõi" in shown
    assert "Xã Vĩnh Sơn Khu vực Vĩnh Thạnh mất một phần 1/2 địa điểm quan sát được" in shown
    assert 'href="tel:0900000000"' in html
    assert "Khu vực Vĩnh Thạnh 0/2 1 0 0 1 0 0 1" in shown
    assert "Xã Vĩnh Quang" in shown.split("hiện chưa quan sát được (1)")[1]


def test_a_commune_all_of_whose_sites_are_cut_off_counts_whole_and_with_its_cause(
    browser_of: BrowserOf, lived: Store
) -> None:
    with lived.session() as session:
        session.get_one(Site, 1).state = "POWER_CUT_SUSPECTED"
        session.add(
            Finding(
                id=9, kind="site_disconnected", subject_kind="site", subject_id="1", site_id=1, unit_id="x21787.2",
                severity="medium", opened_at=at(9), evidence={"since": at(8.5).isoformat(), "cause": "power"},
            )
        )  # fmt: skip
        cut = session.get_one(Finding, 1)
        cut.evidence = {"since": at(8.4).isoformat(), "cause": "power"}
    browser = browser_of("hanh")
    shown = text_of(browser.get("/thien-tai").text)
    assert (
        "Tỉnh Gia Lai: 1/3 xã mất kết nối Ngoài ra 0 xã mất một phần. Nguyên nhân: mất điện 1, đường truyền 0" in shown
    )
    rows = rows_of(browser.get("/thien-tai.csv").text)
    assert [row[:3] for row in rows[1:]] == [
        ["Xã Vĩnh Sơn", "Khu vực Vĩnh Thạnh", "mất kết nối"],
        ["Xã Vĩnh Quang", "", "chưa quan sát được"],
    ]


def test_communes_that_are_back_are_listed_since_the_chosen_day(browser_of: BrowserOf, lived: Store) -> None:
    with lived.session() as session:
        session.add_all(
            [state(4, -30, -29, "UP"), state(4, -29, -27, "LINE_LOST_CONFIRMED", "line"), state(4, -27, 10, "UP")]
        )
    browser = browser_of("hanh")
    assert "Phường Pleiku" not in text_of(browser.get("/thien-tai").text)
    shown = text_of(browser.get("/thien-tai?tu=2026-11-17").text)
    assert "Xã đã có lại kết nối trong kỳ (1)" in shown
    assert "Phường Pleiku 19:00 17/11/2026 21:00 17/11/2026 đường truyền" in shown


def test_the_storm_sheet_of_a_clerk_is_of_the_own_commune(browser_of: BrowserOf, lived: Store) -> None:
    shown = text_of(browser_of("lan").get("/thien-tai").text)
    assert "0/1 xã mất kết nối Ngoài ra 1 xã mất một phần." in shown
    assert "Không có địa điểm nào trong phạm vi được xem." in browser_of("outsider").get("/thien-tai").text


def test_each_page_is_whole_in_both_languages(browser_of: BrowserOf, lived: Store) -> None:
    browser = browser_of("admin")
    for path in (
        "/mat-ket-noi",
        "/mat-ket-noi/bang-ke?nha-mang=VNPT",
        "/su-co-khu-vuc",
        "/su-co-khu-vuc/5",
        "/thien-tai",
    ):
        html = browser.get(path + ("&" if "?" in path else "?") + "lang=vi").text
        assert html.count("<h1>") == 1
        assert len(html.encode()) < 150_000
        assert "<script" not in html
        assert " style=" not in html
        english = browser.get(path + ("&" if "?" in path else "?") + "lang=en").text
        for word in ("Chưa", "chưa", "Không", "cách đây", "mất kết nối", "đường truyền"):
            assert word not in english, (path, word)
