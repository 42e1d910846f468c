"""`gapwatch-agent journal`: what this PC has seen of its line while it could not report, and has not delivered yet."""

from __future__ import annotations

import os
import time
from typing import Callable, Iterator, List, Optional, Tuple

from . import words_journal
from .errors import StateError
from .files import Disk
from .journal_file import FILE, look
from .settings import Settings
from .wire import codec
from .wire.sections_journal import JournalEntry, JournalInfo

Say = Callable[[str], None]


def run(settings: Settings, as_json: bool, say: Say) -> int:
    """Prints; changes nothing. The running agent may be at work in the same file."""
    info = read(settings)
    if as_json:
        say(codec.dumps(codec.to_plain(info)).decode("utf-8"))
        return 0
    for line in lines(info, time.localtime):
        say(line)
    return 0


def read(settings: Settings) -> JournalInfo:
    """Raises StateError when it may not be read."""
    path = os.path.join(settings.state_dir, FILE)
    if os.path.isdir(settings.state_dir) and not os.access(settings.state_dir, os.R_OK | os.X_OK):
        raise StateError("Không đọc được nhật ký trong {}".format(settings.state_dir), "Chạy lại bằng quyền quản trị")
    if not os.path.exists(path):
        return JournalInfo()
    entries, dropped = look(path, Disk())
    return JournalInfo(tuple(entries), dropped, 0)


def summary(info: JournalInfo) -> str:
    """One line, for doctor and show."""
    if not info.entries:
        text = "không có mục nào chờ gửi"
    else:
        text = "{} mục chờ gửi, mục cũ nhất lúc {}".format(
            len(info.entries), _clock(info.entries[0].from_s, time.localtime)
        )
    return text + ("; {} mục đã mất".format(info.dropped) if info.dropped else "")


def lines(info: JournalInfo, local: Callable[[float], time.struct_time]) -> Iterator[str]:
    """`local`: seconds since 1970 -> local time."""
    yield "Nhật ký lúc mất kết nối: những gì máy này thấy khi không gửi được báo cáo."
    yield "Chờ gửi: {} mục. Đã mất vì hết chỗ hoặc ổ đĩa hỏng: {} mục.".format(len(info.entries), info.dropped)
    if not info.entries:
        yield "Không có mục nào: báo cáo vẫn gửi được, hoặc nhật ký đã được máy chủ nhận."
    boot = ""
    for number, entry in enumerate(info.entries, 1):
        if entry.boot_id != boot:
            boot = entry.boot_id
            yield ""
            yield "Lần khởi động {}".format(boot[:8])
        yield from _entry(number, entry, local)


def _entry(number: int, entry: JournalEntry, local: Callable[[float], time.struct_time]) -> Iterator[str]:
    lasted = max(0.0, entry.to_monotonic_s - entry.from_monotonic_s)
    yield "{:>4}. {} đến {} ({}) – {}".format(
        number, _clock(entry.from_s, local), _clock(entry.to_s, local), duration(lasted),
        words_journal.ENDED.get(entry.ended, entry.ended),
    )  # fmt: skip
    good, bad, unknown = stages(entry)
    yield "      Được: {}".format(", ".join(good) or "không chặng nào")
    yield "      Không được: {}".format(", ".join(bad) or "không chặng nào")
    if unknown:
        yield "      Không rõ: {}".format(", ".join(unknown))
    if entry.captive:
        yield "      Mạng chặn bằng trang đăng nhập"
    if entry.services_failed:
        more = " và {} dịch vụ khác".format(entry.services_more) if entry.services_more else ""
        yield "      Dịch vụ không vào được: {}{}".format(", ".join(entry.services_failed), more)
    power = power_text(entry)
    if power:
        yield "      Nguồn điện: {}".format(power)


def stages(entry: JournalEntry) -> Tuple[List[str], List[str], List[str]]:
    """(what answered, what did not, what is not known), near to far."""
    found: Tuple[List[str], List[str], List[str]] = ([], [], [])
    for name, label in words_journal.STAGES.items():
        value: Optional[bool] = getattr(entry, name)
        found[2 if value is None else 0 if value else 1].append(label)
    return found


def power_text(entry: JournalEntry) -> str:
    parts: List[str] = []
    if entry.on_battery is not None:
        parts.append("đang dùng pin" if entry.on_battery else "điện lưới")
    if entry.battery_percent is not None:
        parts.append("còn {} %".format(entry.battery_percent))
    if entry.ups:
        parts.append("bộ lưu điện: {}".format(words_journal.UPS.get(entry.ups, entry.ups)))
    return ", ".join(parts)


def duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return "{} giây".format(whole)
    if whole < 3600:
        return "{} phút {} giây".format(whole // 60, whole % 60)
    return "{} giờ {} phút".format(whole // 3600, whole // 60 % 60)


def _clock(seconds: float, local: Callable[[float], time.struct_time]) -> str:
    try:
        return time.strftime("%d/%m/%Y %H:%M:%S", local(min(max(seconds, 0.0), 4e9)))
    except (OverflowError, OSError, ValueError):
        return "không rõ lúc nào"
