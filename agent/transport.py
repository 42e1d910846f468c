"""The way to the collector: one method, `send`. The only module that knows requests.

One TLS connection is kept from report to report: a handshake costs as much as ten heartbeats. Headers are trimmed to
what the request needs, for the same reason.
"""

from __future__ import annotations

import http.cookiejar
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Protocol, Tuple

import requests
import requests.adapters
from urllib3.connection import HTTPConnection, HTTPSConnection  # requests' own engine
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import SKIP_HEADER

from . import words
from .errors import TransportError
from .wire import codec, seal
from .wire.errors import WireError
from .wire.exchange import ENROL_PATH, REPORTS_PATH, EnrolAnswer, EnrolRequest, UploadAnswer

TIMEOUT_S = (5.0, 15.0)  # to connect, between two bytes of the answer
HURRIED_S = (2.0, 3.0)
MAX_ANSWER = 256 * 1024


class Transport(Protocol):
    def send(self, batch: bytes, headers: Mapping[str, str]) -> UploadAnswer:
        """Delivers a batch of frames. Raises TransportError."""
        ...


@dataclass
class Counters:
    connections: int = 0  # TCP, and with https as many TLS handshakes
    bytes_sent: int = 0  # HTTP, before encryption
    bytes_received: int = 0
    requests: int = 0


class HttpTransport:
    """Servers in order; the one that answered last is asked first."""

    def __init__(self, servers: Tuple[str, ...], ca_file: str = "", proxy: str = "") -> None:
        self.counters = Counters()
        self._servers = servers
        self._current = 0
        self._timeout_s = TIMEOUT_S
        self._session = _session(ca_file, proxy, self.counters)

    def send(self, batch: bytes, headers: Mapping[str, str]) -> UploadAnswer:
        plain = self._anywhere(REPORTS_PATH, batch, {"Content-Type": seal.CONTENT_TYPE, **headers})
        return _answer(UploadAnswer, plain)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        body = codec.dumps(codec.to_plain(request))
        return _answer(EnrolAnswer, self._anywhere(ENROL_PATH, body, {"Content-Type": "application/json"}))

    def knock(self) -> None:
        """Asks for an answer, no more: an upload without reports. Raises TransportError when the collector cannot be
        reached; that it refuses an empty upload is an answer too."""
        try:
            self._anywhere(REPORTS_PATH, b"", {"Content-Type": seal.CONTENT_TYPE})
        except TransportError as error:
            if not error.permanent or error.code.startswith("http_"):
                raise

    @property
    def server(self) -> str:
        """The server that is asked next."""
        return self._servers[self._current]

    def hurry(self) -> None:
        """The PC is being switched off: better no answer than a long wait for one."""
        self._timeout_s = HURRIED_S

    def close(self) -> None:
        self._session.close()

    def _anywhere(self, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        problem: Optional[TransportError] = None
        for _ in self._servers:
            try:
                return self._post(self.server + path, body, headers)
            except TransportError as error:
                problem = problem or error
                if error.status and not 500 <= error.status < 600:
                    raise  # this server is there and has said its word
                self._current = (self._current + 1) % len(self._servers)
        raise problem or TransportError(
            "Chưa có địa chỉ máy chủ", "Ghi [agent] server trong tệp thiết đặt", permanent=True, code="no_server"
        )

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Any:
        sent = {"User-Agent": SKIP_HEADER, "Accept-Encoding": SKIP_HEADER, **headers}
        reused = self.counters.connections
        self.counters.requests += 1
        try:
            response = self._request(url, body, sent)
        except requests.RequestException as error:
            # A router that forgot the idle connection says so only now: once more, on a new one.
            if self.counters.connections != reused or isinstance(error, requests.exceptions.SSLError):
                raise _no_answer(url, error) from None
            try:
                response = self._request(url, body, sent)
            except requests.RequestException as again:
                raise _no_answer(url, again) from None
        self.counters.bytes_received += _size(response)
        return _judged(url, response)

    def _request(self, url: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        response = self._session.post(
            url, data=body, headers=dict(headers), timeout=self._timeout_s, allow_redirects=False, stream=True
        )
        with response:
            response._content = response.raw.read(MAX_ANSWER + 1, decode_content=False)
        return response


def _session(ca_file: str, proxy: str, counters: Counters) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a user's environment must not bend where evidence goes
    session.headers.clear()
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    session.verify = ca_file or True
    if proxy:
        session.proxies = {"http": proxy, "https": proxy}
    adapter = _adapter(counters)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Thrifty:
    """Mixed into a connection: head and body leave as one packet and one TLS record, and everything is counted."""

    counters: Counters
    _held: Optional[bytes] = None

    def connect(self) -> None:
        self.counters.connections += 1
        super().connect()  # type: ignore[misc]

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        self._held = b""
        super().endheaders(*args, **kwargs)  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self._held is None:
            self.counters.bytes_sent += len(data)
            super().send(data)  # type: ignore[misc]
        else:
            self._held += data

    def getresponse(self, *args: Any, **kwargs: Any) -> Any:
        held, self._held = self._held, None
        if held:
            self.send(held)
        return super().getresponse(*args, **kwargs)  # type: ignore[misc]


def _adapter(counters: Counters) -> requests.adapters.HTTPAdapter:
    class Plain(_Thrifty, HTTPConnection):
        pass

    class Secure(_Thrifty, HTTPSConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain  # type: ignore[assignment]

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure  # type: ignore[assignment]

    class Adapter(requests.adapters.HTTPAdapter):
        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(*args, **kwargs)
            manager.pool_classes_by_scheme = pools
            return manager

    Plain.counters = Secure.counters = counters
    pools = {"http": PlainPool, "https": SecurePool}
    adapter = Adapter(pool_connections=2, pool_maxsize=1)
    adapter.poolmanager.pool_classes_by_scheme = pools
    return adapter


def _size(response: requests.Response) -> int:
    head = sum(len(name) + len(value) + 4 for name, value in response.headers.items())
    return len("HTTP/1.1 200 \r\n\r\n") + len(response.reason or "") + head + len(response.content)


def _answer(cls: Any, plain: Any) -> Any:
    try:
        return codec.read(cls, plain)
    except WireError as error:
        raise _strange("trường {}".format(error)) from None


def _judged(url: str, response: requests.Response) -> Any:
    status = response.status_code
    if 300 <= status < 400:
        raise _strange("chuyển hướng sang {}".format(response.headers.get("Location", "?")[:120]), status)
    plain = _json(response.content)
    if status in (200, 201):
        if plain is None:
            raise _strange("không phải JSON")
        return plain
    raise _refusal(url, status, plain, response.headers.get("Retry-After", ""))


def _json(content: bytes) -> Any:
    if len(content) > MAX_ANSWER:
        return None
    try:
        return codec.loads(content)
    except WireError:
        return None


def _refusal(url: str, status: int, plain: Any, retry_after: str) -> TransportError:
    """An error answer in the API's one shape, or any other, as one line with a remedy."""
    shape = plain.get("error") if isinstance(plain, dict) else None
    told: Dict[str, Any] = shape if isinstance(shape, dict) else {}
    code, text, remedy, field = (str(told.get(key) or "")[:300] for key in ("code", "message", "remedy", "field"))
    if code in words.REFUSALS:
        (text, remedy), field = words.REFUSALS[code], ""
    message = "Máy chủ từ chối ({}{}): {}{}".format(
        status, " " + code if code else "", field + ": " if field else "", text or url
    )
    wait = float(retry_after) if retry_after.isdigit() else 0.0
    permanent = 400 <= status < 500 and status not in (408, 425, 429)
    if not remedy:
        remedy = _REMEDIES.get(status, "Chờ máy chủ hoạt động lại" if status >= 500 else "")
    return TransportError(message, remedy, permanent, code or "http_{}".format(status), status, wait)


_REMEDIES = {
    401: "Máy chủ không nhận định danh của máy này; xin mã ghi danh mới rồi chạy: gapwatch-agent enrol --again",
    403: "Định danh của máy này đã bị thu hồi hoặc tạm giữ; liên hệ quản trị hệ thống của tỉnh",
    404: "Kiểm tra [agent] server: địa chỉ này không phải máy chủ thu thập",
    405: "Kiểm tra [agent] server: địa chỉ này không phải máy chủ thu thập",
    429: "Máy chủ đang bận; chương trình sẽ tự gửi lại",
}


def _strange(what: str, status: int = 0) -> TransportError:
    return TransportError(
        "Câu trả lời không phải của máy chủ thu thập ({})".format(what),
        "Có thể mạng yêu cầu đăng nhập (Wi-Fi công cộng) hoặc [agent] server, proxy sai",
        code="strange_answer",
        status=status,
    )


def _no_answer(url: str, error: requests.RequestException) -> TransportError:
    host = url.split("/")[2]
    text = str(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return TransportError("Không nối được qua proxy tới {}".format(host), "Kiểm tra [agent] proxy", code="proxy")
    if isinstance(error, requests.exceptions.SSLError):
        return TransportError(
            "Không tin được chứng thư của {} ({})".format(host, _tls_reason(text)),
            "Kiểm tra đồng hồ máy và [agent] ca_file",
            code="tls",
        )
    if isinstance(error, requests.exceptions.Timeout):
        return TransportError(
            "{} không trả lời kịp".format(host), "Kiểm tra đường truyền; chương trình sẽ tự gửi lại", code="timeout"
        )
    if isinstance(error, OSError) and ("NameResolution" in text or "getaddrinfo" in text):
        return TransportError(
            "Không tìm thấy tên máy chủ {}".format(host), "Kiểm tra [agent] server và DNS của mạng", code="dns"
        )
    return TransportError(
        "Không nối được tới {}".format(host), "Kiểm tra đường truyền, tường lửa và [agent] server", code="connect"
    )


def _tls_reason(text: str) -> str:
    for reason in ("certificate has expired", "not yet valid", "self-signed", "self signed", "doesn't match"):
        if reason in text:
            return reason
    return "unable to get local issuer" if "local issuer" in text else "TLS"
