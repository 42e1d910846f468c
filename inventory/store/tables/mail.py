"""Recipients, the outbox ledger, and the figures of past weeks."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.store.types import BigId, JsonColumn, UtcDateTime


class Recipient(SQLModel, table=True):
    """Who gets the weekly mail about which scope, while valid."""

    __tablename__ = "recipient"
    __table_args__ = (Index("ix_recipient_scope", "scope_kind", "scope_id"),)

    id: int | None = Field(default=None, primary_key=True)
    scope_kind: str = Field(max_length=8)  # unit | area | province
    scope_id: str = Field(max_length=24)  # unit id, or area id as text
    role: str = Field(default="", max_length=80)  # "Chủ tịch UBND xã", as in the salutation
    name: str = Field(default="", max_length=120)
    salutation: str = Field(default="dong_chi", max_length=12)  # dong_chi | ong | ba
    email: str = Field(max_length=254)
    copy_of: bool = False  # a Cc reader rather than the addressee
    valid_from: date | None = None
    valid_to: date | None = None
    sample: bool = False


class Outbox(SQLModel, table=True):
    """The ledger of mails: one row per (scope, ISO week, address), written before anything is sent."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("scope_kind", "scope_id", "iso_week", "email"),
        Index("ix_outbox_due", "state", "next_attempt_at"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    scope_kind: str = Field(max_length=8)
    scope_id: str = Field(max_length=24)
    iso_week: str = Field(max_length=8)  # of the reported week: 2026-W47
    recipient_id: int | None = Field(default=None, foreign_key="recipient.id")
    email: str = Field(max_length=254)
    message_id: str = Field(max_length=120, unique=True)  # made once: a repeated delivery can be told by readers
    subject: str = Field(max_length=300)
    body_text: str
    body_html: str
    state: str = Field(default="queued", max_length=8)  # queued | sending | sent | failed
    due_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    created_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    claimed_by: str = Field(default="", max_length=60)
    claimed_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_error: str = Field(default="", max_length=300)
    data_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # committed just before the content is handed to the SMTP server; None in a row whose worker died: surely not sent
    doubts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    # times it was sent again because nobody could tell whether the server had taken it (same Message-ID)


class WeeklyFigures(SQLModel, table=True):
    """Key figures of a scope at the end of a week, for the change against the week before."""

    __tablename__ = "weekly_figures"

    scope_kind: str = Field(primary_key=True, max_length=8)
    scope_id: str = Field(primary_key=True, max_length=24)
    iso_week: str = Field(primary_key=True, max_length=8)
    figures: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    made_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
