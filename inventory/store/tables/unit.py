"""Administrative units, their successors, and areas (groups of communes with leaders of their own)."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel


class Unit(SQLModel, table=True):
    """A province, district (until 30 June 2025) or commune during one period of validity. Ids are ours."""

    __tablename__ = "unit"

    id: str = Field(primary_key=True, max_length=24)
    kind: str = Field(max_length=8, index=True)  # tinh | huyen | xa
    type_label: str = Field(max_length=40)  # Tỉnh, Thành phố, Xã, Phường, Đặc khu ...
    name: str = Field(max_length=120)
    name_key: str = Field(max_length=120, index=True)  # search key without diacritics
    code: str = Field(max_length=8, index=True)  # official; recycled, so never a key
    parent_id: str | None = Field(default=None, foreign_key="unit.id", index=True, max_length=24)
    valid_from: date | None = None  # None: before records began
    valid_to: date | None = None  # last day of validity; None: still valid
    legal_basis: str = Field(default="", max_length=80)
    lat: float | None = None
    lon: float | None = None
    tags: str = Field(default="", max_length=200)  # space-separated: mien_nui bien_gioi hai_dao dac_biet_kho_khan


class UnitLink(SQLModel, table=True):
    """Where a unit went: from an ended unit to its successor."""

    __tablename__ = "unit_link"

    from_id: str = Field(primary_key=True, foreign_key="unit.id", max_length=24)
    to_id: str = Field(primary_key=True, foreign_key="unit.id", index=True, max_length=24)
    kind: str = Field(max_length=12)  # merge | split | rename | retype | continue
    effective: date
    is_default: bool = False  # the one to offer first where a unit was split


class Area(SQLModel, table=True):
    """A group of communes between Department and commune (cụm, khu vực; often a former district)."""

    __tablename__ = "area"

    id: int | None = Field(default=None, primary_key=True)
    province_id: str = Field(foreign_key="unit.id", index=True, max_length=24)
    name: str = Field(max_length=120)
    tags: str = Field(default="", max_length=200)


class AreaMember(SQLModel, table=True):
    __tablename__ = "area_member"

    area_id: int = Field(primary_key=True, foreign_key="area.id")
    unit_id: str = Field(primary_key=True, foreign_key="unit.id", index=True, max_length=24)
    valid_from: date | None = None
    valid_to: date | None = None
