"""Readers of the sample's weekly mail: invented people at addresses that cannot exist, some of whom have left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlmodel import Session

from inventory.domain.unit import search_key
from inventory.sample.places import REFORM, District
from inventory.store.tables import Recipient

MAIL_DOMAIN = "gialai.example"  # a name that is reserved and can never be anybody's
FAMILY_NAMES = ("Đinh", "Trần", "Lê", "Phạm", "Bá", "Nguyễn", "Võ", "Hồ", "Đặng", "Bùi", "Mai")


def add_recipients(
    session: Session, province_id: str, districts: list[District], areas: dict[str, int], today: date
) -> int:
    """Adds the readers of every scope; returns how many. `areas`: area id by the district's name."""
    rows = [*_of_province(province_id), *_of_areas(districts, areas), *_of_communes(districts, today)]
    session.add_all(rows)
    return len(rows)


def _of_province(province_id: str) -> Iterator[Recipient]:
    department, old = "Sở Khoa học và Công nghệ", "Sở Thông tin và Truyền thông"
    yield _reader("province", province_id, f"Giám đốc {department}", "giamdoc.skhcn", name="Trần Thị Mẫu")
    yield _reader(
        "province",
        province_id,
        f"Trưởng phòng Chuyển đổi số, {department}",
        "phong.cds",
        name="Lê Văn Mẫu",
        copy_of=True,
    )
    yield _reader(
        "province",
        province_id,
        f"Giám đốc {old}",
        "giamdoc.stttt",
        name="Hồ Văn Mẫu",
        valid_to=date(2025, 2, 28),
    )


def _of_areas(districts: list[District], areas: dict[str, int]) -> Iterator[Recipient]:
    for at, district in enumerate(districts):
        area = str(areas[district.name])
        role = f"Trưởng {district.area_name[:1].lower()}{district.area_name[1:]}"
        name = f"{FAMILY_NAMES[at]} Văn Mẫu"
        yield _reader("area", area, role, f"khuvuc.{district.slug}", name=name, valid_from=REFORM)
        before = f"Chủ tịch UBND huyện {district.name}"
        yield _reader("area", area, before, f"chutich.huyen{district.slug}", valid_to=REFORM - timedelta(days=1))


def _of_communes(districts: list[District], today: date) -> Iterator[Recipient]:
    communes = [unit for district in districts for unit in district.communes.values()]
    for at, unit in enumerate(communes):
        slug = search_key(unit.name).replace(" ", "")
        name = f"{FAMILY_NAMES[at % len(FAMILY_NAMES)]} {'Thị' if at % 3 == 1 else 'Văn'} Mẫu"
        yield _reader("unit", unit.id, "Chủ tịch UBND xã", f"chutich.{slug}", name=name, valid_from=REFORM)
        yield _reader("unit", unit.id, "Cán bộ đầu mối CNTT", f"cntt.{slug}", copy_of=True, valid_from=REFORM)
        if at % 4 == 0:  # an official who moved on: the row stays, the mail stops
            left = today - timedelta(days=30 + at)
            yield _reader(
                "unit",
                unit.id,
                "Phó Chủ tịch UBND xã",
                f"phochutich.{slug}",
                copy_of=True,
                valid_from=REFORM,
                valid_to=left,
            )


def _reader(kind: str, scope_id: str, role: str, box: str, **more: Any) -> Recipient:
    return Recipient(scope_kind=kind, scope_id=scope_id, role=role, email=f"{box}@{MAIL_DOMAIN}", sample=True, **more)
