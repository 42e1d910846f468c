"""SNMP on the wire, by pysnmp: the only module that imports it, and only child processes import this module.

v1 and v2c: pysnmp's messages on a socket of our own. That keeps out pysnmp's engine (a third of a second and 10 MB on an old
PC), and answers may come from another port or address than asked: routers with several addresses do that; the request
number, which nobody can guess, tells whose answer it is. v3: pysnmp's engine, for the sake of its user security model.
Works with pysnmp 7.1.5 (Python 3.8) and newer ones.
"""

from __future__ import annotations

import random
import socket
import sys
import time
from typing import Any, List, Optional, Sequence, Tuple

from .reply import Reply, Row, Session
from .target import Credential, Target
from .values import Value

TIMEOUT_S = 2.0
RETRIES = 1
MAX_PACKET = 65535
MAX_STRAY = 50  # packets that are not ours, read while we wait for one answer
MAX_OID = 128  # arcs, RFC 3416 section 4.1


class SessionError(Exception):
    """The session cannot be opened at all; the message is for the person at the PC."""


def open_session(
    target: Target, credential: Credential, timeout_s: float = TIMEOUT_S, retries: int = RETRIES, version: str = ""
) -> WireSession:
    """A session to the device. `version` "1" speaks SNMPv1 with the community; otherwise v2c, or v3 with a user. Raises
    SessionError."""
    try:
        import pysnmp  # noqa: F401
    except ImportError as error:
        raise SessionError("Máy này chưa cài pysnmp; cài bằng: pip install 'gapwatch-agent[snmp]'") from error
    address = _resolve(target)
    if credential.user:
        return _UserSession(address, credential, timeout_s, retries)
    return _CommunitySession(address, credential.community, version or "2c", timeout_s, retries)


def _resolve(target: Target) -> Tuple[int, Any]:
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError) as error:
        raise SessionError("Không tìm thấy địa chỉ của «{}»; kiểm tra lại --target".format(target.host)) from error
    family, _, _, _, address = found[0]
    return int(family), address


class WireSession(Session):
    trouble = ""  # what the last request without a usable answer met, in English; "" for plain silence
    refused = False  # the device's system says that nobody listens on the port

    def close(self) -> None:
        """Frees the socket."""


class _CommunitySession(WireSession):
    def __init__(self, address: Tuple[int, Any], community: str, version: str, timeout_s: float, retries: int) -> None:
        self.version = version
        self._address = address[1]
        self._community = community.encode("utf-8", "surrogateescape")
        self._timeout_s = timeout_s
        self._tries = retries + 1
        self._random = random.SystemRandom()
        self._socket = socket.socket(address[0], socket.SOCK_DGRAM)
        if sys.platform == "linux":  # Windows reports "port unreachable" unasked
            level, option = (
                (41, 25) if address[0] == socket.AF_INET6 else (0, 11)
            )  # IPV6_RECVERR, IP_RECVERR of linux/in.h
            self._socket.setsockopt(level, option, 1)

    def hurry(self, timeout_s: float) -> None:
        self._timeout_s, self._tries = min(timeout_s, self._timeout_s), 1

    def close(self) -> None:
        self._socket.close()

    def request(self, kind: str, oids: Sequence[str], repetitions: int = 0) -> Optional[Reply]:
        self.trouble = ""
        for _ in range(self._tries):
            number = self._random.randrange(1, 2**31 - 1)
            message = _encode(self.version, self._community, kind, number, oids, repetitions)
            try:
                self._socket.sendto(message, self._address)
            except OSError as error:
                self.trouble = str(error)
                continue
            reply = self._wait(number)
            if reply is not None or self.refused:
                return reply
        return None

    def _wait(self, number: int) -> Optional[Reply]:
        end = time.monotonic() + self._timeout_s
        for _ in range(MAX_STRAY):
            left = end - time.monotonic()
            if left <= 0:
                return None
            self._socket.settimeout(left)
            try:
                packet = self._socket.recv(MAX_PACKET)
            except socket.timeout:
                return None
            except OSError as error:
                self.trouble = str(error)
                if isinstance(error, (ConnectionRefusedError, ConnectionResetError)):
                    self.refused = True
                    return None
                time.sleep(min(0.05, left))
                continue
            try:
                answered, reply = _decode(self.version, packet)
            except Exception as error:  # any bytes may come; pyasn1 raises many things on what is no message
                self.trouble = "not an SNMP answer: {}".format(type(error).__name__)
                continue
            if answered == number:
                return reply
        return None


def _encode(version: str, community: bytes, kind: str, number: int, oids: Sequence[str], repetitions: int) -> bytes:
    from pyasn1.codec.ber import encoder
    from pysnmp.proto.api import v1, v2c

    proto: Any = v1 if version == "1" else v2c
    bulk = kind == "bulk" and version != "1"
    pdu = proto.GetRequestPDU() if kind == "get" else v2c.GetBulkRequestPDU() if bulk else proto.GetNextRequestPDU()
    pdu.setComponentByPosition(0, number)
    pdu.setComponentByPosition(1, 0)  # error-status; in a bulk request non-repeaters
    pdu.setComponentByPosition(2, repetitions if bulk else 0)
    rows = pdu.setComponentByPosition(3).getComponentByPosition(3)
    for place, oid in enumerate(oids):
        row = rows.setComponentByPosition(place).getComponentByPosition(place)
        _named(proto.apiVarBind, "set_oid_value", "setOIDVal")(row, (oid, proto.null))
    message = proto.Message()
    _named(proto.apiMessage, "set_defaults", "setDefaults")(message)
    _named(proto.apiMessage, "set_community", "setCommunity")(message, community)
    _named(proto.apiMessage, "set_pdu", "setPDU")(message, pdu)
    return bytes(encoder.encode(message))


def _decode(version: str, packet: bytes) -> Tuple[int, Reply]:
    """Request number and reply of a message. Raises whatever on foreign bytes."""
    from pyasn1.codec.ber import decoder
    from pysnmp.proto.api import v1, v2c

    proto: Any = v1 if version == "1" else v2c
    message, _ = decoder.decode(packet, asn1Spec=proto.Message())
    pdu = _named(proto.apiMessage, "get_pdu", "getPDU")(message)
    if not pdu.isSameTypeWith(proto.GetResponsePDU(), matchConstraints=False):
        raise ValueError("not a response")
    rows: List[Row] = []
    for row in pdu.getComponentByPosition(3):
        oid, value = _named(proto.apiVarBind, "get_oid_value", "getOIDVal")(row)
        rows.append((_dotted(oid), value_of(value)))
    number, error, index = (int(pdu.getComponentByPosition(place)) for place in range(3))
    return number, Reply(error, index, tuple(rows))


def _named(thing: Any, new: str, old: str) -> Any:
    """A function of pysnmp by its name, or by the one that it had before 7.1.6."""
    return getattr(thing, new, None) or getattr(thing, old)


def _dotted(oid: Any) -> str:
    parts = tuple(oid)
    if len(parts) > MAX_OID or any(part >= 2**32 for part in parts):
        raise ValueError("not an object name")
    return ".".join(str(part) for part in parts)


def value_of(value: Any) -> Optional[Value]:
    """A value of pysnmp in our terms; None for NULL, noSuchObject, noSuchInstance and endOfMibView."""
    from pyasn1.type import univ
    from pysnmp.proto import rfc1902

    if isinstance(value, univ.Null):  # the three exceptions are Nulls as well
        return None
    if isinstance(value, univ.ObjectIdentifier):
        return _dotted(value)
    if isinstance(value, univ.Integer):
        return int(value)
    raw = bytes(value.asOctets())
    if value.tagSet == rfc1902.IpAddress.tagSet and len(raw) == 4:
        return ".".join(str(byte) for byte in raw)
    return raw


class _UserSession(WireSession):
    """SNMP v3: pysnmp's engine, run one request at a time."""

    version = "3"

    def __init__(self, address: Tuple[int, Any], credential: Credential, timeout_s: float, retries: int) -> None:
        import asyncio

        from pysnmp.hlapi.v3arch import asyncio as hlapi

        self._hlapi: Any = hlapi
        self._loop = asyncio.new_event_loop()
        self._engine: Any = hlapi.SnmpEngine()
        kind = hlapi.Udp6TransportTarget if address[0] == socket.AF_INET6 else hlapi.UdpTransportTarget
        create = kind.create(tuple(address[1][:2]), timeout=timeout_s, retries=retries)
        self._target: Any = self._loop.run_until_complete(create)
        self._user = _user(hlapi, credential)
        self._context: Any = hlapi.ContextData()

    def hurry(self, timeout_s: float) -> None:
        self._target.timeout, self._target.retries = min(timeout_s, self._target.timeout), 0

    def close(self) -> None:
        close = getattr(self._engine, "close_dispatcher", None) or getattr(self._engine, "closeDispatcher", None)
        if close is not None:
            close()
            self._loop.call_soon(self._loop.stop)  # one more round: the sockets are closed in it
            self._loop.run_forever()
        self._loop.close()

    def request(self, kind: str, oids: Sequence[str], repetitions: int = 0) -> Optional[Reply]:
        self.trouble = ""
        try:
            return self._loop.run_until_complete(self._asked(kind, oids, repetitions))
        except Exception as error:  # a device's bytes pass through many layers of pysnmp, each with its own errors
            self.trouble = "{}: {}".format(type(error).__name__, error)
            return None

    async def _asked(self, kind: str, oids: Sequence[str], repetitions: int) -> Optional[Reply]:
        hlapi = self._hlapi
        call = _named(hlapi, kind + "_cmd", kind + "Cmd")
        rows = [hlapi.ObjectType(hlapi.ObjectIdentity(oid)) for oid in oids]
        numbers = (0, repetitions) if kind == "bulk" else ()
        trouble, status, index, table = await call(
            self._engine, self._user, self._target, self._context, *numbers, *rows, lookupMib=False
        )
        if trouble:
            self.trouble = str(trouble)
            return None
        found = [(_dotted(row[0]), value_of(row[1])) for row in _flat(table)]
        return Reply(int(status), int(index), tuple(found))


def _flat(table: Any) -> List[Any]:
    """Rows of an answer: next and bulk give a list of lists in some releases of pysnmp."""
    rows: List[Any] = []
    for row in table:
        rows.extend(row) if isinstance(row, list) else rows.append(row)
    return rows


def _user(hlapi: Any, credential: Credential) -> Any:
    auth = {
        "": "USM_AUTH_NONE", "MD5": "USM_AUTH_HMAC96_MD5", "SHA": "USM_AUTH_HMAC96_SHA",
        "SHA224": "USM_AUTH_HMAC128_SHA224", "SHA256": "USM_AUTH_HMAC192_SHA256",
        "SHA384": "USM_AUTH_HMAC256_SHA384", "SHA512": "USM_AUTH_HMAC384_SHA512",
    }  # fmt: skip
    priv = {
        "": "USM_PRIV_NONE", "DES": "USM_PRIV_CBC56_DES", "AES": "USM_PRIV_CFB128_AES",
        "AES192": "USM_PRIV_CFB192_AES_BLUMENTHAL", "AES256": "USM_PRIV_CFB256_AES_BLUMENTHAL",
        "AES192C": "USM_PRIV_CFB192_AES", "AES256C": "USM_PRIV_CFB256_AES",
    }  # fmt: skip
    if credential.priv:
        try:
            import cryptography  # noqa: F401
        except ImportError as error:
            raise SessionError(
                "Mã hóa SNMP v3 cần thư viện cryptography; cài bằng: pip install cryptography"
            ) from error
    return hlapi.UsmUserData(
        credential.user, credential.auth_key or None, credential.priv_key or None,
        authProtocol=getattr(hlapi, auth[credential.auth]), privProtocol=getattr(hlapi, priv[credential.priv]),
    )  # fmt: skip
