"""Putting the agent together from its settings, and running it: as a service, or once."""

from __future__ import annotations

import random
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Tuple
from urllib.parse import urlsplit

from . import loop, offline, relaying
from .delivery import Delivery
from .errors import SettingsError
from .host import Host, platform_name
from .identity import MARKER_FILE, Identity, State
from .journal import Journal, boot_before
from .journal_file import FILE as JOURNAL_FILE
from .journal_file import JournalFile
from .log import logger, set_up
from .measuring import LineSettings, Measuring
from .probe import ProbeContext, ProbeResult, ProbeSettings
from .quality.adapters import adapter_bytes
from .quality.meter import TrafficMeter
from .roads import Roads, last_way
from .routes import Route, proxies_of
from .scanning import Scanning, ScanSettings
from .settings import Settings
from .sideline import Sideline
from .spool import Spool
from .watch import Watch
from .watch_look import Door, Looker, Targets
from .wire.exchange import AgentPolicy

if TYPE_CHECKING:
    from .transport import HttpTransport

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
        identity, settings = offline.ready(settings, state)
        transport = transport_of(settings, state, identity)
        agent = assemble(settings, state, identity, transport)
        sideline = Sideline(settings, state, identity, agent)
        logger.info("bắt đầu, mã máy %s, máy chủ %s", identity.agent_id, ", ".join(settings.servers) or "chưa có")
        loop.run(agent, sideline.between(stop.wait), transport.hurry)
        sideline.stop()
        logger.info("dừng; còn %d báo cáo chờ gửi", agent.spool.pending())
        stop_done.set()
    return 0


def once(settings: Settings, say: Say) -> int:
    """One inventory, sent now or kept for later."""
    set_up(settings.log_file, settings.log_level, to_stderr=False)
    state = _open_state(settings)
    with state.lock():
        identity, settings = offline.ready(settings, state)
        agent = assemble(settings, state, identity, transport_of(settings, state, identity))
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
    spool = Spool(state.path(SPOOL_FOLDER), AgentPolicy().spool_bytes, state.disk)
    if spool.trouble is not None:
        reason = spool.trouble.strerror or spool.trouble
        logger.error(
            "không dùng được hàng chờ %s (%s): báo cáo chỉ gửi ngay, không lưu; sửa quyền của thư mục hoặc ổ đĩa",
            state.path(SPOOL_FOLDER), reason,
        )  # fmt: skip
    delivery = Delivery(state, identity.agent_id, spool, transport, host, draw)
    scanning = Scanning(state, host, draw, scan_settings(settings))
    watch = watch_of(settings, state, host)
    measuring = measuring_of(settings, state, identity, host, draw)
    tools = loop.Tools(host, measurer(host, settings), probes_table(), draw, scanning, watch, measuring)
    return loop.Agent(state, identity, spool, delivery, tools, settings.disabled_probes)


def watch_of(settings: Settings, state: State, host: Host) -> Watch:
    """To be made before the marker is written over."""
    journal = Journal(JournalFile(state.path(JOURNAL_FILE), state.disk), host.boot_id())
    doors = [
        Door(route.server, route.ca_file, proxies_of(route).get(urlsplit(route.server).scheme, ""))
        for route in settings.routes
    ]
    looker = Looker(host, Targets(tuple(doors), probe_settings(settings).proxy), host.monotonic_s)
    return Watch(journal, looker, host, boot_before(state.kept(MARKER_FILE), host.boot_id()))


def measuring_of(
    settings: Settings, state: State, identity: Identity, host: Host, draw: Callable[[], float]
) -> Measuring:
    def way() -> Tuple[str, str, str]:
        known = probe_settings(settings)  # anew: another address may be in use by now
        return known.collector_url, known.ca_file, known.proxy

    own = LineSettings(way, settings.disabled_probes, platform=platform_name())
    return Measuring(state, identity, host, draw, own, TrafficMeter(state, lambda: adapter_bytes(host)))


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

    def measure(names: Iterable[str], policy: AgentPolicy) -> Dict[str, ProbeResult]:
        known = probe_settings(settings)  # anew: another address may be in use by now
        return run_probes(list(names), ProbeContext(host, policy, known, logger.debug), PROBES_DEADLINE_S)

    return measure


def probe_settings(settings: Settings) -> ProbeSettings:
    """With the address that worked last: an office on the government network cannot be asked to reach the other."""
    last = last_way(State(settings.state_dir))[0]
    first = settings.routes[0] if settings.routes else Route("")
    route = next((route for route in settings.routes if route.server == last), first)
    extra = {} if settings.scan_enabled else {"scan": "no"}
    return ProbeSettings(route.server, route.ca_file, proxies_of(route).get("https", ""), settings.state_dir, extra)


def probes_table() -> Dict[str, Any]:
    from .probes import PROBES

    return PROBES


def loop_probes() -> List[str]:
    return list(probes_table())


def direct_transport(settings: Settings) -> "HttpTransport":
    """The collector's addresses. Raises SettingsError when there is none."""
    if not settings.routes:
        raise SettingsError(
            "{}: [agent] server còn trống".format(settings.source), "Ghi địa chỉ máy chủ thu thập, hoặc chạy lệnh enrol"
        )
    return _http(settings)


def transport_of(settings: Settings, state: State, identity: Identity) -> Roads:
    """All ways of an enrolled agent. Without any address it measures on: its reports travel by relay or USB."""
    return Roads(_http(settings), identity, state, Host(), lambda: relaying.hosts(settings, state.policy()))


def _http(settings: Settings) -> "HttpTransport":
    from .transport import HttpTransport

    return HttpTransport(settings.servers, routes=settings.routes)


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
