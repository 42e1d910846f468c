"""The collector's settings: one TOML file, each setting declared once with default and help.

Order: defaults < file < environment (GAPWATCH_<NAME>). A secret may come from a file through `<name>_file`.
Unknown keys and doubtful values stop the start with a message that names the key.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class SettingsError(Exception):
    """A setting is wrong; str() names the file, the key, what is wrong and what to do."""


def _setting(default: Any, help_: str, check: Callable[[str, Any], Any] | None = None, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"help": help_, "check": check, "secret": secret})


def _port(key: str, value: Any) -> int:
    if not 0 < value < 65536:
        raise SettingsError(f"{key}: {value} không phải là cổng; ghi một số từ 1 đến 65535")
    return int(value)


def _url(key: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise SettingsError(f"{key}: {value!r} không phải là địa chỉ; ghi như https://gapwatch.tinh.gov.vn")
    return value.rstrip("/")


def _address(key: str, value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", value):
        raise SettingsError(f"{key}: {value!r} không phải là địa chỉ thư; ghi như hatang@tinh.gov.vn")
    return value


def _one_of(*allowed: str) -> Callable[[str, Any], Any]:
    def check(key: str, value: str) -> str:
        if value not in allowed:
            raise SettingsError(f"{key}: {value!r} không dùng được; chọn một trong: {', '.join(allowed)}")
        return value

    return check


def _unit(key: str, value: str) -> str:
    if not re.fullmatch(r"t\d\d\.\d+", value):
        raise SettingsError(f"{key}: {value!r} không phải là mã tỉnh; xem mã trong config/units.csv, ví dụ t52.2")
    return value


def _positive(key: str, value: Any) -> Any:
    if value <= 0:
        raise SettingsError(f"{key}: phải lớn hơn 0, đang là {value}")
    return value


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults; `load_settings` reads and checks them."""

    database_url: str = _setting(
        "sqlite:///var/gapwatch.db",
        "kho dữ liệu: tệp SQLite, hoặc postgresql://tài_khoản:mật_khẩu@máy/tên",
        secret=True,
    )
    var_dir: str = _setting("var", "thư mục cho các tệp riêng của máy thu (khóa gốc, thư mục thư, nhật ký gửi thư)")
    listen_host: str = _setting("127.0.0.1", "địa chỉ mạng mà máy thu mở cửa; 0.0.0.0: mọi địa chỉ của máy")
    listen_port: int = _setting(8080, "cổng mà máy thu mở cửa", _port)
    base_url: str = _setting(
        "http://127.0.0.1:8080",
        "địa chỉ mà người dùng và tác tử gõ, ghi trong thư và trong lệnh ghi danh; không ghi: http://<listen_host>:<listen_port>",
        _url,
    )
    trusted_proxies: str = _setting(
        "127.0.0.1", "addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas"
    )
    province_id: str = _setting("t52.2", "mã đơn vị của tỉnh, trong config/units.csv", _unit)
    units_file: str = _setting("config/units.csv", "cây đơn vị hành chính mà `gapwatch migrate` nạp")
    calendar_file: str = _setting(
        "config/calendar.vi.toml", "ngày nghỉ và ngày làm bù, cộng vào ngày lễ; để trống: những ngày bản này đã biết"
    )
    policy_file: str = _setting(
        "config/policy.toml",
        "các ngưỡng mà `gapwatch migrate` ghi vào kho mới; để trống: ngưỡng có sẵn. Sau đó sửa trên trang Chính sách",
    )
    services_file: str = _setting(
        "config/services.toml",
        "danh sách dịch vụ mà các xã phải vào được, đọc khi khởi động; để trống: không theo dõi dịch vụ nào",
    )
    run_jobs: bool = _setting(
        True, "chạy việc định kỳ ngay trong `gapwatch serve`; false khi có `gapwatch jobs` chạy riêng"
    )
    instance: str = _setting(
        "", "tên của máy thu này khi nhiều máy thu chung một kho; để trống: tên máy và số tiến trình"
    )
    master_key_file: str = _setting(
        "", "tệp khóa gốc của khóa các tác tử; để trống: <var_dir>/master.key, tự tạo ở lần chạy đầu"
    )
    smtp_host: str = _setting("", "máy chủ thư; để trống: thư nằm trong thư mục mail_dir")
    smtp_port: int = _setting(25, "cổng của máy chủ thư", _port)
    smtp_tls: str = _setting(
        "none", "cách mã hóa tới máy chủ thư: none, starttls hoặc tls", _one_of("none", "starttls", "tls")
    )
    smtp_user: str = _setting("", "tài khoản tại máy chủ thư; để trống: không đăng nhập")
    smtp_password: str = _setting("", "mật khẩu tại máy chủ thư", secret=True)
    smtp_timeout_s: float = _setting(30.0, "số giây chờ máy chủ thư", _positive)
    mail_from: str = _setting("hatang-cntt@localhost.localdomain", "địa chỉ người gửi", _address)
    mail_from_name: str = _setting("Hệ thống theo dõi hạ tầng CNTT", "tên người gửi")
    mail_dir: str = _setting("", "thư mục giữ thư khi không có máy chủ thư; để trống: <var_dir>/mail")
    mail_contact: str = _setting("", "đầu mối giải đáp, in trong thư: tên, số điện thoại")
    session_hours: float = _setting(12.0, "số giờ một lần đăng nhập còn hiệu lực", _positive)
    max_agents_hint: int = _setting(
        5000, "số tác tử dự kiến, khi nhiều hơn số đã ghi danh; dùng để giãn giờ báo lại sau khi gián đoạn", _positive
    )

    @property
    def mail_folder(self) -> Path:
        return Path(self.mail_dir or Path(self.var_dir) / "mail")

    @property
    def master_key_path(self) -> Path:
        return Path(self.master_key_file or Path(self.var_dir) / "master.key")


FIELDS: dict[str, dataclasses.Field[Any]] = {item.name: item for item in dataclasses.fields(Settings)}


def load_settings(path: str | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Reads `path` (or GAPWATCH_SETTINGS, else defaults) and the environment. Raises SettingsError."""
    environ = os.environ if environ is None else environ
    path = path or environ.get("GAPWATCH_SETTINGS") or None
    checked: dict[str, Any] = {}
    for place, values in ((path, _from_file(path) if path else {}), ("", _from_environment(environ))):
        for key, value in values.items():
            try:
                name = _name_of(key)
                checked[name] = _checked(name, value if key in FIELDS else _secret(key, value))
            except SettingsError as error:
                raise SettingsError(f"{place}: {error}" if place else f"GAPWATCH_{key.upper()}: {error}") from None
    if "base_url" not in checked:
        checked["base_url"] = f"http://{checked.get('listen_host', '127.0.0.1')}:{checked.get('listen_port', 8080)}"
    settings = Settings(**checked)
    _check_together(settings)
    return settings


def _from_file(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{path}: không đọc được tệp cài đặt ({_why(error)}); kiểm tra tên tệp và quyền đọc"
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: không ở dạng UTF-8; lưu lại tệp với mã hóa UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path}: sai cú pháp TOML ({error}); sửa dòng đó theo mẫu config/gapwatch.example.toml"
        ) from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """GAPWATCH_ variables by setting. Other programs' variables pass, a misspelt setting does not."""
    values: dict[str, Any] = {}
    for variable, value in environ.items():
        key = variable.removeprefix("GAPWATCH_").lower()
        if not variable.startswith("GAPWATCH_"):
            continue
        if _is_known(key) or difflib.get_close_matches(key, FIELDS, 1, _ALIKE):
            values[key] = value
    return values


def _is_known(key: str) -> bool:
    return key in FIELDS or (
        key.removesuffix("_file") in FIELDS and bool(FIELDS[key.removesuffix("_file")].metadata["secret"])
    )


def _name_of(key: str) -> str:
    """The setting that `key` gives, directly or through a file. Raises SettingsError for an unknown one."""
    if _is_known(key):
        return key if key in FIELDS else key.removesuffix("_file")
    alike = difflib.get_close_matches(key, FIELDS, 1, _ALIKE)
    remedy = f"có phải là {alike[0]}? " if alike else ""
    raise SettingsError(f"{key}: không có cài đặt này; {remedy}Xem mọi cài đặt: gapwatch check-config --list")


def _why(error: OSError | UnicodeDecodeError) -> str:
    """The system's reason in Vietnamese, where it is a common one."""
    if isinstance(error, FileNotFoundError):
        return "không có tệp này"
    if isinstance(error, PermissionError):
        return "không có quyền"
    return str(error.strerror) if isinstance(error, OSError) else "không ở dạng UTF-8"


def _secret(key: str, path: Any) -> str:
    try:
        return Path(str(path)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{key}: không đọc được tệp {path} ({_why(error)}); kiểm tra tên tệp và quyền đọc"
        ) from None


_ALIKE = 0.8  # how like a setting a misspelt name is
_BOOLEANS = {"true": True, "false": False}


def _checked(name: str, value: Any) -> Any:
    kind = type(FIELDS[name].default)
    if kind is not str and isinstance(value, str):
        value = _from_text(name, kind, value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        words = {str: "chữ trong dấu nháy kép", int: "số nguyên", float: "số", bool: "true hoặc false"}
        raise SettingsError(f"{name}: phải là {words[kind]}, đang là {value!r}")
    check = FIELDS[name].metadata["check"]
    return check(name, value) if check and value != FIELDS[name].default else value


def _from_text(name: str, kind: type, value: str) -> Any:
    if kind is bool:
        if value.lower() not in _BOOLEANS:
            raise SettingsError(f"{name}: phải là true hoặc false, đang là {value!r}")
        return _BOOLEANS[value.lower()]
    try:
        return kind(value)
    except ValueError:
        raise SettingsError(f"{name}: phải là số, đang là {value!r}") from None


def _check_together(settings: Settings) -> None:
    if settings.smtp_password and not settings.smtp_user:
        raise SettingsError("smtp_password: có mật khẩu mà không có smtp_user; ghi cả hai hoặc bỏ cả hai")
    if settings.smtp_user and settings.smtp_tls == "none" and settings.smtp_host not in ("localhost", "127.0.0.1"):
        raise SettingsError("smtp_tls: mật khẩu sẽ đi trên mạng không mã hóa; dùng starttls hoặc tls")
    scheme = settings.database_url.split(":", 1)[0]
    if scheme not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise SettingsError(f"database_url: không dùng được {scheme!r}; ghi sqlite:///TỆP hoặc postgresql://...")


def sample() -> str:
    """The sample settings file: every setting commented out with its default and help."""
    lines = ["# Cài đặt của máy thu Gapwatch. Bỏ dấu # ở đầu dòng cần đổi; giá trị ghi sẵn là mặc định."]
    for name, item in FIELDS.items():
        default = str(item.default).lower() if isinstance(item.default, bool) else _toml(item.default)
        lines += ["", f"# {item.metadata['help']}", f"# {name} = {default}"]
        if item.metadata["secret"]:
            lines.append(f'# {name}_file = ""  # hoặc đọc từ tệp này')
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
