"""On which days offices count as closed, as `gapwatch calendar` says it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from collector.calendar_command import days, one_day, show
from inventory.domain.hours import DEFAULT_CALENDAR, Calendar
from inventory.domain.problem import BadValue
from inventory.transfer.calendar_file import CalendarFileError

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)  # 01:00 on the 24th in Vietnam


def test_the_days_of_a_year_carry_their_reasons() -> None:
    found = dict(days(DEFAULT_CALENDAR, 2026))

    assert found[date(2026, 1, 2)] == "nghỉ (tệp lịch)"
    assert found[date(2026, 1, 10)] == "làm bù cho 02/01/2026 (tệp lịch)"
    assert found[date(2026, 2, 17)] == "nghỉ lễ"
    assert date(2026, 3, 7) not in found, "a plain Saturday is no holiday"


def test_a_file_is_read_and_shown(tmp_path: Path) -> None:
    file = tmp_path / "lich.toml"
    file.write_text('[[off]]\nday = 2026-11-25\nsource = "UBND tỉnh"\n', encoding="utf-8")

    text = "\n".join(show(str(file), "2026", "", NOW))

    assert "tệp lich.toml" in text
    assert "thứ tư 25/11/2026: nghỉ (tệp lịch)" in text
    assert "Hôm nay, thứ ba 24/11/2026: cơ quan nghỉ" in text
    assert "\n".join(show(str(file), "", "2026-11-25", NOW)) == "thứ tư 25/11/2026: cơ quan nghỉ (nghỉ (tệp lịch))."


def test_a_make_up_day_says_whose_hours_it_has() -> None:
    assert one_day(DEFAULT_CALENDAR, date(2026, 1, 10)) == (
        "thứ bảy 10/01/2026: cơ quan làm việc, theo giờ của thứ sáu (làm bù cho 02/01/2026 (tệp lịch))."
    )
    assert one_day(Calendar(), date(2026, 3, 7)) == "thứ bảy 07/03/2026: cơ quan nghỉ (thứ bảy)."


@pytest.mark.parametrize(("year", "day"), [("tới", ""), ("", "25/11/2026")])
def test_wrong_words_are_named(year: str, day: str) -> None:
    with pytest.raises(BadValue):
        list(show("", year, day, NOW))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(CalendarFileError, match="lich.toml"):
        list(show("khong-co/lich.toml", "", "", NOW))
