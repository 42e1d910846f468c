"""The way to the collector: one method, `send`. The only module that knows requests.

One TLS connection is kept from report to report: a handshake costs as much as ten heartbeats. Headers are trimmed to
what the request needs, for the same reason.
"""

from __future__ import annotations

import http.cookiejar
import time
from dataclasses import dataclass
from typing import Any, Callable, List, Mapping, Optional, Protocol, Sequence, Tuple

import requests
import requests.adapters
from urllib3.connection import HTTPConnection, HTTPSConnection  # requests' own engine
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import SKIP_HEADER

from .errors import TransportError
from .refusals import is_collectors_word, no_answer, refusal, strange, tls_reason
from .routes import Order, Route, Tried, proxies_of
from .wire import codec, envelope, seal
from .wire.errors import WireError
from .wire.exchange import ENROL_PATH, RELAY_HEADER, RELAYED_PATH, REPORTS_PATH, EnrolAnswer, EnrolRequest, UploadAnswer

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
    """Addresses in order; the one that works is kept (routes.Order)."""

    def __init__(
        self,
        servers: Sequence[str],
        ca_file: str = "",
        proxy: str = "",
        routes: Sequence[Route] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`routes`, where given, stand for `servers` with `ca_file` and `proxy`."""
        self.counters = Counters()
        self.tried: Tuple[Tried, ...] = ()  # the last round, as far as it went
        self._routes = tuple(routes) or tuple(Route(server, ca_file, proxy) for server in servers)
        self._order = Order(len(self._routes))
        self._monotonic = monotonic
        self._timeout_s = TIMEOUT_S
        self._sessions = [_session(route, self.counters) for route in self._routes]

    def send(self, batch: bytes, headers: Mapping[str, str]) -> UploadAnswer:
        before = self.counters.bytes_sent
        try:
            plain = self._anywhere(REPORTS_PATH, batch, {"Content-Type": seal.CONTENT_TYPE, **headers})
        except TransportError as error:
            # "store": the collector's own word that it stored nothing; a strange answer is not the collector's.
            no_word = error.code not in ("store", "strange_answer") and (error.status >= 500 or not error.status)
            error.unsure = no_word and self.counters.bytes_sent - before > len(batch)
            raise
        return _answer(UploadAnswer, plain)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        body = codec.dumps(codec.to_plain(request))
        return _answer(EnrolAnswer, self._anywhere(ENROL_PATH, body, {"Content-Type": "application/json"}))

    def carry(self, sealed: bytes, proof: str) -> bytes:
        """Another agent's envelope to the collector; returns the collector's envelope for that agent."""
        headers = {"Content-Type": envelope.CONTENT_TYPE, RELAY_HEADER: proof}
        answer = self._anywhere(RELAYED_PATH, sealed, headers, _sealed)
        assert isinstance(answer, bytes)
        return answer

    def knock(self) -> None:
        """Asks for an answer, no more: an upload without reports. Raises TransportError when the collector cannot be
        reached; that it refuses an empty upload is an answer too."""
        self._knocked(lambda: self._anywhere(REPORTS_PATH, b"", {"Content-Type": seal.CONTENT_TYPE}))

    def survey(self) -> List[Tried]:
        """Knocks at every address, in the order of the settings."""
        found = []
        for index, route in enumerate(self._routes):
            try:
                self._knocked(lambda index=index: self._post(index, REPORTS_PATH, b"", {}, _judged))
            except TransportError as error:
                found.append(Tried(route.server, str(error)))
            else:
                found.append(Tried(route.server))
        return found

    @property
    def server(self) -> str:
        """The address that is asked next; "" when there is none."""
        return self._routes[self._order.current].server if self._routes else ""

    @staticmethod
    def _knocked(ask: Callable[[], Any]) -> None:
        try:
            ask()
        except TransportError as error:
            if not is_collectors_word(error):
                raise

    def hurry(self) -> None:
        """The PC is being switched off: better no answer than a long wait for one."""
        self._timeout_s = HURRIED_S

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    def _anywhere(
        self, path: str, body: bytes, headers: Mapping[str, str], judge: Optional[Callable[..., Any]] = None
    ) -> Any:
        problem: Optional[TransportError] = None
        tried: List[Tried] = []
        for index in self._order.next_round(self._monotonic()) if self._routes else ():
            server = self._routes[index].server
            try:
                answer = self._post(index, path, body, headers, judge or _judged)
            except TransportError as error:
                if is_collectors_word(error):
                    self._worked(index, tried)
                    raise  # this server is there and has said its word
                tried.append(Tried(server, error.message))
                problem = problem or error
            else:
                self._worked(index, tried)
                return answer
        self.tried = tuple(tried)
        raise problem or TransportError(
            "Chưa có địa chỉ máy chủ", "Ghi [agent] server trong tệp thiết đặt", permanent=True, code="no_server"
        )

    def _worked(self, index: int, tried: Sequence[Tried]) -> None:
        self._order.works(index, self._monotonic())
        self.tried = (*tried, Tried(self._routes[index].server))

    def _post(self, index: int, path: str, body: bytes, headers: Mapping[str, str], judge: Callable[..., Any]) -> Any:
        url = self._routes[index].server + path
        sent = {"User-Agent": SKIP_HEADER, "Accept-Encoding": SKIP_HEADER, **headers}
        reused = self.counters.connections
        self.counters.requests += 1
        try:
            response = self._request(index, url, body, sent)
        except requests.RequestException as error:
            # A router that forgot the idle connection says so only now: once more, on a new one.
            if self.counters.connections != reused or isinstance(error, requests.exceptions.SSLError):
                raise _no_answer(url, error) from None
            try:
                response = self._request(index, url, body, sent)
            except requests.RequestException as again:
                raise _no_answer(url, again) from None
        self.counters.bytes_received += _size(response)
        return judge(url, response)

    def _request(self, index: int, url: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        response = self._sessions[index].post(
            url, data=body, headers=dict(headers), timeout=self._timeout_s, allow_redirects=False, stream=True
        )
        with response:
            response._content = response.raw.read(MAX_ANSWER + 1, decode_content=False)
        return response


def _session(route: Route, counters: Counters) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a user's environment must not bend where evidence goes, unless the settings say so
    session.headers.clear()
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    session.verify = route.ca_file or True
    session.proxies = dict(proxies_of(route))
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
        raise strange("trường {}".format(error)) from None


def _judged(url: str, response: requests.Response) -> Any:
    status = response.status_code
    if 300 <= status < 400:
        raise strange("chuyển hướng sang {}".format(response.headers.get("Location", "?")[:120]), status)
    plain = _json(response.content)
    if status in (200, 201):
        if plain is None:
            raise strange("không phải JSON")
        return plain
    raise refusal(url, status, plain, response.headers.get("Retry-After", ""))


def _sealed(url: str, response: requests.Response) -> bytes:
    if response.status_code == 200 and response.headers.get("Content-Type") == envelope.CONTENT_TYPE:
        if len(response.content) <= MAX_ANSWER:
            return response.content
    elif response.status_code not in (200, 201):
        _judged(url, response)
    raise strange("không phải phong bì")


def _json(content: bytes) -> Any:
    if len(content) > MAX_ANSWER:
        return None
    try:
        return codec.loads(content)
    except WireError:
        return None


def _no_answer(url: str, error: requests.RequestException) -> TransportError:
    host, text = url.split("/")[2], str(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return no_answer("proxy_login" if "407" in text else "proxy", host)
    if isinstance(error, requests.exceptions.SSLError):
        return no_answer("tls", host, tls_reason(text))
    if isinstance(error, requests.exceptions.Timeout):
        return no_answer("timeout", host)
    unknown = isinstance(error, OSError) and ("NameResolution" in text or "getaddrinfo" in text)
    return no_answer("dns" if unknown else "connect", host)
