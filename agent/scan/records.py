"""Records of scans: from the child's answer, and as lines for the people at the PC (scan.log in the state folder,
Vietnamese, bounded)."""

from __future__ import annotations

import json
import time
from typing import Any, Dict, Protocol, cast

from .. import words
from ..errors import StateError
from ..identity import rfc3339
from ..log import logger
from ..process import CommandResult
from ..wire.sections_lan import ScanRecord
from .state import LOG_FILE

MAX_BYTES = 128 * 1024


class Texts(Protocol):
    def text(self, name: str) -> str: ...

    def keep_text(self, name: str, text: str) -> None: ...


class ScanLog:
    def __init__(self, state: Texts) -> None:
        self._state = state

    def write(self, line: str) -> None:
        """Adds a line; the oldest go when the log is full."""
        try:
            lines = (self._state.text(LOG_FILE) + line + "\n").splitlines(keepends=True)
            size = sum(len(item.encode("utf-8")) for item in lines)
            while size > MAX_BYTES:
                size -= len(lines.pop(0).encode("utf-8"))
            self._state.keep_text(LOG_FILE, "".join(lines))
        except StateError as error:
            logger.warning("%s", error)


def answer_of(result: CommandResult) -> Dict[str, Any]:
    """What the child said; {} when it was ended or broke down."""
    try:
        answer = json.loads(result.out.decode("utf-8"))
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        logger.warning("tiến trình quét mạng không trả lời: %s", (result.err.splitlines() or ["?"])[-1])
        return {}
    return cast(Dict[str, Any], answer)


def record_of(kind: str, began_s: float, answer: Dict[str, Any], timed_out: bool) -> ScanRecord:
    """The record of a scan by its child's answer. Raises ValueError or TypeError when that is nonsense."""
    return ScanRecord(
        started=rfc3339(began_s),
        kind=kind,
        method=str(answer.get("method", "")),
        network=str(answer.get("network", "")),
        addresses=int(answer.get("addresses", 0)),
        frames=int(answer.get("frames", 0)),
        duration_s=float(answer.get("duration_s", 0.0)),
        hosts=len(answer.get("hosts", ())),
        stopped=str(answer.get("stopped", "deadline" if timed_out else "failed")),
    )


def describe(record: ScanRecord, at_s: float) -> str:
    """One scan in one line."""
    kind = words.VALUES.get(record.kind, record.kind)
    told = "{} {}".format(local_time(at_s), kind)
    if record.network:
        told += " {}: hỏi {} địa chỉ, gửi {} gói trong {} giây ({}), thấy {} thiết bị".format(
            record.network, record.addresses, record.frames, "{:.0f}".format(record.duration_s),
            record.method, record.hosts,
        )  # fmt: skip
    if record.stopped:
        told += "; dừng sớm: {}".format(words.VALUES.get(record.stopped, record.stopped))
    return told


def local_time(at_s: float) -> str:
    return time.strftime("%d/%m/%Y %H:%M", time.localtime(min(max(at_s, 0.0), 4e9)))  # a clock may say anything
