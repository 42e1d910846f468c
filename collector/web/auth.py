"""Signing in: Argon2id, the same answer and the same time whether the name exists or not, and a limit on tries.

The limit counts in the store, so that it holds over several collectors and restarts.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from collector.i18n import N_
from inventory.store import accounts
from inventory.store.audit import record
from inventory.store.engine import Store
from inventory.store.sessions import open_session

HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
"""Argon2id, 32 MiB and some 50 ms per try on an office server."""

WINDOW = timedelta(minutes=15)
TRIES_PER_LOGIN = 5
TRIES_PER_ADDRESS = 30
"""More than per name: a whole commune may sit behind one address."""

MIN_PASSWORD = 10
MAX_PASSWORD = 200

_AT_ONCE = threading.BoundedSemaphore(4)  # so that a flood of tries takes 128 MiB at most
_nobody: list[str] = []  # a hash that no password fits, made at the first use


@dataclass(frozen=True, slots=True)
class SignIn:
    """What came of a try: a session token, or until when to wait, or neither (wrong name or password)."""

    token: str = ""
    wait_until: datetime | None = None
    must_change: bool = False
    role: str = ""


def hash_password(password: str) -> str:
    """An Argon2id hash with its own salt and parameters in it."""
    with _AT_ONCE:
        return HASHER.hash(password)


def password_fits(stored: str, password: str) -> bool:
    """Whether the password is the one behind the stored hash; False for a hash that cannot be read."""
    with _AT_ONCE:
        try:
            return HASHER.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def sign_in(store: Store, login: str, password: str, address: str, now: datetime, lifetime: timedelta) -> SignIn:
    """Tries to sign in. Wrong tries count against name and address, and leave a row in the audit log."""
    by_name, by_address = f"login:{accounts.login_key(login)}", f"ip:{address}"
    keys = {by_name: TRIES_PER_LOGIN, by_address: TRIES_PER_ADDRESS}
    with store.session() as session:
        wait = _wait_until(session, keys, now)
        if wait is not None:
            return SignIn(wait_until=wait)
        # counted before the password is looked at: tries that come at the same moment cannot slip past the limit
        accounts.note_failure(session, list(keys), now)
        account = accounts.find_account(session, login)
    fits = password_fits(account.password_hash if account else _nobodys_hash(), password[:MAX_PASSWORD])
    with store.session() as session:
        if account is None or account.id is None or not fits or account.disabled:
            # an unknown name is often a password typed into the wrong field: it is not written down
            actor, after = (account.login, None) if account else ("", {"login_known": False})
            record(session, now, actor, "sign_in_failed", "account", after=after, address=address)
            return SignIn()
        accounts.forget_failures(session, by_name)
        accounts.forget_one_failure(session, by_address)
        if HASHER.check_needs_rehash(account.password_hash):
            accounts.upgrade_hash(session, account.id, hash_password(password))
        record(session, now, account.login, "sign_in", "account", str(account.id), address=address)
        return SignIn(open_session(session, account.id, now, lifetime), None, account.must_change, account.role)


def _wait_until(session: Session, keys: dict[str, int], now: datetime) -> datetime | None:
    """When the next try is free; None: now."""
    waits = [
        attempts.oldest_at + WINDOW
        for key, limit in keys.items()
        if (attempts := accounts.failures(session, key, now - WINDOW)).count >= limit and attempts.oldest_at
    ]
    return max(waits, default=None)


def _nobodys_hash() -> str:
    """What an unknown name is compared with, so that it takes as long as a known one."""
    if not _nobody:
        _nobody.append(hash_password(secrets.token_urlsafe()))
    return _nobody[0]


def password_problem(new: str, again: str, login: str, old: str) -> str:
    """Why a new password cannot be taken, as a message id; "" when it can."""
    if len(new) < MIN_PASSWORD:
        return N_("Mật khẩu mới phải có ít nhất 10 ký tự.")
    if len(new) > MAX_PASSWORD:
        return N_("Mật khẩu mới dài quá 200 ký tự; hãy chọn mật khẩu ngắn hơn.")
    if login in new.lower():
        return N_("Mật khẩu mới chứa tên đăng nhập; hãy chọn mật khẩu khác.")
    if new == old:
        return N_("Mật khẩu mới trùng mật khẩu cũ; hãy chọn mật khẩu khác.")
    if new != again:
        return N_("Hai lần nhập mật khẩu mới không giống nhau.")
    return ""
