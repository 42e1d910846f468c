"""Enrolment without a line: an identity in a file that the collector wrote (`gapwatch enrol --offline`).

The file holds a key, and is for one PC. Once taken it is overwritten with a note of who took it, so that it does not
serve a second PC by accident; a copy of it would show at the collector as two PCs under one id.
"""

from __future__ import annotations

import configparser
import os
import re
import time
from typing import Callable, Dict, NamedTuple, Tuple

from . import settings as settings_file
from .errors import AgentError, NotEnrolledError, SettingsError
from .files import Disk
from .host import Host
from .identity import Identity, State, rfc3339
from .log import logger
from .settings import Settings
from .wire.exchange import EnrolAnswer

FILE_NAME = "gapwatch-enrolment.ini"  # looked for beside the settings file
CA_FILE = "collector-ca.pem"
MAX_FILE = 256 * 1024
SECTION = "enrolment"
_HEX32 = re.compile(r"[0-9a-f]{32}\Z")
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")
_PEM = "-----BEGIN CERTIFICATE-----"

Say = Callable[[str], None]


class Offered(NamedTuple):
    """What an enrolment file holds."""

    answer: EnrolAnswer
    values: Dict[str, str]  # settings by "section.key"
    ca_pem: str


def enrol(file: str, path: str, overrides: Dict[str, str], again: bool, say: Say) -> int:
    """`gapwatch-agent enrol --file`. `path`: the settings file to use and to update."""
    from .enrolment import refuse_second

    offered = read(file)
    state = State(settings_file.load(path, overrides).state_dir)
    state.prepare()
    with state.lock():
        refuse_second(state, again)
        identity = _accept(offered, file, path, overrides, state)
    say("Đã ghi danh máy này{}.".format(" tại " + identity.site_name if identity.site_name else ""))
    say("Mã máy: {}. Máy chủ: {}. Tệp thiết đặt: {}".format(identity.agent_id, identity.server or "chưa có", path))
    _spend(file, identity, say)
    return 0


def ready(settings: Settings, state: State) -> Tuple[Identity, Settings]:
    """Who this agent is, and the settings; a file that lies beside them is taken first when it is nobody yet. The
    caller holds the state folder's lock. Raises NotEnrolledError, StateError or SettingsError."""
    try:
        return state.identity(), settings
    except NotEnrolledError:
        file = os.path.join(os.path.dirname(os.path.abspath(settings.source)), FILE_NAME)
        if not os.path.exists(file):
            raise
    identity = _accept(read(file), file, settings.source, {}, state)
    logger.info("đã ghi danh bằng %s, mã máy %s", file, identity.agent_id)
    _spend(file, identity, logger.warning)
    places = {"agent.state_dir": settings.state_dir, "agent.log_file": settings.log_file}
    return identity, settings_file.load(settings.source, places)


def read(file: str) -> Offered:
    """Raises SettingsError for a file that cannot be used."""
    try:
        with open(file, "rb") as handle:
            text = handle.read(MAX_FILE + 1).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(file, getattr(error, "strerror", None) or "không ở dạng UTF-8") from None
    parser = configparser.ConfigParser(interpolation=None, default_section="\0", delimiters=("=",))
    try:
        parser.read_string(text)
    except configparser.Error:
        raise _unusable(file, "sai cú pháp") from None
    own = dict(parser.items(SECTION)) if parser.has_section(SECTION) else {}
    if own.get("used_by"):
        raise SettingsError(
            "{} đã dùng cho máy {} lúc {}".format(file, own["used_by"], own.get("used_at", "?")),
            "Mỗi tệp chỉ cho một máy; xin tệp mới: gapwatch enrol --offline",
        )
    agent_id, key, generation = (own.get(name, "") for name in ("agent_id", "key", "key_generation"))
    if not _HEX32.match(agent_id) or not _HEX64.match(key) or not generation.isdigit() or int(generation) > 65535:
        raise _unusable(file, "thiếu hoặc sai agent_id, key, key_generation")
    values = {"agent." + name: value for name, value in (parser.items("agent") if parser.has_section("agent") else ())}
    if set(values) - {"agent.server"}:
        raise _unusable(file, "mục [agent] chỉ được có server")
    ca_pem = "\n".join(line.strip() for line in own.get("ca_pem", "").split("\n")).strip()
    if ca_pem and not ca_pem.startswith(_PEM):
        raise _unusable(file, "ca_pem không phải chứng thư PEM")
    return Offered(EnrolAnswer(agent_id, key, int(generation), own.get("site_name", "")), values, ca_pem)


def _accept(offered: Offered, file: str, path: str, overrides: Dict[str, str], state: State) -> Identity:
    from .enrolment import update_file

    values = {**offered.values, **overrides}
    settings_file.load(path, values)  # addresses are checked before anything is written
    if offered.ca_pem and "agent.ca_file" not in overrides:
        ca_file = state.path(CA_FILE)
        try:
            state.disk.replace(ca_file, offered.ca_pem.encode("ascii") + b"\n", 0o644)
        except (OSError, UnicodeEncodeError) as error:
            raise _unusable(file, "không ghi được chứng thư vào {} ({})".format(ca_file, error)) from None
        values["agent.ca_file"] = os.path.abspath(ca_file)
    update_file(path, values)  # before the identity: without it nothing is half done
    return state.accept(offered.answer, offered.values.get("agent.server", "").split(",")[0].strip())


def _spend(file: str, identity: Identity, say: Say) -> None:
    """The key goes out of the file, and who took it comes in."""
    who, when = Host().kernel()[0], rfc3339(time.time())
    text = "[{}]\nagent_id = {}\nused_by = {}\nused_at = {}\n".format(
        SECTION, identity.agent_id, who.replace("\n", " "), when
    )
    try:
        with open(file, "r+b") as handle:  # in place: the old bytes are what must go
            handle.write(b" " * os.path.getsize(file))
            handle.flush()
            os.fsync(handle.fileno())
        Disk().replace(os.path.abspath(file), text.encode("utf-8"), 0o644)
    except OSError as error:
        say("Chú ý: không xóa được khóa trong {} ({}); hãy tự xóa tệp này.".format(file, error.strerror))


def _unusable(file: str, why: str) -> AgentError:
    return SettingsError(
        "Không dùng được tệp ghi danh {}: {}".format(file, why), "Xin tệp mới: gapwatch enrol --offline"
    )
