"""The report: who, when by three clocks, and what was measured.

Identity of a report is (agent_id, boot_id, seq). A section's data is left out when the collector already has that
hash. The reader accepts every older schema for ever: see tests/wire/golden/.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any, Dict, Optional

from . import codec
from .errors import FieldError
from .sections import SECTIONS

SCHEMA = 1

KINDS = ("heartbeat", "inventory", "goodbye")
STATUSES = ("ok", "no_data", "failed", "denied")

_HEX32 = re.compile(r"[0-9a-f]{32}\Z")
_HASH = re.compile(r"[0-9a-f]{0,12}\Z")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")


@dataclass(frozen=True)
class Section:
    status: str  # one of STATUSES
    hash: str = ""  # section_hash() of data; "" when there is none
    data: Optional[Dict[str, Any]] = None  # plain form of the section's dataclass; None: the collector has it
    error: str = ""  # one line, when failed or denied
    duration_ms: int = 0


@dataclass(frozen=True)
class Report:
    agent_id: str  # 32 hex digits
    boot_id: str  # 32 hex digits, new at every boot of the operating system
    seq: int  # persistent, +1 per report; starts again only when a disk is restored
    agent_time_s: float  # the PC's clock, seconds since 1970 UTC; may lie
    monotonic_s: float  # seconds since boot, sleep included
    kind: str = "heartbeat"
    schema: int = SCHEMA
    agent_version: str = ""
    policy_version: int = 0
    lost_reports: int = 0  # reports this agent had to drop since it was installed
    pending_reports: int = 0  # reports waiting in the spool behind this one
    sections: Dict[str, Section] = field(default_factory=dict)


_COUNTS = {"hardware": ("cpu_sockets", "cpu_cores", "cpu_threads")}  # kept in 32-bit columns

_SCALARS = {
    "agent_id": codec.reader_for(str),
    "boot_id": codec.reader_for(str),
    "seq": codec.reader_for(int),
    "agent_time_s": codec.reader_for(float),
    "monotonic_s": codec.reader_for(float),
    "kind": codec.reader_for(str),
    "schema": codec.reader_for(int),
    "agent_version": codec.reader_for(str),
    "policy_version": codec.reader_for(int),
    "lost_reports": codec.reader_for(int),
    "pending_reports": codec.reader_for(int),
}


def section_hash(status: str, data: Optional[Dict[str, Any]]) -> str:
    """12 hex digits that change when status or data change: change detection within one agent, not a signature."""
    if data is None:
        return ""
    return hashlib.sha256(status.encode("ascii") + b"\n" + codec.dumps(data)).hexdigest()[:12]


def report_to_bytes(report: Report) -> bytes:
    """Canonical JSON of a report."""
    return codec.dumps(codec.to_plain(report))


def report_from_bytes(data: bytes) -> Report:
    """JSON bytes -> Report. Raises FieldError (names the field) or LimitError."""
    plain = codec.loads(data)
    if not isinstance(plain, dict):
        raise FieldError("", "a report must be an object")
    values: Dict[str, Any] = {name: read(plain[name], name) for name, read in _SCALARS.items() if name in plain}
    for name in ("agent_id", "boot_id", "seq", "agent_time_s", "monotonic_s"):
        if name not in values:
            raise FieldError(name, "is missing")
    values["sections"] = _read_sections(plain.get("sections", {}))
    report = Report(**values)
    _check(report)
    return report


def section_data(name: str, data: Dict[str, Any]) -> Any:
    """Plain data of section `name` as its dataclass; raises FieldError. Unknown sections come back unchanged."""
    cls = SECTIONS.get(name)
    if cls is None:
        return data
    path = "sections.{}.data".format(name)
    found = codec.read(cls, data, path)
    for count in _COUNTS.get(name, ()):
        if (getattr(found, count) or 0) >= 2**31:
            raise FieldError(path + "." + count, "must be below {}".format(2**31))
    return found


def _read_sections(plain: Any) -> Dict[str, Section]:
    if not isinstance(plain, dict):
        raise FieldError("sections", "must be an object")
    sections = {}
    for name, item in plain.items():
        path = "sections." + name[:40]
        if not _NAME.match(name):
            raise FieldError(path, "is not a section name")
        data = item.get("data") if isinstance(item, dict) else None
        if data is not None and not isinstance(data, dict):
            raise FieldError(path + ".data", "must be an object")
        if isinstance(item, dict):
            item = {key: value for key, value in item.items() if key != "data"}
        section = _read_section_head(item, path)
        if data is not None:
            section_data(name, data)
        sections[name] = Section(section.status, section.hash, data, section.error, section.duration_ms)
    return sections


def _read_section_head(item: Any, path: str) -> Section:
    if not isinstance(item, dict):
        raise FieldError(path, "must be an object")
    head = codec.read(_SectionHead, item, path)
    if not _HASH.match(head.hash):
        raise FieldError(path + ".hash", "must be up to 12 hex digits")
    if not 0 <= head.duration_ms < 2**31:
        raise FieldError(path + ".duration_ms", "must be from 0 to {}".format(2**31 - 1))
    if head.status not in STATUSES:
        raise FieldError(path + ".status", "must be one of {}".format(", ".join(STATUSES)))
    return Section(head.status, head.hash, None, head.error, head.duration_ms)


@dataclass(frozen=True)
class _SectionHead:
    status: str
    hash: str = ""
    error: str = ""
    duration_ms: int = 0


def _check(report: Report) -> None:
    for name in ("agent_id", "boot_id"):
        if not _HEX32.match(getattr(report, name)):
            raise FieldError(name, "must be 32 hex digits")
    for name, least in (("seq", 1), ("schema", 1), ("policy_version", 0), ("lost_reports", 0), ("pending_reports", 0)):
        if not least <= getattr(report, name) < 2**31:
            raise FieldError(name, "must be from {} to {}".format(least, 2**31 - 1))
    if not 0 <= report.monotonic_s < 3.2e9:
        raise FieldError("monotonic_s", "must be seconds since boot")
    if not -1e10 < report.agent_time_s < 1e11:
        raise FieldError("agent_time_s", "must be seconds since 1970")
    if report.kind not in KINDS:
        raise FieldError("kind", "must be one of {}".format(", ".join(KINDS)))
