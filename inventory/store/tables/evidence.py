"""What agents said: contacts, sections, sealed bytes. `contact` and `raw_report` are partitioned by time on PostgreSQL."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from inventory.store.types import BigId, JsonColumn, UtcDateTime

_LATE = text("kind = 'late'")


class Contact(SQLModel, table=True):
    """An interval in which one boot of one agent was heard, grown report by report.

    kind live: the collector heard it then (from/to are receipt times). kind late: the agent was running then, but
    its reports came later (from/to are repaired times of making).
    """

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_site_from", "site_id", "from_at"),
        # late intervals are few: tells at once which sites' past has changed
        Index("ix_contact_late", "site_id", "from_at", sqlite_where=_LATE, postgresql_where=_LATE),
        {"postgresql_partition_by": "RANGE (from_at)"},
    )

    agent_id: str = Field(primary_key=True, max_length=32)
    boot_id: str = Field(primary_key=True, max_length=32)
    from_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    kind: str = Field(default="live", primary_key=True, max_length=4)
    site_id: int
    to_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    from_seq: int
    to_seq: int
    reports: int = 1
    goodbye: bool = False  # ended by a goodbye


class RawReport(SQLModel, table=True):
    """A sealed report exactly as it came, kept for the retention period. Plain heartbeats are kept as contact only."""

    __tablename__ = "raw_report"
    __table_args__ = ({"postgresql_partition_by": "RANGE (received_at)"},)

    agent_id: str = Field(primary_key=True, max_length=32)
    boot_id: str = Field(primary_key=True, max_length=32)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    received_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    made_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    site_id: int
    road: str = Field(default="https", max_length=8)  # https | relay | usb
    frame: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class RejectedReport(SQLModel, table=True):
    """A report that broke the contract, kept apart with its reason. It never blocks the agent's queue."""

    __tablename__ = "rejected_report"

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    received_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    agent_id: str = Field(default="", max_length=32, index=True)
    code: str = Field(max_length=24)
    reason: str = Field(max_length=500)
    size: int
    frame: bytes = Field(sa_column=Column(LargeBinary, nullable=False))  # the first 64 KiB
    resolved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]


class Section(SQLModel, table=True):
    """The newest data of one section of one agent."""

    __tablename__ = "section"

    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=32)
    name: str = Field(primary_key=True, max_length=32)
    site_id: int
    status: str = Field(max_length=8)  # ok | no_data | failed | denied: of the newest report
    error: str = Field(default="", max_length=300)
    hash: str = Field(default="", max_length=12)
    data: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonColumn))  # of the newest report with data
    duration_ms: int = 0
    seen_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    changed_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]


class SectionVersion(SQLModel, table=True):
    """History of the sections that change seldom (system, hardware, interfaces): one row per distinct data."""

    __tablename__ = "section_version"
    __table_args__ = (Index("ix_section_version_agent", "agent_id", "name", "from_at"),)

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    site_id: int
    agent_id: str = Field(max_length=32)
    name: str = Field(max_length=32)
    hash: str = Field(max_length=12)
    data: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    from_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
