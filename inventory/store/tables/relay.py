"""How reports come from where there is no line: relays, bundles on USB sticks, identities carried along in a file."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from inventory.store.types import JsonColumn, UtcDateTime


class AgentRoad(SQLModel, table=True):
    """The newest report of an agent that did not come straight from it."""

    __tablename__ = "agent_road"

    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=32)
    road: str = Field(primary_key=True, max_length=8)  # relay | usb
    carrier_id: str = Field(default="", max_length=32, index=True)  # agent that relayed it; "" for a bundle
    reports: int = 0  # that came by this road
    first_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]


class BundleImport(SQLModel, table=True):
    """One file that somebody carried here, and what became of it."""

    __tablename__ = "bundle_import"

    id: int | None = Field(default=None, primary_key=True)
    imported_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    imported_by: str = Field(default="", max_length=80)
    file_name: str = Field(default="", max_length=160)
    bundle_id: str = Field(default="", max_length=32)  # as the file says: nobody has proven it
    agent_id: str = Field(default="", max_length=32, index=True)  # "" no part of it could be opened
    site_id: int | None = Field(default=None, foreign_key="site.id", index=True)
    size: int = 0  # bytes
    status: str = Field(default="", max_length=8)  # whole | partly | refused
    problem: str = Field(default="", max_length=24)  # code of what is wrong with the file; "" nothing
    accepted: int = 0
    duplicates: int = 0
    rejected: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))  # [[reason, number]]
    bad_parts: int = 0  # parts that could not be opened
    from_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    to_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # true time of the oldest and the newest report accepted
    conflict: bool = False  # two PCs speak under this agent's id


class OfflineFile(SQLModel, table=True):
    """An identity that was written into a file for one PC. The key itself is derived, never stored."""

    __tablename__ = "offline_file"

    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=32)
    site_id: int = Field(foreign_key="site.id", index=True)
    made_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    made_by: str = Field(default="", max_length=80)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    revoked_by: str = Field(default="", max_length=80)
