"""The device that is asked and what we show it to be let in. A leaf: standard library only.

Secrets travel on a child's stdin, never on a command line, and never appear in a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict

from ..errors import AgentError

PORT = 161
MIN_V3_KEY = 8  # RFC 3414 section 11.2: shorter passphrases are refused

# names as people write them -> one spelling; what the installed library can do is known in the child only
AUTH = {"MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512"}
PRIV = {"DES", "AES", "AES192", "AES256", "AES192C", "AES256C"}  # C: key extension as in Cisco's agents
_SPELLINGS = {"SHA1": "SHA", "AES128": "AES"}


class TargetError(AgentError):
    """The command line names no device, or credentials that cannot work."""

    exit_code = 2


@dataclass(frozen=True)
class Target:
    host: str  # name or address, without brackets
    port: int = PORT

    def __str__(self) -> str:
        return ("[{}]:{}" if ":" in self.host else "{}:{}").format(self.host, self.port)


@dataclass(frozen=True)
class Credential:
    """A community (SNMP v2c, v1 as a fallback), or a user of SNMP v3."""

    community: str = ""
    user: str = ""
    auth: str = ""  # one of AUTH; "" without
    auth_key: str = ""
    priv: str = ""  # one of PRIV; "" without
    priv_key: str = ""

    def plain(self) -> Dict[str, Any]:
        return dict(self.__dict__)

    def __repr__(self) -> str:  # a traceback must not show a secret
        return "Credential(v3 user)" if self.user else "Credential(community)"


def parse_target(text: str) -> Target:
    """HOST, HOST:PORT, [IPv6], [IPv6]:PORT or a bare IPv6 address. Raises TargetError."""
    match = re.match(r"^(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|([^\[\]:\s]+))(?::(\d{1,5}))?$", text.strip())
    if match is None and text.count(":") > 1 and re.match(r"^[0-9A-Fa-f:.]+(%[\w.-]+)?$", text.strip()):
        return Target(text.strip())
    port = int(match.group(3)) if match and match.group(3) else PORT
    if match is None or not 0 < port < 65536:
        raise TargetError(
            "«{}» không phải là địa chỉ thiết bị".format(text[:80]), "Viết --target 192.168.1.1:161 hoặc [fe80::1]:161"
        )
    return Target(match.group(1) or match.group(2), port)


def check(credential: Credential) -> Credential:
    """The credential with one spelling of its algorithms. Raises TargetError."""
    auth, priv = _spelled(credential.auth), _spelled(credential.priv)
    if not credential.user:
        if not credential.community:
            raise TargetError(
                "Chưa có --community hay --v3-user", "Ghi chuỗi cộng đồng hoặc người dùng SNMP v3 của thiết bị"
            )
        if auth or priv or credential.auth_key or credential.priv_key:
            raise TargetError("Có --v3-auth hay --v3-priv mà thiếu --v3-user", "Ghi thêm --v3-user")
        return credential
    if credential.community:
        raise TargetError("Chỉ dùng một trong --community và --v3-user", "Bỏ bớt một tùy chọn")
    _check_pair("auth", auth, credential.auth_key, sorted(AUTH))
    _check_pair("priv", priv, credential.priv_key, sorted(PRIV))
    if priv and not auth:
        raise TargetError("SNMP v3 không mã hóa khi không xác thực", "Ghi thêm --v3-auth và --v3-auth-key")
    return Credential("", credential.user, auth, credential.auth_key, priv, credential.priv_key)


def _check_pair(option: str, name: str, key: str, known: Any) -> None:
    if name and name not in known:
        raise TargetError("--v3-{}: không có «{}»".format(option, name), "Chọn một trong: " + ", ".join(known))
    if bool(name) != bool(key):
        raise TargetError("--v3-{0} và --v3-{0}-key phải đi cùng nhau".format(option), "Ghi đủ cả hai")
    if key and len(key) < MIN_V3_KEY:
        raise TargetError("--v3-{}-key ngắn hơn {} ký tự".format(option, MIN_V3_KEY), "Ghi mật khẩu đúng của thiết bị")


def _spelled(name: str) -> str:
    bare = re.sub(r"[\s_-]", "", name.upper())
    return _SPELLINGS.get(bare, bare)


def parse_user(line: str) -> Credential:
    """A user of SNMP v3 as the policy writes it: "name / SHA256 / authentication key / AES / privacy key", the last two or
    four left out for less. Raises TargetError."""
    parts = [part.strip() for part in line.split(" / ")]
    if len(parts) not in (1, 3, 5) or not all(parts):
        raise TargetError("Người dùng SNMP v3 ghi sai", "Ghi: tên / SHA256 / khóa xác thực / AES / khóa mã hóa")
    return check(Credential("", *parts))
