"""Who may open which page. One table drives both the navigation and the guard of each page.

What is inside a page is limited again by `viewer.scope` (inventory.store.scope), in the queries of the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.i18n import N_

_ALL_BUT_AUDITOR = ("admin", "officer", "viewer", "commune", "operator")
_SEE_OFFICES = ("admin", "officer", "viewer", "commune")
# Whoever answers for a network may know what the agents did on it.
_SEE_SCANS = ("admin", "officer", "commune", "auditor")


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the navigation."""

    key: str
    path: str
    label: str  # a message id
    roles: tuple[str, ...]
    group: str = ""  # key of GROUPS


GROUPS: Mapping[str, str] = {
    "": "",
    "ket_noi": N_("Kết nối"),
    "ha_tang": N_("Hạ tầng"),
    "admin": N_("Quản trị"),
}
"""Groups of the navigation in their order, with their headings; "" stands above all headings."""

FOLDED = ("admin",)
"""Groups that are folded away until one of their places is open: a phone shows the rest on one screen."""


PLACES: tuple[Place, ...] = (
    Place("overview", "/", N_("Tổng quan"), _SEE_OFFICES),
    Place("findings", "/viec-can-xu-ly", N_("Việc cần xử lý"), _ALL_BUT_AUDITOR),
    Place("sites", "/dia-diem", N_("Địa điểm"), _SEE_OFFICES),
    Place("weekly", "/thu-tuan", N_("Thư tuần"), _SEE_OFFICES),
    Place("outages", "/mat-ket-noi", N_("Mất kết nối"), _SEE_OFFICES, "ket_noi"),
    Place("events", "/su-co-khu-vuc", N_("Sự cố khu vực"), _SEE_OFFICES, "ket_noi"),
    Place("storm", "/thien-tai", N_("Thiên tai"), _SEE_OFFICES, "ket_noi"),
    Place("quality", "/chat-luong", N_("Chất lượng đường truyền"), _SEE_OFFICES, "ket_noi"),
    Place("meeting", "/hop-truc-tuyen", N_("Họp trực tuyến"), _SEE_OFFICES, "ket_noi"),
    Place("services", "/dich-vu", N_("Dịch vụ"), _SEE_OFFICES, "ket_noi"),
    Place("machines", "/may-tinh", N_("Máy tính"), _SEE_OFFICES, "ha_tang"),
    Place("devices", "/thiet-bi", N_("Thiết bị mạng"), _SEE_OFFICES, "ha_tang"),
    Place("villages", "/thon-ban", N_("Thôn, bản"), _ALL_BUT_AUDITOR, "ha_tang"),
    Place("recipients", "/quan-tri/nguoi-nhan", N_("Người nhận thư"), ("admin", "officer"), "admin"),
    Place("tokens", "/quan-tri/ma-ghi-danh", N_("Mã ghi danh"), ("admin", "officer"), "admin"),
    Place("bundles", "/quan-tri/nhap-tu-usb", N_("Nhập từ USB"), ("admin", "officer"), "admin"),
    Place("rejected", "/quan-tri/bao-cao-loi", N_("Báo cáo lỗi"), ("admin", "officer"), "admin"),
    Place("scans", "/quan-tri/nhat-ky-quet", N_("Nhật ký quét mạng"), _SEE_SCANS, "admin"),
    Place("policy", "/quan-tri/chinh-sach", N_("Chính sách"), ("admin", "officer"), "admin"),
    Place("audit", "/quan-tri/nhat-ky", N_("Nhật ký"), ("admin", "auditor"), "admin"),
    Place("health", "/quan-tri/suc-khoe", N_("Sức khỏe hệ thống"), ("admin", "officer", "auditor"), "admin"),
)

_BY_KEY = {place.key: place for place in PLACES}


def place(key: str) -> Place:
    """A place by key. Raises KeyError."""
    return _BY_KEY[key]


def places_for(role: str) -> list[Place]:
    """The places that a role may open, in the order of the navigation."""
    return [place for place in PLACES if role in place.roles]


def menu_of(role: str, paths: frozenset[str] | set[str]) -> list[tuple[str, str, list[Place]]]:
    """The navigation of a role as (group, heading, places), without empty groups; `paths` are the pages that exist."""
    mine = [place for place in places_for(role) if place.path in paths]
    groups = [(key, label, [place for place in mine if place.group == key]) for key, label in GROUPS.items()]
    return [group for group in groups if group[2]]


def home_of(role: str) -> str:
    """Where a role starts: the first place that it may open."""
    return next((place.path for place in places_for(role)), "/doi-mat-khau")
