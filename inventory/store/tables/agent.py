"""Agents, the boots they reported from, and the tokens that let them in."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from inventory.store.types import JsonColumn, UtcDateTime


class SiteToken(SQLModel, table=True):
    """Buys enrolments for one site. Only the SHA-256 of the token is kept."""

    __tablename__ = "site_token"

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    token_hash: str = Field(max_length=64, unique=True)
    hint: str = Field(default="", max_length=8)  # last characters, so that people can tell tokens apart
    uses_left: int
    expires_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    created_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    created_by: str = Field(default="", max_length=80)


class Agent(SQLModel, table=True):
    """One installed agent. Its key is derived from the master secret, id and generation: no secret here."""

    __tablename__ = "agent"

    id: str = Field(primary_key=True, max_length=32)
    site_id: int = Field(foreign_key="site.id", index=True)
    machine_id: int | None = Field(default=None, foreign_key="machine.id", index=True)
    key_generation: int = 1
    status: str = Field(default="active", max_length=12)  # active | quarantined | revoked
    status_reason: str = Field(default="", max_length=200)
    enrol_request_id: str | None = Field(default=None, max_length=32, unique=True)
    enrolled_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    hostname: str = Field(default="", max_length=255)
    version: str = Field(default="", max_length=40)
    policy_version: int = 0  # the one that the agent last said it follows
    last_contact_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_boot_id: str = Field(default="", max_length=32)
    last_seq: int = 0
    goodbye_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # set while the last contact was a goodbye
    clock_offset_s: float | None = None  # agent clock minus collector clock at the last live report
    lost_reports: int = 0
    pending_reports: int = 0
    dirty_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # evidence came that the evaluation job has not yet concluded from
    sample: bool = False


class AgentBoot(SQLModel, table=True):
    """One boot of the PC under an agent: which sequence numbers arrived, and how it ended."""

    __tablename__ = "agent_boot"

    agent_id: str = Field(primary_key=True, foreign_key="agent.id", max_length=32)
    boot_id: str = Field(primary_key=True, max_length=32)
    site_id: int = Field(foreign_key="site.id", index=True)
    seen: list[Any] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    # sequence numbers received, as ranges [[1, 288], [290, 300]]: the ledger that makes ingest idempotent
    reports: int = 0
    first_received_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_received_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    zero_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # true time of monotonic second 0 of this boot, as repaired from the latest live report
    live_from_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # begin of the live contact interval that grows now
    previous_shutdown: str = Field(default="", max_length=8)  # clean | unclean | "": how the boot before ended
    goodbye_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    clock_offset_s: float | None = None  # agent clock minus collector clock at the last live report of this boot
