"""The service's own life: when it was up, what is due, and what kind of store this is."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from inventory.store.types import BigId, JsonColumn, UtcDateTime


class CollectorBeat(SQLModel, table=True):
    """An interval in which a collector process was able to take reports; gaps are COLLECTOR_BLIND."""

    __tablename__ = "collector_beat"

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    instance: str = Field(max_length=60)
    from_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    to_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]


class CollectorDeaf(SQLModel, table=True):
    """A time in which a collector ran and nobody at all was heard: the line to it was cut, not the offices'."""

    __tablename__ = "collector_deaf"

    from_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    to_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # None: it goes on
    silenced: list[Any] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    # [[agent id, site id, boot id], ...]: who fell silent then
    verdict: str = Field(default="", max_length=12)  # "": not settled | collector | sites


class JobDue(SQLModel, table=True):
    """When a job is due next; taken by a conditional UPDATE (inventory/store/claim.py)."""

    __tablename__ = "job_due"

    name: str = Field(primary_key=True, max_length=40)
    due_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    claimed_by: str = Field(default="", max_length=60)
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_ok_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_error: str = Field(default="", max_length=300)


class Meta(SQLModel, table=True):
    """Small facts about this store: province id, profile (ba_cap | hai_cap), sample data loaded or not."""

    __tablename__ = "meta"

    key: str = Field(primary_key=True, max_length=40)
    value: str = Field(max_length=400)
