"""Receipts that came back on a stick: the collector's word for what it has taken, so that the spool may let go of it.

A receipt is sealed with this agent's own key, so nobody can make the agent throw evidence away. It is laid into a
folder of the state folder; whoever holds the state folder's lock takes it from there: the running agent within a
minute, or the command itself when none runs.
"""

from __future__ import annotations

import os
import zlib
from bisect import bisect_right
from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

from .delivery import Delivery
from .errors import SettingsError
from .identity import Identity, State
from .log import logger
from .wire import bundle
from .wire.bundle import Receipt
from .wire.errors import WireError
from .wire.exchange import AgentPolicy

FOLDER = "receipts"
MAX_WAITING = 64  # files in the folder

Ranges = List[Tuple[int, int]]


class Found(NamedTuple):
    name: str
    receipt: Receipt


class Settled:
    """What some receipts name, to be asked report by report as the spool knows them."""

    def __init__(self, receipts: Iterable[Receipt]) -> None:
        ranges: Dict[int, Ranges] = {}
        for receipt in receipts:
            for item in receipt.settled:
                pairs = [(item.ranges[at], item.ranges[at + 1]) for at in range(0, len(item.ranges), 2)]
                ranges.setdefault(zlib.crc32(item.boot_id.encode("utf-8", "replace")), []).extend(pairs)
        self._ranges = {boot: _merged(pairs) for boot, pairs in ranges.items()}

    def __call__(self, boot: int, seq: int) -> bool:
        pairs = self._ranges.get(boot, [])
        at = bisect_right(pairs, (seq, float("inf"))) - 1
        return at >= 0 and pairs[at][0] <= seq <= pairs[at][1]


def _merged(pairs: Ranges) -> Ranges:
    merged: Ranges = []
    for first, last in sorted(pairs):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


def read(data: bytes, identity: Identity) -> List[Receipt]:
    """This agent's receipts in a file; others' are passed over. Raises WireError for what is no receipt, or one whose
    seal is wrong."""
    key = bytes.fromhex(identity.key)
    found = [item for item in bundle.read_receipts(data) if item.agent_id == identity.agent_id]
    return [bundle.open_receipt(item, key) for item in found]


def lay_in(path: str, state: State, identity: Identity) -> int:
    """Puts a receipt file into the folder, when it is for this agent; how many reports' ranges it names, 0: none of
    ours. Raises SettingsError for a file that cannot be used."""
    try:
        with open(path, "rb") as file:
            data = file.read(bundle.MAX_RECEIPT + 1)
    except OSError as error:
        raise SettingsError("Không đọc được {}: {}".format(path, error.strerror), "Kiểm tra USB và tên tệp") from None
    try:
        receipts = read(data, identity)
    except WireError as error:
        raise SettingsError(
            "{} không phải biên nhận dùng được ({})".format(path, error), "Chép lại tệp .gwr từ máy chủ thu thập"
        ) from None
    if not receipts:
        return 0
    folder = state.path(FOLDER)
    try:
        state.disk.make_folder(folder)
        name = "{:08x}.gwr".format(zlib.crc32(data))  # the same receipt twice is one file
        state.disk.replace(os.path.join(folder, name), data)
    except OSError as error:
        raise SettingsError(
            "Không lưu được biên nhận vào {}: {}".format(folder, error.strerror), "Chạy lại bằng quyền quản trị"
        ) from None
    return sum(len(item.ranges) // 2 for receipt in receipts for item in receipt.settled)


def waiting(state: State, identity: Identity) -> List[Found]:
    """Receipts that nobody has taken yet. A file that is no receipt of ours is removed."""
    folder = state.path(FOLDER)
    if not os.path.isdir(folder):
        return []
    found: List[Found] = []
    for name in state.disk.names(folder)[:MAX_WAITING]:
        try:
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read(bundle.MAX_RECEIPT + 1)
            found += [Found(name, receipt) for receipt in read(data, identity)]
        except WireError as error:
            logger.warning("bỏ biên nhận %s: %s", name, error)
            _remove(state, name)
        except OSError:
            continue  # perhaps readable the next time
    return found


def take(state: State, identity: Identity, delivery: Delivery) -> Optional[AgentPolicy]:
    """Lets go of what the waiting receipts name. Returns a policy when one came that is newer than the one kept. The
    caller holds the state folder's lock."""
    found = waiting(state, identity)
    if not found:
        return None
    receipts = [item.receipt for item in found]
    missing = sorted({name for receipt in receipts for name in receipt.missing})
    count = delivery.carried(Settled(receipts), tuple(missing))
    logger.info("biên nhận mang về: máy chủ đã nhận %d báo cáo", count)
    for name in {item.name for item in found}:
        _remove(state, name)
    policies = [receipt.policy for receipt in receipts if receipt.policy is not None]
    newest = max(policies, key=lambda policy: policy.version, default=None)
    # An old receipt that comes a second time must not bring back an old policy.
    return newest if newest is not None and newest.version > state.policy().version else None


def _remove(state: State, name: str) -> None:
    try:
        state.disk.remove(os.path.join(state.path(FOLDER), name))
    except OSError as error:
        logger.warning("không xóa được biên nhận %s: %s", name, error)
