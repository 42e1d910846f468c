"""One value of the settings file: its text -> a checked value, or what is wrong with it. Pure."""

from __future__ import annotations

import os
import re
from typing import Tuple
from urllib.parse import urlsplit

from .routes import NO_PROXY, SYSTEM_PROXY
from .wire.sections import SECTIONS

LOG_LEVELS = ("debug", "info", "warning", "error")
_APART = re.compile(r"[\s,]+")
_HOST = re.compile(r"([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(:[1-9]\d{0,4})?\Z")


class Refused(ValueError):
    """Says what is wrong with one value and what to write instead."""


def flag(text: str) -> bool:
    if text not in ("yes", "no"):
        raise Refused("phải là yes hoặc no")
    return text == "yes"


def path(text: str) -> str:
    if text and not os.path.isabs(text):
        raise Refused("phải là đường dẫn đầy đủ, ví dụ {}".format(os.path.abspath(os.sep + "thu-muc")))
    return text


def level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise Refused("phải là một trong: {}".format(", ".join(LOG_LEVELS)))
    return text


def url(text: str, schemes: Tuple[str, ...]) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Refused("không phải là một địa chỉ hợp lệ") from None
    if parts.scheme not in schemes or not parts.hostname:
        raise Refused("phải bắt đầu bằng {} và có tên máy chủ".format(" hoặc ".join(s + "://" for s in schemes)))
    if parts.query or parts.fragment or any(char <= " " for char in text) or port == 0:
        raise Refused("không được có dấu cách, dấu ? hoặc dấu #; ví dụ https://gapwatch.tinh.gov.vn")
    return text.rstrip("/")


def servers(text: str) -> Tuple[str, ...]:
    found = tuple(url(part, ("https", "http")) for part in _APART.split(text)) if text else ()
    if any("@" in urlsplit(server).netloc for server in found):
        raise Refused("không được chứa tên đăng nhập hoặc mật khẩu")
    if len(set(found)) != len(found):
        raise Refused("có địa chỉ bị lặp lại; xóa bớt một địa chỉ")
    return found


def proxy(text: str) -> str:
    return text if text in ("", NO_PROXY, SYSTEM_PROXY) else url(text, ("http", "https"))


def relay(text: str) -> str:
    if text not in ("auto", "yes", "no"):
        raise Refused("phải là auto, yes hoặc no")
    return text


def hosts(text: str) -> Tuple[str, ...]:
    found = tuple(_APART.split(text)) if text else ()
    for host in found:
        if not _HOST.match(host):
            raise Refused(
                "có {!r} không phải tên hay địa chỉ máy; ví dụ 192.168.1.20 hoặc 192.168.1.20:8737".format(host)
            )
    return found


def probes(text: str) -> Tuple[str, ...]:
    found = words(text)
    for name in found:
        if name not in SECTIONS:
            raise Refused("không có phép đo tên {!r}; các phép đo: {}".format(name, ", ".join(SECTIONS)))
    return found


def words(text: str) -> Tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text else ()
