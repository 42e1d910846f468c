"""The collector's settings: one TOML file, each setting declared once with default and help.

Order: defaults < file < environment (GAPWATCH_<NAME>). A secret may come from a file through `<name>_file`.
Unknown keys and doubtful values stop the start with a message that names the key.
"""

from __future__ import annotations

import dataclasses
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
        raise SettingsError(f"{key}: {value} is no port; give a number from 1 to 65535")
    return int(value)


def _url(key: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise SettingsError(f"{key}: {value!r} is no address; write it like https://gapwatch.tinh.gov.vn")
    return value.rstrip("/")


def _address(key: str, value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", value):
        raise SettingsError(f"{key}: {value!r} is no e-mail address; write it like hatang@tinh.gov.vn")
    return value


def _one_of(*allowed: str) -> Callable[[str, Any], Any]:
    def check(key: str, value: str) -> str:
        if value not in allowed:
            raise SettingsError(f"{key}: {value!r} is not known; use one of {', '.join(allowed)}")
        return value

    return check


def _unit(key: str, value: str) -> str:
    if not re.fullmatch(r"t\d\d\.\d+", value):
        raise SettingsError(f"{key}: {value!r} is no province id; see the ids in config/units.csv, for example t52.2")
    return value


def _positive(key: str, value: Any) -> Any:
    if value <= 0:
        raise SettingsError(f"{key}: must be more than 0, got {value}")
    return value


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults; `load_settings` reads and checks them."""

    database_url: str = _setting("sqlite:///var/gapwatch.db", "SQLite file or postgresql://user:password@host/name", secret=True)
    var_dir: str = _setting("var", "folder for the collector's own files (master secret, mailbox folder, journal)")
    listen_host: str = _setting("127.0.0.1", "address to listen on")
    listen_port: int = _setting(8080, "port to listen on", _port)
    base_url: str = _setting("http://127.0.0.1:8080", "the address that people and agents use, written into mails and commands; not given: http://<listen_host>:<listen_port>", _url)
    province_id: str = _setting("t52.2", "unit id of the province, from config/units.csv", _unit)
    units_file: str = _setting("config/units.csv", "the unit tree that `gapwatch migrate` loads")
    calendar_file: str = _setting("config/calendar.vi.toml", "off days and make-up days on top of the public holidays; empty: those known to this release")
    policy_file: str = _setting("config/policy.toml", "thresholds that `gapwatch migrate` seeds a new store with; empty: the built-in ones. Later changes are made on the page Chính sách")
    run_jobs: bool = _setting(True, "run the jobs inside `gapwatch serve`; false when a `gapwatch jobs` process runs them")
    instance: str = _setting("", "name of this collector where several share a store; empty: host name and process id")
    master_key_file: str = _setting("", "file with the master secret of the agents' keys; empty: <var_dir>/master.key, made at first start")
    smtp_host: str = _setting("", "mail server; empty: mails go into the folder mail_dir")
    smtp_port: int = _setting(25, "port of the mail server", _port)
    smtp_tls: str = _setting("none", "none, starttls or tls", _one_of("none", "starttls", "tls"))
    smtp_user: str = _setting("", "login at the mail server; empty: none")
    smtp_password: str = _setting("", "password at the mail server", secret=True)
    smtp_timeout_s: float = _setting(30.0, "seconds to wait for the mail server", _positive)
    mail_from: str = _setting("hatang-cntt@localhost.localdomain", "sender of the mails", _address)
    mail_from_name: str = _setting("Hệ thống theo dõi hạ tầng CNTT", "sender's name")
    mail_dir: str = _setting("", "local mailbox folder when there is no mail server; empty: <var_dir>/mail")
    mail_contact: str = _setting("", "whom readers ask, printed in the mails: name, telephone")
    session_hours: float = _setting(12.0, "hours until a sign-in ends", _positive)
    max_agents_hint: int = _setting(5000, "agents that this collector is meant for: spreads their return after an outage", _positive)

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
    values = _from_file(path) if path else {}
    for name in FIELDS:
        for key in (name, name + "_file"):
            if "GAPWATCH_" + key.upper() in environ and (key in FIELDS or FIELDS[name].metadata["secret"]):
                values[key] = environ["GAPWATCH_" + key.upper()]
    checked: dict[str, Any] = {}
    for key, value in values.items():
        name = key.removesuffix("_file") if key not in FIELDS else key
        if name not in FIELDS or (key not in FIELDS and not FIELDS[name].metadata["secret"]):
            raise SettingsError(f"{key}: no such setting; see `gapwatch check-config --list` for those there are")
        if key not in FIELDS:
            value = _secret(key, value)
        checked[name] = _checked(name, value)
    if "base_url" not in checked:
        checked["base_url"] = f"http://{checked.get('listen_host', '127.0.0.1')}:{checked.get('listen_port', 8080)}"
    settings = Settings(**checked)
    _check_together(settings)
    return settings


def _from_file(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); check the name and the rights") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not valid TOML: {error}") from None


def _secret(key: str, path: Any) -> str:
    try:
        return Path(str(path)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{key}: the file {path} cannot be read ({error}); check the name and the rights") from None


_BOOLEANS = {"true": True, "false": False}


def _checked(name: str, value: Any) -> Any:
    kind = type(FIELDS[name].default)
    if kind is not str and isinstance(value, str):
        value = _from_text(name, kind, value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        words = {str: "a text in quotes", int: "a whole number", float: "a number", bool: "true or false"}
        raise SettingsError(f"{name}: must be {words[kind]}, got {value!r}")
    check = FIELDS[name].metadata["check"]
    return check(name, value) if check and value != FIELDS[name].default else value


def _from_text(name: str, kind: type, value: str) -> Any:
    if kind is bool:
        if value.lower() not in _BOOLEANS:
            raise SettingsError(f"{name}: must be true or false, got {value!r}")
        return _BOOLEANS[value.lower()]
    try:
        return kind(value)
    except ValueError:
        raise SettingsError(f"{name}: must be a number, got {value!r}") from None


def _check_together(settings: Settings) -> None:
    if settings.smtp_password and not settings.smtp_user:
        raise SettingsError("smtp_password: given without smtp_user; give both or none")
    if settings.smtp_user and settings.smtp_tls == "none" and settings.smtp_host not in ("localhost", "127.0.0.1"):
        raise SettingsError("smtp_tls: a password would travel in clear; use starttls or tls")
    scheme = settings.database_url.split(":", 1)[0]
    if scheme not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise SettingsError(f"database_url: {scheme!r} is not supported; use sqlite:///FILE or postgresql://...")


def sample() -> str:
    """The sample settings file: every setting commented out with its default and help."""
    lines = ["# Gapwatch collector. Remove the # before a line to change a setting; the values shown are the defaults."]
    for name, item in FIELDS.items():
        default = str(item.default).lower() if isinstance(item.default, bool) else _toml(item.default)
        lines += ["", f"# {item.metadata['help']}", f"# {name} = {default}"]
        if item.metadata["secret"]:
            lines.append(f"# {name}_file = \"\"  # or read it from this file")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
