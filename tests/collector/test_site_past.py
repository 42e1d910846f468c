"""The picture of a site's days and hours, its availability, why a state was chosen, and corrections."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import inventory.domain
from collector.i18n.why_words import WHY, awaited, why
from collector.web import svg
from collector.web.month_view import LOOKS, TOLD, month_view
from collector.web.site_month import NO_ROW, Day, Window, days_of, look_seconds, months, window_of
from inventory.domain.hours import DEFAULT_CALENDAR, OpeningHours
from inventory.domain.site_facts import Cause, State, Stretch
from inventory.store.engine import Store
from inventory.store.tables import AreaEvent, SiteAlert, SiteState
from tests.collector import province
from tests.collector.conftest import Browser
from tests.collector.test_overview import text_of

BrowserOf = Callable[[str], Browser]
HOUR = 3600
MIDNIGHT = datetime(2026, 11, 18, 17, tzinfo=UTC)  # 00:00 of 19/11/2026 in Vietnam
HOURS = OpeningHours.parse([["mon-fri", "07:30-11:30"], ["mon-fri", "13:30-17:00"]])


def at(hours: float) -> datetime:
    return MIDNIGHT + timedelta(hours=hours)


def stretch(from_h: float, to_h: float, state: State, cause: Cause = "unknown", why: str = "") -> Stretch:
    return Stretch(at(from_h), at(to_h), state, cause, why)


def drawn(*rows: Stretch, month: str = "") -> list[Day]:
    window = window_of(month, province.NOW)
    assert window is not None
    return days_of(rows, HOURS, DEFAULT_CALENDAR, window, province.NOW)


def spans(one: Day) -> list[tuple[float, float, str]]:
    return [(piece.from_s / HOUR, piece.to_s / HOUR, piece.look) for piece in one.pieces]


def test_a_day_is_drawn_without_holes_up_to_now() -> None:
    today = drawn(stretch(7, 9, "UP"), stretch(9, 9.5, "LINE_LOST_CONFIRMED", "lan"))[-1]

    now_h = 10 + 20 / 60
    assert spans(today) == [
        (0, 7, NO_ROW),
        (7, 9, "UP"),
        (9, 9.5, "LINE_LOST_CONFIRMED.lan"),
        (9.5, now_h, NO_ROW),
    ]
    assert today.opening == [(7.5 * HOUR, 11.5 * HOUR), (13.5 * HOUR, 17 * HOUR)]


def test_a_stretch_over_midnight_is_cut_and_the_future_is_blank() -> None:
    days = drawn(stretch(-30, 12, "OFF_EXPECTED"))

    assert [spans(one) for one in days[-2:]] == [[(0, 24, "OFF_EXPECTED")], [(0, 37_200 / HOUR, "OFF_EXPECTED")]]
    assert spans(days[-3]) == [(0, 18, NO_ROW), (18, 24, "OFF_EXPECTED")]
    assert sum(look_seconds(days).values()) == 27 * 86_400 + 37_200


def test_availability_of_a_day_is_of_the_observed_part_of_its_opening_hours() -> None:
    today = drawn(stretch(7, 8.5, "UP"), stretch(8.5, 9.5, "LINE_LOST_SUSPECTED"))[-1].share
    assert today is not None
    assert (today.open_s, today.observed_s, today.up_s) == (10_200, 2 * HOUR, HOUR)
    saturday = drawn()[-5]
    assert saturday.day == date(2026, 11, 15) and not saturday.opening
    assert saturday.share is not None and saturday.share.observed_share is None


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("", date(2026, 10, 23), date(2026, 11, 19)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 19)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_the_window_of_a_month(month: str, first: date, last: date) -> None:
    assert window_of(month, province.NOW) == Window(first, last, month)


@pytest.mark.parametrize("month", ["2026-12", "2026-13", "2026-1", "x", "2026-11-01", "٢٠٢٦-11"])
def test_what_is_no_month_or_lies_ahead(month: str) -> None:
    assert window_of(month, province.NOW) is None


def test_months_to_choose_from_begin_with_the_first_observation() -> None:
    assert months(datetime(2026, 9, 30, 18, tzinfo=UTC), province.NOW) == ["2026-11", "2026-10"]
    assert months(None, province.NOW) == ["2026-11"]
    assert len(months(datetime(2020, 1, 1, tzinfo=UTC), province.NOW)) == 13


def test_every_state_looks_different_without_colour() -> None:
    patterned = {look for look in LOOKS if svg.fill_of(look).startswith("url(")}
    assert len({(svg.fill_of(look), svg.LETTERS.get(look, "")) for look in LOOKS}) == len(LOOKS) - 1
    # the two that share a look both mean that nobody looked
    assert svg.fill_of("NOT_OBSERVED") == svg.fill_of("NEVER_REPORTED")
    assert {"UP", "OFF_EXPECTED"} == {look for look in LOOKS if not svg.LETTERS.get(look)} - patterned


def test_a_flapping_day_stays_small_and_tells_the_longest_stretches() -> None:
    rows = [
        stretch(7.5 + n / 20, 7.5 + (n + 1) / 20, "UP" if n % 2 else "LINE_LOST_SUSPECTED", "unknown", "vanished")
        for n in range(56)
    ]
    view = month_view(drawn(*rows), Window(date(2026, 10, 23), date(2026, 11, 19)), [], True, "vi")

    today = view.days[-1]
    assert len(today.lines) == TOLD
    assert today.more == 58 - TOLD
    assert today.lines[0].startswith("00:00–07:30: chưa quan sát được")
    assert len(str(today.bar)) < 12_000


def test_every_reason_has_words_in_both_languages() -> None:
    for code in WHY:
        assert why(code) != why(code, "en") != code
        assert bool(awaited(code)) == bool(awaited(code, "en"))
    assert why("", "vi") == awaited("") == ""
    assert why("something_new", "vi") == "something_new"


def test_every_reason_of_the_engine_has_words() -> None:
    folder = Path(inventory.domain.__file__ or "").parent
    states = "|".join(State.__args__)  # type: ignore[attr-defined]
    verdict = re.compile(rf'"(?:{states})", (?:"[a-z]+"|[a-z.]+), "([a-z_]+)"')
    codes = {code for path in folder.glob("*.py") for code in verdict.findall(path.read_text(encoding="utf-8"))}
    assert {"heard", "closed", "co_vanished", "group_power", "never_reported"} <= codes
    assert codes - set(WHY) == set()


def test_the_picture_names_from_to_state_and_cause(browser_of: BrowserOf) -> None:
    html = browser_of("lan").get("/dia-diem/2").text
    assert "<title>T5 19/11 08:20–10:20: mất kết nối, đường truyền</title>" in html
    row = html.split('<tr class="told" id="d2026-11-19">')[1].split("</tr>")[0]
    assert "<li>00:00–08:20: đang hoạt động</li><li>08:20–10:20: mất kết nối, đường truyền</li>" in row
    assert html.count('href="#d2026-11-19"') == 1
    shown = text_of(html)
    assert re.search(r"đã quan sát \d+(,\d)?% của \d+ giờ làm việc", shown)


def test_no_share_of_what_nobody_saw(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        rows = session.exec(SiteState.__table__.delete().where(SiteState.site_id == 2))  # type: ignore[attr-defined]
        assert rows is not None
        session.add(SiteState(site_id=2, from_at=at(-400), to_at=province.NOW, state="NOT_OBSERVED"))
    shown = text_of(browser_of("lan").get("/dia-diem/2").text)
    assert "chưa quan sát được giờ làm việc nào trong khoảng này, nên không có tỷ lệ sẵn sàng" in shown
    assert "đã quan sát 0%" not in shown
    assert not re.search(r"Kết nối [\d,]+%", shown)


def test_a_month_can_be_chosen(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        session.add(SiteState(site_id=2, from_at=at(-900), to_at=at(-870), state="UP"))
    browser = browser_of("lan")
    html = browser.get("/dia-diem/2?thang=2026-10").text
    assert '<option value="2026-10" selected>Tháng 10/2026</option>' in html
    assert 'id="d2026-10-31"' in html
    assert 'id="d2026-11-01"' not in html
    assert "Không có tháng đó" in browser.get("/dia-diem/2?thang=2027-01").text


def test_corrections_are_shown(browser_of: BrowserOf, filled: Store) -> None:
    first = {"code": "cause", "state": "LINE_LOST_SUSPECTED", "cause": "unknown", "since": at(8.4).isoformat()}
    with filled.session() as session:
        session.add_all(
            [
                SiteAlert(
                    site_id=2,
                    raised_at=at(8.6),
                    since_at=at(8.25),
                    state="POWER_CUT_SUSPECTED",
                    cause="power",
                    closed_at=at(9),
                    corrected_at=at(9.5),
                    corrections=[first],
                ),
                SiteAlert(
                    site_id=2, raised_at=at(-20), since_at=at(-20.5), state="LINE_LOST_SUSPECTED", withdrawn_at=at(-3)
                ),
                SiteAlert(site_id=2, raised_at=at(-40), since_at=at(-41), state="LINE_LOST_CONFIRMED", cause="lan"),
            ]
        )
    shown = text_of(browser_of("lan").get("/dia-diem/2").text)
    assert "nghi mất kết nối nghi mất điện, từ 08:15 19/11/2026 sửa lúc 09:30 19/11/2026" in shown
    assert "nghi mất kết nối rút lại: không có sự cố" in shown
    assert "mất kết nối do mạng nội bộ như đã báo, chưa hết" in shown


def test_an_open_area_event_is_named(browser_of: BrowserOf, filled: Store) -> None:
    with filled.session() as session:
        session.add(AreaEvent(id=4, from_at=at(8.3), cause="power", sites=[2], raised_at=at(8.6)))
        session.flush()
        session.add(
            SiteAlert(site_id=2, raised_at=at(8.6), since_at=at(8.3), state="POWER_CUT_SUSPECTED", area_event_id=4)
        )
    html = browser_of("lan").get("/dia-diem/2").text
    assert 'href="/su-co-khu-vuc/4"' in html
