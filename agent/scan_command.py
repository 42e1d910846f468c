"""`gapwatch-agent scan status | log | off | on`: what people at the PC see of LAN scanning, and their switch.

The switch is a plain file in the state folder, so it can also be made and removed by hand.
"""

from __future__ import annotations

import time
from typing import Callable, Iterator

from . import words
from .errors import StateError
from .host import Host
from .identity import State
from .scan import schedule
from .scan import state as memory
from .scan.records import describe, local_time
from .scan.state import FILE, LOG_FILE, OFF_FILE, ScanState
from .settings import Settings
from .wire.exchange import AgentPolicy

Say = Callable[[str], None]
ACTIONS = ("status", "log", "off", "on")
_SCANS_SHOWN = 5


def run(action: str, settings: Settings, say: Say) -> int:
    state = State(settings.state_dir)
    if action == "status":
        for line in status(settings, state):
            say(line)
    elif action == "log":
        text = _read(state)
        say(text.rstrip("\n") if text else "Chưa có lần quét nào.")
    elif action == "off":
        state.prepare()
        state.keep_text(
            OFF_FILE, "Tắt quét mạng nội bộ từ {}. Xóa tệp này để bật lại.\n".format(local_time(time.time()))
        )
        say("Đã tắt quét mạng nội bộ trên máy này; lần quét đang chạy dừng ngay. Bật lại: gapwatch-agent scan on")
    else:
        if state.has(OFF_FILE):
            state.forget(OFF_FILE)
        say("Đã bật lại quét mạng nội bộ trên máy này.")
        if not settings.scan_enabled:
            say("Nhưng {} còn ghi [scan] enabled = no: máy này vẫn không quét.".format(settings.source))
    return 0


def status(settings: Settings, state: State) -> Iterator[str]:
    kept = memory.read(state.kept(FILE))
    host = Host()
    now = schedule.moment(host.now(), host.monotonic_s(), host.boot_id())
    policy = state.policy()
    yield "Công tắc tại máy này: {}".format(switch_text(settings, state))
    yield "Chính sách của tỉnh: {}".format(policy_text(policy))
    yield "Giao việc quét: {}".format(lease_text(kept, now.wall_s))
    yield "Cách quét: mỗi gói cách nhau {} mili giây, mạng rộng nhất /{}, tối đa {} lần mỗi ngày".format(
        policy.scan_gap_ms, policy.scan_largest_prefix, schedule.sweeps_per_day(policy)
    )
    yield "Lần quét toàn mạng tới: {}".format(_next(settings, state, kept, now))
    if kept.network:
        yield "Mạng: {} qua {}, cổng ra {}; đang biết {} thiết bị".format(
            kept.network, kept.interface, kept.gateway, len(memory.present(kept))
        )
    if not kept.scans:
        yield "Chưa có lần quét nào."
        return
    yield "Các lần quét gần đây (tất cả: gapwatch-agent scan log):"
    for record in kept.scans[-_SCANS_SHOWN:][::-1]:
        yield "  " + describe(record, _epoch(record.started))


def policy_text(policy: AgentPolicy) -> str:
    if policy.version == 0:  # built-in defaults: the province has not said anything to this PC
        return "chưa nhận được (máy chưa ghi danh hoặc chưa gửi báo cáo nào), nên chưa quét"
    return "cho phép quét" if policy.scan_enabled else "không cho quét"


def switch_text(settings: Settings, state: State) -> str:
    if not settings.scan_enabled:
        return "tắt ([scan] enabled = no trong {})".format(settings.source)
    return "tắt (gapwatch-agent scan on để bật lại)" if state.has(OFF_FILE) else "bật"


def lease_text(kept: ScanState, now_s: float) -> str:
    if kept.off == "" and kept.lease_until_s > now_s:
        return "máy này đang được giao, đến khoảng {}".format(local_time(kept.lease_until_s))
    return words.VALUES.get(kept.off or "no_lease", kept.off)


def _next(settings: Settings, state: State, kept: ScanState, now: schedule.Moment) -> str:
    policy = state.policy()
    if not settings.scan_enabled or state.has(OFF_FILE) or not policy.scan_enabled:
        return "không"
    text = schedule.next_text(kept.ledger, now, policy)
    return text if kept.off in ("", "no_network", "unsupported") else "khi được giao: " + text


def _read(state: State) -> str:
    try:
        return state.disk.read(state.path(LOG_FILE)).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise StateError(
            "Không đọc được {}: {}".format(state.path(LOG_FILE), error.strerror), "Chạy lại bằng quyền quản trị"
        ) from None


def _epoch(text: str) -> float:
    import calendar

    try:
        return float(calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")))
    except ValueError:
        return 0.0
