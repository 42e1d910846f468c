"""Conclusions about a machine in words, for its list and its page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from collector.i18n import N_, format, translator
from collector.i18n import words as codes
from collector.web.evidence import WHY, age_value, built_years, measured
from collector.web.machine_safety import weaknesses
from inventory.store.machine_lists import MachineRow
from inventory.store.tables import Machine

_CPU_NOISE = re.compile(r"\((?:R|TM|C)\)|\b(?:CPU|Processor)\b|@|\b\d+th Gen\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AgeView:
    """`mark` is a kind of the macro `mark`; `years` "" when nothing is known."""

    mark: str
    verdict: str  # lạc hậu, còn trong thời hạn, chưa rõ tuổi máy ...
    built: str  # "2010–2012"
    years: str  # "14–16 năm"


@dataclass(frozen=True, slots=True)
class UnfitView:
    code: str
    title: str
    value: str
    limit: str
    evidence: str


def age_view(machine: Machine, year: int, lang: str) -> AgeView:
    """How old, as far as it is known in that year."""
    _ = translator(lang)
    if machine.age_status == "not_applicable":
        virtual = machine.kind == "virtual"
        text = N_("Không áp dụng tuổi máy (máy ảo)") if virtual else N_("Không áp dụng tuổi máy")
        return AgeView("off", _(text), "", "")
    early, late = machine.built_earliest, machine.built_latest
    if machine.age_status != "known" or late is None:
        return AgeView("unknown", _(N_("chưa rõ tuổi máy")), "", "")
    built, low = built_years(early, late, lang), max(0, year - late)
    if early is None:
        years = _(N_("ít nhất %(n)s năm")) % {"n": low}
    else:
        high = max(low, year - early)
        years = _(N_("%(n)s năm")) % {"n": low if low == high else f"{low}–{high}"}
    if machine.outdated is None:
        return AgeView("unknown", _(N_("chưa rõ có lạc hậu không")), built, years)
    if machine.outdated:
        return AgeView("lost", _(N_("lạc hậu")), built, years)
    return AgeView("up", _(N_("còn trong thời hạn")), built, years)


def age_rows(machine: Machine, lang: str) -> list[tuple[str, str, str]]:
    """(kind of evidence, what it is, what it says about the year built or why it is not believed), as stored."""
    rows: list[tuple[str, str, str]] = []
    for item in machine.age_evidence or []:
        if not isinstance(item, Mapping):
            continue
        reason, early, late = item.get("reason"), item.get("earliest"), item.get("latest")
        says = codes.word(WHY, str(reason), lang) if reason else built_years(early, late, lang)
        code = str(item.get("method", ""))
        value = age_value(code, str(item.get("value", "")), lang)
        rows.append((codes.word(codes.AGE_METHODS, code, lang), value, says))
    return rows


def short_cpu(name: str) -> str:
    """A processor's name without what carries no news: "Intel Core i3-2100 3.10GHz"."""
    return " ".join(_CPU_NOISE.sub(" ", name).split())


def unfit_views(machine: Machine, lang: str) -> list[UnfitView] | None:
    """Limits that the machine does not keep; None: not judged yet, []: fit as far as known."""
    if machine.unfit is None:
        return None
    return [_unfit_view(item, lang) for item in machine.unfit if isinstance(item, Mapping)]


def _unfit_view(item: Mapping[str, Any], lang: str) -> UnfitView:
    code = str(item.get("code", ""))
    limit = "ok" if code == "disk_health" else item.get("limit")
    return UnfitView(
        code,
        codes.word(codes.UNFIT, code, lang),
        measured(code, item.get("value"), lang),
        measured(code, limit, lang),
        str(item.get("evidence") or ""),
    )


CSV_HEAD = (
    N_("Máy tính"),
    N_("Xã"),
    N_("Địa điểm"),
    N_("Hãng"),
    N_("Kiểu máy"),
    N_("Số sê-ri"),
    N_("Mã tài sản"),
    N_("Bộ xử lý"),
    N_("RAM (GB)"),
    N_("Ổ hệ thống (GB)"),
    N_("Hệ điều hành"),
    N_("Địa chỉ"),
    N_("Năm sản xuất sớm nhất"),
    N_("Năm sản xuất muộn nhất"),
    N_("Tuổi máy"),
    N_("Chưa đạt"),
    N_("Thiếu bảo vệ"),
    N_("Cập nhật hệ điều hành gần nhất"),
    N_("Hãng hỗ trợ hệ điều hành đến"),
    N_("Windows 11"),
    N_("Sức khỏe ổ đĩa"),
    N_("Ổ hệ thống còn trống (GB)"),
    N_("Tình trạng"),
    N_("Liên lạc cuối"),
    N_("Dữ liệu mẫu"),
)


def csv_row(row: MachineRow, year: int, lang: str) -> list[object]:
    """The cells under CSV_HEAD; None where nothing is known."""
    m = row.machine
    unfit, weak = unfit_views(m, lang), weaknesses(m, lang)
    return [
        m.hostname, row.unit_name, row.site_name, m.vendor, m.model, m.serial, m.asset_tag, m.cpu,
        _gib(m.ram_bytes), _gib(m.disk_bytes), m.os_name, m.addresses, m.built_earliest, m.built_latest,
        age_view(m, year, lang).verdict,
        None if unfit is None else "; ".join(item.title for item in unfit),
        None if weak is None else "; ".join(item.title for item in weak),
        format.day(m.last_update_on, lang) if m.last_update_on else None,
        format.day(m.os_support_end, lang) if m.os_support_end else None,
        codes.word(codes.WINDOWS_11, m.windows11, lang) if m.windows11 else None,
        codes.word(codes.DISK_HEALTH, m.disk_health, lang) if m.disk_health else None,
        _gib(m.disk_free_bytes),
        codes.word(codes.MACHINE_STATUS, m.status, lang),
        format.moment(m.last_contact_at, lang) if m.last_contact_at else None,
        "x" if m.sample else "",
    ]  # fmt: skip


def _gib(value: int | None) -> float | None:
    return None if value is None else round(value / 2**30, 1)
