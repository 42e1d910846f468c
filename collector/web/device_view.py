"""Network equipment in words, for its lists and its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.i18n import N_, format, translator
from collector.i18n import device_words as words
from collector.i18n import words as codes
from collector.web.templating import named
from collector.web.words import shown
from inventory.store.device_lists import DeviceRow, needs_attention
from inventory.store.tables import NetworkDevice

CSV_HEAD = (
    N_("Loại"),
    N_("Hãng"),
    N_("Kiểu"),
    N_("Phiên bản"),
    N_("Số sê-ri"),
    N_("Tên"),
    N_("Địa chỉ"),
    N_("Nơi đặt"),
    N_("Xã"),
    N_("Địa điểm"),
    N_("Cổng đang nối"),
    N_("Vật tư sắp hết"),
    N_("Ắc quy"),
    N_("Số trang đã in"),
    N_("Cần xem"),
    N_("Nguồn"),
    N_("Thấy lần đầu"),
    N_("Thấy lần cuối"),
    N_("Không còn thấy từ"),
    N_("Dữ liệu mẫu"),
)


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device in words; None and "" where nothing is known."""

    device: NetworkDevice
    kind: str
    title: str  # maker and model
    version: str
    ports: str | None  # "12/28"
    supplies: list[str]  # those that run low: "Toner 6%"
    supply_count: int
    battery: str | None
    attention: list[str]  # codes of device_words.ATTENTION
    site_name: str = ""
    unit_name: str = ""


def device_view(device: NetworkDevice, lang: str, row: DeviceRow | None = None) -> DeviceView:
    """The words for a device; `row` says where it stands, where a list tells that."""
    supplies = [item for item in device.supplies or () if isinstance(item, Mapping)]
    low = [item for item in supplies if item.get("low")]
    return DeviceView(
        device,
        codes.word(words.DEVICE_KINDS, device.kind, lang),
        named(device.vendor, device.model),
        " ".join(part for part in (device.os, device.version) if part),
        shown(device.ports, "ports", lang) if device.ports else None,
        [_supply(item, lang) for item in low],
        len(supplies),
        shown(device.battery, "battery", lang) if device.battery else None,
        needs_attention(device),
        row.site_name if row else "",
        row.unit_name if row else "",
    )


def supply_rows(device: NetworkDevice, lang: str) -> list[tuple[str, str | None, bool]]:
    """(name, how much is left, whether it runs low) of each supply."""
    return [
        (str(item.get("name") or ""), shown(item.get("percent"), "percent", lang), bool(item.get("low")))
        for item in device.supplies or ()
        if isinstance(item, Mapping)
    ]


def port_rows(device: NetworkDevice, lang: str) -> list[tuple[str, bool | None, str | None, str | None, str | None]]:
    """(name, up, speed, errors, discards) of each port."""
    return [
        (
            str(item.get("name") or item.get("index") or ""),
            item.get("is_up"),
            shown(item.get("speed_mbps"), "mbps", lang),
            shown(item.get("errors"), "number", lang),
            shown(item.get("discards"), "number", lang),
        )
        for item in device.ports or ()
        if isinstance(item, Mapping)
    ]


def battery_rows(device: NetworkDevice, lang: str) -> list[tuple[str, str | None]]:
    """What a UPS says of its battery: (name, value)."""
    said, _ = device.battery or {}, translator(lang)
    on = said.get("on_battery_s")
    return [
        (_(N_("Tình trạng")), codes.word(words.BATTERY, str(said.get("status") or ""), lang)),
        (_(N_("Còn lại")), shown(said.get("percent"), "percent", lang)),
        (
            _(N_("Còn dùng được")),
            None if said.get("minutes_left") is None else format.span(said["minutes_left"] * 60, lang),
        ),
        (_(N_("Đang chạy bằng ắc quy")), _on_battery(on, lang)),
        (_(N_("Cần thay ắc quy")), shown(said.get("replace"), "yes_no", lang)),
    ]


def csv_row(row: DeviceRow, lang: str) -> list[object]:
    """The cells under CSV_HEAD; None where nothing is known."""
    d, view = row.device, device_view(row.device, lang, row)
    return [
        view.kind if d.kind else None, d.vendor, d.model, view.version, d.serial, d.name, d.address, d.location,
        row.unit_name, row.site_name, f" {view.ports}" if view.ports else None,
        "; ".join(view.supplies) if d.supplies else None, view.battery, d.pages,
        "; ".join(codes.word(words.ATTENTION, code, lang) for code in view.attention),
        codes.word(words.DEVICE_SOURCES, d.source or d.source_class, lang),
        format.moment(d.first_seen_at, lang), format.moment(d.last_seen_at, lang),
        format.moment(d.gone_at, lang) if d.gone_at else None, "x" if d.sample else "",
    ]  # fmt: skip


def _supply(item: Mapping[str, object], lang: str) -> str:
    left = shown(item.get("percent"), "percent", lang)
    return f"{item.get('name') or '?'} {left or ''}".strip()


def _on_battery(seconds: object, lang: str) -> str | None:
    if not isinstance(seconds, int | float):
        return None
    return format.span(seconds, lang) if seconds else translator(lang)(N_("không"))
