"""What values a policy key takes: text from a form, JSON or TOML -> a typed value, or a BadValue that names the key."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from inventory.domain import policy_line
from inventory.domain.hours import WEEKDAYS, Hours, OpeningHours
from inventory.domain.problem import BadValue

Pairs = tuple[tuple[str, str], ...]
"""Pairs of texts: (name, URL) or (system, date)."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
_HOST = re.compile(r"(?=.*\.)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\Z")
_RELAY = re.compile(r"([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(:[1-9]\d{0,4})?\Z")
SNMP_AUTH = ("", "SHA", "SHA224", "SHA256", "SHA384", "SHA512")
SNMP_PRIV = ("", "AES", "AES192", "AES256")
_SNMP_USER = "tên | SHA256 | khóa xác thực | AES | khóa mã hóa"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")


class _Rule(Protocol):
    """The part of policy_rules.Rule that is needed here."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


def parse_value(rule: _Rule, value: Any) -> Any:
    """A value as JSON, TOML or a form gives it -> typed. Raises BadValue with the remedy."""
    return _PARSERS[rule.kind](rule, value)


def plain_value(value: Any) -> Any:
    """A typed value as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [plain_value(item) for item in value]
    return value


def _int(rule: _Rule, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d{1,15}\s*", value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(rule.key, "phải là số nguyên", "ví dụ {example:g}", example=rule.low or 0)
    return _bounded(rule, value)


def _float(rule: _Rule, value: Any) -> float:
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(",", "."))
        except ValueError:
            value = None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadValue(rule.key, "phải là một số", "ví dụ {example:g}", example=rule.low or 0)
    return float(_bounded(rule, value))


def _bounded(rule: _Rule, value: Any) -> Any:
    low, high = rule.low, rule.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise BadValue(
            rule.key,
            "{value:g} nằm ngoài khoảng cho phép",
            "chọn từ {low:g} đến {high:g}",
            value=value,
            low=low,
            high=high,
        )
    return value


def _bool(rule: _Rule, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise BadValue(rule.key, "phải là true hoặc false", "chọn một trong hai")


def _text(rule: _Rule, value: Any) -> str:
    if not isinstance(value, str) or len(value) > 400 or any(ord(char) < 32 for char in value):
        raise BadValue(rule.key, "phải là một dòng chữ, không quá 400 ký tự", "rút gọn hoặc bỏ ký tự lạ")
    return value.strip()


def _url(rule: _Rule, value: Any) -> str:
    return _check_url(rule, _text(rule, value), ("http",)) if value != "" else ""


def _target(rule: _Rule, value: Any) -> str:
    return _check_target(rule, _text(rule, value)) if value != "" else ""


def _check_target(rule: _Rule, url: str) -> str:
    _check_url(rule, url, ("http", "https", "tcp"))
    if url.startswith("tcp://") and urlsplit(url).port is None:
        raise BadValue(rule.key, "{url!r} thiếu cổng", "viết tcp://máy:cổng", url=url)
    return url


def _check_url(rule: _Rule, url: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc
        _ = parts.port
    except ValueError:
        good = False
    if not good or any(char.isspace() for char in url):
        raise BadValue(
            rule.key,
            "{url!r} không phải địa chỉ dùng được",
            "bắt đầu bằng {good}://",
            url=url,
            good="|".join(schemes),
        )
    return url


def _day(rule: _Rule, value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise BadValue(rule.key, "phải là một ngày", "viết năm-tháng-ngày, ví dụ 2026-09-15") from None


def _weekday(rule: _Rule, value: Any) -> str:
    if value not in WEEKDAYS:
        raise BadValue(rule.key, "phải là một thứ trong tuần", "chọn mon, tue, wed, thu, fri, sat hoặc sun")
    return str(value)


def _time(rule: _Rule, value: Any) -> str:
    if not isinstance(value, str) or not _TIME.match(value):
        raise BadValue(rule.key, "phải là giờ trong ngày", "viết giờ:phút, ví dụ 07:00")
    return value


def _lines(value: Any) -> Any:
    """A form sends a list as one entry per line."""
    return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else value


def _ints(rule: _Rule, value: Any) -> tuple[int, ...]:
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, (list, tuple)) or not value:
        raise BadValue(rule.key, "phải là danh sách số nguyên", "ví dụ 7, 14, 30")
    numbers = tuple(_int(rule, item) for item in value)
    if list(numbers) != sorted(set(numbers)):
        raise BadValue(rule.key, "các số phải tăng dần", "ví dụ 7, 14, 30")
    return numbers


def _names(rule: _Rule, value: Any) -> tuple[str, ...]:
    value = _lines(value)
    if not isinstance(value, (list, tuple)):
        raise BadValue(rule.key, "phải là danh sách tên", "mỗi dòng một tên")
    for item in value:
        if not isinstance(item, str) or not _NAME.match(item):
            raise BadValue(rule.key, "{item!r} không phải tên phép đo", "dùng chữ thường, ví dụ counters", item=item)
    return tuple(dict.fromkeys(value))


def _pairs(rule: _Rule, value: Any, example: str) -> list[tuple[str, str]]:
    rows = _lines(value)
    if not isinstance(rows, (list, tuple)):
        raise BadValue(rule.key, "phải là danh sách cặp", "mỗi dòng: {example}", example=example)
    found: list[tuple[str, str]] = []
    for row in rows:
        pair = [part.strip() for part in row.split("|")] if isinstance(row, str) else list(row)
        if len(pair) != 2 or not all(isinstance(part, str) and part for part in pair):
            raise BadValue(rule.key, "{row!r} không phải một cặp", "viết: {example}", row=row, example=example)
        found.append((pair[0], pair[1]))
    return found


def _targets(rule: _Rule, value: Any) -> Pairs:
    pairs = _pairs(rule, value, "Một cửa điện tử | https://mot-cua.example.gov.vn/")
    if len(pairs) > 30:
        raise BadValue(rule.key, "nhiều hơn 30 địa chỉ", "bớt đi: mỗi địa chỉ tốn thời gian và băng thông của xã")
    for name, url in pairs:
        _text(rule, name)
        _check_target(rule, url)
    return tuple(pairs)


def _host_names(rule: _Rule, value: Any) -> tuple[str, ...]:
    rows = _lines(value)
    if not isinstance(rows, (list, tuple)) or len(rows) > 8:
        raise BadValue(rule.key, "phải là danh sách tên miền, không quá 8", "mỗi dòng một tên, ví dụ chinhphu.vn")
    for item in rows:
        if not isinstance(item, str) or len(item) > 253 or not _HOST.match(item):
            raise BadValue(rule.key, "{item!r} không phải tên miền", "ví dụ chinhphu.vn", item=item)
    return tuple(dict.fromkeys(item.lower() for item in rows))


def _relay_hosts(rule: _Rule, value: Any) -> tuple[str, ...]:
    rows = _lines(value)
    if not isinstance(rows, (list, tuple)) or len(rows) > 4:
        raise BadValue(rule.key, "phải là danh sách máy, không quá 4", "mỗi dòng một máy, ví dụ 192.168.1.20")
    for item in rows:
        if not isinstance(item, str) or len(item) > 120 or not _RELAY.match(item):
            raise BadValue(rule.key, "{item!r} không phải tên hay địa chỉ máy", "ví dụ 192.168.1.20", item=item)
    return tuple(dict.fromkeys(item.lower() for item in rows))


def _communities(rule: _Rule, value: Any) -> tuple[str, ...]:
    rows = _lines(value)
    if not isinstance(rows, (list, tuple)) or len(rows) > 5:
        raise BadValue(rule.key, "phải là danh sách không quá 5 mật khẩu", "mỗi dòng một mật khẩu đọc SNMP")
    for item in rows:
        if not isinstance(item, str) or not 1 <= len(item) <= 64 or not item.isascii() or not item.isprintable():
            raise BadValue(
                rule.key, "có một mật khẩu không hợp lệ", "chỉ dùng chữ không dấu, số, dấu; không quá 64 ký tự"
            )
    return tuple(dict.fromkeys(rows))


def _snmp_users(rule: _Rule, value: Any) -> tuple[tuple[str, ...], ...]:
    rows = _lines(value)
    if not isinstance(rows, (list, tuple)) or len(rows) > 5:
        raise BadValue(rule.key, "phải là danh sách không quá 5 người dùng", "mỗi dòng: {example}", example=_SNMP_USER)
    found: list[tuple[str, ...]] = []
    for row in rows:
        parts = [part.strip() for part in row.split("|")] if isinstance(row, str) else list(row)
        good = len(parts) == 5 and all(isinstance(part, str) and len(part) <= 64 for part in parts) and bool(parts[0])
        if not good or parts[1].upper() not in SNMP_AUTH or parts[3].upper() not in SNMP_PRIV:
            raise BadValue(rule.key, "có một dòng không hợp lệ", "viết: {example}", example=_SNMP_USER)
        auth, priv = parts[1].upper(), parts[3].upper()
        if (auth and len(parts[2]) < 8) or (priv and (not auth or len(parts[4]) < 8)):
            raise BadValue(rule.key, "khóa của {user} ngắn hơn 8 ký tự", "đặt khóa dài hơn", user=parts[0])
        found.append((parts[0], auth, parts[2], priv, parts[4]))
    return tuple(found)


def _dated(rule: _Rule, value: Any) -> Pairs:
    pairs = _pairs(rule, value, "windows 10 | 2025-10-14")
    return tuple((" ".join(name.lower().split()), _day(rule, day).isoformat()) for name, day in pairs)


def _hours(rule: _Rule, value: Any) -> Hours:
    try:
        return OpeningHours.parse(_pairs(rule, value, "mon-fri | 07:30-11:30")).written
    except BadValue as error:
        raise error.at(rule.key) from None


_PARSERS: dict[str, Callable[[Any, Any], Any]] = {
    "int": _int,
    "float": _float,
    "bool": _bool,
    "text": _text,
    "url": _url,
    "date": _day,
    "weekday": _weekday,
    "time": _time,
    "ints": _ints,
    "names": _names,
    "target": _target,
    "line_reflector": policy_line.reflector,
    "line_ndt7": policy_line.ndt7,
    "targets": _targets,
    "dated": _dated,
    "hours": _hours,
    "names_hosts": _host_names,
    "communities": _communities,
    "snmp_users": _snmp_users,
    "relay_hosts": _relay_hosts,
}
