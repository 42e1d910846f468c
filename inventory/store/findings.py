"""Writing findings: what the rules say (`settle`) and what people make of it (`change_state`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlmodel import Session

from inventory.domain import finding as rules
from inventory.domain.finding import Action, Close, Draft, Open, Reopen, Standing, Update
from inventory.domain.week import local_day
from inventory.store.audit import record
from inventory.store.tables import Agent, Finding, FindingEvent

_finding = Finding.__table__  # type: ignore[attr-defined]
_event = FindingEvent.__table__  # type: ignore[attr-defined]
_agent = Agent.__table__  # type: ignore[attr-defined]

_CHUNK = 5000
_STANDING = select(*(_finding.c[name] for name in Standing.__dataclass_fields__)).where(
    _finding.c.kind.in_(bindparam("kinds", expanding=True)),
    _finding.c.subject_kind == bindparam("subject_kind"),
    _finding.c.subject_id.in_(bindparam("ids", expanding=True)),
)
_NEW = insert(_finding).returning(_finding.c.id, sort_by_parameter_order=True)
_JUDGED = ("unit_id", "site_id", "severity", "responsible", "evidence", "policy_version")
_UPDATE = update(_finding).where(_finding.c.id == bindparam("key")).values({n: bindparam("new_" + n) for n in _JUDGED})
_REOPEN = (
    update(_finding)
    .where(_finding.c.id == bindparam("key"))
    .values(
        {n: bindparam("new_" + n) for n in (*_JUDGED, "state", "opened_at", "due_on")}
        | {"is_open": True, "closed_at": None, "times_opened": _finding.c.times_opened + 1}
    )
)
_CLOSE = (
    update(_finding)
    .where(_finding.c.id == bindparam("key"))
    .values(is_open=False, state=bindparam("new_state"), closed_at=bindparam("new_closed"))
)


class FindingError(ValueError):
    """What was asked cannot be done with this finding; str() says why and what to do."""


def settle(
    store: Session | Connection,
    kinds: Iterable[str],
    subject_kind: str,
    subject_ids: Iterable[str | int],
    drafts: Sequence[Draft],
    now: datetime,
    note_of: Callable[[Standing], str] | None = None,
) -> list[Action]:
    """Makes the stored findings of the judged `kinds` and subjects say what the rules say now; returns what changed.

    Everything of these kinds and subjects without a draft is closed. Belongs to the caller's transaction. `note_of`:
    codes for the history of a standing finding (words: collector/i18n); one that has some gets a line of its own.
    """
    connection = store.connection() if isinstance(store, Session) else store
    standing = load_standing(connection, sorted(set(kinds)), subject_kind, [str(key) for key in subject_ids])
    actions = rules.plan(standing, drafts, local_day(now))
    apply_plan(connection, actions, now)
    if note_of is not None:
        notes = [(finding, note) for finding in standing if (note := note_of(finding))]
        if notes:
            rows = [_event_row(finding.id, now, "corrected", finding.state, finding.state) for finding, _ in notes]
            texts = [note[:500] for _, note in notes]
            connection.execute(
                insert(_event), [row | {"actor": "", "note": text} for row, text in zip(rows, texts, strict=True)]
            )
    return actions


def load_standing(
    connection: Connection, kinds: list[str], subject_kind: str, subject_ids: list[str]
) -> list[Standing]:
    """Stored findings, open and closed, of these kinds and subjects."""
    found: list[Standing] = []
    for at in range(0, len(subject_ids), _CHUNK):
        wanted = {"kinds": kinds, "subject_kind": subject_kind, "ids": subject_ids[at : at + _CHUNK]}
        found += [Standing(**row) for row in connection.execute(_STANDING, wanted).mappings()]
    return found


def apply_plan(
    connection: Connection, actions: Sequence[Action], now: datetime, actor: str = "", note: str = ""
) -> None:
    """Writes a plan with a line of history for everything that a person would want to know of.

    `actor` is "" for the collector itself; `note` is what a person gave as reason.
    """
    opened = [action for action in actions if isinstance(action, Open)]
    numbers = connection.execute(_NEW, [_new_row(action, now) for action in opened]).scalars().all() if opened else []
    events = [_event_row(n, now, "opened", "", "new") for n in numbers]
    reopened = [action for action in actions if isinstance(action, Reopen)]
    if reopened:
        connection.execute(_REOPEN, [_reopened_row(action, now) for action in reopened])
        events += [_event_row(a.finding.id, now, "reopened", a.finding.state, a.state) for a in reopened]
    updated = [action for action in actions if isinstance(action, Update)]
    if updated:
        connection.execute(_UPDATE, [_judged(action.finding.id, action.draft) for action in updated])
        notable = [action.finding for action in updated if action.notable]
        events += [_event_row(found.id, now, "evidence", found.state, found.state) for found in notable]
    closed = [action for action in actions if isinstance(action, Close)]
    if closed:
        connection.execute(_CLOSE, [{"key": a.finding.id, "new_state": a.state, "new_closed": now} for a in closed])
        events += [_event_row(a.finding.id, now, "closed", a.finding.state, a.state) for a in closed]
    if events:
        connection.execute(insert(_event), [{**event, "actor": actor[:80], "note": note[:500]} for event in events])


def change_state(
    session: Session, finding_id: int, state: str, note: str, actor: str, now: datetime, address: str = ""
) -> Finding:
    """A person says what becomes of a finding: history and audit rows in the caller's transaction.

    A note alone (same state) is allowed. `excluded` and `cannot_fix` need a note. Findings whose gap no rule can see
    gone (`identity_conflict`) are closed by "fixed" and "excluded". Raises FindingError.
    """
    finding = session.get(Finding, finding_id)
    if finding is None:
        raise FindingError(f"there is no finding {finding_id}: reload the list")
    note = note.strip()[:500]
    before = finding.state
    if state == before:
        if not note:
            raise FindingError("nothing changes: choose another state or write a note")
        _add_event(session, finding_id, now, actor, "note", before, state, note)
        return finding
    if state not in rules.STATES:
        raise FindingError(f"{state!r} is no state: choose one of {', '.join(rules.STATES)}")
    if not rules.allowed(before, state):
        raise FindingError(f"a finding that is {before!r} cannot become {state!r}")
    if state in rules.PUT_ASIDE and not note:
        raise FindingError(f"state {state!r} needs a reason: write a note")
    was_open = finding.is_open
    finding.state = state
    if rules.FINDING_KINDS[finding.kind].closes == "person":
        finding.is_open = state not in ("fixed", "excluded")
        finding.closed_at = None if finding.is_open else now
    session.add(finding)
    if finding.subject_kind == "machine" and finding.is_open != was_open:
        _look_again(session, int(finding.subject_id), now)
    _add_event(session, finding_id, now, actor, "state", before, state, note)
    record(
        session,
        now,
        actor,
        "finding.state",
        "finding",
        str(finding_id),
        {"state": before, "is_open": was_open},
        {"state": state, "is_open": finding.is_open, "note": note},
        address,
    )
    return finding


def _look_again(session: Session, machine_id: int, now: datetime) -> None:
    """What a person decides about who a PC is lets the evaluation judge it anew."""
    connection = session.connection()
    connection.execute(update(_agent).where(_agent.c.machine_id == machine_id).values(dirty_at=now))


def _add_event(
    session: Session, finding_id: int, now: datetime, actor: str, what: str, before: str, after: str, note: str
) -> None:
    row = _event_row(finding_id, now, what, before, after)
    session.add(FindingEvent.model_validate(row | {"actor": actor[:80], "note": note}))


def _event_row(finding_id: int, now: datetime, what: str, before: str, after: str) -> dict[str, Any]:
    return {"finding_id": finding_id, "at": now, "what": what, "from_state": before, "to_state": after}


def _new_row(action: Open, now: datetime) -> dict[str, Any]:
    item = action.draft
    return {
        "kind": item.kind,
        "subject_kind": item.subject_kind,
        "subject_id": item.subject_id,
        "site_id": item.site_id,
        "unit_id": item.unit_id,
        "severity": item.severity,
        "state": "new",
        "is_open": True,
        "evidence": dict(item.evidence),
        "policy_version": item.policy_version,
        "responsible": item.responsible,
        "opened_at": now,
        "closed_at": None,
        "due_on": action.due_on,
        "times_opened": 1,
        "sample": item.sample,
    }


def _judged(finding_id: int, item: Draft) -> dict[str, Any]:
    return {
        "key": finding_id,
        "new_unit_id": item.unit_id,
        "new_site_id": item.site_id,
        "new_severity": item.severity,
        "new_responsible": item.responsible,
        "new_evidence": dict(item.evidence),
        "new_policy_version": item.policy_version,
    }


def _reopened_row(action: Reopen, now: datetime) -> dict[str, Any]:
    extra: Mapping[str, Any] = {"new_state": action.state, "new_opened_at": now, "new_due_on": action.due_on}
    return _judged(action.finding.id, action.draft) | extra
