"""The ways to the collector, one after the other: its addresses, then a relay on the same site.

Through a relay everything is wrapped with this agent's own key (wire/envelope.py). Only an answer that the collector
has sealed for this very upload counts as an acknowledgement: whatever a relay says on its own is "not arrived".
"""

from __future__ import annotations

import http.client
import ipaddress
from typing import TYPE_CHECKING, Any, Callable, List, Mapping, Optional, Protocol, Sequence, Tuple

from .errors import StateError, TransportError
from .identity import Identity, State
from .log import logger
from .refusals import is_collectors_word, refusal
from .routes import Tried, told
from .wire import codec, envelope
from .wire.envelope import LoadHead
from .wire.errors import WireError
from .wire.exchange import RELAY_PATH, RELAY_PORT, UploadAnswer

if TYPE_CHECKING:
    from .transport import HttpTransport

DIRECT_AGAIN_S = 900.0  # how often the straight way is tried while a relay works
RELAY_TIMEOUT_S = 40.0  # a relay asks the collector before it answers
HURRIED_S = 5.0
MAX_RELAYS = 4
WIDEST_S = 60.0  # an answer that took longer says too little about the collector's clock
OLDEST_S = 7 * 86400.0  # after that the PC's monotonic clock may have drifted by half a minute
ANCHOR_FILE = "anchor.json"
ROAD_FILE = "road.json"  # the way that worked last and why others did not, for show and doctor


class Clock(Protocol):
    def now(self) -> float: ...

    def monotonic_s(self) -> float: ...

    def boot_id(self) -> str: ...


class Anchors:
    """What the collector's clock said, and when by this PC's monotonic clock. Kept on disk: an export is another
    process."""

    def __init__(self, state: State) -> None:
        self._state = state

    def note(self, boot_id: str, server_time_s: float, sent_s: float, got_s: float) -> None:
        if 0 <= got_s - sent_s <= WIDEST_S and 0 < server_time_s < 1e11:
            plain = {"boot_id": boot_id, "server_time_s": server_time_s, "sent_s": sent_s, "got_s": got_s}
            try:
                self._state.keep(ANCHOR_FILE, plain)
            except StateError as error:
                logger.warning("%s", error)

    def bounds(self, boot_id: str, now_s: float) -> Tuple[float, float]:
        """The collector's clock now lies between these two; (0, 0): this boot has not heard it."""
        plain = self._state.kept(ANCHOR_FILE)
        if not isinstance(plain, dict) or plain.get("boot_id") != boot_id:
            return 0.0, 0.0
        values = [plain.get(name) for name in ("server_time_s", "sent_s", "got_s")]
        numbers = [float(value) for value in values if isinstance(value, (int, float))]
        if len(numbers) != 3 or not numbers[1] <= numbers[2] <= now_s <= numbers[2] + OLDEST_S:
            return 0.0, 0.0
        time_s, sent_s, got_s = numbers
        return round(time_s + now_s - got_s, 3), round(time_s + now_s - sent_s, 3)


class NoWay:
    """Stands where nothing is to be sent."""

    def send(self, batch: bytes, headers: Mapping[str, str]) -> UploadAnswer:
        raise TransportError("Không gửi gì ở đây", code="no_server")


class Roads:
    """A transport for the loop. `relays`: asked for at every attempt, because the policy may change them."""

    def __init__(
        self,
        direct: "HttpTransport",
        identity: Identity,
        state: State,
        clock: Clock,
        relays: Callable[[], Sequence[str]],
    ) -> None:
        self._direct = direct
        self._identity = identity
        self._key = bytes.fromhex(identity.key)
        self._state = state
        self._clock = clock
        self._relays = relays
        self._anchors = Anchors(state)
        self._relay = ""  # the one that worked last
        self._direct_again_s = 0.0
        self._timeout_s = RELAY_TIMEOUT_S
        self._noted: Any = None

    def send(self, batch: bytes, headers: Mapping[str, str]) -> UploadAnswer:
        """Delivers a batch of frames. Raises TransportError; of several ways that failed, the first one's."""
        now = self._clock.monotonic_s()
        first: Optional[TransportError] = None
        if not self._relay or not 0 < self._direct_again_s - now <= DIRECT_AGAIN_S:
            try:
                answer = self._direct.send(batch, headers)
            except TransportError as error:
                if is_collectors_word(error):
                    self._came_by("", self._direct.tried)
                    raise
                first = error
            else:
                self._relay = ""
                self._came_by("", self._direct.tried)
                return answer
        try:
            answer = self._by_relay(batch)
        except TransportError as error:
            self._relay = ""
            asked = () if error.code == "no_relay" else (Tried("relay", error.message),)
            self._came_by("", (*self._direct.tried, *asked))
            raise (first or error) if error.code == "no_relay" else error from None
        self._direct_again_s = now + DIRECT_AGAIN_S if first is not None else self._direct_again_s
        return answer

    def hurry(self) -> None:
        self._timeout_s = HURRIED_S
        self._direct.hurry()

    def close(self) -> None:
        self._direct.close()

    @property
    def server(self) -> str:
        return self._direct.server

    # --- through a relay

    def _by_relay(self, batch: bytes) -> UploadAnswer:
        first: List[str] = [self._relay] if self._relay else []
        hosts = list(dict.fromkeys(first + list(self._relays())))[:MAX_RELAYS]
        problem: Optional[TransportError] = None
        for host in hosts:
            try:
                self._learn_time(host)
                status, body = self._ask(host, batch)
            except TransportError as error:
                # A relay that has kept it is the better news: the collector cannot be reached by anybody here.
                problem = error if problem is None or error.code == "relay_kept" else problem
                continue
            self._relay = host
            self._came_by(host, self._direct.tried)
            return _judged(host, status, body)
        raise problem or TransportError("Không có máy chuyển tiếp nào", code="no_relay")

    def _learn_time(self, host: str) -> None:
        """An upload without reports, for the collector's clock: without it no report of this boot counts as live."""
        if self._anchors.bounds(self._clock.boot_id(), self._clock.monotonic_s()) != (0.0, 0.0):
            return
        try:
            self._ask(host, b"")
        except TransportError as error:
            if error.code != "relay_kept":
                raise

    def _ask(self, host: str, batch: bytes) -> Tuple[int, bytes]:
        """One upload through one relay: (HTTP status, body) as the collector sealed them."""
        boot_id, sent_s = self._clock.boot_id(), self._clock.monotonic_s()
        low_s, high_s = self._anchors.bounds(boot_id, sent_s)
        head = LoadHead(boot_id, round(sent_s, 1), round(self._clock.now(), 1), low_s, high_s)
        who, generation = self._identity.agent_id, self._identity.key_generation
        try:
            sealed = envelope.seal_envelope(
                envelope.UPLOAD, envelope.pack_load(head, batch), who, self._key, generation
            )
            content = post(host, sealed, self._timeout_s)
            found = envelope.only_envelope(content, envelope.ANSWER)
            nonce = envelope.only_envelope(sealed, envelope.UPLOAD).nonce
            status, time_s, body = envelope.unpack_answer(envelope.open_envelope(found, self._key, bound=nonce))
        except WireError as error:
            raise TransportError(
                "Máy chuyển tiếp {} đưa về câu trả lời không phải của máy chủ ({})".format(host, error.code),
                "Kiểm tra máy chuyển tiếp hoặc chọn máy khác",
                code="relay_strange",
            ) from None
        self._anchors.note(boot_id, time_s, sent_s, self._clock.monotonic_s())
        return status, body

    def _came_by(self, relay: str, tried: Sequence[Tried]) -> None:
        """Notes the way for show and doctor, when it is another than before."""
        failed = [[each.server, each.problem] for each in tried if each.problem]
        worked = next((each.server for each in tried if not each.problem), "")
        way = {"server": "" if relay else worked, "relay": relay, "failed": failed}
        if way == self._noted:
            return
        self._noted = way
        try:
            self._state.keep(ROAD_FILE, {**way, "at_s": round(self._clock.now())})
        except StateError as error:
            logger.warning("%s", error)
        if relay or failed:
            logger.info("đường gửi: %s; không dùng được: %s", relay or worked or "chưa có", told(tried) or "–")


def last_way(state: State) -> Tuple[str, str, Sequence[Tuple[str, str]]]:
    """(address that worked last, relay that worked last, [(address, why not)]); empty when nothing was sent yet."""
    plain = state.kept(ROAD_FILE)
    if not isinstance(plain, dict):
        return "", "", ()
    rows = plain.get("failed")
    pairs = [row for row in rows if isinstance(row, list) and len(row) == 2] if isinstance(rows, list) else []
    failed = [(str(address), str(why)) for address, why in pairs]
    return str(plain.get("server") or ""), str(plain.get("relay") or ""), failed


def post(host: str, sealed: bytes, timeout_s: float) -> bytes:
    """An envelope to a relay, whose answer must be one. Raises TransportError, code relay_kept when it lies there."""
    name, port = split_host(host)
    connection = http.client.HTTPConnection(name, port, timeout=timeout_s)
    try:
        connection.request("POST", RELAY_PATH, sealed, {"Content-Type": envelope.CONTENT_TYPE})
        response = connection.getresponse()
        content = response.read(envelope.MAX_ENVELOPE + 1)
    except (OSError, http.client.HTTPException) as error:
        raise TransportError(
            "Không nối được tới máy chuyển tiếp {} ({})".format(host, error or type(error).__name__),
            "Kiểm tra máy đó có bật và đang chạy gapwatch-agent",
            code="relay",
        ) from None
    finally:
        connection.close()
    if response.status == 200:
        return content
    if response.status == 202:
        raise TransportError(
            "Máy chuyển tiếp {} đã giữ báo cáo, chưa tới máy chủ".format(host),
            "Chờ đường truyền; báo cáo vẫn còn ở máy này",
            code="relay_kept",
        )
    raise TransportError(
        "Máy chuyển tiếp {} không nhận ({})".format(host, response.status), "Xem nhật ký của máy đó", code="relay"
    )


def split_host(host: str) -> Tuple[str, int]:
    """ "192.168.1.20", "pc-1:8737" or "[fe80::1]:8737" -> name and port. Never raises: settings are checked."""
    name, _, port = host.rpartition(":")
    if not name or not port.isdigit() or (":" in name and not name.endswith("]")):
        name, port = host, ""
    return name.strip("[]"), int(port) if port else RELAY_PORT


def is_private(address: str) -> bool:
    """Whether it is an address of a local network, or this PC itself."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return (found.is_private or found.is_loopback or found.is_link_local) and not found.is_unspecified


def _judged(host: str, status: int, body: bytes) -> UploadAnswer:
    """The collector's own answer, that came through a relay."""
    try:
        plain = codec.loads(body)
    except WireError:
        plain = None
    if status == 200:
        try:
            return codec.read(UploadAnswer, plain)
        except WireError as error:
            raise TransportError(
                "Câu trả lời của máy chủ không đúng dạng ({})".format(error), code="strange_answer"
            ) from None
    raise refusal("relay " + host, status, plain, "")
