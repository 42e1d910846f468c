"""Whether this PC is a relay now, by settings and policy; opens and closes the door. Also `gapwatch-agent relay`."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Callable, Iterator, List, Optional, Tuple

from .errors import AgentError, StateError
from .host import Host
from .identity import Identity, State
from .log import logger, set_up
from .settings import Settings
from .wire.exchange import AgentPolicy

if TYPE_CHECKING:
    from .relay import Relay

FOLDER = "relay"
AGAIN_S = 300.0  # after a port could not be opened

Say = Callable[[str], None]


def wanted(settings: Settings, policy: AgentPolicy) -> bool:
    return settings.relay == "yes" or (settings.relay == "auto" and policy.relay_enabled)


def hosts(settings: Settings, policy: AgentPolicy) -> List[str]:
    """The relays that this PC may ask: those of the settings, then those of the policy. One that is a relay itself asks
    none: it would only ask itself, and relays form no chains."""
    if wanted(settings, policy):
        return []
    return list(dict.fromkeys([*settings.relay_hosts, *policy.relay_hosts]))


class Relaying:
    """Looked after by the resident between two turns."""

    def __init__(self, settings: Settings, state: State, identity: Identity) -> None:
        self._settings = settings
        self._state = state
        self._identity = identity
        self._relay: Optional["Relay"] = None
        self._transport: Any = None
        self._port = 0
        self._again_s = 0.0

    def look(self, policy: AgentPolicy) -> None:
        """Opens or closes the door as the policy says now. Never raises: measuring goes on without a relay."""
        on = wanted(self._settings, policy)
        if self._relay is not None and (not on or self._port != policy.relay_port):
            self.stop()
        if on and self._relay is None and time.monotonic() >= self._again_s:
            try:
                self._start(policy.relay_port)
            except (OSError, AgentError) as error:
                self._relay = None
                self._again_s = time.monotonic() + AGAIN_S
                logger.error("không mở được cổng chuyển tiếp %d: %s", policy.relay_port, error)

    def stop(self) -> None:
        if self._relay is not None:
            self._relay.stop()
            self._transport.close()
            self._relay = None

    def _start(self, port: int) -> None:
        self._relay, self._transport = open_relay(self._settings, self._state, self._identity, port)
        self._port = port
        self._relay.start()


def open_relay(settings: Settings, state: State, identity: Identity, port: int) -> Tuple["Relay", Any]:
    """A relay that is not started yet, and its own way to the collector. Raises OSError."""
    from .relay import Carrier, Relay  # a PC that is no relay does not pay for the server
    from .relay_store import RelayStore
    from .service import direct_transport

    transport = direct_transport(settings)
    store = RelayStore(state.path(FOLDER), state.disk)
    return Relay(Carrier(store, transport, identity, Host().monotonic_s), port), transport


def command(action: str, settings: Settings, stop: threading.Event, say: Say) -> int:
    """`gapwatch-agent relay [status | run]`."""
    state = State(settings.state_dir)
    policy = state.policy()
    if action == "status":
        for line in status(settings, state, policy):
            say(line)
        return 0
    set_up(settings.log_file, settings.log_level, to_stderr=True)
    state.prepare()
    try:
        relay, transport = open_relay(settings, state, state.identity(), policy.relay_port)
        relay.start()
    except OSError as error:
        raise StateError(
            "Không mở được cổng chuyển tiếp {}: {}".format(policy.relay_port, error.strerror),
            "Dịch vụ gapwatch-agent có thể đã mở cổng này; dừng dịch vụ, hoặc đổi relay.port ở trang Chính sách",
        ) from None
    say("Đang chuyển tiếp ở cổng {}; dừng bằng Ctrl-C.".format(relay.port))
    stop.wait()
    relay.stop()
    transport.close()
    return 0


def status(settings: Settings, state: State, policy: AgentPolicy) -> Iterator[str]:
    by = {"yes": "bật tại máy này", "no": "tắt tại máy này"}.get(settings.relay)
    by = by or ("bật theo chính sách" if policy.relay_enabled else "tắt theo chính sách")
    yield "Chuyển tiếp cho máy khác: {}; cổng {}".format(by, policy.relay_port)
    folder = state.path(FOLDER)
    try:
        kept = [name for name in state.disk.names(folder) if name.endswith(".env")]
    except OSError:
        kept = []
    yield "Phong bì đang giữ hộ: {}".format(len(kept))
    asked = hosts(settings, policy)
    yield "Máy chuyển tiếp mà máy này dùng khi không nối được máy chủ: {}".format(", ".join(asked) or "chưa có")
