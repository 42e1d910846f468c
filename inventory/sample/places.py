"""Areas, communes, sites and lines of the sample province, from the real unit tree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from inventory.domain.hours import VN_TIME
from inventory.domain.unit import full_name, search_key
from inventory.sample.sites import AREAS, HOURS, SitePlan
from inventory.sample.story import all_sites
from inventory.store.tables import Area, AreaMember, Line, Site, Unit, UnitLink

REFORM = date(2025, 7, 1)


class SampleError(ValueError):
    """The sample cannot be made in this store; str() says what to do."""


@dataclass(frozen=True, slots=True)
class District:
    """A former district: its new communes (name -> unit), and the seats of its old ones by full name."""

    name: str
    area_name: str
    slug: str
    communes: dict[str, Unit]
    seats: dict[str, tuple[float | None, float | None]]


def find_districts(session: Session, province_id: str) -> list[District]:
    """The three former districts with the communes that came from theirs. Raises SampleError."""
    old = select(UnitLink.from_id).where(UnitLink.to_id == province_id)
    names = [name for name, _, _ in AREAS]
    rows = session.exec(
        select(Unit).where(col(Unit.parent_id).in_(old), Unit.kind == "huyen", col(Unit.name).in_(names))
    ).all()
    by_name = {row.name: row for row in rows}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise SampleError(
            f'the sample province needs the former districts {", ".join(missing)} below "{province_id}": '
            "load config/units.csv, and keep province_id = t52.2 for the demo"
        )
    return [_district(session, by_name[name], area, slug) for name, area, slug in AREAS]


def _district(session: Session, district: Unit, area_name: str, slug: str) -> District:
    old = session.exec(select(Unit).where(Unit.parent_id == district.id)).all()
    heirs = select(UnitLink.to_id).where(col(UnitLink.from_id).in_([unit.id for unit in old]))
    new = session.exec(
        select(Unit).where(col(Unit.id).in_(heirs), col(Unit.valid_to).is_(None)).order_by(col(Unit.name_key))
    ).all()
    seats = {full_name(unit.type_label, unit.name): (unit.lat, unit.lon) for unit in old}
    return District(district.name, area_name, slug, {unit.name: unit for unit in new}, seats)


def add_areas(session: Session, province_id: str, districts: list[District]) -> dict[str, int]:
    """Adds the areas and their members; returns area id by the district's name. Their communes become `mien_nui`."""
    found: dict[str, int] = {}
    for district in districts:
        area = Area(province_id=province_id, name=district.area_name, tags="mien_nui")
        session.add(area)
        session.flush()
        assert area.id is not None
        found[district.name] = area.id
        for unit in district.communes.values():
            session.add(AreaMember(area_id=area.id, unit_id=unit.id, valid_from=REFORM))
            unit.tags = " ".join(sorted({*unit.tags.split(), "mien_nui"}))
            session.add(unit)
    session.flush()
    return found


def add_sites(session: Session, districts: list[District], now: datetime, begin: datetime) -> dict[str, Site]:
    """Adds every site with its line; returns the rows by the site's key."""
    today = now.astimezone(VN_TIME).date()
    units = {name: unit for district in districts for name, unit in district.communes.items()}
    seats = {name: seat for district in districts for name, seat in district.seats.items()}
    sites = {
        key: _site(units[commune], plan, seats, at, today, begin)
        for at, (key, (commune, plan)) in enumerate(all_sites().items())
    }
    session.add_all(sites.values())
    session.flush()
    for at, (key, (_, plan)) in enumerate(all_sites().items()):
        session.add_all(_lines(sites[key], plan, at, today))
    return sites


def _site(
    unit: Unit,
    plan: SitePlan,
    seats: dict[str, tuple[float | None, float | None]],
    at: int,
    today: date,
    begin: datetime,
) -> Site:
    lat, lon = seats[plan.old] if plan.old else (unit.lat, unit.lon)
    if plan.role not in ("tru_so_chinh", "tru_so_khac") and lat is not None and lon is not None:
        lat, lon = round(lat + 0.002 * (at % 5 - 2), 5), round(lon + 0.003 * (at % 3 - 1), 5)
    return Site(
        unit_id=unit.id,
        name=plan.name,
        name_key=search_key(plan.name),
        role=plan.role,
        provider=plan.provider if plan.mbps else "",
        hours=HOURS.get(plan.role),
        lan_declared=plan.lan_declared,
        lan_declared_on=today - timedelta(days=60 + 3 * at) if plan.lan_declared else None,
        pc_norm=plan.pc_norm,
        contact_name="Cán bộ đầu mối CNTT (mẫu)" if plan.role == "tru_so_chinh" else "",
        lat=lat,
        lon=lon,
        excluded_reason=plan.excluded,
        sample=True,
        created_at=begin,
    )


def _lines(site: Site, plan: SitePlan, at: int, today: date) -> list[Line]:
    if plan.mbps is None or site.id is None:
        return []
    radio = plan.net == "modem"
    lines = [
        Line(
            site_id=site.id,
            kind="mobile" if radio else "internet",
            medium="mobile" if radio else "fibre",
            provider=plan.provider,
            contract_no=f"MAU-{at + 1:03d}/HĐ",
            down_mbps=float(plan.mbps),
            up_mbps=float(plan.mbps) / (4 if radio else 1),
            monthly_vnd=plan.monthly_vnd,
            valid_from=date(today.year - 1, 1, 1),
            source_class="declared",
            as_of=today - timedelta(days=45),
            sample=True,
        )
    ]
    if plan.role == "tru_so_chinh":
        lines.append(
            Line(
                site_id=site.id,
                kind="tslcd",
                medium="fibre",
                provider="VNPT",
                contract_no="",
                down_mbps=20.0,
                up_mbps=20.0,
                valid_from=date(today.year - 1, 1, 1),
                source_class="declared",
                as_of=today - timedelta(days=45),
                sample=True,
            )
        )
    return lines
