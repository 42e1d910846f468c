"""What changed between two versions of a section, in words: "RAM: 4 GB → 8 GB", "Thêm ổ đĩa: KINGSTON 240 GB"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collector.i18n import N_, translator
from collector.web.words import FIELDS, Data, shown

MAX_LINES = 12

_LISTS: Mapping[str, tuple[tuple[str, tuple[str, ...], str, str, str], ...]] = {
    # section: lists, each with what names an item, "added", "removed", "changed"
    "hardware": (
        (
            "disks",
            ("model", "serial", "size_bytes"),
            N_("Thêm ổ đĩa: %(item)s"),
            N_("Bớt ổ đĩa: %(item)s"),
            N_("Đổi ổ đĩa: %(item)s"),
        ),
        (
            "monitors",
            ("vendor", "model", "serial", "year"),
            N_("Thêm màn hình: %(item)s"),
            N_("Bớt màn hình: %(item)s"),
            N_("Đổi màn hình: %(item)s"),
        ),
    ),
    "interfaces": (
        (
            "interfaces",
            ("name", "mac_hash"),
            N_("Thêm card mạng: %(item)s"),
            N_("Bớt card mạng: %(item)s"),
            N_("Đổi thiết lập card mạng: %(item)s"),
        ),
    ),
}


def change_lines(section: str, before: Data | None, after: Data, lang: str) -> list[str]:
    """One line per change, at most MAX_LINES; empty when only something changed that people are not shown."""
    _ = translator(lang)
    if before is None:
        return [_(N_("Bản ghi đầu tiên"))]
    lines = [*_fields(section, before, after, lang), *_items(section, before, after, lang)]
    if len(lines) > MAX_LINES:
        rest = len(lines) - MAX_LINES
        lines = [*lines[:MAX_LINES], _(N_("và %(n)s thay đổi khác")) % {"n": rest}]
    return lines


def _fields(section: str, before: Data, after: Data, lang: str) -> Iterator[str]:
    _ = translator(lang)
    for key, label, kind in FIELDS.get(section, ()):
        if before.get(key) == after.get(key) or (key not in before and not after.get(key)):
            continue  # a newer agent tells more: a field that comes empty is no change
        old, new = (shown(side.get(key), kind, lang) or _(N_("chưa có dữ liệu")) for side in (before, after))
        if old != new:
            yield f"{_(label)}: {old} → {new}"


def _items(section: str, before: Data, after: Data, lang: str) -> Iterator[str]:
    _ = translator(lang)
    for key, names, added, removed, changed in _LISTS.get(section, ()):
        if key not in before:  # an older agent did not look
            continue
        old, new = (_by_name(side.get(key), names) for side in (before, after))
        for name, item in new.items():
            if name not in old:
                yield _(added) % {"item": _title(item, lang)}
            elif _news(old[name], item):
                yield _(changed) % {"item": _title(item, lang)}
        for name, item in old.items():
            if name not in new:
                yield _(removed) % {"item": _title(item, lang)}


def _news(old: Data, new: Data) -> bool:
    """Whether an item says something else, not only more because a newer agent looks closer."""
    return any(new.get(key) != value for key, value in old.items())


def _by_name(items: Any, names: tuple[str, ...]) -> dict[tuple[str, ...], Data]:
    found: dict[tuple[str, ...], Data] = {}
    for item in items if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            found[tuple(str(item.get(name) or "") for name in names)] = item
    return found


def _title(item: Data, lang: str) -> str:
    name = item.get("model") or item.get("name") or item.get("serial")
    pieces = (
        shown(item.get("vendor"), "pnp", lang),
        name,
        shown(item.get("size_bytes"), "bytes", lang),
        shown(item.get("ipv4"), "list", lang),
        shown(item.get("year"), "year", lang),
    )
    return " ".join(str(piece) for piece in pieces if piece) or "?"
