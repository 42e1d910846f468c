"""Is this PC one we know? Several identifiers are weighed together; one alone decides only if nothing speaks against.

Serial numbers and UUIDs are typed by vendors, often badly; MAC addresses and disk serials are physical. Therefore two
PCs whose network cards and disks both differ are never taken for one, whatever their firmware claims. What cannot be
decided becomes a task for a person (`Doubt`), never a silent merge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

from inventory.domain.plain import Plain, rows, text

Identifier = tuple[str, str]
"""(kind, normalised value); kinds are the keys of `WEIGHTS`."""

Evidence = dict[str, str]
"""{"kind": identifier kind, "says": agrees | differs}. No values: evidence is shown and mailed."""

WEIGHTS = {"system_uuid": 5, "system_serial": 4, "board_serial": 4, "mac": 3, "disk_serial": 3, "agent": 2}

SINGLE_KINDS = ("system_uuid", "system_serial", "board_serial")
"""A PC has one of these at a time; of MAC addresses, disks and agents it may have several."""

COMMON_FROM = 3
"""A value that stands at this many machines proves nothing: a placeholder that our list does not have yet."""

_STRONG = frozenset({"system_uuid", "system_serial", "board_serial"})
_ON_BOARD = ("system_uuid", "board_serial", "mac")  # change together when the main board is changed
_PLACEHOLDERS = frozenset(
    """
    tobefilledbyoem tobefilledbyoemtobefilledbyoem defaultstring systemserialnumber serialnumber systemserial
    baseboardserialnumber boardserialnumber chassisserialnumber mbserialnumber none null nil na notspecified
    notavailable notapplicable notpresent notset unknown unspecified undefined empty blank invalid oem oemserial
    tbd test 0123456789 01234567890 012345678 123456789 1234567890 12345678 1234567 123456 12345 abcdefgh
    0123456789abcdef systemproductname systemmanufacturer systemversion systemname productname allseries
    type2boardserialnumber type1systemserialnumber chassismanufacturer defaultsystem xxxxx oooooooo notdefined
    nonespecified noserial noserialnumber ssn12345678901234567890 sn1234567890 serial innotek genericserial
    """.split()  # noqa: SIM905 - readable
)
_UUID_PLACEHOLDERS = frozenset(
    {
        "03000200040005000006000700080009",
        "0123456789abcdef0123456789abcdef",
        "01234567890123456789abcdef012345",
        "0123456789abcdeffedcba9876543210",
        "12345678123456781234567812345678",
        "123456781234567890abcddeefaabbcc",
        "12345678123412341234123456789abc",
        "11111111222233334444555555555555",
        "00000000000000000000000000000001",
    }
)
_VIRTUAL_DISK = re.compile(r"(qm|drive-)[0-9a-z-]*\Z")  # numbers that emulators give to every first disk
_KEPT = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Same:
    machine_id: int
    score: int
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class New:
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    candidates: tuple[int, ...]
    why: str  # several_match | card_and_disk_differ | one_weak_match | disk_moved
    evidence: tuple[Evidence, ...] = ()


Verdict = Same | New | Doubt


@dataclass(frozen=True, slots=True)
class Comparison:
    agree: tuple[str, ...]
    differ: tuple[str, ...]
    support: int
    against: int

    @property
    def score(self) -> int:
        return self.support - self.against

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        said = [{"kind": kind, "says": "agrees"} for kind in self.agree]
        return tuple(said + [{"kind": kind, "says": "differs"} for kind in self.differ])


def usable_serial(value: str, shortest: int = 4) -> str:
    """A serial number in capitals without outer blanks, or "" for a placeholder or something too short to tell."""
    bare = _KEPT.sub("", value.lower())
    if len(bare) < shortest or len(set(bare)) == 1 or bare in _PLACEHOLDERS:
        return ""
    if bare.startswith(("tobefilled", "defaultstring")) or bare.strip("0") == "":
        return ""
    return " ".join(value.split()).upper()


def usable_uuid(value: str) -> str:
    """A system UUID as 32 hex digits, or "" for a placeholder.

    Firmware before SMBIOS 2.6 and some readers swap the bytes of the first three groups, so one PC may show two
    forms under Windows and Linux: the smaller of the two stands for both.
    """
    digits = re.sub(r"[^0-9a-f]", "", value.lower())
    if len(digits) != 32 or len(re.sub(r"[-{}\s]", "", value)) != 32:
        return ""
    swapped = _swap(digits[0:8]) + _swap(digits[8:12]) + _swap(digits[12:16]) + digits[16:]
    if len(set(digits)) <= 2 or digits in _UUID_PLACEHOLDERS or swapped in _UUID_PLACEHOLDERS:
        return ""
    return min(digits, swapped)


def identifiers(hardware: Plain, interfaces: Plain, agent_id: str = "") -> frozenset[Identifier]:
    """Usable identifiers in a hardware and an interfaces section, without placeholders and what moves between PCs."""
    found = {
        ("system_uuid", usable_uuid(text(hardware, "system_uuid"))),
        ("system_serial", usable_serial(text(hardware, "system_serial"))),
        ("board_serial", usable_serial(text(hardware, "board_serial"))),
        ("agent", agent_id),
    }
    for disk in rows(hardware, "disks"):
        serial = usable_serial(text(disk, "serial"))
        moves = disk.get("removable") is True or text(disk, "bus") == "usb"
        if serial and not moves and not _VIRTUAL_DISK.match(serial.lower()):
            found.add(("disk_serial", serial))
    for nic in rows(interfaces, "interfaces"):
        if text(nic, "kind") in ("wired", "wireless") and not _is_local(text(nic, "mac_prefix")):
            found.add(("mac", text(nic, "mac_hash")))
    return frozenset((kind, value[:160]) for kind, value in found if value)


def compare(one: Set[Identifier], other: Set[Identifier]) -> Comparison:
    """What agrees and what differs between two sets of identifiers. Symmetric; placeholders are already left out."""
    agree: list[str] = []
    differ: list[str] = []
    for kind in WEIGHTS:
        left, right = _values(one, kind), _values(other, kind)
        if left & right:
            agree.append(kind)
        elif left and right and kind != "agent":  # a re-installed agent has a new id: that says nothing
            differ.append(kind)
    support = sum(WEIGHTS[kind] for kind in agree)
    against = sum(WEIGHTS[kind] for kind in differ if kind not in _ON_BOARD)
    against += max((WEIGHTS[kind] for kind in differ if kind in _ON_BOARD), default=0)
    return Comparison(tuple(agree), tuple(differ), support, against)


def identify(
    seen: Set[Identifier],
    known: Mapping[int, Set[Identifier]],
    common: Set[Identifier] = frozenset(),
) -> Verdict:
    """Which of the `known` machines (by id) the PC with the identifiers `seen` is, whatever the order of `known`.

    `common` are identifiers that stand at `COMMON_FROM` or more machines; they are left out on both sides.
    """
    own = seen - common
    judged = {number: compare(own, ids - common) for number, ids in known.items()}
    same = {number: found for number, found in judged.items() if _decide(found) == "same"}
    if same:
        best = max(found.score for found in same.values())
        first = sorted(number for number, found in same.items() if found.score == best)
        if len(first) > 1:
            return Doubt(tuple(first), "several_match", same[first[0]].evidence)
        return Same(first[0], best, same[first[0]].evidence)
    doubtful = {number: why for number, found in judged.items() if (why := _decide(found)) not in ("", "same")}
    if doubtful:
        candidates = sorted(doubtful, key=lambda number: (-judged[number].score, number))
        return Doubt(tuple(candidates), doubtful[candidates[0]], judged[candidates[0]].evidence)
    nearest = sorted(judged, key=lambda number: (-judged[number].score, number))
    return New(judged[nearest[0]].evidence if nearest else ())


def is_clone(known: Set[Identifier], seen: Set[Identifier]) -> bool:
    """Whether an agent that lived on the machine `known` now speaks from other hardware: an imaged disk.

    Two kinds at least must differ and no hardware identifier may agree. The caller asks only when the boot differs too.
    """
    found = compare(known, seen)
    return not [kind for kind in found.agree if kind != "agent"] and len(found.differ) >= 2


def _decide(found: Comparison) -> str:
    """ "same", "" for another machine, or why it is doubtful."""
    hardware = [kind for kind in found.agree if kind != "agent"]
    if not hardware:
        return ""
    if "mac" in found.differ and "disk_serial" in found.differ:
        return "card_and_disk_differ" if len(hardware) > 1 and found.support >= found.against else ""
    if "disk_serial" in found.agree and "agent" in found.agree and found.support < found.against:
        # The installation moved with its disk: a new main board, unless the case has another serial number.
        return "disk_moved" if "system_serial" in found.differ else "same"
    if len(found.agree) > 1 and found.support >= found.against:
        return "same"
    if not found.differ:
        return "same" if hardware[0] in _STRONG else "one_weak_match"
    return "one_weak_match" if found.support >= found.against else ""


def _values(ids: Set[Identifier], kind: str) -> set[str]:
    return {value for name, value in ids if name == kind}


def _swap(digits: str) -> str:
    return "".join(reversed([digits[i : i + 2] for i in range(0, len(digits), 2)]))


def _is_local(prefix: str) -> bool:
    """A locally administered address: random Wi-Fi addresses, containers, emulators. Not one of a piece of hardware."""
    try:
        return bool(int(prefix[:2], 16) & 2)
    except ValueError:
        return False
