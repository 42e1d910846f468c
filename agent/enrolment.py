"""Enrolment: a site's token buys this machine an id and a key. Writes identity, policy and the settings file."""

from __future__ import annotations

import os
import sys
import time
from typing import Callable, Dict

from . import settings as settings_file
from .errors import AlreadyEnrolledError, NotEnrolledError, SettingsError, StateError
from .files import Disk
from .host import Host
from .identity import State

MAX_CLOCK_DIFFERENCE_S = 300
_SETTINGS_MODE = 0o644  # nothing secret in it; `show` is for everybody who sits at this PC
_SETTINGS_FOLDER_MODE = 0o755

Say = Callable[[str], None]


def enrol(path: str, overrides: Dict[str, str], token: str, again: bool, say: Say) -> int:
    """`path`: the settings file to use and to update. `overrides`: values by "section.key" from the command line."""
    settings = settings_file.load(path, overrides)
    if not settings.servers:
        raise SettingsError("Thiếu địa chỉ máy chủ", "Thêm --server https://...")
    state = State(settings.state_dir)
    state.prepare()
    with state.lock():
        refuse_second(state, again)
        request = state.request_for(_token(token), Host().kernel()[0])
        from .transport import HttpTransport  # late: a wrong command line is told without waiting for requests

        transport = HttpTransport(settings.servers, routes=settings.routes)
        answer = transport.enrol(request)
        identity = state.accept(answer, transport.server)
    update_file(path, overrides)
    say("Đã ghi danh máy này{}.".format(" tại " + identity.site_name if identity.site_name else ""))
    say("Mã máy: {}. Máy chủ: {}. Tệp thiết đặt: {}".format(identity.agent_id, identity.server, path))
    difference = abs(time.time() - answer.server_time_s)
    if answer.server_time_s and difference > MAX_CLOCK_DIFFERENCE_S:
        say("Chú ý: đồng hồ máy này lệch {:.0f} phút so với máy chủ; nên chỉnh lại.".format(difference / 60))
    return 0


def refuse_second(state: State, again: bool) -> None:
    """Raises AlreadyEnrolledError for a PC that has an identity, StateError for a damaged one."""
    if again:
        return
    try:
        identity = state.identity()
    except NotEnrolledError:
        return
    except StateError:
        raise  # damaged: --again is what its remedy says
    raise AlreadyEnrolledError(
        "Máy này đã ghi danh{} (mã máy {})".format(
            " tại " + identity.site_name if identity.site_name else "", identity.agent_id
        ),
        "Nếu thật sự cần định danh mới, thêm --again",
    )


def _token(token: str) -> str:
    if token == "-":  # noqa: S105 - stands for standard input
        token = sys.stdin.readline()
    token = (token or "").strip()
    if not token:
        raise SettingsError("Thiếu mã ghi danh", "Thêm --token MÃ (xin mã của địa điểm từ quản trị hệ thống của tỉnh)")
    return token


def update_file(path: str, overrides: Dict[str, str]) -> None:
    """Puts the command line's values into the settings file, so that `run` needs none."""
    disk = Disk()
    try:
        text = disk.read(path).decode("utf-8-sig")
    except FileNotFoundError:
        text = ""
    changed = settings_file.with_values(text, overrides)
    if changed == text:
        return
    try:
        disk.make_folder(os.path.dirname(os.path.abspath(path)), _SETTINGS_FOLDER_MODE)
        disk.replace(os.path.abspath(path), changed.encode("utf-8"), _SETTINGS_MODE)
    except OSError as error:
        values = "; ".join("{} = {}".format(name.split(".")[1], value) for name, value in overrides.items())
        raise SettingsError(
            "Đã ghi danh, nhưng không ghi được tệp thiết đặt {}: {}".format(path, error.strerror),
            "Tự ghi vào mục [agent]: {}".format(values),
        ) from None
