"""Sites (offices and other places that need a network), their lines, and what we believe of their state."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, true
from sqlmodel import Field, SQLModel

from inventory.store.types import BigId, JsonColumn, UtcDateTime


class Site(SQLModel, table=True):
    """One place with its own LAN and uplink. A commune may keep several; a site outlives its commune."""

    __tablename__ = "site"

    id: int | None = Field(default=None, primary_key=True)
    unit_id: str = Field(foreign_key="unit.id", index=True, max_length=24)
    name: str = Field(max_length=160)
    name_key: str = Field(default="", max_length=160, index=True)
    role: str = Field(default="tru_so_chinh", max_length=24)
    # tru_so_chinh | tru_so_khac | trung_tam_hcc | truong_hoc | tram_y_te | cong_an | van_hoa | khac
    provider: str = Field(default="", max_length=40)  # of the main line: VNPT, Viettel, FPT ...
    hours: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    # [["mon-fri","07:30-11:30"], ...] local time; None: the policy's hours
    hours_learnt: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    # by habit, in the same form; used where nobody has said otherwise
    lan_declared: str = Field(default="", max_length=12)  # none | partial | working | "": nobody said
    lan_declared_on: date | None = None
    pc_norm: int | None = None  # PCs that the site should have; None: not known
    contact_name: str = Field(default="", max_length=120)
    contact_phone: str = Field(default="", max_length=40)
    lat: float | None = None
    lon: float | None = None
    excluded_reason: str = Field(default="", max_length=200)  # e.g. state secrets: never observed, counted apart
    meeting_point: bool | None = None  # of video meetings; None: by its role (policy meeting.roles)
    sample: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    # Conclusions, refreshed by the evaluation job; the evidence is in contact, agent_boot and collector_beat.
    state: str = Field(default="NEVER_REPORTED", max_length=24, index=True)
    state_cause: str = Field(default="unknown", max_length=12)
    state_since: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_contact_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    lan_state: str = Field(default="unknown", max_length=12)  # none | partial | working | unknown
    lan_evidence: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    evaluated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]


class SiteState(SQLModel, table=True):
    """What is believed now about a stretch of time at a site; recomputed from evidence, never edited."""

    __tablename__ = "site_state"
    __table_args__ = (
        Index("ix_site_state_site_from", "site_id", "from_at"),
        Index("ix_site_state_from", "from_at"),  # which sites were lost at the same time
    )

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    site_id: int = Field(foreign_key="site.id")
    from_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    to_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    state: str = Field(max_length=24)
    cause: str = Field(default="unknown", max_length=12)
    why: str = Field(
        default="", max_length=24, sa_column_kwargs={"server_default": ""}
    )  # code of the rule that says so
    observed: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    # False: concluded for a time in which nobody could see, as a fault over a night


class Line(SQLModel, table=True):
    """A line into a site and what is paid for it."""

    __tablename__ = "line"

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    kind: str = Field(default="internet", max_length=12)  # internet | tslcd | mobile | satellite | office_link
    medium: str = Field(default="", max_length=12)  # fibre | copper | radio | mobile | satellite
    provider: str = Field(default="", max_length=40)
    contract_no: str = Field(default="", max_length=60)
    down_mbps: float | None = None
    up_mbps: float | None = None
    monthly_vnd: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    source_class: str = Field(default="declared", max_length=10)  # measured | declared | verified
    as_of: date | None = None
    sample: bool = False
