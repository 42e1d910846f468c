"""Who this agent is, and the small files that must outlive a kill: identity, sequence, marker, policy, known hashes.

The sequence number is claimed on disk *before* a report is made. A kill between claim and report leaves a hole,
which costs nothing (losses are counted by the spool); the other order could give one number to two reports of the
same boot, and the collector would take the second for a duplicate and throw evidence away. The counter writes in
place (files.Slots), so it also counts on while the disk is full; the highest number in the spool is a second witness.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import time
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple

from . import __version__
from .errors import NotEnrolledError, StateError
from .files import Disk, Lock, Slots
from .wire import codec
from .wire.errors import WireError
from .wire.exchange import AgentPolicy, EnrolAnswer, EnrolRequest

IDENTITY_FILE = "identity.json"
PENDING_FILE = "enrolment.json"
MARKER_FILE = "marker.json"
POLICY_FILE = "policy.json"
KNOWN_FILE = "known.json"
SEQUENCE_FILE = "sequence"
LOCK_FILE = "agent.lock"

LEAP = 1_000_000  # report numbers: ten years of them
LEAPS = 500
LARGEST = 2**31 - 1  # the collector's column

_HEX32 = re.compile(r"[0-9a-f]{32}\Z")
_HEX64 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Identity:
    agent_id: str  # 32 hex digits
    key: str  # 64 hex digits; never printed, never logged
    key_generation: int
    server: str = ""
    site_name: str = ""

    def __repr__(self) -> str:
        return "Identity({}, generation {})".format(self.agent_id, self.key_generation)


class State:
    """The state folder: one method per file. Reading tolerates damage, writing is all or nothing."""

    def __init__(self, folder: str, disk: Optional[Disk] = None) -> None:
        self.folder = folder
        self.disk = disk or Disk()
        self._previous: Optional[Tuple[str, Optional[Dict[str, Any]]]] = None

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def prepare(self) -> None:
        try:
            self.disk.make_folder(self.folder)
        except OSError as error:
            raise StateError(
                "Không tạo được thư mục dữ liệu {}: {}".format(self.folder, error.strerror),
                "Chạy lại bằng quyền quản trị, hoặc chọn thư mục khác bằng --state-dir",
            ) from None

    def lock(self) -> Lock:
        return Lock(self.path(LOCK_FILE))

    # --- identity

    def identity(self) -> Identity:
        """Raises NotEnrolledError when there is none, StateError when it is damaged."""
        plain = self._read(IDENTITY_FILE)
        if plain is None:
            raise NotEnrolledError(
                "Máy này chưa ghi danh (không có {})".format(self.path(IDENTITY_FILE)),
                "Chạy: gapwatch-agent enrol --server ĐỊA_CHỈ --token MÃ",
            )
        try:
            identity = codec.read(Identity, plain)
        except WireError:
            identity = None
        if identity is None or not _HEX32.match(identity.agent_id) or not _HEX64.match(identity.key):
            raise StateError(
                "Tệp định danh {} bị hỏng".format(self.path(IDENTITY_FILE)),
                "Xin mã mới và ghi danh lại: gapwatch-agent enrol --again",
            )
        return identity

    def request_for(self, token: str, hostname: str) -> EnrolRequest:
        """The enrolment request; its id is on disk before it is sent, so that a lost answer does not buy a second
        identity: the next try carries the same id and gets the same answer."""
        plain = self._read(PENDING_FILE) or {}
        request_id = plain.get("request_id") if isinstance(plain, dict) else None
        if not isinstance(request_id, str) or not _HEX32.match(request_id):
            request_id = os.urandom(16).hex()
            self._write(PENDING_FILE, {"request_id": request_id})
        return EnrolRequest(token, request_id, __version__, hostname)

    def accept(self, answer: EnrolAnswer, server: str) -> Identity:
        """Keeps what the collector gave. What was known to be known to the collector belonged to the old identity."""
        identity = Identity(answer.agent_id, answer.key, answer.key_generation, server, answer.site_name)
        if not _HEX32.match(identity.agent_id) or not _HEX64.match(identity.key):
            raise StateError("Máy chủ trả lời ghi danh không đúng dạng", "Báo cho quản trị hệ thống của tỉnh")
        self._write(IDENTITY_FILE, dataclasses.asdict(identity))
        self.forget(KNOWN_FILE)
        self.keep_policy(answer.policy)
        self.forget(PENDING_FILE)
        return identity

    # --- the rest

    def policy(self) -> AgentPolicy:
        """The last policy of the collector; the defaults when there is none or it is damaged."""
        try:
            return codec.read(AgentPolicy, self.kept(POLICY_FILE) or {})
        except WireError:
            return AgentPolicy()

    def keep_policy(self, policy: AgentPolicy) -> None:
        self._write(POLICY_FILE, codec.to_plain(policy))

    def known(self) -> Dict[str, Tuple[str, int]]:
        """section -> (hash that the collector acknowledged, seq of the report that brought it)."""
        plain = self.kept(KNOWN_FILE)
        found = {}
        for name, pair in plain.items() if isinstance(plain, dict) else ():
            if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], int):
                found[name] = (pair[0], pair[1])
        return found

    def keep_known(self, known: Dict[str, Tuple[str, int]]) -> None:
        self._write(KNOWN_FILE, {name: list(pair) for name, pair in known.items()})

    # --- files of other parts of the agent, by name

    def kept(self, name: str) -> Any:
        """The content of a JSON file; None when there is none, {} when it is damaged or cannot be read."""
        try:
            return self._read(name)
        except StateError:
            return {}

    def keep(self, name: str, plain: Any) -> None:
        self._write(name, plain)

    def text(self, name: str) -> str:
        try:
            return self.disk.read(self.path(name)).decode("utf-8", "replace")
        except OSError:
            return ""

    def keep_text(self, name: str, text: str) -> None:
        try:
            self.disk.replace(self.path(name), text.encode("utf-8"))
        except OSError as error:
            raise self._not_written(name, error) from None

    def has(self, name: str) -> bool:
        return os.path.exists(self.path(name))

    def mark(self, boot_id: str, at_s: float, goodbye: bool) -> None:
        """What the next boot's uptime probe judges the end of this one by. The marker of the boot before stays in
        it, so that an agent which starts twice in one boot still tells the same."""
        if self._previous is None or self._previous[0] != boot_id:
            self._previous = (boot_id, self._marker_before(boot_id))
        marker = {"boot_id": boot_id, "at": rfc3339(at_s), "goodbye": goodbye}
        if self._previous[1] is not None:
            marker["previous"] = self._previous[1]
        self._write(MARKER_FILE, marker)

    def _marker_before(self, boot_id: str) -> Optional[Dict[str, Any]]:
        marker = self._read(MARKER_FILE)
        if isinstance(marker, dict) and marker.get("boot_id") == boot_id:
            marker = marker.get("previous")
        if not isinstance(marker, dict) or not marker:
            return None
        return {name: marker[name] for name in ("boot_id", "at", "goodbye") if name in marker}

    def forget(self, name: str) -> None:
        try:
            self.disk.remove(self.path(name))
        except FileNotFoundError:
            pass
        except OSError as error:
            raise self._not_written(name, error) from None

    def _read(self, name: str) -> Optional[Any]:
        try:
            return json.loads(self.disk.read(self.path(name)).decode("utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError):  # also not UTF-8; nested as no file of ours is
            return {}
        except OSError as error:
            raise StateError(
                "Không đọc được {}: {}".format(self.path(name), error.strerror),
                "Chạy lại bằng quyền quản trị hoặc sửa quyền của thư mục",
            ) from None

    def _write(self, name: str, plain: Any) -> None:
        try:
            self.disk.replace(self.path(name), json.dumps(plain, ensure_ascii=False, indent=1).encode("utf-8"))
        except OSError as error:
            raise self._not_written(name, error) from None

    def _not_written(self, name: str, error: OSError) -> StateError:
        return StateError(
            "Không ghi được {}: {}".format(self.path(name), error.strerror),
            "Kiểm tra chỗ trống của ổ đĩa và quyền ghi",
        )


def rfc3339(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(min(max(seconds, 0.0), 4e9)))


class Sequence:
    """Report numbers, +1 each, never twice within a boot. Where the last one is not certain, some are left out."""

    def __init__(self, state: State, seen: int = 0) -> None:
        """`seen`: the highest number in the spool."""
        self._slots = Slots(state.path(SEQUENCE_FILE), state.disk)
        self._certain = True
        # The other slot may have held the next number.
        self.last = max(self._slots.values[0] + int(self._slots.damaged), seen)
        if not self._slots.found:
            known = max((seq for _, seq in state.known().values()), default=0)
            self.last = max(self.last, known)
            if self.last or state.has(SEQUENCE_FILE):  # it was there: numbers above the witnesses' may have been used
                self._leap(1)

    def take(self) -> int:
        self.last += 1
        if not self._slots.store(self.last) and self._certain:
            # What is not on disk will be forgotten, and the next start may take the same numbers, if not from another
            # part of the range.
            self._leap(1 + int.from_bytes(os.urandom(2), "big") % LEAPS)
            self._certain = False
            self._slots.store(self.last)
        return self.last

    def _leap(self, count: int) -> None:
        if self.last < LARGEST - (count + 1) * LEAP:
            self.last = (self.last // LEAP + count) * LEAP
