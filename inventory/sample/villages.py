"""Villages, stations and promises of the sample province.

Kon Trú, O2 and O5 of the former commune Vĩnh Kim are as a newspaper reported them in 2023; all others are invented.
What nobody said stays unknown ("" or None).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from inventory.domain.unit import search_key
from inventory.store.tables import Commitment, Station, Village

NEWSPAPER = "Báo Bình Định 2023"
COMMUNE_SAID = "UBND xã báo cáo (dữ liệu mẫu)"
STAFF_SAW = "Cán bộ khảo sát tại chỗ (dữ liệu mẫu)"


@dataclass(frozen=True, slots=True)
class VillagePlan:
    name: str
    households: int | None = None
    power: bool | None = True
    broadband: str = ""
    mobile: str = ""
    verified: bool = False
    provider: str = ""
    label: str = "Làng"
    reported: bool = False  # by the newspaper


def _no(name: str, households: int, mobile: str = "", **more: Any) -> VillagePlan:
    return VillagePlan(name, households, broadband="none", mobile=mobile, **more)


def _fibre(name: str, households: int, mobile: str = "4g", provider: str = "VNPT", **more: Any) -> VillagePlan:
    return VillagePlan(name, households, broadband="connected", mobile=mobile, provider=provider, **more)


def _near(name: str, households: int, mobile: str = "4g", **more: Any) -> VillagePlan:
    return VillagePlan(name, households, broadband="fibre_reachable", mobile=mobile, **more)


def _unknown(name: str, mobile: str = "", power: bool | None = None, label: str = "Làng") -> VillagePlan:
    return VillagePlan(name, None, power, "", mobile, label=label)


VILLAGES: dict[str, tuple[VillagePlan, ...]] = {
    "Vĩnh Sơn": (
        VillagePlan("Kon Trú", broadband="none", power=None, reported=True),
        VillagePlan("O2", broadband="none", power=None, reported=True),
        VillagePlan("O5", broadband="none", power=None, reported=True),
        _no("Suối Đá", 96, "partial"),
        _near("Đồi Thông", 118, "4g", verified=True),
        _unknown("Nước Trong", "2g_3g", True),
    ),
    "Vĩnh Thịnh": (
        _fibre("Vĩnh Phúc", 210, verified=True, label="Thôn"),
        _near("Suối Cạn", 132, label="Thôn"),
        _unknown("Hòn Nhọn", "4g"),
    ),
    "Vĩnh Thạnh": (
        _fibre("Định An", 260, "5g", verified=True, label="Thôn"),
        _fibre("Định Bình", 188, label="Thôn", provider="Viettel"),
        _near("Tà Lang", 74, "partial"),
        _no("Kon Lía", 52, "none", verified=True),
    ),
    "Vĩnh Quang": (
        _fibre("Định Xuân", 240, label="Thôn"),
        _near("Hà Ri", 105),
        _no("Nước Bạc", 61, "2g_3g"),
        _unknown("Đồng Sim", label="Thôn"),
    ),
    "Vân Canh": (
        _fibre("Hiệp Vinh", 305, "5g", verified=True, label="Thôn"),
        _fibre("Canh Thành", 190, label="Thôn", provider="Viettel"),
        _near("Suối Mây", 88),
        _no("Đá Trải", 47, "partial"),
        _unknown("Hòn Mẻ", "4g", True),
    ),
    "Canh Liên": (
        _no("Kà Bông", 63, "none"),
        _no("Nước Kè", 58, "none", power=False, verified=True),
        _no("Chồm", 71, "partial"),
        _near("Hà Lũy", 84, "4g"),
        _unknown("Rừng Già"),
    ),
    "Canh Vinh": (
        _fibre("Tăng Hòa", 275, label="Thôn", verified=True),
        _near("An Long", 166, label="Thôn"),
        _unknown("Suối Nổ", "4g", True, "Thôn"),
    ),
    "An Lão": (
        _fibre("Hưng Nhơn", 232, "5g", label="Thôn", verified=True),
        _fibre("Gò Bùi", 155, label="Thôn"),
        _near("Thuận Hòa", 128, label="Thôn"),
        _no("Nước Giang", 44, "2g_3g"),
    ),
    "An Vinh": (
        _no("Gò Đồn", 69, "partial"),
        _near("Thôn 3", 91, "4g", label="Thôn"),
        _no("Nước Xáng", 38, "none", power=False),
        _unknown("Thôn 5", label="Thôn"),
    ),
    "An Toàn": (
        _no("Thôn 1", 82, "2g_3g", verified=True),
        _no("Thôn 2", 76, "partial"),
        _no("Thôn 3", 55, "none"),
        _unknown("Đất Dài", "none", None),
    ),
    "An Hòa": (
        _fibre("Vạn Khánh", 248, label="Thôn"),
        _near("Xuân Phong", 173, label="Thôn", verified=True),
        _no("Nước Lui", 49, "partial"),
        _unknown("Trà Cong", "4g", True),
    ),
}

# commune, name, operator, technologies, state
STATIONS: tuple[tuple[str, str, str, str, str], ...] = (
    ("Vĩnh Sơn", "BTS đề nghị: Kon Trú - O2 - O5", "Viettel", "4g", "requested"),
    ("Vĩnh Sơn", "BTS trung tâm xã Vĩnh Sơn", "VNPT", "2g 3g 4g", "operating"),
    ("Vĩnh Thạnh", "BTS trung tâm xã Vĩnh Thạnh", "Viettel", "4g 5g", "operating"),
    ("Vĩnh Thạnh", "BTS đề nghị: làng Kon Lía", "VNPT", "4g", "assigned"),
    ("Canh Liên", "BTS đề nghị: làng Kà Bông", "VNPT", "4g", "requested"),
    ("Canh Liên", "BTS đang xây dựng: làng Nước Kè", "Viettel", "4g", "building"),
    ("An Toàn", "BTS trung tâm xã An Toàn", "MobiFone", "2g 3g", "operating"),
    ("An Toàn", "BTS đề nghị: Thôn 3", "Viettel", "4g", "requested"),
    ("An Vinh", "BTS Gò Đồn", "VNPT", "", ""),
)

# operator, commune, village ("" = the whole commune), what, due in days from today, done days ago (None: not yet)
COMMITMENTS: tuple[tuple[str, str, str, str, int, int | None], ...] = (
    ("VNPT", "Vĩnh Sơn", "Kon Trú", "Kéo cáp quang đến làng Kon Trú", 60, None),
    ("VNPT", "Vĩnh Sơn", "O2", "Kéo cáp quang đến làng O2", 90, None),
    ("Viettel", "Vĩnh Sơn", "O5", "Phủ sóng 4G làng O5", -12, None),
    ("Viettel", "Canh Liên", "Nước Kè", "Đưa trạm 4G làng Nước Kè vào hoạt động", 30, None),
    ("VNPT", "Canh Liên", "", "Nâng băng thông trụ sở UBND xã lên 150 Mb/s", -20, 6),
    ("Viettel", "An Toàn", "Thôn 3", "Khảo sát vị trí đặt trạm tại Thôn 3", 14, None),
)


def add_villages(session: Session, communes: dict[str, str], today: date) -> tuple[int, int, int]:
    """Adds villages, stations and commitments; returns how many. `communes`: name -> unit id."""
    ids: dict[tuple[str, str], int | None] = {}
    for commune, plans in VILLAGES.items():
        rows = [_village(communes[commune], plan, today, at) for at, plan in enumerate(plans)]
        session.add_all(rows)
        session.flush()
        ids.update({(commune, row.name): row.id for row in rows})
    session.add_all(
        Station(
            unit_id=communes[commune],
            name=name,
            operator=operator,
            technologies=technologies,
            state=state,
            source_class="declared",
            source=COMMUNE_SAID,
            as_of=today - timedelta(days=40),
            sample=True,
        )
        for commune, name, operator, technologies, state in STATIONS
    )
    session.add_all(
        Commitment(
            operator=operator,
            unit_id=communes[commune],
            village_id=ids[commune, village] if village else None,
            what=what,
            due_on=today + timedelta(days=due),
            done_on=None if done is None else today - timedelta(days=done),
            source="Biên bản làm việc với doanh nghiệp (dữ liệu mẫu)",
            sample=True,
        )
        for operator, commune, village, what, due, done in COMMITMENTS
    )
    return len(ids), len(STATIONS), len(COMMITMENTS)


def _village(unit_id: str, plan: VillagePlan, today: date, at: int) -> Village:
    said = STAFF_SAW if plan.verified else COMMUNE_SAID
    known = bool(plan.broadband or plan.mobile)
    return Village(
        unit_id=unit_id,
        type_label=plan.label,
        name=plan.name,
        name_key=search_key(f"{plan.name} {plan.label}"),
        households=plan.households,
        people=plan.households * 4 if plan.households else None,
        grid_power=plan.power,
        fixed_broadband=plan.broadband,
        fixed_provider=plan.provider,
        mobile=plan.mobile,
        source_class="verified" if plan.verified else "declared",
        source=NEWSPAPER if plan.reported else said if known else "",
        as_of=date(2023, 12, 31) if plan.reported else today - timedelta(days=25 + 9 * at) if known else None,
        sample=True,
    )
