"""Villages below the commune, stations, and what operators promised. Official codes do not exist: ids are ours."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel


class Village(SQLModel, table=True):
    """A village (thôn, làng, bản, buôn, tổ dân phố, khu phố), named as written: "O2" is a name."""

    __tablename__ = "village"

    id: int | None = Field(default=None, primary_key=True)
    unit_id: str = Field(foreign_key="unit.id", index=True, max_length=24)
    type_label: str = Field(default="Thôn", max_length=20)
    name: str = Field(max_length=120)
    name_key: str = Field(default="", max_length=120, index=True)
    households: int | None = None
    people: int | None = None
    grid_power: bool | None = None
    fixed_broadband: str = Field(default="", max_length=16)  # none | copper | fibre_reachable | connected | "": unknown
    fixed_provider: str = Field(default="", max_length=40)
    mobile: str = Field(default="", max_length=12)  # none | partial | 2g_3g | 4g | 5g | "": unknown
    source_class: str = Field(default="declared", max_length=10)
    source: str = Field(default="", max_length=160)  # who said so
    as_of: date | None = None
    lat: float | None = None
    lon: float | None = None
    sample: bool = False


class Station(SQLModel, table=True):
    """A base station or mast, standing or asked for."""

    __tablename__ = "station"

    id: int | None = Field(default=None, primary_key=True)
    unit_id: str = Field(foreign_key="unit.id", index=True, max_length=24)
    name: str = Field(max_length=120)
    operator: str = Field(default="", max_length=40)
    technologies: str = Field(default="", max_length=40)  # "2g 3g 4g"
    state: str = Field(default="", max_length=16)  # operating | down | requested | assigned | building | verified | ""
    lat: float | None = None
    lon: float | None = None
    height_m: float | None = None
    source_class: str = Field(default="declared", max_length=10)
    source: str = Field(default="", max_length=160)
    as_of: date | None = None
    sample: bool = False


class Commitment(SQLModel, table=True):
    """What an operator promised, where, by when."""

    __tablename__ = "commitment"

    id: int | None = Field(default=None, primary_key=True)
    operator: str = Field(max_length=40)
    unit_id: str | None = Field(default=None, foreign_key="unit.id", index=True, max_length=24)
    village_id: int | None = Field(default=None, foreign_key="village.id", index=True)
    what: str = Field(max_length=300)
    due_on: date | None = None
    done_on: date | None = None
    source: str = Field(default="", max_length=160)
    sample: bool = False
