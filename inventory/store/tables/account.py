"""People who sign in."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from inventory.store.types import BigId, UtcDateTime


class Account(SQLModel, table=True):
    __tablename__ = "account"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(max_length=80, unique=True)
    name: str = Field(default="", max_length=120)
    password_hash: str = Field(max_length=200)  # Argon2id
    role: str = Field(default="viewer", max_length=12)  # admin | officer | viewer | commune | operator | auditor
    scope_kind: str = Field(default="all", max_length=8)  # all | area | unit
    scope_id: str = Field(default="", max_length=24)
    disabled: bool = False
    must_change: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]


class Session(SQLModel, table=True):
    """A signed-in browser. Only the SHA-256 of the cookie is kept."""

    __tablename__ = "session"

    token_hash: str = Field(primary_key=True, max_length=64)
    account_id: int = Field(foreign_key="account.id", index=True)
    csrf: str = Field(max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    expires_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]


class LoginAttempt(SQLModel, table=True):
    """Failed sign-ins and enrolments, for the rate limit: works with several collectors."""

    __tablename__ = "login_attempt"

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    key: str = Field(max_length=160, index=True)  # "login:<name>", "ip:<address>", "enrol:<address>"
    at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
