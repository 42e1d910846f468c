"""People who sign in, and the attempts that failed. Password hashes come ready-made: this room knows no Argon2."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from inventory.store.scope import SCOPE_KINDS
from inventory.store.tables import Account, LoginAttempt
from inventory.store.tables import Session as SessionRow

ROLES = ("admin", "officer", "viewer", "commune", "operator", "auditor")
MAX_LOGIN = 80
_KEEP_ATTEMPTS = timedelta(days=1)


class AccountError(ValueError):
    """A value of an account that cannot be kept; str() names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failures under one key within a window."""

    count: int
    oldest_at: datetime | None  # of the window: when it leaves, one more try is free


def login_key(login: str) -> str:
    """The form in which logins are kept and compared: NFC, no outer blanks, lower case."""
    return unicodedata.normalize("NFC", login).strip().lower()[:MAX_LOGIN]


def create_account(
    session: Session,
    login: str,
    password_hash: str,
    now: datetime,
    *,
    name: str = "",
    role: str = "viewer",
    scope_kind: str = "all",
    scope_id: str = "",
    must_change: bool = False,
) -> Account:
    """Adds an account. Raises AccountError for a bad or taken value. A commune's account needs a unit or an area."""
    key = login_key(login)
    if not key:
        raise AccountError("login is empty: give the account a name to sign in with")
    if role not in ROLES:
        raise AccountError(f"role {role!r} is not one of {', '.join(ROLES)}")
    if scope_kind not in SCOPE_KINDS:
        raise AccountError(f"scope_kind {scope_kind!r} is not one of {', '.join(SCOPE_KINDS)}")
    if scope_kind != "all" and not scope_id:
        raise AccountError(f"scope_id is empty: name the {scope_kind} that the account may see")
    if role == "commune" and scope_kind == "all":
        raise AccountError("a commune's account must be limited to a unit or an area")
    if find_account(session, key) is not None:
        raise AccountError(f"login {key!r} is taken: choose another")
    account = Account(
        login=key,
        name=name,
        password_hash=password_hash,
        role=role,
        scope_kind=scope_kind,
        scope_id=scope_id,
        must_change=must_change,
        created_at=now,
    )
    session.add(account)
    session.flush()
    return account


def find_account(session: Session, login: str) -> Account | None:
    """By login, in any case; disabled accounts too."""
    return session.exec(select(Account).where(Account.login == login_key(login))).first()


def set_password(
    session: Session, account_id: int, password_hash: str, *, must_change: bool = False, keep_session: str = ""
) -> None:
    """Stores a new hash and ends the account's other sessions; `keep_session` is the hash of the one to keep."""
    session.exec(
        update(Account)
        .where(col(Account.id) == account_id)
        .values(password_hash=password_hash, must_change=must_change)
        .execution_options(synchronize_session=False)
    )
    session.exec(
        delete(SessionRow)
        .where(col(SessionRow.account_id) == account_id, col(SessionRow.token_hash) != keep_session)
        .execution_options(synchronize_session=False)
    )


def upgrade_hash(session: Session, account_id: int, password_hash: str) -> None:
    """The same password under newer Argon2 parameters: sessions live on."""
    session.exec(
        update(Account)
        .where(col(Account.id) == account_id)
        .values(password_hash=password_hash)
        .execution_options(synchronize_session=False)
    )


def failures(session: Session, key: str, since: datetime) -> Attempts:
    """Failed attempts under `key` ("login:<name>", "ip:<address>") since then."""
    query = select(func.count(), func.min(LoginAttempt.at)).where(LoginAttempt.key == key, LoginAttempt.at >= since)
    count, oldest = session.exec(query).one()
    return Attempts(count, oldest)


def note_failure(session: Session, keys: list[str], now: datetime) -> None:
    """Writes down one failed attempt under each key, and forgets those of days ago."""
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.at) < now - _KEEP_ATTEMPTS))
    session.add_all([LoginAttempt(key=key, at=now) for key in keys])


def forget_failures(session: Session, key: str) -> None:
    """After a success: earlier slips of the same person no longer count."""
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.key) == key))


def forget_one_failure(session: Session, key: str) -> None:
    """Takes back the newest: of an address that many share, only the try that turned out well."""
    newest = select(func.max(LoginAttempt.id)).where(LoginAttempt.key == key).scalar_subquery()
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.id) == newest))
