"""Area events, corrections and the unobserved share, in the words of the letter."""

from __future__ import annotations

from dataclasses import replace

from collector.mail.render import render
from inventory.domain.digest import make_digest
from inventory.domain.digest_facts import CorrectionFact, EventFact
from tests.inventory.mail_world import PROVINCE, VAN_CANH, VINH_SON, vn
from tests.inventory.test_digest import RULES, facts, site

EVENT = EventFact(7, vn("2026-11-17T08:12"), vn("2026-11-17T11:40"), "Vĩnh Thạnh", "", "power", frozenset({1, 2, 3}))
BEGAN = vn("2026-11-10T09:05")
HERE = frozenset({VINH_SON})


def letter(kind: str = "province", scope: str = PROVINCE, **fields: object) -> tuple[str, str, str]:
    sites = (
        site(1, open_s=100.0, seen_s=80.0, up_s=60.0),
        site(2),
        site(3, unit=VAN_CANH),
    )
    made = make_digest(facts(*sites, **fields), kind, scope, RULES)  # type: ignore[arg-type]
    done = render(made, [], "https://hatang.example.vn", "")
    return done.subject, " ".join(done.text.split()), done.html


def test_an_event_is_one_line() -> None:
    _subject, text, html = letter(events=(EVENT,))

    said = "Sự cố khu vực: 02 xã mất kết nối do mất điện từ 08:12 17/11/2026 đến 11:40 17/11/2026 (khu vực Vĩnh Thạnh)."
    assert said in text
    assert said in html
    assert "Sự cố khu vực: 02 địa điểm" in letter("unit", VINH_SON, events=(EVENT,))[1]


def test_an_event_that_goes_on_stands_in_the_subject() -> None:
    subject, text, _html = letter(events=(replace(EVENT, to_at=None, area="", provider="VNPT", cause="line"),))

    assert subject.endswith(": 1 sự cố khu vực chưa khôi phục")
    assert "do sự cố đường truyền từ 08:12 17/11/2026 chưa khôi phục xong (mạng VNPT)." in text


def test_a_correction_says_what_was_told_and_what_is_known_now() -> None:
    confirmed = CorrectionFact(HERE, "Trụ sở 1", BEGAN, "LINE_LOST_SUSPECTED", "unknown", "LINE_LOST_CONFIRMED", "line")
    withdrawn = replace(confirmed, place="Trụ sở 2", state="", cause="")
    power = replace(confirmed, state="POWER_CUT_SUSPECTED", cause="power")
    no_event = CorrectionFact(HERE, "VNPT", BEGAN, "", "power", "", "", event=True)

    _subject, text, html = letter(corrections=(confirmed, withdrawn, power, no_event))

    assert "ĐÍNH CHÍNH" in text
    assert "<h2>Đính chính</h2>" in html
    told = "mất kết nối từ 09:05 10/11/2026 (nghi vấn, chưa rõ nguyên nhân); nay"
    assert f"Thư trước báo Trụ sở 1 (xã Vĩnh Sơn) {told} xác định mất kết nối là đúng, do sự cố đường truyền." in text
    assert f"Trụ sở 2 (xã Vĩnh Sơn) {told} rút lại: dữ liệu nhận sau cho thấy địa điểm không mất kết nối." in text
    assert "nay xác định do mất điện." in text
    assert "sự cố khu vực (VNPT) từ 09:05 10/11/2026; nay rút lại, không có sự cố chung." in text
    assert "Đính chính" not in letter()[2]


def test_availability_says_how_much_was_not_seen() -> None:
    text = letter()[1]

    assert (
        "Kết nối: thông suốt 75% thời gian làm việc đã quan sát; "
        "20% thời gian làm việc không quan sát được nên không tính." in text.replace(",0%", "%")
    )
