"""Where a PC measures its line: the policy's addresses, with the collector's own host where they leave it out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple
from urllib.parse import urlsplit

from ..wire.exchange import AgentPolicy


@dataclass(frozen=True)
class Places:
    reflector: str = ""  # host; "": no packets are sent
    reflector_port: int = 0
    ndt7: str = ""  # URL; "": no throughput tests
    ndt7_server: str = ""  # its host:port


def places(policy: AgentPolicy, server: str) -> Places:
    """What cannot be used counts as not given: the policy page refuses it before."""
    own = _split(server)
    host, port = _host_port(policy.line_reflector, own[1])
    url = policy.line_ndt7.strip()
    if url.startswith(":"):
        url = "{}://{}{}".format(own[0], _bracketed(own[1]), url) if own[1] else ""
    scheme, name, number = _split(url)
    if scheme not in ("http", "https") or not name:
        return Places(host, port)
    return Places(host, port, url.rstrip("/"), "{}:{}".format(_bracketed(name), number))


def _host_port(text: str, own_host: str) -> Tuple[str, int]:
    host, _, port = text.strip().rpartition(":")
    host = host.strip("[]") or own_host
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        return "", 0
    return host, int(port)


def _split(url: str) -> Tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return "", "", 0
    return parts.scheme, parts.hostname or "", port


def _bracketed(host: str) -> str:
    return "[{}]".format(host) if ":" in host else host
