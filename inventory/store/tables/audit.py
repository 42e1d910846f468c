"""Who changed what: append only."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from inventory.store.types import BigId, JsonColumn, UtcDateTime


class Audit(SQLModel, table=True):
    __tablename__ = "audit"

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    actor: str = Field(max_length=80)  # login, "cli" or "collector"
    action: str = Field(max_length=40)  # sign_in, finding.state, token.create, policy.change ...
    subject_kind: str = Field(default="", max_length=16)
    subject_id: str = Field(default="", max_length=40)
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    address: str = Field(default="", max_length=64)
