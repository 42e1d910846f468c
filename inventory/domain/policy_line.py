"""Where agents measure their line: the two addresses among the policy values."""

from __future__ import annotations

import re
from typing import Any, Protocol
from urllib.parse import urlsplit

from inventory.domain.problem import BadValue

_PORT = re.compile(r":([0-9]{1,5})\Z")
_HOST_PORT = re.compile(r"(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):([0-9]{1,5})\Z")


class _Rule(Protocol):
    @property
    def key(self) -> str: ...


def reflector(rule: _Rule, value: Any) -> str:
    """ "": no packets; ":8620": that port of the collector's own host; "host:port"."""
    text = value.strip().lower() if isinstance(value, str) else None
    if text == "":
        return text
    found = None if text is None or len(text) > 255 else _PORT.match(text) or _HOST_PORT.match(text)
    if text is None or found is None or not 0 < int(found[1]) < 65536:
        raise BadValue(rule.key, "{value!r} không phải địa chỉ dùng được", "viết :8620 hoặc máy:cổng", value=value)
    return text


def ndt7(rule: _Rule, value: Any) -> str:
    """ "": no throughput tests; ":8621": that port of the collector's own host, with its scheme; "https://host:port"."""
    text = value.strip().rstrip("/") if isinstance(value, str) else None
    if text == "":
        return text
    good = False
    if text is not None and len(text) <= 400 and not any(char.isspace() for char in text):
        found = _PORT.match(text)
        if found is not None:
            good = 0 < int(found[1]) < 65536
        else:
            try:
                parts = urlsplit(text)
                good = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
                good = good and parts.path == "" and not parts.query and not parts.fragment and parts.port != 0
            except ValueError:
                good = False
    if text is None or not good:
        raise BadValue(
            rule.key, "{value!r} không phải địa chỉ dùng được", "viết :8621 hoặc https://máy:cổng", value=value
        )
    return text
