"""Who may open which page. One table drives both the navigation and the guard of each page.

What is inside a page is limited again by `viewer.scope` (inventory.store.scope), in the queries of the store.
"""

from __future__ import annotations

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
    group: str = ""  # "" main, "admin" administration


PLACES: tuple[Place, ...] = (
    Place("overview", "/", N_("Tổng quan"), _SEE_OFFICES),
    Place("findings", "/viec-can-xu-ly", N_("Việc cần xử lý"), _ALL_BUT_AUDITOR),
    Place("sites", "/dia-diem", N_("Địa điểm"), _SEE_OFFICES),
    Place("machines", "/may-tinh", N_("Máy tính"), _SEE_OFFICES),
    Place("devices", "/thiet-bi", N_("Thiết bị mạng"), _SEE_OFFICES),
    Place("villages", "/thon-ban", N_("Thôn, bản"), _ALL_BUT_AUDITOR),
    Place("weekly", "/thu-tuan", N_("Thư tuần"), _SEE_OFFICES),
    Place("recipients", "/quan-tri/nguoi-nhan", N_("Người nhận thư"), ("admin", "officer"), "admin"),
    Place("tokens", "/quan-tri/ma-ghi-danh", N_("Mã ghi danh"), ("admin", "officer"), "admin"),
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


def home_of(role: str) -> str:
    """Where a role starts: the first place that it may open."""
    return next((place.path for place in places_for(role)), "/doi-mat-khau")
