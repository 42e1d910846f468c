"""`gapwatch meeting-check`: which points of a video meeting will fail, and why."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

from collector.i18n import format
from collector.i18n.line_words import FORECASTS, REASONS, why
from collector.i18n.words import word
from collector.opening import CommandError, open_ready, say
from collector.settings import Settings
from inventory.domain.hours import VN_TIME
from inventory.store.meetings import CheckedPoint, MeetingCheck, check_plain, check_points
from inventory.store.policy import effective_policy
from inventory.store.scope import EVERYTHING
from inventory.transfer.calendar_file import read_calendar

_AT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2})[:h](\d{2})\Z")


def meeting_check(settings: Settings, at: str, mbps: float | None, as_json: bool) -> None:
    """Prints the check of all points of the province. Raises CommandError for a time that cannot be read."""
    now = datetime.now(UTC)
    wanted = read_time(at, now) if at else None
    store = open_ready(settings)
    calendar = read_calendar(settings.calendar_file)
    with store.reading() as session:
        policy, _ = effective_policy(session)
        needed = policy.meeting_ready_mbps if mbps is None else mbps
        if not 0 < needed <= 1000:
            raise CommandError("--mbps: tốc độ mỗi chiều phải từ trên 0 đến 1000 Mb/s")
        check = check_points(session, EVERYTHING, now, calendar, needed, wanted)
    store.close()
    if as_json:
        say(json.dumps(check_plain(check, now), ensure_ascii=False, indent=2))
        return
    for line in _lines(check):
        say(line)


def read_time(text: str, now: datetime) -> datetime:
    """ "2026-11-25 08:00" (local) -> aware. Raises CommandError with the remedy."""
    found = _AT.match(text.strip())
    try:
        if found is None:
            raise ValueError
        at = datetime.fromisoformat(f"{found[1]} {int(found[2]):02d}:{found[3]}").replace(tzinfo=VN_TIME)
    except ValueError:
        raise CommandError(
            f'--at: {text!r} không phải ngày giờ; viết theo giờ Việt Nam, ví dụ "2026-11-25 08:00"'
        ) from None
    if at < now - timedelta(minutes=5):
        raise CommandError(f"--at: {format.moment(at)} đã qua; chọn giờ của một cuộc họp sắp tới")
    return at


def _lines(check: MeetingCheck) -> list[str]:
    when = f"lúc {format.moment(check.at)}" if check.at else "ngay bây giờ"
    rate = format.decimal(check.mbps, 0 if float(check.mbps).is_integer() else 2)
    head = (
        f"Họp {when}, mỗi chiều {rate} Mb/s: dự kiến {check.count('fail')}/{len(check.points)} điểm không đạt, "
        f"{check.count('unknown')} điểm chưa rõ, {check.count('pass')} điểm đạt."
    )
    lines = [head]
    if not check.working_day:
        lines.append("Lưu ý: đó là ngày nghỉ; máy và phòng họp có thể tắt.")
    return lines + [_line(item) for item in check.points if item.forecast.verdict != "pass"]


def _line(item: CheckedPoint) -> str:
    reasons = item.forecast.reasons or item.forecast.notes
    said = "; ".join(why(code, item.readiness, "vi") if code in REASONS else code for code in reasons)
    verdict = word(FORECASTS, item.forecast.verdict)
    return f"  {verdict}: {item.row.unit_name}, {item.row.site.name}: {said}"
