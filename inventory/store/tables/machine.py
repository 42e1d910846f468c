"""PCs. A machine is not an agent: re-installing the agent does not make a second PC."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from inventory.store.types import BigId, JsonColumn, UtcDateTime


class Machine(SQLModel, table=True):
    __tablename__ = "machine"

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    sample: bool = False
    status: str = Field(default="in_use", max_length=16)  # in_use | broken | retired | excluded | conflict
    status_note: str = Field(default="", max_length=200)
    # Declared by people
    asset_tag: str = Field(default="", max_length=60)
    purchase_date: date | None = None
    purchase_source: str = Field(default="", max_length=20)  # asset_book | typed | import
    # Evidence, copied from the newest sections for lists and search
    hostname: str = Field(default="", max_length=255)
    vendor: str = Field(default="", max_length=120)
    model: str = Field(default="", max_length=120)
    serial: str = Field(default="", max_length=120)
    kind: str = Field(default="", max_length=16)  # desktop | laptop | server | virtual | ""
    cpu: str = Field(default="", max_length=160)
    cpu_cores: int | None = None
    cpu_mhz: float | None = None
    ram_bytes: int | None = Field(default=None, sa_type=BigInteger)
    disk_bytes: int | None = Field(default=None, sa_type=BigInteger)  # of the system disk
    disk_rotational: bool | None = None
    os_name: str = Field(default="", max_length=120)
    os_version: str = Field(default="", max_length=60)
    addresses: str = Field(default="", max_length=400)  # space-separated
    search_key: str = Field(default="", max_length=900)  # all of the above without diacritics, for LIKE
    bios_date_earliest: date | None = None  # the earliest ever seen: a firmware update must not make a PC younger
    # Conclusions of the evaluation job
    age_status: str = Field(default="unknown", max_length=16)  # known | unknown | not_applicable
    built_earliest: int | None = None  # year
    built_latest: int | None = None
    age_method: str = Field(default="", max_length=40)
    age_confidence: str = Field(default="", max_length=8)  # high | medium | low
    age_evidence: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    outdated: bool | None = Field(default=None, index=True)  # None: not known, or does not apply
    unfit: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    # [{"code","value","limit","evidence"}]; None: not known yet, []: fit as far as known
    unsafe: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))  # weak protection, in the same form
    advice: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))  # worth a look, no gap by the policy
    windows11: str = Field(default="", max_length=16)  # capable | switched_off | cannot | ""
    windows11_reasons: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    os_support_end: date | None = None
    disk_free_bytes: int | None = Field(default=None, sa_type=BigInteger)  # of the system's volume
    disk_health: str = Field(default="", max_length=8)  # ok | warning | failing | ""
    last_update_on: date | None = None  # of the operating system
    policy_version: int = 0  # that the conclusions were drawn under
    last_contact_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    evaluated_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]


class MachineIdentifier(SQLModel, table=True):
    """An identifier that was seen on a machine; several together decide (inventory/domain/identity.py)."""

    __tablename__ = "machine_identifier"

    machine_id: int = Field(primary_key=True, foreign_key="machine.id")
    kind: str = Field(
        primary_key=True, max_length=16
    )  # system_uuid | system_serial | board_serial | mac | disk_serial | agent
    value: str = Field(primary_key=True, max_length=160, index=True)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_seen_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]


class MachinePlacement(SQLModel, table=True):
    """Where a machine was, when."""

    __tablename__ = "machine_placement"
    __table_args__ = (Index("ix_machine_placement_machine", "machine_id", "from_at"),)

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    machine_id: int = Field(foreign_key="machine.id")
    site_id: int = Field(foreign_key="site.id")
    agent_id: str = Field(default="", max_length=32)
    from_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    to_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
