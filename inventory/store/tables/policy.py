"""Versioned policies: the province's and overrides per unit or site."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.store.types import JsonColumn, UtcDateTime


class PolicyVersion(SQLModel, table=True):
    """One immutable version; the newest of a scope counts. `values` holds only the keys that differ from the default."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("scope_kind", "scope_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    scope_kind: str = Field(default="all", max_length=8)  # all | unit | site
    scope_id: str = Field(default="", max_length=24)  # "", unit id or site id as text
    version: int  # rises over all scopes together, so that one number names the state of every policy
    values: dict[str, Any] = Field(default_factory=dict, sa_column=Column("values", JsonColumn, nullable=False))
    created_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    created_by: str = Field(default="", max_length=80)
    note: str = Field(default="", max_length=300)
