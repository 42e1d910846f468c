"""The thresholds of one scope as a page shows them: value, where it comes from, who changed it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from inventory.domain.policy import DEFAULT_POLICY, RULES, Policy, Rule, parse_values
from inventory.store.policy import effective_policy, list_versions, scope_values, set_policy
from inventory.store.policy_secrets import restored
from inventory.store.tables import PolicyVersion


@dataclass(frozen=True, slots=True)
class Threshold:
    rule: Rule
    default: Any
    current: Any
    here: bool  # this very scope overrides it
    changed_at: datetime | None  # last change in this scope; None: never
    changed_by: str


@dataclass(frozen=True, slots=True)
class VersionChange:
    """One version of a scope and what it changed: (key, before, after), None where the default or wider scope held."""

    version: PolicyVersion
    changes: tuple[tuple[str, Any, Any], ...]


def thresholds(session: Session, scope_kind: str = "all", scope_id: str = "") -> list[Threshold]:
    """Every threshold in the order of the page, as it holds in this scope."""
    policy, _version = _effective(session, scope_kind, scope_id)
    own = scope_values(session, scope_kind, scope_id)
    last: dict[str, PolicyVersion] = {}
    for change in reversed(history(session, scope_kind, scope_id, limit=1000)):
        last |= {key: change.version for key, _before, _after in change.changes}
    return [
        Threshold(
            rule=rule,
            default=DEFAULT_POLICY.get(key),
            current=policy.get(key),
            here=key in own,
            changed_at=last[key].created_at if key in last else None,
            changed_by=last[key].created_by if key in last else "",
        )
        for key, rule in RULES.items()
    ]


def history(session: Session, scope_kind: str = "all", scope_id: str = "", limit: int = 50) -> list[VersionChange]:
    """Versions of a scope with what each changed, newest first."""
    versions = list_versions(session, scope_kind, scope_id, limit + 1)
    older = [*versions[1:], None]
    found: list[VersionChange] = []
    for version, before in zip(versions[:limit], older, strict=False):
        was = parse_values(before.values) if before is not None else {}
        now = parse_values(version.values)
        keys = [key for key in RULES if was.get(key) != now.get(key)]
        found.append(VersionChange(version, tuple((key, was.get(key), now.get(key)) for key in keys)))
    return found


def change_threshold(
    session: Session, scope_kind: str, scope_id: str, key: str, value: Any, actor: str, note: str, now: datetime
) -> int:
    """Sets one threshold of a scope, or takes the override away (value None). Returns the version. Raises BadValue.

    Hidden secrets in the value stand for those that hold in this scope now.
    """
    values = scope_values(session, scope_kind, scope_id)
    values.pop(key, None)
    if value is not None:
        held, _version = _effective(session, scope_kind, scope_id)
        rule = RULES.get(key)
        values |= parse_values({key: restored(rule, value, held.get(key)) if rule else value})
    return set_policy(session, scope_kind, scope_id, values, actor, note, now)


def _effective(session: Session, scope_kind: str, scope_id: str) -> tuple[Policy, int]:
    site_id = int(scope_id) if scope_kind == "site" else None
    return effective_policy(session, site_id, scope_id if scope_kind == "unit" else None)
