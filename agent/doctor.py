"""`gapwatch-agent doctor`: everything that can be wrong on this PC, in lines that can be read over the telephone."""

from __future__ import annotations

import os
import shutil
import time
from importlib.util import find_spec
from typing import Callable, Iterator, List, NamedTuple, Optional

from . import __version__, words
from .errors import AgentError, BusyError
from .host import Host
from .identity import MARKER_FILE, Identity, State
from .probe import Probe, ProbeContext, ProbeResult
from .routes import Tried, without_password
from .settings import Settings
from .wire import codec

LEAST_FREE_BYTES = 50 * 1024 * 1024
_OLDEST_CLOCK_S = 1767225600.0  # 2026-01-01: before that the clock has lost its battery

Say = Callable[[str], None]


class Check(NamedTuple):
    """`good` None: worth saying, but neither right nor wrong."""

    name: str
    good: Optional[bool]
    text: str


def doctor(load: Callable[[], Settings], say: Say) -> int:
    """Checks, then every probe with its log. Exit code 1 when a check failed; probes may fail on a healthy PC."""
    say("gapwatch-agent {}, kiểm tra lúc {}".format(__version__, time.strftime("%d/%m/%Y %H:%M:%S")))
    failed = 0
    settings: Optional[Settings] = None
    try:
        settings = load()
        say_check(Check("Tệp thiết đặt", True, _settings_text(settings)), say)
    except AgentError as error:
        say_check(Check("Tệp thiết đặt", False, str(error)), say)
        return 1
    for check in checks(settings):
        failed += check.good is False
        say_check(check, say)
    say("")
    for line in probe_lines(settings):
        say(line)
    say("")
    say("Kết luận: {}".format("có {} việc cần xử lý ở trên".format(failed) if failed else "không thấy lỗi"))
    return 1 if failed else 0


def say_check(check: Check, say: Say) -> None:
    mark = {True: "TỐT", False: "LỖI", None: "TIN"}[check.good]
    say("[{}] {}: {}".format(mark, check.name, check.text))


def checks(settings: Settings) -> Iterator[Check]:
    state = State(settings.state_dir)
    identity: Optional[Identity] = None
    try:
        identity = state.identity()
        site = identity.site_name or "chưa có tên địa điểm"
        yield Check("Định danh", True, "{} ({})".format(identity.agent_id, site))
    except AgentError as error:
        yield Check("Định danh", False, str(error))
    if settings.pause:
        yield Check("Tạm ngừng", None, "[local] pause = yes: máy này không đo và không gửi")
    yield from _running(state)
    yield _scanning(settings, state)
    yield _snmp()
    yield from _spool(state)
    yield _journal(settings)
    yield _disk(settings)
    yield _clock(Host().now())
    yield from _reach(settings, state)


def _settings_text(settings: Settings) -> str:
    if not os.path.exists(settings.source):
        return "không có {}; dùng giá trị mặc định".format(settings.source)
    return settings.source


def _running(state: State) -> Iterator[Check]:
    try:
        with state.lock():
            yield Check("Dịch vụ", None, "không có gapwatch-agent nào đang chạy")
    except BusyError:
        yield Check("Dịch vụ", True, "gapwatch-agent đang chạy, ghi dấu lần cuối {}".format(_age(state)))
    except AgentError as error:
        yield Check("Dịch vụ", False, str(error))


def _scanning(settings: Settings, state: State) -> Check:
    """Neither right nor wrong: most PCs of an office never scan."""
    from . import scan_command
    from .scan import state as memory

    kept = memory.read(state.kept(memory.FILE))
    text = "công tắc {}; {}".format(
        scan_command.switch_text(settings, state), scan_command.lease_text(kept, time.time())
    )
    return Check("Quét mạng nội bộ", None, text)


def _snmp() -> Check:
    """Looked for, not imported: only child processes load pysnmp."""
    if find_spec("pysnmp") is None:
        text = "chưa cài pysnmp, máy này không hỏi được máy in, thiết bị mạng; pip install 'gapwatch-agent[snmp]'"
        return Check("SNMP", None, text)
    return Check("SNMP", None, "có pysnmp")


def _age(state: State) -> str:
    try:
        return "{:.0f} giây trước".format(max(0.0, time.time() - os.path.getmtime(state.path(MARKER_FILE))))
    except OSError:
        return "không rõ"


def _spool(state: State) -> Iterator[Check]:
    """Looks without changing anything: the running agent owns the spool."""
    from . import segment
    from .service import SPOOL_FOLDER

    folder = state.path(SPOOL_FOLDER)
    if not os.path.isdir(folder):
        yield Check("Hàng chờ", None, "chưa có báo cáo nào")
        return
    waiting, size, damaged = 0, 0, 0
    for name in state.disk.names(folder):
        if name.endswith(".seg"):
            try:
                found = segment.scan(state.disk.read(os.path.join(folder, name)), 0)
            except OSError as error:
                yield Check("Hàng chờ", False, "không đọc được {}: {}".format(name, error.strerror))
                continue
            waiting, size, damaged = waiting + found.live(), size + found.size, damaged + found.damaged
    text = "{} báo cáo chờ gửi, {} KB".format(waiting, (size + 1023) // 1024)
    if damaged:
        text += "; {} báo cáo hỏng, kiểm tra ổ đĩa".format(damaged)
    yield Check("Hàng chờ", not damaged, text)


def _journal(settings: Settings) -> Check:
    from . import journal_command

    try:
        info = journal_command.read(settings)
    except AgentError as error:
        return Check("Nhật ký mất kết nối", False, str(error))
    text = journal_command.summary(info)
    if info.entries:
        text += "; xem: gapwatch-agent journal"
    return Check("Nhật ký mất kết nối", None if not info.dropped else False, text)


def _disk(settings: Settings) -> Check:
    folder = settings.state_dir
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    free = shutil.disk_usage(folder).free
    text = "còn {} MB tại {}".format(free // (1024 * 1024), folder)
    if free < LEAST_FREE_BYTES:
        return Check("Ổ đĩa", False, text + "; giải phóng ổ đĩa, nếu không báo cáo sẽ mất khi mất kết nối")
    return Check("Ổ đĩa", True, text)


def _clock(now_s: float) -> Check:
    text = time.strftime("%d/%m/%Y %H:%M", time.localtime(now_s))
    if now_s < _OLDEST_CLOCK_S:
        return Check("Đồng hồ", False, text + " là sai; chỉnh giờ và thay pin CMOS")
    return Check("Đồng hồ", True, text + " (đối chiếu với giờ thật)")


def _reach(settings: Settings, state: State) -> Iterator[Check]:
    """Every address is asked; one that answers is enough."""
    from . import relaying
    from .roads import last_way
    from .service import direct_transport

    found: List[Tried] = []
    try:
        found = direct_transport(settings).survey()
    except AgentError as error:
        yield Check("Máy chủ thu thập", False, str(error))
    works = [each.server for each in found if not each.problem]
    for each in found:
        if each.problem:
            text = each.problem if len(found) == 1 else "{}: {}".format(each.server, each.problem)
            yield Check("Máy chủ thu thập", None if works else False, text)
    if works:
        yield Check("Máy chủ thu thập", True, "{} trả lời".format(", ".join(works)))
    server, relay, _ = last_way(state)
    if server or relay:
        yield Check("Đường gửi gần nhất", None, "qua máy chuyển tiếp " + relay if relay else server)
    asked = relaying.hosts(settings, state.policy())
    if asked:
        yield Check("Máy chuyển tiếp", None, "khi không nối được máy chủ thì dùng {}".format(", ".join(asked)))


def probe_lines(settings: Settings) -> Iterator[str]:
    """Every probe: settings that it gets, its own log, result, status, duration."""
    from .runner import run_probe
    from .service import probe_settings, probes_table

    state = State(settings.state_dir)
    policy = state.policy()
    known = probe_settings(settings)
    yield "Thiết đặt cho phép đo: máy chủ {}, ca_file {}, proxy {}".format(
        *(value or "(trống)" for value in (known.collector_url, known.ca_file, without_password(known.proxy)))
    )
    yield "Chính sách số {}: nhịp báo {} giây, mạng {} giây, kiểm kê {} giây".format(
        policy.version, policy.heartbeat_s, policy.network_s, policy.inventory_s
    )
    for name, probe in probes_table().items():
        yield ""
        if name in settings.disabled_probes or name in policy.disabled_probes:
            yield "== {} ({}): đã tắt".format(words.SECTIONS.get(name, name), name)
            continue
        yield from _probe(probe, run_probe(probe, ProbeContext(Host(), policy, known)))


def _probe(probe: Probe, result: ProbeResult) -> Iterator[str]:
    yield "== {} ({}): {}, {} ms (giới hạn {:g} giây)".format(
        words.SECTIONS.get(probe.name, probe.name), probe.name, words.STATUSES[result.status],
        result.duration_ms, probe.deadline_s,
    )  # fmt: skip
    if result.error:
        yield "   Lý do: {}".format(result.error)
    for line in result.log:
        yield "   | {}".format(line)
    if result.data is not None:
        yield "   Kết quả: {}".format(codec.dumps(result.data).decode("utf-8"))
