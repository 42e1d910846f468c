"""Who calls: the cookie of a signed-in browser, or HTTP Basic with an account's own login and password.

There are no API tokens to be lost: a program gets an account with the role and scope it needs. All endpoints only read,
so the cookie needs no CSRF token. Wrong passwords count against the same limit as signing in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Request
from sqlmodel import Session

from collector.api.errors import ApiError
from inventory.domain.hours import VN_TIME
from inventory.store import accounts
from inventory.store.audit import record
from inventory.store.engine import Store
from inventory.store.scope import resolve_scope
from inventory.store.sessions import COOKIE, Viewer, find_viewer
from inventory.store.tables import Account

WINDOW = timedelta(minutes=15)
TRIES_PER_LOGIN = 5
TRIES_PER_ADDRESS = 30
MAX_PASSWORD = 200
CHALLENGE = {"WWW-Authenticate": 'Basic realm="gapwatch", charset="UTF-8"'}

_KNOWN_FOR = timedelta(minutes=5)
_KNOWN_LIMIT = 256
_AT_ONCE = threading.BoundedSemaphore(2)  # each try takes 32 MiB and some 50 ms


class Credentials(NamedTuple):
    login: str
    password: str


class KnownPasswords:
    """Passwords that fitted a moment ago, so that a program's every request does not cost an Argon2.

    Keeps only an HMAC under a key of this process over stored hash and password: a changed password is not known.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._until: OrderedDict[bytes, datetime] = OrderedDict()
        self._lock = threading.Lock()

    def has(self, stored: str, password: str, now: datetime) -> bool:
        with self._lock:
            until = self._until.get(self._mark(stored, password))
        return until is not None and now < until

    def add(self, stored: str, password: str, now: datetime) -> None:
        with self._lock:
            self._until[self._mark(stored, password)] = now + _KNOWN_FOR
            while len(self._until) > _KNOWN_LIMIT:
                self._until.popitem(last=False)

    def _mark(self, stored: str, password: str) -> bytes:
        return hmac.new(self._key, f"{stored}\0{password}".encode(), hashlib.sha256).digest()


_known = KnownPasswords()
_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_nobody = _hasher.hash(secrets.token_urlsafe())  # what an unknown login is compared with: takes as long


def api_account(*roles: str) -> Callable[[Request], Viewer]:
    """Dependency factory: the caller, whose role must be one of `roles`. Raises ApiError 401, 403 or 429."""

    def dependency(request: Request) -> Viewer:
        viewer = _caller(request)
        if viewer.must_change:
            raise ApiError(
                403, "password_change_required", "This account still has a password that somebody else chose.",
                remedy="Sign in with a browser and choose a new password.",
            )  # fmt: skip
        if viewer.role not in roles:
            raise ApiError(
                403, "forbidden", f"The role {viewer.role} may not read this.",
                remedy=f"Use an account with one of the roles {', '.join(roles)}.",
            )  # fmt: skip
        return viewer

    return dependency


def _caller(request: Request) -> Viewer:
    store: Store = request.app.state.store
    now: datetime = request.app.state.clock()
    header = request.headers.get("authorization")
    if header is not None:
        address = request.client.host if request.client else ""
        return _by_password(store, _credentials(header), address, now)
    with store.reading() as session:
        viewer = find_viewer(session, request.cookies.get(COOKIE, ""), now)
    if viewer is None:
        raise ApiError(
            401, "not_signed_in", "This needs an account.", field="Authorization",
            remedy="Send HTTP Basic credentials or the cookie of a signed-in browser.", headers=CHALLENGE,
        )  # fmt: skip
    return viewer


def _credentials(header: str) -> Credentials:
    scheme, _space, code = header.partition(" ")
    try:
        login, colon, password = base64.b64decode(code.strip(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        login = colon = password = ""
    if scheme.lower() != "basic" or not colon or "\0" in login:
        raise ApiError(
            401, "bad_credentials_header", "The header Authorization is not HTTP Basic.", field="Authorization",
            remedy="Send `Basic ` and the base64 of login:password in UTF-8.", headers=CHALLENGE,
        )  # fmt: skip
    return Credentials(login, password)


def _by_password(store: Store, given: Credentials, address: str, now: datetime) -> Viewer:
    with store.reading() as session:
        account = accounts.find_account(session, given.login)
        if account and not account.disabled and _known.has(account.password_hash, given.password, now):
            return _viewer(session, account, now)
    keys = {f"login:{accounts.login_key(given.login)}": TRIES_PER_LOGIN, f"ip:{address}": TRIES_PER_ADDRESS}
    with store.session() as session:
        _check_limit(session, keys, now)
        # counted before the password is looked at: tries that come at the same moment cannot slip past the limit
        accounts.note_failure(session, list(keys), now)
    fits = _fits(account.password_hash if account else _nobody, given.password[:MAX_PASSWORD])
    with store.session() as session:
        if account is not None and fits and not account.disabled:
            by_login, by_address = keys
            accounts.forget_failures(session, by_login)
            accounts.forget_one_failure(session, by_address)
            record(session, now, account.login, "sign_in", "account", str(account.id), None, {"by": "api"}, address)
            _known.add(account.password_hash, given.password, now)
            return _viewer(session, account, now)
        actor, after = (account.login, {"by": "api"}) if account else ("", {"by": "api", "login_known": False})
        record(session, now, actor, "sign_in_failed", "account", "", None, after, address)
    raise ApiError(
        401, "wrong_credentials", "Login or password is wrong.", field="Authorization",
        remedy="Check both; after five wrong tries the account waits a quarter of an hour.", headers=CHALLENGE,
    )  # fmt: skip


def _check_limit(session: Session, keys: dict[str, int], now: datetime) -> None:
    waits = [
        tries.oldest_at + WINDOW
        for key, limit in keys.items()
        if (tries := accounts.failures(session, key, now - WINDOW)).count >= limit and tries.oldest_at
    ]
    if waits:
        seconds = max(1, ceil((max(waits) - now).total_seconds()))
        raise ApiError(
            429, "too_many", "Too many wrong tries.", field="Authorization",
            remedy=f"Wait {seconds} s and send the right password.", headers={"Retry-After": str(seconds)},
        )  # fmt: skip


def _fits(stored: str, password: str) -> bool:
    with _AT_ONCE:
        try:
            return _hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _viewer(session: Session, account: Account, now: datetime) -> Viewer:
    assert account.id is not None
    return Viewer(
        account_id=account.id,
        login=account.login,
        name=account.name or account.login,
        role=account.role,
        scope=resolve_scope(session, account.scope_kind, account.scope_id, now.astimezone(VN_TIME).date()),
        csrf="",
        must_change=account.must_change,
        token_hash="",
    )
