"""Protection, Windows 11, disks and screens of one machine in words, for its page and for lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from collector.i18n import N_, format, translator
from collector.i18n import words as codes
from collector.web.evidence import unsafe_value
from collector.web.section_words import WORDS
from collector.web.words import Data, shown
from inventory.domain.machine import MachineFacts
from inventory.domain.plain import rows, text, truth, whole
from inventory.domain.policy import Policy
from inventory.domain.protection import protection
from inventory.store.tables import Machine

TOPICS: Mapping[str, str] = {
    "antimalware": N_("phần mềm phòng chống mã độc"),
    "firewall": N_("tường lửa"),
    "updates": N_("cập nhật hệ điều hành"),
    "smb1": N_("SMBv1"),
    "rdp": N_("điều khiển từ xa (RDP)"),
}
SHORT_UNSAFE: Mapping[str, str] = {
    "no_antimalware": N_("không phòng mã độc"),
    "antimalware_off": N_("phòng mã độc tắt"),
    "antimalware_old": N_("mẫu mã độc cũ"),
    "firewall_off": N_("tường lửa tắt"),
    "updates_old": N_("lâu chưa cập nhật"),
    "os_release": N_("bản Windows cũ"),
    "smb1": N_("SMBv1"),
    "rdp": N_("RDP mở"),
}
"""For lists, where the full words would not fit."""

SHORT_WINDOWS_11: Mapping[str, str] = {
    "capable": N_("chạy được"),
    "switched_off": N_("sau khi bật BIOS"),
    "cannot": N_("không chạy được"),
    "": N_("chưa rõ"),
}
W11_MARKS = {"capable": "up", "switched_off": "odd", "cannot": "suspect"}
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Weakness:
    """A weak point of a PC's protection: what, what was found, a short word for lists."""

    code: str
    title: str
    value: str
    short: str


@dataclass(frozen=True, slots=True)
class Windows11View:
    """`applies` False: not judged for this machine. The three lists are sentences."""

    applies: bool
    running: bool  # Windows 11 is what it runs
    mark: str
    verdict: str
    cannot: list[str]
    switched_off: list[str]
    unknown: list[str]


@dataclass(frozen=True, slots=True)
class DiskView:
    model: str
    size: str
    kind: str
    mark: str
    health: str
    hours: str | None
    wear: str | None
    sectors: str
    is_system: bool


@dataclass(frozen=True, slots=True)
class VolumeView:
    mount: str
    size: str | None
    free: str | None
    share: str
    nearly_full: bool


def weaknesses(machine: Machine, lang: str) -> list[Weakness] | None:
    """None: nothing could be judged; []: protected as far as known."""
    if machine.unsafe is None:
        return None
    return [
        Weakness(
            code,
            codes.word(codes.UNSAFE, code, lang),
            unsafe_value(item, lang),
            codes.word(SHORT_UNSAFE, code, lang),
        )
        for item in machine.unsafe
        if isinstance(item, Mapping)
        for code in [str(item.get("code", ""))]
    ]


def not_judged(posture: Data | None, policy: Policy, today: date, lang: str) -> list[str]:
    """Parts of the protection that the PC could not tell about."""
    return [codes.word(TOPICS, name, lang) for name in protection(MachineFacts(), posture, policy, today).unknown]


def windows11_view(machine: Machine, lang: str) -> Windows11View:
    """Whether the hardware could run Windows 11, and what stands in the way, in sentences."""
    _ = translator(lang)
    name = machine.os_name.lower()
    running = "windows 11" in name
    applies = machine.kind not in ("virtual", "server") and (not name or "windows" in name) and "server" not in name
    cannot: list[str] = []
    switched_off: list[str] = []
    unknown: list[str] = []
    for item in machine.windows11_reasons or []:
        if not isinstance(item, Mapping):
            continue
        code = str(item.get("code", ""))
        if item.get("value") is None:
            unknown.append(codes.word(codes.WINDOWS_11_CODES, code, lang))
        elif item.get("off"):
            switched_off.append(_hint(code, lang))
        else:
            cannot.append(_cannot(code, item, lang))
    verdict = codes.word(codes.WINDOWS_11, machine.windows11, lang)
    mark = W11_MARKS.get(machine.windows11, "unknown")
    return Windows11View(applies, running, mark, verdict, cannot, switched_off, unknown)


def _hint(code: str, lang: str) -> str:
    texts = {
        "tpm": N_("Bật chip bảo mật trong BIOS: mục TPM, Intel PTT hoặc AMD fTPM."),
        "firmware": N_(
            "Chuyển khởi động sang UEFI trong BIOS; trước đó đổi ổ hệ thống sang GPT (lệnh mbr2gpt), nếu không máy không khởi động được."
        ),
    }
    return codes.word(texts, code, lang)


def _cannot(code: str, item: Mapping[str, Any], lang: str) -> str:
    _ = translator(lang)
    value, limit = item.get("value"), item.get("limit")
    if code == "cpu":
        return _(N_("Bộ xử lý không có trong danh sách của hãng: %(value)s")) % {"value": value}
    if code == "ram":
        size, least = (format.gigabytes(round(float(end or 0) * _GIB), lang) for end in (value, limit))
        return _(N_("RAM %(value)s, cần %(limit)s")) % {"value": size, "limit": least}
    if code == "disk":
        return _(N_("Ổ hệ thống %(value)s GB, cần %(limit)s GB")) % {"value": value, "limit": limit}
    if code == "tpm":
        known = str(value)
        if known in WORDS["tpm"]:
            return _(N_("Không thấy chip bảo mật TPM 2.0"))
        return _(N_("Chip bảo mật TPM đời %(value)s, cần 2.0")) % {"value": known}
    if code == "firmware":
        return _(N_("BIOS đời cũ, không khởi động được kiểu UEFI"))
    return f"{codes.word(codes.WINDOWS_11_CODES, code, lang)}: {value}"


def disk_views(hardware: Data | None, storage: Data | None, lang: str) -> list[DiskView]:
    """Fixed disks with what they say of themselves; those that only one of the two sections knows too."""
    disks = [disk for disk in rows(hardware or {}, "disks") if not truth(disk, "removable")]
    states = list(rows(storage or {}, "disks"))
    found: list[DiskView] = []
    for disk in disks:
        state = next((one for one in states if _same(disk, one)), None)
        if state is not None:
            states.remove(state)
        found.append(_disk_view(disk, state or {}, lang))
    return found + [_disk_view({}, state, lang) for state in states]


def _same(disk: Data, state: Data) -> bool:
    serial = text(disk, "serial")
    if serial and text(state, "serial"):
        return serial == text(state, "serial")
    return text(disk, "model") == text(state, "model")


def _disk_view(disk: Data, state: Data, lang: str) -> DiskView:
    _ = translator(lang)
    health = text(state, "health")
    bad, pending = whole(state, "reallocated_sectors"), whole(state, "pending_sectors")
    said = _(N_("cung hỏng đã thay %(bad)s, chờ thay %(pending)s"))
    sectors = (
        said % {"bad": format.number(bad, lang), "pending": format.number(pending, lang)} if bad or pending else ""
    )
    return DiskView(
        text(disk, "model") or text(state, "model"),
        shown(disk.get("size_bytes"), "bytes", lang) or "",
        shown(disk.get("rotational"), "rotational", lang) or "",
        {"ok": "up", "warning": "odd", "failing": "lost"}.get(health, "unknown"),
        codes.word(codes.DISK_HEALTH, health, lang),
        shown(state.get("power_on_hours"), "hours", lang),
        shown(state.get("wear_percent"), "percent", lang),
        sectors,
        bool(truth(disk, "is_system") or truth(state, "is_system")),
    )


def volume_views(storage: Data | None, policy: Policy, lang: str) -> list[VolumeView]:
    """Partitions with their free space; the system's own is measured by the policy's limit."""
    found: list[VolumeView] = []
    for volume in rows(storage or {}, "volumes"):
        size, free = whole(volume, "size_bytes"), whole(volume, "free_bytes")
        share = None if free is None or not size else 100 * free / size
        found.append(
            VolumeView(
                text(volume, "mount"),
                shown(size, "bytes", lang),
                shown(free, "bytes", lang),
                "" if share is None else f"{format.decimal(share, 0, lang)}%",
                share is not None and bool(truth(volume, "is_system")) and share < policy.disk_free_min_percent,
            )
        )
    return found


def monitor_views(hardware: Data | None, lang: str) -> list[tuple[str, str | None]]:
    """(name, "tuần 14 năm 2017") of each screen; None: its age is not known."""
    _ = translator(lang)
    found: list[tuple[str, str | None]] = []
    for item in rows(hardware or {}, "monitors"):
        maker, model = shown(text(item, "vendor"), "pnp", lang) or "", text(item, "model")
        name = model if model.upper().startswith(maker.upper()) else f"{maker} {model}".strip()
        year, week = whole(item, "year"), whole(item, "week")
        if year is None:
            built = None
        elif truth(item, "model_year"):
            built = _(N_("đời %(year)s")) % {"year": year}
        elif week is not None and 1 <= week <= 54:
            built = _(N_("tuần %(week)s năm %(year)s")) % {"week": week, "year": year}
        else:
            built = str(year)
        found.append((name or _(N_("màn hình gắn liền")), built))
    return found
