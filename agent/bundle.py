"""`gapwatch-agent export DIR`: what waits in the spool, as a file to carry to the collector by hand.

Nothing leaves the spool here: that needs a receipt (receipts.py). The file is written beside its name, flushed to the
stick and then renamed, so a stick that is pulled out too early has no bundle or a whole one. The running agent is
not disturbed: its files are only read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from typing import BinaryIO, Callable, Iterator, List, NamedTuple, Tuple

from . import __version__, receipts
from . import segment as layout
from .delivery import Delivery
from .errors import AgentError, BusyError, SettingsError
from .host import Host
from .identity import Identity, State, rfc3339
from .log import logger
from .roads import Anchors, NoWay
from .segment import LIVE
from .settings import Settings
from .spool import Spool
from .wire import bundle, envelope
from .wire.bundle import Manifest
from .wire.envelope import LoadHead
from .wire.exchange import AgentPolicy

PART_BYTES = 32 * 1024  # what one bad sector may cost
PART_FRAMES = 128
MAX_FILES = 8  # of one export
_PARTIAL = bundle.BUNDLE_SUFFIX + ".part"
_SPARE = 1024 * 1024  # left free on the stick
_ROOM = bundle.MAX_BUNDLE - 2 * envelope.MAX_ENVELOPE

Say = Callable[[str], None]


class Waiting(NamedTuple):
    boot: int  # crc32 of the boot id
    seq: int
    frame: bytes


def export(folder: str, settings: Settings, say: Say) -> int:
    """Takes the receipts that lie in `folder`, then writes what still waits."""
    if not os.path.isdir(folder):
        raise SettingsError("Không có thư mục {}".format(folder), "Cắm USB và ghi đúng tên thư mục của nó")
    state = State(settings.state_dir)
    identity = state.identity()
    for path in _receipts_in(folder):
        _take_receipt(path, state, identity, say)
    _sweep(folder, identity)
    settled = receipts.Settled(found.receipt for found in receipts.waiting(state, identity))
    left = [item for item in _waiting(state) if not settled(item.boot, item.seq)]
    if not left:
        say("Không có báo cáo nào đang chờ; không ghi tệp nào.")
        return 0
    for path, count, size in _write_all(folder, left, identity, state):
        say("Đã ghi {}: {} báo cáo, {} KB.".format(path, count, (size + 1023) // 1024))
    say("Mang USB về máy chủ: gapwatch import-bundle, hoặc trang Quản trị › Nhập từ USB.")
    say("Báo cáo vẫn được giữ ở máy này cho đến khi tệp biên nhận (.gwr) được mang về và chạy lại lệnh này.")
    return 0


def _sweep(folder: str, identity: Identity) -> None:
    """Halves of this PC's own, left by a stick that was pulled out."""
    for name in os.listdir(folder):
        if name.startswith("gapwatch-{}-".format(identity.agent_id[:8])) and name.endswith(_PARTIAL):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, name))


def import_receipt(path: str, settings: Settings, say: Say) -> int:
    """Takes one receipt file, or all of a folder."""
    state = State(settings.state_dir)
    identity = state.identity()
    paths = _receipts_in(path) if os.path.isdir(path) else [path]
    if not paths:
        raise SettingsError("Không có tệp biên nhận (.gwr) nào trong {}".format(path), "Chép lại từ máy chủ thu thập")
    mine = [_take_receipt(each, state, identity, say) for each in paths]
    return 0 if any(mine) else 1


def _receipts_in(folder: str) -> List[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise SettingsError("Không đọc được {}: {}".format(folder, error.strerror), "Kiểm tra USB") from None
    return [os.path.join(folder, name) for name in names if name.endswith(bundle.RECEIPT_SUFFIX)]


def _take_receipt(path: str, state: State, identity: Identity, say: Say) -> bool:
    """One that is damaged, or of another PC, is no reason not to write the bundle."""
    try:
        if not receipts.lay_in(path, state, identity):
            say("Bỏ qua {}: biên nhận của máy khác.".format(path))
            return False
    except SettingsError as error:
        say("Bỏ qua: {}".format(error))
        return False
    try:
        with state.lock():
            _take_now(state, identity)
        say("Đã nhận biên nhận {}.".format(path))
    except BusyError:
        say("Đã nhận biên nhận {}; dịch vụ đang chạy sẽ dọn hàng chờ trong vòng một phút.".format(path))
    return True


def _take_now(state: State, identity: Identity) -> None:
    """No agent is running: the caller holds the lock and plays its part."""
    from .service import SPOOL_FOLDER

    host = Host()
    spool = Spool(state.path(SPOOL_FOLDER), AgentPolicy().spool_bytes, state.disk)
    policy = receipts.take(state, identity, Delivery(state, identity.agent_id, spool, NoWay(), host, lambda: 0.5))
    if policy is not None:
        state.keep_policy(policy)


def _waiting(state: State) -> Iterator[Waiting]:
    """Newest first. Read from the files as they are now; a report that goes meanwhile is in the bundle once too often,
    which costs nothing."""
    from .service import SPOOL_FOLDER

    folder = state.path(SPOOL_FOLDER)
    names = state.disk.names(folder) if os.path.isdir(folder) else []
    for name in sorted((name for name in names if name.endswith(".seg")), reverse=True):
        try:
            data = state.disk.read(os.path.join(folder, name))
        except OSError as error:
            logger.warning("không đọc được %s: %s", name, error)
            continue
        segment = layout.scan(data, 0)
        for index in range(len(segment) - 1, -1, -1):
            if segment.states[index] == LIVE:
                offset = segment.offsets[index]
                frame = layout.frame_of(data[offset : offset + segment.lengths[index] + layout.OVERHEAD])
                if frame is not None:
                    yield Waiting(segment.boots[index], segment.seqs[index], frame)


def _write_all(folder: str, left: List[Waiting], identity: Identity, state: State) -> Iterator[Tuple[str, int, int]]:
    """One file, or several when one would be too large: (path, reports, bytes)."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    for number in range(1, MAX_FILES + 1):
        room = min(_ROOM, _free(folder) - _SPARE)
        chosen, size = 0, 0
        while chosen < len(left) and size + len(left[chosen].frame) <= room:
            size += len(left[chosen].frame) + 1
            chosen += 1
        if not chosen:
            raise SettingsError("{} không còn chỗ cho báo cáo nào".format(folder), "Xóa bớt tệp trên USB rồi chạy lại")
        name = "gapwatch-{}-{}-{}{}".format(identity.agent_id[:8], stamp, number, bundle.BUNDLE_SUFFIX)
        path = os.path.join(folder, name)
        yield path, chosen, _write(path, left[:chosen], identity, state)
        left = left[chosen:]
        if not left:
            return
    logger.warning("còn %d báo cáo chưa ghi: chạy lại sau khi có biên nhận", len(left))


def _free(folder: str) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise SettingsError("Không ghi được vào {}: {}".format(folder, error.strerror), "Kiểm tra USB") from None


def _write(path: str, chosen: List[Waiting], identity: Identity, state: State) -> int:
    partial = path + ".part"
    try:
        with open(partial, "wb") as file:
            for chunk in _content(chosen, identity, state):
                file.write(chunk)
            size = _flushed(file)
        os.replace(partial, path)
        _flush_folder(os.path.dirname(path) or ".")
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(partial)
        raise AgentError(
            "Không ghi được {}: {}".format(path, error.strerror),
            "Kiểm tra USB (còn chỗ, không khóa ghi) rồi chạy lại; báo cáo vẫn còn nguyên trên máy này",
        ) from None
    return size


def _content(chosen: List[Waiting], identity: Identity, state: State) -> Iterator[bytes]:
    key = bytes.fromhex(identity.key)
    host = Host()
    digest = hashlib.sha256()
    head = bundle.head_bytes(
        Manifest(
            os.urandom(16).hex(), identity.agent_id, identity.site_name, __version__, rfc3339(host.now()), len(chosen)
        )
    )
    digest.update(head)
    yield head
    parts = 0
    low_s, high_s = Anchors(state).bounds(host.boot_id(), host.monotonic_s())
    clocks = LoadHead(host.boot_id(), round(host.monotonic_s(), 1), round(host.now(), 1), low_s, high_s)
    for batch in _batches(chosen):
        content = envelope.pack_load(clocks, batch)
        sealed = envelope.seal_envelope(envelope.PART, content, identity.agent_id, key, identity.key_generation)
        part = bundle.part_bytes(sealed)
        digest.update(part)
        parts += 1
        yield part
    yield bundle.end_bytes(parts, digest.digest())


def _batches(chosen: List[Waiting]) -> Iterator[bytes]:
    frames: List[bytes] = []
    size = 0
    for item in chosen:
        if frames and (size + len(item.frame) > PART_BYTES or len(frames) >= PART_FRAMES):
            yield b"".join(frames)
            frames, size = [], 0
        frames.append(item.frame)
        size += len(item.frame)
    if frames:
        yield b"".join(frames)


def _flushed(file: BinaryIO) -> int:
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


def _flush_folder(folder: str) -> None:
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):  # FAT on some kernels
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
