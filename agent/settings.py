"""The settings file (INI). Every setting is declared once, in SETTINGS; the sample file is made from it.

Strict on purpose: a key that is misspelt and passed over leaves a commune PC silent for months, and nobody there
looks. So unknown sections and keys and doubtful values are refused, with file, [section] key, and what to do.
"""

from __future__ import annotations

import configparser
import dataclasses
import os
import re
import sys
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, NoReturn, Tuple
from urllib.parse import urlsplit

from . import settings_values as values
from .errors import SettingsError
from .routes import Route, without_password
from .wire.sections import SECTIONS

NAME = "gapwatch-agent"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_CSIDL_COMMON_APPDATA = 0x23
_MAX_FILE = 256 * 1024
_SERVER_SECTION = re.compile(r"server ([1-9])\Z")  # what one address has of its own


@dataclass(frozen=True)
class Settings:
    servers: Tuple[str, ...] = ()
    allow_plain_http: bool = False
    ca_file: str = ""
    proxy: str = ""
    state_dir: str = ""  # after load(): never empty
    log_file: str = ""  # after load(): never empty
    log_level: str = "info"
    disabled_probes: Tuple[str, ...] = ()
    pause: bool = False
    scan_enabled: bool = True
    snmp_communities: Tuple[str, ...] = ()
    relay: str = "auto"  # yes | no | auto: as the collector's policy says
    relay_hosts: Tuple[str, ...] = ()  # before those of the policy
    routes: Tuple[Route, ...] = ()  # after load(): one per server
    source: str = ""  # the file it came from


@dataclass(frozen=True)
class Setting:
    section: str
    key: str
    default: str
    help: str
    parse: Callable[[str], Any]
    field: str = ""  # of Settings, when it is not the key


SETTINGS = (
    Setting(
        "agent", "server", "",
        "Địa chỉ máy chủ thu thập, ví dụ https://gapwatch.tinh.gov.vn. Có thể ghi nhiều địa chỉ, cách nhau bằng dấu\n"
        "phẩy: thử từ trái sang phải, địa chỉ nào dùng được thì giữ. Lệnh enrol tự ghi dòng này.\n"
        "Địa chỉ thứ hai cần chứng thư hay proxy riêng thì thêm mục [server 2] có ca_file, proxy.",
        values.servers, "servers",
    ),
    Setting(
        "agent", "ca_file", "",
        "Tệp chứng thư số (PEM) dùng để kiểm tra máy chủ. Để trống: dùng danh sách chứng thư công cộng.", values.path,
    ),
    Setting(
        "agent", "proxy", "",
        "Máy chủ trung gian (proxy) để ra mạng: http://10.0.0.1:3128 hoặc http://TÊN:MẬT_KHẨU@10.0.0.1:3128;\n"
        "system: theo thiết đặt của hệ điều hành; none hoặc để trống: nối trực tiếp.",
        values.proxy,
    ),
    Setting(
        "agent", "state_dir", "",
        "Thư mục dữ liệu của chương trình. Để trống: /var/lib/gapwatch-agent trên Linux,\n"
        "ProgramData\\gapwatch-agent trên Windows.",
        values.path,
    ),
    Setting("agent", "log_file", "", "Tệp nhật ký. Để trống: gapwatch-agent.log trong thư mục dữ liệu.", values.path),
    Setting("agent", "log_level", "info", "Mức nhật ký: debug, info, warning hoặc error.", values.level),
    Setting(
        "agent", "allow_plain_http", "no",
        "yes: chấp nhận máy chủ http:// không mã hóa. Chỉ dùng để thử; trên cùng một máy thì không cần.", values.flag,
    ),
    Setting(
        "probes", "disabled", "",
        "Các phép đo tắt tại máy này, cách nhau bằng dấu phẩy: {}.".format(", ".join(SECTIONS)),
        values.probes, "disabled_probes",
    ),
    Setting("local", "pause", "no", "yes: tạm ngừng đo và gửi trên máy này cho đến khi đổi lại thành no.", values.flag),
    Setting(
        "scan", "enabled", "yes",
        "no: máy này không bao giờ quét mạng nội bộ, dù máy chủ giao việc. Tắt tạm thời thì chạy: gapwatch-agent scan off",
        values.flag, "scan_enabled",
    ),
    Setting("scan", "snmp_communities", "", "Chuỗi SNMP chỉ đọc của thiết bị tại đây, cách nhau bằng dấu phẩy.", values.words),
    Setting(
        "relay", "enabled", "auto",
        "yes: máy này chuyển tiếp báo cáo niêm phong của máy khác trong mạng nội bộ; no: không bao giờ;\n"
        "auto: theo chính sách của tỉnh.",
        values.relay, "relay",
    ),
    Setting(
        "relay", "hosts", "",
        "Máy chuyển tiếp tại đây, dùng khi không nối được máy chủ nào, ví dụ 192.168.1.20; cách nhau bằng dấu phẩy.",
        values.hosts, "relay_hosts",
    ),
)  # fmt: skip

_OWN = {setting.key: setting for setting in SETTINGS if setting.key in ("ca_file", "proxy")}  # of one address


def load(path: str, overrides: Dict[str, str] = {}) -> Settings:  # noqa: B006  (read only)
    """The settings of a file; a file that is not there is an empty one. `overrides`: values by "section.key"."""
    texts = _read(path)
    texts.update(overrides)
    found: Dict[str, Any] = {}
    for setting in SETTINGS:
        text = texts.get(setting.section + "." + setting.key, setting.default)
        try:
            found[setting.field or setting.key] = setting.parse(text)
        except values.Refused as problem:
            _refuse(path, setting.section, setting.key, "{!r} {}".format(without_password(text), problem))
    return _complete(Settings(source=path, **found), texts)


def example_text() -> str:
    """config/gapwatch-agent.example.ini: every setting with its help and its default."""
    lines = ["# Thiết đặt của gapwatch-agent. Lưu tệp ở dạng UTF-8. Dòng trống giá trị nghĩa là mặc định."]
    section = ""
    for setting in SETTINGS:
        if setting.section != section:
            section = setting.section
            lines += ["", "[{}]".format(section)]
        lines += ["", *("# " + line for line in setting.help.split("\n"))]
        lines.append("{} = {}".format(setting.key, setting.default).rstrip())
    return "\n".join(lines) + "\n"


def with_values(text: str, values: Dict[str, str]) -> str:
    """The text of a settings file with some "section.key" values put in; comments and the rest stay."""
    lines = text.splitlines() or example_text().splitlines()
    for name, value in values.items():
        section, key = name.split(".")
        _put(lines, section, key, "{} = {}".format(key, value).rstrip())
    return "\n".join(lines) + "\n"


def default_file() -> str:
    if sys.platform == "win32":
        return os.path.join(_program_data(), NAME, NAME + ".ini")
    return "/etc/{0}/{0}.ini".format(NAME)


def default_state_dir() -> str:
    return os.path.join(_program_data(), NAME) if sys.platform == "win32" else "/var/lib/" + NAME


def _program_data() -> str:
    # %ProgramData% of a service can differ from a user's; the shell's answer is the same for both.
    import ctypes

    buffer = ctypes.create_unicode_buffer(260)
    shell = ctypes.windll.shell32  # type: ignore[attr-defined]
    if shell.SHGetFolderPathW(None, _CSIDL_COMMON_APPDATA, None, 0, buffer) != 0:
        return os.environ.get("PROGRAMDATA", "C:\\ProgramData")
    return buffer.value


def _read(path: str) -> Dict[str, str]:
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_FILE)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(
            "Không đọc được tệp thiết đặt {}: {}".format(path, error.strerror), "Kiểm tra quyền đọc tệp"
        ) from None
    parser = configparser.ConfigParser(interpolation=None, default_section="\0", delimiters=("=",), strict=True)
    try:
        parser.read_string(data.decode("utf-8-sig"))  # Notepad puts a byte order mark in front
    except UnicodeDecodeError:
        raise SettingsError(
            "Tệp thiết đặt {} không ở dạng UTF-8".format(path), "Mở bằng Notepad, chọn Lưu thành, Mã hóa: UTF-8"
        ) from None
    except configparser.Error as error:
        raise SettingsError(
            "Tệp thiết đặt {} sai cú pháp: {}".format(path, _told(error)),
            "Sửa dòng đó theo mẫu gapwatch-agent.example.ini",
        ) from None
    return _known(path, parser)


def _told(error: configparser.Error) -> str:
    line = getattr(error, "lineno", None)
    if isinstance(error, configparser.DuplicateOptionError):
        return "dòng {}: [{}] {} được ghi hai lần".format(line, error.section, error.option)
    if isinstance(error, configparser.DuplicateSectionError):
        return "dòng {}: mục [{}] được ghi hai lần".format(line, error.section)
    if isinstance(error, configparser.MissingSectionHeaderError):
        return "dòng {}: phải có một mục như [agent] đứng trước".format(line)
    if isinstance(error, configparser.ParsingError) and error.errors:
        return "dòng {}: phải có dạng tên = giá trị".format(error.errors[0][0])
    return " ".join(str(error).split())


def _known(path: str, parser: configparser.ConfigParser) -> Dict[str, str]:
    keys: Dict[str, List[str]] = {}
    for setting in SETTINGS:
        keys.setdefault(setting.section, []).append(setting.key)
    texts = {}
    for section in parser.sections():
        if _SERVER_SECTION.match(section):
            keys[section] = list(_OWN)
        if section not in keys:
            raise SettingsError(
                "{}: không có mục [{}]".format(path, section),
                "Xóa mục này hoặc sửa thành: {}".format(", ".join("[{}]".format(name) for name in keys)),
            )
        for key, value in parser.items(section):
            if key not in keys[section]:
                _refuse(path, section, key, "không phải là một thiết đặt; có: {}".format(", ".join(keys[section])))
            texts[section + "." + key] = value.strip()
    return texts


def _complete(settings: Settings, texts: Dict[str, str]) -> Settings:
    """Checks between settings, and the defaults that depend on the platform."""
    settings = dataclasses.replace(settings, routes=_routes(settings, texts))
    for server in settings.servers:
        parts = urlsplit(server)
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not settings.allow_plain_http:
            _refuse(
                settings.source, "agent", "server",
                "{!r} không mã hóa; dùng https:// (chỉ khi thử nghiệm mới đặt allow_plain_http = yes)".format(server),
            )  # fmt: skip
    for path in sorted({settings.ca_file, *(route.ca_file for route in settings.routes)} - {""}):
        if not os.path.isfile(path):
            section = "agent" if path == settings.ca_file else "server"
            _refuse(settings.source, section, "ca_file", "không có tệp {}; chép tệp vào đó".format(path))
    state_dir = settings.state_dir or default_state_dir()
    log_file = settings.log_file or os.path.join(state_dir, NAME + ".log")
    return dataclasses.replace(settings, state_dir=state_dir, log_file=log_file)


def _routes(settings: Settings, texts: Dict[str, str]) -> Tuple[Route, ...]:
    """The way to each address: [server N] where it has one of its own, else [agent]."""
    routes = [Route(server, settings.ca_file, settings.proxy) for server in settings.servers]
    for name, text in texts.items():
        section, _, key = name.partition(".")
        own = _SERVER_SECTION.match(section)
        if own is None:
            continue
        number = int(own.group(1))
        if number > len(routes):
            _refuse(settings.source, section, key, "chỉ có {} địa chỉ ở [agent] server".format(len(routes)))
        try:
            value = _OWN[key].parse(text)
        except values.Refused as problem:
            _refuse(settings.source, section, key, "{!r} {}".format(without_password(text), problem))
        routes[number - 1] = dataclasses.replace(routes[number - 1], **{key: value})
    return tuple(routes)


def _refuse(path: str, section: str, key: str, problem: str) -> NoReturn:
    raise SettingsError("{}: [{}] {}: {}".format(path, section, key, problem))


def _put(lines: List[str], section: str, key: str, line: str) -> None:
    start = next((i for i, text in enumerate(lines) if text.strip() == "[{}]".format(section)), None)
    if start is None:
        lines += ["", "[{}]".format(section), line]
        return
    end = next((i for i in range(start + 1, len(lines)) if lines[i].lstrip().startswith("[")), len(lines))
    for index in range(start + 1, end):
        if lines[index].split("=")[0].strip().lower() == key:
            lines[index] = line
            return
    lines.insert(start + 1, line)
