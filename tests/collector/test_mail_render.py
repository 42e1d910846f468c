"""The letter in words: wording, formats, what must never be in it, size, and that markup cannot be smuggled in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from collector.mail import kind_words, wording
from collector.mail.message import build
from collector.mail.render import WIDTH, composer, render
from collector.settings import Settings
from inventory.domain.digest import Digest, Rules, make_digest
from inventory.domain.digest_facts import AreaFact, Blindness, PastFigures, UnitName, VillageCount, WeekFacts
from inventory.domain.finding import FINDING_KINDS
from inventory.domain.letter import Reader, Rendered
from inventory.store.outbox import Claimed
from tests.inventory.mail_world import MONDAY, PROVINCE, VINH_SON, WEEK, vn
from tests.inventory.test_digest import PROVINCE_NAME, RULES, digest, facts, finding, site

CHAIR = Reader(1, "Chủ tịch UBND xã", "", "dong_chi", "ct@x.vn", copy=False)
CLERK = Reader(2, "Phòng Văn hóa - Xã hội", "", "dong_chi", "vh@x.vn", copy=True)
BASE = "https://gapwatch.gialai.gov.vn"


def letter(made: Digest, *readers: Reader) -> Rendered:
    return render(made, readers or (CHAIR,), BASE, "Phòng CĐS, 0269 3824 000")


def sample(**fields: Any) -> Digest:
    """The week of the house rules: one office cut off and late, old PCs, one office nobody heard."""
    return digest(
        site(1, machines=22, reporting=14, age_known=14, outdated=5),
        site(2, "LINE_LOST_CONFIRMED", name="Trụ sở 2", cause="line"),
        site(3, "", name="Trạm Y tế", lan="unknown"),
        finding(1, "site_disconnected", site_id=2, severity="high", responsible="operator",
                since=vn("2026-11-19T14:20"), due_on=date(2026, 11, 22)),
        *(finding(n) for n in range(2, 7)),
        **fields,
    )  # fmt: skip


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_subject_says_it_all():
    assert (
        letter(sample()).subject == "[Hạ tầng CNTT] Tuần 47/2026 - Xã Vĩnh Sơn: 2 việc cần xử lý, 1 quá hạn"
    )


@pytest.mark.parametrize(
    ("made", "ending"),
    [
        (digest(site(1)), "Xã Vĩnh Sơn: không có cảnh báo"),
        (digest(site(1), site(2, "")), "không có cảnh báo, 1 địa điểm chưa quan sát được"),
        (digest(site(1), finding()), ": 1 việc cần xử lý"),
        (digest(site(1, sample=True)), "không có cảnh báo (dữ liệu mẫu)"),
        (digest(site(1, sample=True), site(2)), "không có cảnh báo (có dữ liệu mẫu)"),
        (digest(), "Xã Vĩnh Sơn: chưa có dữ liệu"),
    ],
)
def test_other_subjects(made: Digest, ending: str):
    assert letter(made).subject.endswith(ending)


def test_the_text_of_a_commune_reads_as_it_should():
    past = {("unit", VINH_SON): PastFigures(WEEK.shifted(-1), {"sites_connected": 2, "machines_outdated": 4})}
    text = words(letter(sample(past=past), CHAIR, CLERK).text)

    for part in (
        "Kính gửi: Đồng chí Chủ tịch UBND xã Vĩnh Sơn",
        "Từ ngày 16/11/2026 đến ngày 22/11/2026, hệ thống ghi nhận:",
        "Địa điểm hoạt động bình thường: 01/03 (01 mất kết nối; 01 chưa quan sát được); so với tuần trước giảm 01",
        "Máy tính đã sử dụng trên 5 năm: 05 trong 14 máy đã rõ tuổi (63,6% của 22 máy); so với tuần trước tăng 01",
        "1. Trụ sở 2: Mất kết nối. Từ lúc: 14:20 19/11/2026. Nguyên nhân: đường truyền. Đơn vị xử lý: VNPT. "
        "Thời hạn: 22/11/2026 - QUÁ HẠN 1 NGÀY.",
        "2. Trụ sở 1: 05 máy tính đã sử dụng trên 5 năm.",
        "Đề nghị UBND xã Vĩnh Sơn chỉ đạo cán bộ đầu mối CNTT:",
        "Phối hợp với VNPT khôi phục kết nối tại Trụ sở 2; việc này đã quá hạn, cần làm ngay.",
        "Kiểm tra, bật máy tính có phần mềm thu thập tại Trạm Y tế (chưa quan sát được).",
        "Phản hồi trên hệ thống trước ngày 26/11/2026.",
        "Sao gửi: Phòng Văn hóa - Xã hội",
        "Thư do hệ thống lập tự động, không thay thế văn bản hành chính. Số liệu tính đến 07:00 ngày 23/11/2026",
        "Liên hệ: Phòng CĐS, 0269 3824 000",
        f"Chi tiết: {BASE}/viec-can-xu-ly",
    ):
        assert part in text


def test_the_html_says_the_same():
    rendered = letter(sample(), CHAIR, CLERK)
    shown = words(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", rendered.html, flags=re.S)))

    for part in ("Trụ sở 2", "14:20 19/11/2026", "VNPT", "Quá hạn 1 ngày", "05 máy tính đã sử dụng trên 5 năm",
                 "trong 14 máy đã rõ tuổi (63,6% của 22 máy)", "01 chưa quan sát được", "22/11/2026"):  # fmt: skip
        assert part in shown
    for head in ("STT", "Địa điểm", "Tình trạng", "Từ lúc", "Nguyên nhân", "Đơn vị xử lý", "Thời hạn"):
        assert f"<th>{head}</th>" in rendered.html


def test_no_line_of_the_text_is_wrapped_by_a_mail_client():
    for made in (sample(), province(135)):
        assert max(map(len, letter(made).text.splitlines())) <= WIDTH


def test_nothing_to_report_is_a_short_letter_that_hides_nothing():
    quiet = letter(digest(site(1), site(2, "", name="Trạm Y tế")))

    assert "Không có việc nào cần xử lý theo dữ liệu đã quan sát được." in words(quiet.text)
    assert "01 chưa quan sát được" in words(quiet.text)
    assert "VIỆC CẦN XỬ LÝ" not in quiet.text
    assert len(quiet.text) < 1500


def test_unknown_is_never_a_zero():
    made = digest(site(1, "", machines=4, lan="unknown"), villages={VINH_SON: VillageCount(3, 0, 0)})
    figures = {
        name: value for name, value, _note, _change in (wording.figure(k, made) for k in made.key_figures)
    }

    assert figures["Địa điểm hoạt động bình thường"] == "chưa có dữ liệu"
    assert figures["Máy tính đã sử dụng trên 5 năm"] == "chưa có dữ liệu"
    assert figures["Địa điểm chưa có mạng nội bộ (LAN)"] == "chưa có dữ liệu"
    assert figures["Thôn chưa có băng rộng cố định"] == "chưa có dữ liệu"


def test_a_commune_of_which_nothing_is_known_gets_a_dash_or_a_word():
    made = make_digest(
        facts(site(1, "", lan="unknown", machines=2, pc_norm=None)), "province", PROVINCE, RULES
    )
    row = wording.commune(made.communes[0])

    assert (row["sites"], row["no_lan"], row["machines"], row["outdated"], row["villages"], row["data"]) == (
        "chưa rõ", "chưa rõ", "2/?", "chưa rõ", "–", "chưa có"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "readers", "said"),
    [
        (1, (CHAIR, CLERK), "quá hạn 1 ngày"),
        (8, (CHAIR, CLERK), "quá hạn 8 ngày, nhắc lần 1"),
        (14, (CHAIR, CLERK), "quá hạn 14 ngày, nhắc lần 2, sao gửi Phòng Văn hóa - Xã hội"),
        (14, (CHAIR,), "quá hạn 14 ngày, nhắc lần 2"),
        (30, (CHAIR, CLERK), "quá hạn 30 ngày, đưa vào báo cáo tháng"),
    ],
)
def test_reminders_in_words_promise_only_what_is_done(days: int, readers: tuple[Reader, ...], said: str):
    made = digest(site(1), finding(due_on=date(2026, 11, 23) - timedelta(days=days)))

    (item,) = made.items
    assert wording.lateness(item, wording.copies(readers, made)) == said
    assert said.upper() in words(letter(made, *readers).text)


def test_of_several_only_some_are_late():
    made = digest(site(1), finding(1, due_on=date(2026, 11, 20)), finding(2))

    assert wording.lateness(made.items[0], "") == "quá hạn 3 ngày (01/02)"


@pytest.mark.parametrize(
    ("reader", "said"),
    [
        (CHAIR, "Đồng chí Chủ tịch UBND xã Vĩnh Sơn"),
        (replace(CHAIR, role="Chủ tịch UBND xã Vĩnh Sơn"), "Đồng chí Chủ tịch UBND xã Vĩnh Sơn"),
        (replace(CHAIR, name="Đinh Văn A", salutation="ong"), "Ông Đinh Văn A, Chủ tịch UBND xã Vĩnh Sơn"),
        (replace(CHAIR, role="", name="Trần Thị B", salutation="ba"), "Bà Trần Thị B"),
        (replace(CHAIR, role="Bí thư Đảng ủy"), "Đồng chí Bí thư Đảng ủy"),
        (CLERK, "Lãnh đạo xã Vĩnh Sơn"),
    ],
)
def test_salutations(reader: Reader, said: str):
    assert wording.salutation([reader], sample()) == said


def test_the_collectors_own_downtime_is_told():
    blind = letter(sample(blind=Blindness(12000.0, 2))).text
    begun = letter(sample(blind=Blindness(0.0, 0, vn("2026-11-18T08:00")))).text

    assert "Trong tuần máy thu của hệ thống ngừng 02 lần, tổng cộng 3 giờ 20 phút" in words(blind)
    assert "không tính là mất kết nối" in words(blind)
    assert "Hệ thống bắt đầu thu thập dữ liệu từ 08:00 18/11/2026." in words(begun)


def test_a_week_to_date_says_so():
    text = words(letter(sample(as_of=vn("2026-11-21T18:25"))).text)

    assert "Từ ngày 16/11/2026 đến 18:25 ngày 21/11/2026 (tuần chưa kết thúc), hệ thống ghi nhận:" in text


def test_an_older_comparison_names_its_week():
    past = {("unit", VINH_SON): PastFigures(WEEK.shifted(-3), {"sites_connected": 1})}

    assert "so với tuần 44/2026 không đổi" in words(letter(sample(past=past)).text)


def test_sample_data_is_marked_in_the_body_too():
    for rendered in (letter(digest(site(1, sample=True))),):
        assert "là dữ liệu mẫu, không phải số liệu thật" in words(rendered.text)
        assert "là dữ liệu mẫu, không phải số liệu thật" in words(rendered.html)


def test_results_and_what_is_set_aside_are_told():
    closed = {"is_open": False, "state": "fixed", "closed_at": vn("2026-11-18T09:00")}
    made = digest(
        site(1), finding(1, "site_disconnected", **closed),
        finding(2, "site_disconnected", withdrawn=True, **closed),
        finding(3, "village_no_signal", site_id=None, subject="O5", **closed),
        finding(4, state="fixed"), finding(5, state="excluded"),
    )  # fmt: skip
    text = words(letter(made).text)

    assert "Trụ sở 1: Đã kết nối lại (18/11/2026)." in text
    assert "Rút cảnh báo: dữ liệu nhận sau cho thấy địa điểm không mất kết nối (18/11/2026)." in text
    assert "01 thôn đã có sóng di động: O5 (18/11/2026)." in text
    assert (
        "01 mục đã báo khắc phục, chờ dữ liệu xác nhận; 01 mục đã loại trừ hoặc không khắc phục được." in text
    )


@pytest.mark.parametrize("kind", sorted(FINDING_KINDS))
def test_every_kind_of_finding_has_words(kind: str):
    made = digest(
        site(1), finding(1, kind), finding(2, kind, is_open=False, closed_at=vn("2026-11-18T09:00"))
    )
    text = letter(made).text

    assert kind not in text
    assert "{" not in text
    assert kind in kind_words.CONDITIONS
    assert kind in kind_words.RESULTS


def test_a_kind_of_the_future_is_still_readable():
    assert "new_kind" in letter(digest(site(1), finding(1, "new_kind"))).text


def test_names_cannot_smuggle_markup_in():
    evil = '<img src=x onerror="alert(1)">'
    made = digest(site(1, name=evil, provider=evil), finding(1, "site_disconnected", responsible="operator"))
    rendered = letter(made, replace(CHAIR, name=evil))

    assert "<img" not in rendered.html
    assert "&lt;img src=x" in rendered.html
    assert evil in words(rendered.text)  # plain text needs no escaping


def test_the_html_fetches_nothing_and_runs_nothing():
    html = letter(sample(), CHAIR, CLERK).html

    assert not re.search(r"<(script|img|link|iframe|form|object)\b|url\(|@import| on\w+=", html)
    assert re.findall(r'href="([^"]+)"', html) == [f"{BASE}/viec-can-xu-ly"]


def province(count: int) -> Digest:
    units = {f"x{n}": UnitName(f"x{n}", "Xã", f"Vĩnh Thạnh Trung {n}") for n in range(count)} | {
        PROVINCE: PROVINCE_NAME
    }
    sites = tuple(
        site(3 * n + k, "LINE_LOST_CONFIRMED", f"x{n}", name=f"Trung tâm Phục vụ hành chính công {k}", machines=12,
             reporting=9, age_known=8, outdated=5, last_contact_at=MONDAY)
        for n in range(count) for k in range(3)
    )  # fmt: skip
    found = tuple(
        finding(s.id, "site_disconnected", unit_id=s.unit_id, site_id=s.id, due_on=date(2026, 11, 1))
        for s in sites
    )
    area = {"1": AreaFact("1", "Khu vực", frozenset(units) - {PROVINCE})}
    all_facts = WeekFacts(WEEK, MONDAY, PROVINCE_NAME, units, sites, found, areas=area)
    return make_digest(all_facts, "province", PROVINCE, Rules(reply_by=date(2026, 11, 26)))


def test_the_longest_letter_stays_small():
    made = province(135)
    rendered = letter(made)
    claimed = Claimed(
        1, "a@x.vn", "id@x.vn", rendered.subject, rendered.text, rendered.html, 1, (("", "a@x.vn"),), ()
    )

    assert (made.todo, made.more_items) == (405, 380)
    assert "Còn 380 việc khác, xem trên hệ thống." in rendered.text
    assert len(build(claimed, "h@x.vn", "Hệ thống", MONDAY)) < 100_000


def test_only_the_province_ranks():
    ranked = letter(province(3))
    area = letter(
        make_digest(
            facts(site(1), areas={"1": AreaFact("1", "Khu vực A", frozenset([VINH_SON]))}), "area", "1", RULES
        )
    )

    assert "(việc quá hạn nhiều xếp trước)" in ranked.text
    assert "xếp trước" not in area.text


def test_the_composer_uses_the_settings():
    rendered = composer(Settings(base_url="https://a.vn", mail_contact="ông B"))(sample(), [CHAIR])

    assert "https://a.vn/viec-can-xu-ly" in rendered.text
    assert "Liên hệ: ông B" in rendered.text
