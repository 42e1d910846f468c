"""A token buys an identity: exactly one per request, even when the reply is lost and the request comes again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from inventory.store import accounts, audit
from inventory.store.engine import Store
from inventory.store.tables import Agent, Site
from inventory.store.tokens import site_of_token, use_token

ATTEMPTS = 20  # wrong tokens from one address within the window: a whole office may sit behind one
WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The identity, or why there is none: unknown | expired | used_up | revoked | too_many | excluded."""

    refusal: str = ""
    agent_id: str = ""
    key_generation: int = 0
    site_id: int = 0
    site_name: str = ""
    retry_after_s: int = 0


def enrol_once(
    store: Store, token: str, request_id: str, hostname: str, version: str, address: str, now: datetime
) -> Enrolment:
    """`enrol` in a transaction of its own; of the same request at the same moment, all get the identity of the first."""
    try:
        with store.session() as session:
            return enrol(session, token, request_id, hostname, version, address, now)
    except IntegrityError:  # the other was quicker: now its identity is there
        with store.session() as session:
            return enrol(session, token, request_id, hostname, version, address, now)


def enrol(
    session: Session, token: str, request_id: str, hostname: str, version: str, address: str, now: datetime
) -> Enrolment:
    """Makes the agent and spends one use of the token, in the caller's transaction."""
    key = f"enrol:{address}"[:160]
    failures = accounts.failures(session, key, now - WINDOW)
    if failures.count >= ATTEMPTS and failures.oldest_at is not None:
        wait = failures.oldest_at + WINDOW - now
        return Enrolment("too_many", retry_after_s=max(1, int(wait.total_seconds())))
    known = session.exec(select(Agent).where(Agent.enrol_request_id == request_id)).first()
    # A token of the same site is asked for: whoever learns a request's id must not get that agent's key with it.
    if known is not None and site_of_token(session, token) == known.site_id:
        return _known(session, known)
    use = use_token(session, token, now)
    if use.site_id is None:
        accounts.note_failure(session, [key], now)
        return Enrolment(use.refusal)
    site = session.get_one(Site, use.site_id)
    if site.excluded_reason:
        session.rollback()  # the use is given back
        return Enrolment("excluded")
    if known is not None:  # the answer was lost, and the PC was then given a token of another site
        known.enrol_request_id = None
        session.add(known)
        session.flush()
    return _new(session, site, request_id, hostname, version, address, now)


def _known(session: Session, agent: Agent) -> Enrolment:
    if agent.status == "revoked":
        return Enrolment("revoked")
    site = session.get_one(Site, agent.site_id)
    return Enrolment("", agent.id, agent.key_generation, agent.site_id, site.name)


def _new(
    session: Session, site: Site, request_id: str, hostname: str, version: str, address: str, now: datetime
) -> Enrolment:
    assert site.id is not None
    agent = Agent(
        id=secrets.token_hex(16),
        site_id=site.id,
        enrol_request_id=request_id,
        enrolled_at=now,
        hostname=hostname[:255],
        version=version[:40],
        sample=False,
    )
    session.add(agent)
    session.flush()
    after = {"site": site.name, "hostname": agent.hostname}
    audit.record(session, now, "agent", "agent.enrol", "agent", agent.id, None, after, address)
    return Enrolment("", agent.id, agent.key_generation, site.id, site.name)
