"""The settings file (INI). Every setting is declared once, in SETTINGS; the sample file is made from it.

Strict on purpose: a key that is misspelt and passed over leaves a commune PC silent for months, and nobody there
looks. So unknown sections and keys and doubtful values are refused, with file, [section] key, and what to do.
"""

from __future__ import annotations

import configparser
import dataclasses
import os
import sys
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, NoReturn, Tuple
from urllib.parse import urlsplit

from .errors import SettingsError
from .wire.sections import SECTIONS

NAME = "gapwatch-agent"
LOG_LEVELS = ("debug", "info", "warning", "error")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_CSIDL_COMMON_APPDATA = 0x23
_MAX_FILE = 256 * 1024


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
    source: str = ""  # the file it came from


class _Refused(ValueError):
    """Says what is wrong with one value and what to write instead."""


def _flag(text: str) -> bool:
    if text not in ("yes", "no"):
        raise _Refused("phải là yes hoặc no")
    return text == "yes"


def _path(text: str) -> str:
    if text and not os.path.isabs(text):
        raise _Refused("phải là đường dẫn đầy đủ, ví dụ {}".format(os.path.abspath(os.sep + "thu-muc")))
    return text


def _level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise _Refused("phải là một trong: {}".format(", ".join(LOG_LEVELS)))
    return text


def _url(text: str, schemes: Tuple[str, ...]) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _Refused("không phải là một địa chỉ hợp lệ") from None
    if parts.scheme not in schemes or not parts.hostname:
        raise _Refused("phải bắt đầu bằng {} và có tên máy chủ".format(" hoặc ".join(s + "://" for s in schemes)))
    if parts.query or parts.fragment or any(char <= " " for char in text) or port == 0:
        raise _Refused("không được có dấu cách, dấu ? hoặc dấu #; ví dụ https://gapwatch.tinh.gov.vn")
    return text.rstrip("/")


def _servers(text: str) -> Tuple[str, ...]:
    servers = tuple(_url(part.strip(), ("https", "http")) for part in text.split(",")) if text else ()
    if any("@" in urlsplit(server).netloc for server in servers):
        raise _Refused("không được chứa tên đăng nhập hoặc mật khẩu")
    if len(set(servers)) != len(servers):
        raise _Refused("có địa chỉ bị lặp lại; xóa bớt một địa chỉ")
    return servers


def _proxy(text: str) -> str:
    return _url(text, ("http", "https")) if text else ""


def _probes(text: str) -> Tuple[str, ...]:
    names = _words(text)
    for name in names:
        if name not in SECTIONS:
            raise _Refused("không có phép đo tên {!r}; các phép đo: {}".format(name, ", ".join(SECTIONS)))
    return names


def _words(text: str) -> Tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if text else ()


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
        "phẩy, lần lượt dùng từ trái sang phải. Lệnh enrol tự ghi dòng này.",
        _servers, "servers",
    ),
    Setting(
        "agent", "ca_file", "",
        "Tệp chứng thư số (PEM) dùng để kiểm tra máy chủ. Để trống: dùng danh sách chứng thư công cộng.", _path,
    ),
    Setting(
        "agent", "proxy", "",
        "Máy chủ trung gian (proxy) để ra mạng, ví dụ http://10.0.0.1:3128. Để trống: nối trực tiếp.", _proxy,
    ),
    Setting(
        "agent", "state_dir", "",
        "Thư mục dữ liệu của chương trình. Để trống: /var/lib/gapwatch-agent trên Linux,\n"
        "ProgramData\\gapwatch-agent trên Windows.",
        _path,
    ),
    Setting("agent", "log_file", "", "Tệp nhật ký. Để trống: gapwatch-agent.log trong thư mục dữ liệu.", _path),
    Setting("agent", "log_level", "info", "Mức nhật ký: debug, info, warning hoặc error.", _level),
    Setting(
        "agent", "allow_plain_http", "no",
        "yes: chấp nhận máy chủ http:// không mã hóa. Chỉ dùng để thử; trên cùng một máy thì không cần.", _flag,
    ),
    Setting(
        "probes", "disabled", "",
        "Các phép đo tắt tại máy này, cách nhau bằng dấu phẩy: {}.".format(", ".join(SECTIONS)),
        _probes, "disabled_probes",
    ),
    Setting("local", "pause", "no", "yes: tạm ngừng đo và gửi trên máy này cho đến khi đổi lại thành no.", _flag),
    Setting(
        "scan", "enabled", "yes",
        "no: máy này không bao giờ quét mạng nội bộ, dù máy chủ giao việc. Tắt tạm thời thì chạy: gapwatch-agent scan off",
        _flag, "scan_enabled",
    ),
    Setting("scan", "snmp_communities", "", "Chuỗi SNMP chỉ đọc của thiết bị tại đây, cách nhau bằng dấu phẩy.", _words),
)  # fmt: skip


def load(path: str, overrides: Dict[str, str] = {}) -> Settings:  # noqa: B006  (read only)
    """The settings of a file; a file that is not there is an empty one. `overrides`: values by "section.key"."""
    texts = _read(path)
    texts.update(overrides)
    values: Dict[str, Any] = {}
    for setting in SETTINGS:
        text = texts.get(setting.section + "." + setting.key, setting.default)
        try:
            values[setting.field or setting.key] = setting.parse(text)
        except _Refused as problem:
            _refuse(path, setting.section, setting.key, "{!r} {}".format(text, problem))
    return _complete(Settings(source=path, **values))


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


def _complete(settings: Settings) -> Settings:
    """Checks between settings, and the defaults that depend on the platform."""
    for server in settings.servers:
        parts = urlsplit(server)
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not settings.allow_plain_http:
            _refuse(
                settings.source, "agent", "server",
                "{!r} không mã hóa; dùng https:// (chỉ khi thử nghiệm mới đặt allow_plain_http = yes)".format(server),
            )  # fmt: skip
    if settings.ca_file and not os.path.isfile(settings.ca_file):
        _refuse(settings.source, "agent", "ca_file", "không có tệp {}; chép tệp vào đó".format(settings.ca_file))
    state_dir = settings.state_dir or default_state_dir()
    log_file = settings.log_file or os.path.join(state_dir, NAME + ".log")
    return dataclasses.replace(settings, state_dir=state_dir, log_file=log_file)


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
