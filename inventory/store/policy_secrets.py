"""Passwords and keys inside policies: hidden wherever people or records see a policy, put back when a form returns.

A form shows "ten | SHA256 | •••• | AES | ••••": a key that comes back hidden stays what it was. Communities that
everybody knows are no secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from inventory.domain.policy import Rule
from inventory.domain.problem import BadValue

HIDDEN = "••••"
WELL_KNOWN = frozenset({"public", "private"})
SECRETS_CHANGED = "secrets_changed"
"""Key in an audit record: which policies' secrets are others than before, though both look alike when hidden."""

_USERS, _COMMUNITIES = "snmp.users", "snmp.communities"


def hide_community(text: str) -> str:
    """'k3tQua' -> 'k••••'; what everybody knows stays."""
    return text if text.lower() in WELL_KNOWN else text[:1] + HIDDEN


def hide_user(user: Sequence[str]) -> tuple[str, ...]:
    """(name, authentication, key, privacy, key) with the keys hidden; where there is none, none is shown."""
    name, auth, auth_key, priv, priv_key = user
    return (name, auth, HIDDEN if auth_key else "", priv, HIDDEN if priv_key else "")


def masked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain policy values by key, fit to be shown and recorded."""
    found = dict(values)
    if found.get(_USERS):
        found[_USERS] = [list(hide_user(user)) for user in found[_USERS]]
    if found.get(_COMMUNITIES):
        found[_COMMUNITIES] = [hide_community(text) for text in found[_COMMUNITIES]]
    return found


def for_audit(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides of a change without secrets. A changed secret is named, so that the change still shows."""
    old, new = masked(before), masked(after)
    changed = [
        key for key in (_USERS, _COMMUNITIES) if before.get(key) != after.get(key) and old.get(key) == new.get(key)
    ]
    return old, new | ({SECRETS_CHANGED: changed} if changed else {})


def restored(rule: Rule, typed: Any, current: Any) -> Any:
    """A form's text with hidden secrets replaced by the current ones. Raises BadValue when there is none to put back."""
    if not isinstance(typed, str) or HIDDEN not in typed:
        return typed
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if rule.kind == "communities":
        return _communities(rule, lines, list(current or ()))
    if rule.kind == "snmp_users":
        return "\n".join(_user(rule, line, {user[0]: user for user in current or ()}) for line in lines)
    return typed


def _communities(rule: Rule, lines: list[str], current: list[str]) -> str:
    found: list[str] = []
    for line in lines:
        if HIDDEN in line:
            known = next((text for text in current if hide_community(text) == line), None)
            if known is None:
                raise BadValue(rule.key, "không có mật khẩu cũ nào cho dòng {line}", "nhập lại mật khẩu", line=line)
            current.remove(known)
            line = known
        found.append(line)
    return "\n".join(found)


def _user(rule: Rule, line: str, current: Mapping[str, Sequence[str]]) -> str:
    parts = [part.strip() for part in line.split("|")]
    for at in (2, 4):
        if len(parts) == 5 and parts[at] == HIDDEN:
            known = current.get(parts[0])
            if known is None or not known[at]:
                raise BadValue(rule.key, "không có khóa cũ nào của {user}", "nhập khóa thật", user=parts[0])
            parts[at] = known[at]
    return " | ".join(parts)
