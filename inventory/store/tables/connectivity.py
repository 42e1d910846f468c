"""What agents saw while they could not report, and what people were told of it: journals, alerts, area events."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from inventory.store.types import JsonColumn, UtcDateTime


class JournalRow(SQLModel, table=True):
    """A stretch in which one boot of an agent saw the same things, however late it was told.

    `from_at` and `to_at` are true time as well as it can be known (`placed` says how); the agent's own clocks are kept
    beside them, so that the row can be placed again when more is known. None in a flag: not tried.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_site", "site_id", "from_at"),)

    agent_id: str = Field(primary_key=True, max_length=32)
    boot_id: str = Field(primary_key=True, max_length=32)
    from_monotonic_s: float = Field(primary_key=True)
    to_monotonic_s: float
    agent_from_s: float  # the PC's own clock, s since 1970
    agent_to_s: float
    site_id: int  # where the agent was then
    from_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    to_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    placed: str = Field(max_length=8)  # boot | clock | receipt
    link: bool | None = None
    gateway: bool | None = None
    provider: bool | None = None
    government: bool | None = None
    internet: bool | None = None
    captive: bool | None = None
    collector: bool | None = None
    services_failed: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))  # names
    services_asked: int | None = None  # None: none was asked, so that an empty list of failures says nothing
    on_battery: bool | None = None
    battery_percent: int | None = None
    ups: str = Field(default="", max_length=12)  # online | on_battery | low | "": none is known
    ended: str = Field(default="", max_length=12)  # changed | reported | slept | goodbye | unclean | "": it goes on
    before_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    # it was surely over by then: receipt, or the start of the later boot that told it
    received_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # of the report that first told this much of it


class AreaEvent(SQLModel, table=True):
    """Sites of one provider or area that vanished together: one event, one line in the mail, one banner."""

    __tablename__ = "area_event"

    id: int | None = Field(default=None, primary_key=True)
    from_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    to_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # None: still going on
    area_id: int | None = Field(default=None, foreign_key="area.id")
    provider: str = Field(default="", max_length=40)  # "": not one provider's
    cause: str = Field(default="unknown", max_length=12)
    sites: list[Any] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))  # site ids
    raised_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    withdrawn_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # late proof showed that there was none


class SiteAlert(SQLModel, table=True):
    """What people were told about a site, when, and what became of it."""

    __tablename__ = "site_alert"
    __table_args__ = (Index("ix_site_alert_site", "site_id", "since_at"),)

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id")
    raised_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    since_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    state: str = Field(max_length=24)
    cause: str = Field(default="unknown", max_length=12)
    closed_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    area_event_id: int | None = Field(default=None, foreign_key="area_event.id", index=True)
    corrected_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    # when late proof last changed what had been told
    corrections: list[Any] = Field(default_factory=list, sa_column=Column(JsonColumn, nullable=False))
    # [{"at", "code", "state", "cause", "since", "until"}], oldest first; `state` and `cause` as told before
