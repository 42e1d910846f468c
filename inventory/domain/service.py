"""The province's services that communes must reach, as the file config/services.toml lists them. Pure.

    [[service]]
    name = "Cổng dịch vụ công của tỉnh"      # as people see it; at most 80 letters, each name once
    url = "https://dichvucong.example.gov.vn/"   # or: tcp = "may-chu.example.gov.vn:443"
    group = "Một cửa điện tử"                # heading of the matrix; optional
    network = "internet"                     # internet | government: the network on which it lives
    from = ["tru_so_chinh"]                  # roles of sites that need it; left out: all of them

A wrong file is refused as a whole, with the line and the remedy.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from inventory.domain.problem import BadValue
from inventory.domain.service_reach import RESERVED

FILE = "services.toml"
MOST = 24
"""Agents try no more targets than this at a time."""
ROLES = (
    "tru_so_chinh", "tru_so_khac", "trung_tam_hcc", "truong_hoc", "tram_y_te", "cong_an", "van_hoa", "khac",
)  # fmt: skip
NETWORKS = ("internet", "government")

_KEYS = ("name", "url", "tcp", "group", "network", "from")
_LONGEST = {"name": 80, "group": 60, "url": 300, "tcp": 260}
_TABLE = re.compile(r"\s*\[\[\s*service\s*\]\]\s*(#.*)?\Z")
_LINE = re.compile(r"\(at line (\d+), column \d+\)")

Network = Literal["internet", "government"]


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `url` is what agents are told: http(s)://... or tcp://host:port."""

    name: str
    url: str
    group: str = ""
    network: Network = "internet"
    roles: tuple[str, ...] = ()  # () : every role
    sample: bool = False  # for show: agents are not told

    def needed_by(self, role: str) -> bool:
        return not self.roles or role in self.roles


def parse_services(text: str, file: str = FILE) -> tuple[Service, ...]:
    """Text of the file -> services in its order. Raises BadValue that names file, line and remedy."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(error, file) from None
    book = _Book(file, text)
    unknown = sorted(set(document) - {"service"})
    if unknown:
        raise book.wrong(None, unknown[0], "khóa lạ", "chỉ viết các bảng [[service]]")
    tables = document.get("service", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise book.wrong(None, "service", "phải là danh sách bảng", "viết [[service]] trước mỗi dịch vụ")
    found = tuple(_service(book, at, table) for at, table in enumerate(tables))
    _check_together(book, found)
    return found


def _service(book: _Book, at: int, table: Mapping[str, Any]) -> Service:
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        raise book.wrong(at, unknown[0], "khóa lạ", "chỉ dùng name, url hoặc tcp, group, network, from")
    name, group = _text(book, at, table, "name"), _text(book, at, table, "group")
    if not name:
        raise book.wrong(at, "name", "thiếu tên dịch vụ", 'thêm dòng name = "..."')
    if name in RESERVED:
        raise book.wrong(at, "name", "tên này dành riêng cho phần mềm", "đặt tên khác")
    network = table.get("network", "internet")
    if network not in NETWORKS:
        raise book.wrong(at, "network", "phải là internet hoặc government", "government là mạng TSLCD")
    return Service(name, _target(book, at, table), group, network, _roles(book, at, table))


def _text(book: _Book, at: int, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str) or len(value) > _LONGEST[key] or any(ord(char) < 32 for char in value):
        raise book.wrong(at, key, "phải là một dòng chữ, không quá {most} ký tự", "rút gọn", most=_LONGEST[key])
    return " ".join(value.split())


def _target(book: _Book, at: int, table: Mapping[str, Any]) -> str:
    url, tcp = _text(book, at, table, "url"), _text(book, at, table, "tcp")
    if bool(url) == bool(tcp):
        where = "url" if url else "name"
        raise book.wrong(at, where, "cần đúng một trong hai: url hoặc tcp", 'ví dụ url = "https://may-chu.gov.vn/"')
    if tcp:
        if not _is_address("tcp://" + tcp, ("tcp",)) or "/" in tcp:
            raise book.wrong(at, "tcp", "không phải máy và cổng", 'viết tcp = "may-chu.gov.vn:443"')
        return "tcp://" + tcp
    if not _is_address(url, ("http", "https")):
        raise book.wrong(at, "url", "không phải địa chỉ dùng được", "bắt đầu bằng https:// hoặc http://")
    return url


def _is_address(url: str, schemes: Sequence[str]) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    good = parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc
    return good and (parts.scheme != "tcp" or bool(port)) and not any(char.isspace() for char in url)


def _roles(book: _Book, at: int, table: Mapping[str, Any]) -> tuple[str, ...]:
    value = table.get("from", [])
    rows = [value] if isinstance(value, str) else value
    if not isinstance(rows, list) or not all(isinstance(role, str) for role in rows):
        raise book.wrong(at, "from", "phải là danh sách loại địa điểm", 'ví dụ from = ["tru_so_chinh"]')
    for role in rows:
        if role not in ROLES:
            raise book.wrong(
                at, "from", "không có loại địa điểm {role!r}", "chọn trong: {roles}", role=role, roles=", ".join(ROLES)
            )
    return tuple(dict.fromkeys(rows))


def _check_together(book: _Book, found: Sequence[Service]) -> None:
    if len(found) > MOST:
        raise book.wrong(
            MOST, "service", "nhiều hơn {most} dịch vụ", "bớt đi: mỗi dịch vụ tốn băng thông của mọi xã", most=MOST
        )
    names: dict[str, int] = {}
    for at, service in enumerate(found):
        if service.name.casefold() in names:
            raise book.wrong(at, "name", "tên {name!r} đã dùng ở trên", "mỗi dịch vụ một tên", name=service.name)
        names[service.name.casefold()] = at


class _Book:
    """The file's lines, so that a wrong value can be pointed at."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = text.splitlines()
        self._tables = [number for number, line in enumerate(self._lines, 1) if _TABLE.match(line)]

    def line_of(self, at: int | None, key: str) -> int:
        """Line of a key in the at-th table (its heading when the key is not found); None: before all tables."""
        begin = self._tables[at] if at is not None and at < len(self._tables) else 0
        later = [number for number in self._tables if number > begin]
        end = later[0] - 1 if later else len(self._lines)
        pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        return next((n for n in range(begin + 1, end + 1) if pattern.match(self._lines[n - 1])), max(begin, 1))

    def wrong(self, at: int | None, key: str, problem: str, remedy: str, **params: Any) -> BadValue:
        return BadValue(self._file, problem, remedy, part=f"dòng {self.line_of(at, key)}: {key}", **params)


def _syntax(error: tomllib.TOMLDecodeError, file: str) -> BadValue:
    """A file that is no TOML at all."""
    line = _LINE.search(str(error))
    where = f"dòng {line[1]}" if line else "cuối tệp"
    return BadValue(
        file, "không đúng cú pháp TOML ({error})", "chữ phải nằm trong dấu nháy kép, mỗi khóa một dòng",
        part=where, error=_LINE.sub("", str(error)).strip().replace("{", "{{").replace("}", "}}"),
    )  # fmt: skip


def as_plain(service: Service) -> dict[str, Any]:
    """As JSON for the store."""
    return {
        "name": service.name, "url": service.url, "group": service.group, "network": service.network,
        "roles": list(service.roles), "sample": service.sample,
    }  # fmt: skip


def from_plain(row: Mapping[str, Any]) -> Service:
    """What `as_plain` wrote."""
    return Service(
        str(row["name"]), str(row["url"]), str(row.get("group", "")), row.get("network", "internet"),
        tuple(row.get("roles", ())), bool(row.get("sample")),
    )  # fmt: skip


def targets(
    services: Sequence[Service], role: str, kinds: Sequence[str], more: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """What agents of a site try, as (name, URL): the file's services that the site needs, then the policy's own.

    kinds: of the site's declared lines; () when nobody declared any. A service on a network that no declared line leads
    to is left out: that it does not answer there is no news. Where both name a service, the policy's address holds: it
    may have been set for this very site.
    """
    own = dict(more)
    found = {
        service.name: own.get(service.name, service.url)
        for service in services
        if not service.sample and service.needed_by(role) and _leads_to(service.network, kinds)
    }
    found.update((name, url) for name, url in more if name not in found)
    return tuple(list(found.items())[:MOST])


def _leads_to(network: str, kinds: Sequence[str]) -> bool:
    if not kinds or "office_link" in kinds:
        return True
    return "tslcd" in kinds if network == "government" else any(kind != "tslcd" for kind in kinds)
