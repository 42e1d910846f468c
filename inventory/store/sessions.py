"""Signed-in browsers. The cookie holds a random token; the store keeps its SHA-256. Pages and API both use this."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from inventory.domain.week import LOCAL
from inventory.store.scope import Scope, resolve_scope
from inventory.store.tables import Account
from inventory.store.tables import Session as SessionRow

COOKIE = "gapwatch_session"
DEFAULT_LIFETIME = timedelta(hours=12)
"""One working day: an office PC that was left signed in is signed out by the next morning."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking, and what they may see."""

    account_id: int
    login: str
    name: str
    role: str  # admin | officer | viewer | commune | operator | auditor
    scope: Scope
    csrf: str  # expected in every form of this session
    must_change: bool  # has to choose a new password before anything else
    token_hash: str


def token_hash(token: str) -> str:
    """What the store keeps of a cookie: hex SHA-256, 64 characters."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(session: Session, account_id: int, now: datetime, lifetime: timedelta = DEFAULT_LIFETIME) -> str:
    """Starts a session and returns its token, the only time that it can be seen. Sweeps out expired ones."""
    session.exec(delete(SessionRow).where(col(SessionRow.expires_at) <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            token_hash=token_hash(token),
            account_id=account_id,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    return token


def find_viewer(session: Session, token: str, now: datetime) -> Viewer | None:
    """Who the cookie belongs to; None when unknown, expired or disabled."""
    if not token:
        return None
    row = session.exec(
        select(SessionRow, Account)
        .join(Account, col(Account.id) == col(SessionRow.account_id))
        .where(
            SessionRow.token_hash == token_hash(token),
            SessionRow.expires_at > now,
            col(Account.disabled).is_(False),
        )
    ).first()
    if row is None:
        return None
    opened, account = row
    if account.id is None:
        raise RuntimeError("an account that was read has an id")
    return Viewer(
        account_id=account.id,
        login=account.login,
        name=account.name or account.login,
        role=account.role,
        scope=resolve_scope(session, account.scope_kind, account.scope_id, now.astimezone(LOCAL).date()),
        csrf=opened.csrf,
        must_change=account.must_change,
        token_hash=opened.token_hash,
    )


def close_session(session: Session, hashed: str) -> bool:
    """Ends the session with this token hash; False when it was over already."""
    done = session.exec(delete(SessionRow).where(col(SessionRow.token_hash) == hashed))
    return done.rowcount == 1
