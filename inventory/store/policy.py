"""Policies in the store: immutable versions per scope (all, unit, site) and what holds for a site or unit now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, desc
from sqlmodel import Session, col, select

from inventory.domain.policy import (
    DEFAULT_POLICY,
    Policy,
    check,
    parse_values,
    plain_values,
    resolve,
    seed_values,
)
from inventory.domain.problem import BadValue
from inventory.store.audit import record
from inventory.store.policy_secrets import for_audit, masked
from inventory.store.tables import PolicyVersion, Site, Unit

SCOPES = ("all", "unit", "site")
Scope = tuple[str, str]


@dataclass(frozen=True)
class AgentPolicyFacts:
    """What an agent of one site is told; the wire form is made where the wire is known."""

    version: int
    heartbeat_s: int
    network_s: int
    inventory_s: int
    disabled_probes: tuple[str, ...]
    reach_targets: tuple[tuple[str, str], ...]  # (name, URL)
    internet_check_url: str
    internet_check_text: str
    government_check: str
    journal_s: int
    spool_bytes: int
    send_user_name: bool
    scan_enabled: bool
    scan_gap_ms: int
    scan_passes: int
    scan_sweeps_per_day: int
    scan_recheck_s: int
    scan_largest_prefix: int
    scan_from: str
    scan_to: str
    hygiene_s: int
    dhcp_probes_per_day: int
    dns_known_names: tuple[str, ...]
    snmp_communities: tuple[str, ...]
    snmp_users: tuple[tuple[str, ...], ...]  # (name, authentication, key, privacy, key)
    relay_enabled: bool
    relay_port: int
    relay_hosts: tuple[str, ...]
    line_reflector: str
    line_ndt7: str
    line_stamp_s: int
    line_stamp_packets: int
    line_tests_per_day: int
    line_budgets_mb: dict[str, int]  # by class of line; "" where it is not known
    contact_gap_s: float  # silence that begins a new contact interval: not for the agent, for the collector


@dataclass
class _Book:
    """Newest overrides per scope, read once per version."""

    version: int
    overrides: dict[Scope, dict[str, Any]]
    resolved: dict[tuple[Scope, ...], Policy] = field(default_factory=dict)

    def policy(self, scopes: Iterable[Scope]) -> Policy:
        chain = tuple(scope for scope in scopes if self.overrides.get(scope))
        policy = self.resolved.get(chain)
        if policy is None:
            policy = resolve(DEFAULT_POLICY, [self.overrides[scope] for scope in chain])
            self.resolved[chain] = policy
        return policy

    @property
    def has_units(self) -> bool:
        return any(kind == "unit" and values for (kind, _), values in self.overrides.items())


_books: WeakKeyDictionary[Engine, tuple[tuple[Any, ...], _Book]] = WeakKeyDictionary()


def current_version(session: Session) -> int:
    """Number of the newest version over all scopes; 0 while only the defaults in code hold."""
    return session.exec(select(PolicyVersion.version).order_by(desc(col(PolicyVersion.version))).limit(1)).first() or 0


def effective_policy(session: Session, site_id: int | None = None, unit_id: str | None = None) -> tuple[Policy, int]:
    """The policy of a site, of a unit, or of everything, and the version number that names it."""
    book = _book(session)
    return book.policy(_scopes(session, book, site_id, unit_id)), book.version


def policies_of_sites(session: Session) -> tuple[dict[int, Policy], int]:
    """Every site's policy in two queries at most, and the version number."""
    book = _book(session)
    parents: dict[str, str | None] = {}
    if book.has_units:
        parents = dict(session.exec(select(Unit.id, Unit.parent_id)).all())
    found: dict[int, Policy] = {}
    for site_id, unit_id in session.exec(select(Site.id, Site.unit_id)):
        if site_id is not None:
            found[site_id] = book.policy([("all", ""), *_chain(unit_id, parents), ("site", str(site_id))])
    return found, book.version


def agent_policy(session: Session, site_id: int) -> AgentPolicyFacts:
    """What agents of a site are told. One small query while no policy changes."""
    policy, version = effective_policy(session, site_id)
    return AgentPolicyFacts(
        version=version,
        heartbeat_s=policy.heartbeat_s,
        network_s=policy.network_s,
        inventory_s=policy.inventory_s,
        disabled_probes=policy.agent_disabled_probes,
        reach_targets=policy.agent_reach_targets,
        internet_check_url=policy.agent_internet_check_url,
        internet_check_text=policy.agent_internet_check_text,
        government_check=policy.agent_government_check,
        journal_s=policy.agent_journal_s,
        spool_bytes=policy.agent_spool_bytes,
        send_user_name=policy.agent_send_user_name,
        scan_enabled=policy.scan_enabled,
        scan_gap_ms=policy.scan_gap_ms,
        scan_passes=policy.scan_passes,
        scan_sweeps_per_day=policy.scan_sweeps_per_day,
        scan_recheck_s=policy.scan_recheck_s,
        scan_largest_prefix=policy.scan_largest_prefix,
        scan_from=policy.scan_from,
        scan_to=policy.scan_to,
        hygiene_s=policy.hygiene_s,
        dhcp_probes_per_day=policy.dhcp_probes_per_day,
        dns_known_names=policy.dns_known_names,
        snmp_communities=policy.snmp_communities,
        snmp_users=policy.snmp_users,
        relay_enabled=policy.relay_enabled,
        relay_port=policy.relay_port,
        relay_hosts=policy.relay_hosts,
        line_reflector=policy.line_reflector,
        line_ndt7=policy.line_ndt7,
        line_stamp_s=policy.line_stamp_s,
        line_stamp_packets=policy.line_stamp_packets,
        line_tests_per_day=policy.line_tests_per_day,
        line_budgets_mb=policy.line_budgets_mb,
        contact_gap_s=policy.contact_gap_s,
    )


def scope_values(session: Session, scope_kind: str = "all", scope_id: str = "") -> dict[str, Any]:
    """The overrides of exactly this scope, as typed values by key; {} when it has none."""
    return parse_values(_newest(session, scope_kind, scope_id))


def set_policy(
    session: Session,
    scope_kind: str,
    scope_id: str,
    values: Mapping[str, Any],
    actor: str,
    note: str,
    now: datetime,
) -> int:
    """Makes `values` the overrides of a scope, all of them, with an audit row. Returns the version in force.

    Nothing is written when nothing changes. Raises BadValue naming the key, the scope or the contradiction.
    """
    _check_scope(session, scope_kind, scope_id)
    typed = parse_values(values)
    if scope_kind == "all":
        typed = {key: value for key, value in typed.items() if value != DEFAULT_POLICY.get(key)}
    # The newest row is locked, so that two editors on PostgreSQL cannot take the same number.
    session.exec(select(PolicyVersion.id).order_by(desc(col(PolicyVersion.version))).limit(1).with_for_update())
    before = _newest(session, scope_kind, scope_id)
    plain = plain_values(typed)
    version = current_version(session)
    if plain == before:
        return version
    _check_together(session, scope_kind, scope_id, typed)
    version += 1
    session.add(
        PolicyVersion(
            scope_kind=scope_kind,
            scope_id=scope_id,
            version=version,
            values=plain,
            created_at=now,
            created_by=actor[:80],
            note=note.strip()[:300],
        )
    )
    record(session, now, actor, "policy.change", scope_kind, scope_id, *for_audit(before, plain))
    session.flush()
    return version


def seed_policy(session: Session, text: str | None, now: datetime) -> int:
    """First version of a new store, from the text of config/policy.toml (None: the defaults); else nothing."""
    version = current_version(session)
    if version:
        return version
    values = seed_values(text) if text is not None else {}
    resolve(DEFAULT_POLICY, [values])
    session.add(
        PolicyVersion(
            version=1, values=plain_values(values), created_at=now, created_by="collector", note="policy.toml"
        )
    )
    record(session, now, "collector", "policy.change", "all", "", before={}, after=masked(plain_values(values)))
    session.flush()
    return 1


def list_versions(
    session: Session, scope_kind: str = "all", scope_id: str = "", limit: int = 100
) -> list[PolicyVersion]:
    """Versions of one scope, newest first."""
    rows = session.exec(
        select(PolicyVersion)
        .where(PolicyVersion.scope_kind == scope_kind, PolicyVersion.scope_id == scope_id)
        .order_by(desc(col(PolicyVersion.version)))
        .limit(limit)
    )
    return list(rows)


def list_scopes(session: Session) -> list[Scope]:
    """Units and sites that have overrides of their own now."""
    return sorted(scope for scope, values in _book(session).overrides.items() if values and scope[0] != "all")


def _newest(session: Session, scope_kind: str, scope_id: str) -> dict[str, Any]:
    rows = list_versions(session, scope_kind, scope_id, limit=1)
    return dict(rows[0].values) if rows else {}


def _book(session: Session) -> _Book:
    newest = session.exec(
        select(PolicyVersion.version, PolicyVersion.created_at, PolicyVersion.created_by)
        .order_by(desc(col(PolicyVersion.version)))
        .limit(1)
    ).first()
    # The moment is part of the mark: a version that was rolled back may leave its number to another one.
    mark: tuple[Any, ...] = tuple(newest) if newest else (0,)
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    known = _books.get(engine)
    if known is not None and known[0] == mark:
        return known[1]
    overrides: dict[Scope, dict[str, Any]] = {}
    for row in session.exec(select(PolicyVersion).order_by(col(PolicyVersion.version))):
        overrides[row.scope_kind, row.scope_id] = dict(row.values)
    book = _Book(int(mark[0]), overrides)
    _books[engine] = (mark, book)
    return book


def _scopes(session: Session, book: _Book, site_id: int | None, unit_id: str | None) -> list[Scope]:
    scopes: list[Scope] = [("all", "")]
    if book.has_units:
        if unit_id is None and site_id is not None:
            unit_id = session.exec(select(Site.unit_id).where(Site.id == site_id)).first()
        scopes.extend(_chain(unit_id, _parents(session, unit_id)))
    if site_id is not None:
        scopes.append(("site", str(site_id)))
    return scopes


def _parents(session: Session, unit_id: str | None) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    while unit_id is not None and unit_id not in found:
        found[unit_id] = session.exec(select(Unit.parent_id).where(Unit.id == unit_id)).first()
        unit_id = found[unit_id]
    return found


def _chain(unit_id: str | None, parents: Mapping[str, str | None]) -> list[Scope]:
    """From the province down to the unit itself."""
    chain: list[Scope] = []
    while unit_id is not None and ("unit", unit_id) not in chain:
        chain.append(("unit", unit_id))
        unit_id = parents.get(unit_id)
    return chain[::-1]


def _check_scope(session: Session, scope_kind: str, scope_id: str) -> None:
    if scope_kind == "all" and scope_id == "":
        return
    if scope_kind == "unit" and session.get(Unit, scope_id) is not None:
        return
    if scope_kind == "site" and scope_id.isdecimal() and session.get(Site, int(scope_id)) is not None:
        return
    raise BadValue(
        "scope",
        "không có phạm vi {kind} {id}",
        "chọn toàn tỉnh, một đơn vị hoặc một địa điểm",
        kind=scope_kind,
        id=scope_id,
    )


def _check_together(session: Session, scope_kind: str, scope_id: str, typed: Mapping[str, Any]) -> None:
    """What the scope itself and every narrower scope would have must not contradict itself."""
    book = _book(session)
    overrides = {**book.overrides, (scope_kind, scope_id): dict(typed)}
    changed = _Book(book.version, overrides)
    for kind, ident in [("all", ""), *(scope for scope, values in overrides.items() if values)]:
        if kind == "site":
            chain = _scopes(session, changed, int(ident), None)
        else:
            chain = _scopes(session, changed, None, ident or None)
        check(changed.policy(chain))
