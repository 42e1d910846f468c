"""Putting the agent together from its settings, and running it: as a service, or once."""

from __future__ import annotations

import random
import signal
import sys
import threading
from typing import Any, Callable, Dict, Iterable, List

from . import loop
from .delivery import Delivery
from .errors import SettingsError, StateError
from .host import Host, platform_name
from .identity import Identity, State
from .log import logger, set_up
from .probe import ProbeContext, ProbeResult, ProbeSettings
from .scanning import Scanning, ScanSettings
from .settings import Settings
from .spool import Spool
from .wire.exchange import AgentPolicy

PROBES_DEADLINE_S = 120.0
PAUSE_LOOK_S = 60.0
SPOOL_FOLDER = "spool"

Say = Callable[[str], None]
Measure = Callable[[Iterable[str], AgentPolicy], Dict[str, ProbeResult]]


def run(load: Callable[[], Settings]) -> int:
    """Until asked to stop. `load` reads the settings file."""
    settings = load()
    set_up(settings.log_file, settings.log_level, to_stderr=sys.stderr is not None and sys.stderr.isatty())
    stop = stop_event()
    settings = _wait_while_paused(settings, load, stop)
    if stop.is_set():
        return 0
    state = _open_state(settings)
    with state.lock():
        identity = state.identity()
        transport = transport_of(settings)
        agent = assemble(settings, state, identity, transport)
        logger.info("bắt đầu, mã máy %s, máy chủ %s", identity.agent_id, ", ".join(settings.servers))
        loop.run(agent, stop.wait, transport.hurry)
        logger.info("dừng; còn %d báo cáo chờ gửi", agent.spool.pending())
        stop_done.set()
    return 0


def once(settings: Settings, say: Say) -> int:
    """One inventory, sent now or kept for later."""
    set_up(settings.log_file, settings.log_level, to_stderr=False)
    state = _open_state(settings)
    with state.lock():
        agent = assemble(settings, state, state.identity(), transport_of(settings))
        made, frame, stored = agent.make_report("inventory", loop_probes())
        agent.delivery.send()
        say("Báo cáo số {}: {} phần, {} byte.".format(made.seq, len(made.sections), len(frame)))
        outcome = agent.delivery.outcome.get(made.seq)
        if outcome in ("stored", "duplicate"):
            say("Máy chủ đã nhận. Còn {} báo cáo chờ gửi.".format(agent.spool.pending()))
            return 0
        if outcome == "rejected":
            say("Máy chủ đã nhận nhưng để riêng báo cáo này; xem nhật ký {}.".format(settings.log_file))
            return 6
        error = agent.delivery.last_error
        say("Chưa gửi được: {}".format(error or "máy chủ yêu cầu gửi lại sau"))
        if stored:
            say("Báo cáo đã được lưu; {} báo cáo chờ gửi.".format(agent.spool.pending()))
        else:
            say("Báo cáo không lưu được vì ổ đĩa hết chỗ; giải phóng ổ đĩa chứa {}.".format(settings.state_dir))
        return 6


def assemble(settings: Settings, state: State, identity: Identity, transport: Any) -> loop.Agent:
    """An agent for these settings. The caller holds the state folder's lock."""
    host = Host()
    draw = random.SystemRandom().random  # cloned disks must not draw alike
    try:
        spool = Spool(state.path(SPOOL_FOLDER), AgentPolicy().spool_bytes, state.disk)
    except OSError as error:
        raise StateError(
            "Không mở được hàng chờ {}: {}".format(state.path(SPOOL_FOLDER), error.strerror),
            "Sửa quyền của thư mục hoặc chạy lại bằng quyền quản trị",
        ) from None
    delivery = Delivery(state, identity.agent_id, spool, transport, host, draw)
    scanning = Scanning(state, host, draw, scan_settings(settings))
    tools = loop.Tools(host, measurer(host, settings), probes_table(), draw, scanning)
    return loop.Agent(state, identity, spool, delivery, tools, settings.disabled_probes)


def scan_settings(settings: Settings) -> ScanSettings:
    return ScanSettings(
        enabled=settings.scan_enabled and "lan" not in settings.disabled_probes,
        devices="devices" not in settings.disabled_probes,
        communities=settings.snmp_communities,
        platform=platform_name(),
    )


def measurer(host: Host, settings: Settings) -> Measure:
    """How the loop measures: the runner, told what probes may know of the settings."""
    from .runner import run_probes

    known = probe_settings(settings)

    def measure(names: Iterable[str], policy: AgentPolicy) -> Dict[str, ProbeResult]:
        return run_probes(list(names), ProbeContext(host, policy, known, logger.debug), PROBES_DEADLINE_S)

    return measure


def probe_settings(settings: Settings) -> ProbeSettings:
    server = settings.servers[0] if settings.servers else ""
    extra = {} if settings.scan_enabled else {"scan": "no"}
    return ProbeSettings(server, settings.ca_file, settings.proxy, settings.state_dir, extra)


def probes_table() -> Dict[str, Any]:
    from .probes import PROBES

    return PROBES


def loop_probes() -> List[str]:
    return list(probes_table())


def transport_of(settings: Settings) -> Any:
    if not settings.servers:
        raise SettingsError(
            "{}: [agent] server còn trống".format(settings.source), "Ghi địa chỉ máy chủ thu thập, hoặc chạy lệnh enrol"
        )
    from .transport import HttpTransport

    return HttpTransport(settings.servers, settings.ca_file, settings.proxy)


stop_done = threading.Event()


def stop_event() -> threading.Event:
    """Set when the system or a person asks to stop."""
    stop = threading.Event()
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and threading.current_thread() is threading.main_thread():
            signal.signal(number, lambda *_: stop.set())
    if sys.platform == "win32":
        _watch_console(stop)
    return stop


def _watch_console(stop: threading.Event) -> None:
    """Ctrl-C, log-off and shutdown arrive in a thread of their own; Windows ends us when the handler returns."""
    import ctypes

    kind = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)  # type: ignore[attr-defined]

    def handle(_event: int) -> int:
        stop.set()
        stop_done.wait(8.0)
        return 1

    global _console_handler
    _console_handler = kind(handle)  # must not be collected while Windows may call it
    ctypes.windll.kernel32.SetConsoleCtrlHandler(_console_handler, 1)  # type: ignore[attr-defined]


_console_handler: Any = None


def _open_state(settings: Settings) -> State:
    state = State(settings.state_dir)
    state.prepare()
    return state


def _wait_while_paused(settings: Settings, load: Callable[[], Settings], stop: threading.Event) -> Settings:
    if settings.pause:
        logger.info("đang tạm ngừng: [local] pause = yes trong %s", settings.source)
    while settings.pause and not stop.wait(PAUSE_LOOK_S):
        try:
            settings = load()
        except SettingsError as error:
            logger.error("%s", error)
    return settings
