"""Findings and their history."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.store.types import BigId, JsonColumn, UtcDateTime


class Finding(SQLModel, table=True):
    """One gap at one subject. Re-opening keeps the row and its history; (kind, subject) is unique."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("kind", "subject_kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=32, index=True)
    subject_kind: str = Field(max_length=12)  # machine | device | site | line | village | unit | agent
    subject_id: str = Field(max_length=40)
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    unit_id: str = Field(foreign_key="unit.id", index=True, max_length=24)
    severity: str = Field(max_length=8)  # high | medium | low
    state: str = Field(default="new", max_length=16, index=True)
    # new | confirmed | in_progress | waiting_budget | fixed | cannot_fix | excluded
    is_open: bool = Field(default=True, index=True)  # the rule still holds, by the newest evidence
    evidence: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JsonColumn, nullable=False))
    policy_version: int = 0
    responsible: str = Field(default="commune", max_length=12)  # commune | department | operator
    opened_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    due_on: date | None = None
    times_opened: int = 1
    sample: bool = False


class FindingEvent(SQLModel, table=True):
    """opened | closed | reopened | state | note | evidence: what happened to a finding, by whom."""

    __tablename__ = "finding_event"

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    finding_id: int = Field(foreign_key="finding.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    actor: str = Field(default="", max_length=80)  # "" is the collector itself
    what: str = Field(max_length=12)
    from_state: str = Field(default="", max_length=16)
    to_state: str = Field(default="", max_length=16)
    note: str = Field(default="", max_length=500)
