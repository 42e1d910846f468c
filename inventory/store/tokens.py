"""Site tokens: what a technician types once on a PC so that its agent may join a site.

Only the SHA-256 of a token is kept; the token itself is seen once, when it is made. The alphabet leaves out letters
that sound or look like figures, and reading is forgiving, because tokens are dictated over the telephone.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, update
from sqlmodel import Session, col, desc, select

from inventory.store.audit import record
from inventory.store.scope import EVERYTHING, Scope
from inventory.store.tables import Site, SiteToken, Unit

Refusal = Literal["", "unknown", "expired", "used_up", "revoked"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U."""

MAX_USES = 500
_GROUPS = 4
_GROUP_LENGTH = 4
_SOUND_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True)
class TokenUse:
    """What an enrolment got for its token: a site, or the reason why not."""

    site_id: int | None
    refusal: Refusal = ""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One line of the list of tokens."""

    id: int
    site_id: int
    site_name: str
    unit_name: str
    hint: str  # last characters
    uses_left: int
    expires_at: datetime
    revoked_at: datetime | None
    created_at: datetime
    created_by: str

    def state(self, now: datetime) -> Literal["usable", "expired", "used_up", "revoked"]:
        """What an enrolment with it would meet now."""
        return _why_not(self.uses_left, self.expires_at, self.revoked_at, now) or "usable"


def create_token(
    session: Session, site_id: int, uses: int, expires_at: datetime, actor: str, now: datetime, address: str = ""
) -> str:
    """Makes a token for a site and returns it in full, the only time that it can be seen.

    Raises ValueError when the site is unknown or excluded, `uses` is outside 1..MAX_USES, or `expires_at` is past.
    """
    site = session.get(Site, site_id)
    if site is None:
        raise ValueError(f"site {site_id} does not exist: choose one from the list of sites")
    if site.excluded_reason:
        raise ValueError(f"site {site_id} is excluded from observation ({site.excluded_reason}): it takes no agent")
    if not 1 <= uses <= MAX_USES:
        raise ValueError(f"uses must be 1 to {MAX_USES}, got {uses}")
    if expires_at <= now:
        raise ValueError("expires_at must be in the future")
    token = _new_token()
    row = SiteToken(
        site_id=site_id,
        token_hash=token_hash(token),
        hint=token[-_GROUP_LENGTH:],
        uses_left=uses,
        expires_at=expires_at,
        created_at=now,
        created_by=actor,
    )
    session.add(row)
    session.flush()
    after = {"site": site_id, "uses": uses, "expires_at": expires_at.isoformat(), "hint": row.hint}
    record(session, now, actor, "token.create", "token", str(row.id), None, after, address)
    return token


def use_token(session: Session, token: str, now: datetime) -> TokenUse:
    """Spends one use. One conditional UPDATE decides, so that two enrolments at once cannot overspend.

    The caller commits: when it rolls back, the use is not spent.
    """
    hashed = token_hash(token)
    spent = session.exec(
        update(SiteToken)
        .where(
            col(SiteToken.token_hash) == hashed,
            col(SiteToken.uses_left) > 0,
            col(SiteToken.expires_at) > now,
            col(SiteToken.revoked_at).is_(None),
        )
        .values(uses_left=SiteToken.uses_left - 1)
        .execution_options(synchronize_session=False)
    )
    columns: tuple[Any, ...] = (SiteToken.site_id, SiteToken.uses_left, SiteToken.expires_at, SiteToken.revoked_at)
    found = session.exec(select(*columns).where(SiteToken.token_hash == hashed)).first()
    if found is None:
        return TokenUse(None, "unknown")
    site_id, uses_left, expires_at, revoked_at = found
    if spent.rowcount == 1:
        return TokenUse(site_id)
    return TokenUse(None, _why_not(uses_left, expires_at, revoked_at, now) or "used_up")


def site_of_token(session: Session, token: str) -> int | None:
    """The site whose token it is, also of one that is used up or has expired; None: unknown or revoked."""
    query = select(SiteToken.site_id).where(
        SiteToken.token_hash == token_hash(token), col(SiteToken.revoked_at).is_(None)
    )
    return session.exec(query).first()


def revoke_token(session: Session, token_id: int, actor: str, now: datetime, address: str = "") -> bool:
    """Ends a token at once. False when there is none, or it was revoked before. Enrolled agents are not touched."""
    done = session.exec(
        update(SiteToken)
        .where(col(SiteToken.id) == token_id, col(SiteToken.revoked_at).is_(None))
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:
        return False
    after = {"revoked_at": now.isoformat()}
    record(session, now, actor, "token.revoke", "token", str(token_id), {"revoked_at": None}, after, address)
    return True


def list_tokens(
    session: Session, scope: Scope = EVERYTHING, site_id: int | None = None, offset: int = 0, limit: int = 50
) -> tuple[list[TokenRow], int]:
    """Newest first, and how many there are in all."""
    conditions = [scope.condition(Site.unit_id)]
    if site_id is not None:
        conditions.append(col(SiteToken.site_id) == site_id)
    query = (
        select(SiteToken, Site.name, Unit.type_label, Unit.name)
        .join(Site, col(Site.id) == col(SiteToken.site_id))
        .join(Unit, col(Unit.id) == col(Site.unit_id))
        .where(*conditions)
        .order_by(desc(SiteToken.created_at), desc(SiteToken.id))
        .offset(offset)
        .limit(limit)
    )
    count = session.exec(
        select(func.count())
        .select_from(SiteToken)
        .join(Site, col(Site.id) == col(SiteToken.site_id))
        .where(*conditions)
    ).one()
    return [_row(token, site, f"{kind} {unit}") for token, site, kind, unit in session.exec(query)], count


def token_hash(token: str) -> str:
    """SHA-256 in hex of a token as dictated: case, spaces, dashes and the letters O, I, L do not matter."""
    plain = "".join(char for char in token.upper() if char.isalnum()).removeprefix("GW").translate(_SOUND_ALIKE)
    return hashlib.sha256(b"gapwatch-token:" + plain.encode("utf-8")).hexdigest()


def _new_token() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "GW-" + "-".join(groups)  # 80 random bits


def _why_not(
    uses_left: int, expires_at: datetime, revoked_at: datetime | None, now: datetime
) -> Literal["", "expired", "used_up", "revoked"]:
    if revoked_at is not None:
        return "revoked"
    if expires_at <= now:
        return "expired"
    return "used_up" if uses_left <= 0 else ""


def _row(token: SiteToken, site_name: str, unit_name: str) -> TokenRow:
    assert token.id is not None
    return TokenRow(
        token.id,
        token.site_id,
        site_name,
        unit_name,
        token.hint,
        token.uses_left,
        token.expires_at,
        token.revoked_at,
        token.created_at,
        token.created_by,
    )
