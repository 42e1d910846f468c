"""Who gets the weekly mail, about which scope, and when: rows with validity dates, changed only with an audit row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from inventory.domain.letter import Reader
from inventory.domain.problem import BadValue
from inventory.domain.recipient import SALUTATIONS, RecipientForm, check_day, check_email, check_text, one_of
from inventory.domain.week import local_day
from inventory.store.audit import record
from inventory.store.outbox import ScopeKey
from inventory.store.scope import Scope
from inventory.store.tables import Area, Recipient, Site, Unit
from inventory.store.unit_tree import UnitTree


class BadRecipient(ValueError):
    """What was written cannot be kept. `problems` has one BadValue per wrong field; its `where` is the field."""

    def __init__(self, problems: list[BadValue]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.text() for problem in problems))


def check_form(session: Session, form: RecipientForm, province_id: str) -> Recipient:
    """A row (not added) from what people wrote. Raises BadRecipient with every wrong field."""
    problems: list[BadValue] = []

    def tried(check: Any, *arguments: Any) -> Any:
        try:
            return check(*arguments)
        except BadValue as problem:
            problems.append(problem)
            return None

    scope_id = tried(_check_scope, session, form.scope_kind, form.scope_id.strip(), province_id)
    email = tried(check_email, form.email.strip(" "))
    role, name = tried(check_text, "role", form.role), tried(check_text, "name", form.name)
    if role == "" and name == "":
        problems.append(BadValue("role", "chưa ghi chức danh hoặc họ tên", "ghi như Chủ tịch UBND xã"))
    salutation = tried(one_of, "salutation", form.salutation or "dong_chi", SALUTATIONS)
    copy = tried(one_of, "copy", form.copy or "0", ("0", "1"))
    begins, ends = (
        tried(check_day, "valid_from", form.valid_from),
        tried(check_day, "valid_to", form.valid_to),
    )
    if begins and ends and ends < begins:
        problems.append(BadValue("valid_to", "sớm hơn ngày bắt đầu", "sửa một trong hai ngày"))
    if problems:
        raise BadRecipient(problems)
    return Recipient(
        scope_kind=form.scope_kind,
        scope_id=scope_id,
        role=role,
        name=name,
        salutation=salutation,
        email=email,
        copy_of=copy == "1",
        valid_from=begins,
        valid_to=ends,
    )


def add_recipient(
    session: Session,
    form: RecipientForm,
    province_id: str,
    actor: str,
    now: datetime,
    *,
    sample: bool = False,
) -> Recipient:
    """Adds one recipient. Raises BadRecipient, also for an address that the scope has already in that time."""
    row = check_form(session, form, province_id)
    row.sample = sample
    _refuse_twice(session, row)
    session.add(row)
    session.flush()
    record(session, now, actor, "recipient.add", "recipient", str(row.id), None, _shown(row))
    return row


def change_recipient(
    session: Session, recipient_id: int, form: RecipientForm, province_id: str, actor: str, now: datetime
) -> Recipient:
    """Changes a recipient; letters that are already written keep their address. Raises BadRecipient, KeyError."""
    row = session.get(Recipient, recipient_id)
    if row is None:
        raise KeyError(recipient_id)
    wanted = check_form(session, form, province_id)
    wanted.id = recipient_id
    _refuse_twice(session, wanted)
    before = _shown(row)
    for name in _FIELDS:
        setattr(row, name, getattr(wanted, name))
    session.add(row)
    if _shown(row) != before:
        record(session, now, actor, "recipient.change", "recipient", str(row.id), before, _shown(row))
    return row


def end_recipient(session: Session, recipient_id: int, actor: str, now: datetime) -> Recipient:
    """No more mail from now on; the row stays, because the ledger points to it. Raises KeyError."""
    row = session.get(Recipient, recipient_id)
    if row is None:
        raise KeyError(recipient_id)
    before = _shown(row)
    yesterday = date.fromordinal(local_day(now).toordinal() - 1)
    row.valid_to = min(row.valid_to or yesterday, yesterday)
    if row.valid_from is not None and row.valid_from > row.valid_to:
        row.valid_from = row.valid_to  # it never began: an empty period would not be one
    session.add(row)
    record(session, now, actor, "recipient.end", "recipient", str(row.id), before, _shown(row))
    return row


def list_recipients(session: Session) -> list[Recipient]:
    """All recipients, ended ones too: province, areas, then units."""
    rank = {"province": 0, "area": 1, "unit": 2}
    rows = session.exec(select(Recipient).order_by(col(Recipient.scope_id), col(Recipient.copy_of), col(Recipient.id)))
    return sorted(rows, key=lambda row: rank.get(row.scope_kind, 3))


def is_valid(row: Recipient, day: date) -> bool:
    """Whether the recipient gets mail on that day; both ends count."""
    return (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or day <= row.valid_to)


def readers_on(session: Session, tree: UnitTree, day: date) -> dict[ScopeKey, list[Reader]]:
    """Readers per scope on a day, addressees first, each address once per scope.

    Only scopes that exist on the day have a mail. A unit that has ended has none: its successors have theirs.
    """
    found: dict[ScopeKey, dict[str, Reader]] = {}
    query = select(Recipient).order_by(col(Recipient.copy_of), col(Recipient.id))
    for row in session.exec(query):
        gone = row.scope_kind == "unit" and row.scope_id not in tree.names
        if not is_valid(row, day) or gone:
            continue
        scope_id = row.scope_id
        if row.scope_kind == "province":
            scope_id = tree.current(scope_id)
            if scope_id != tree.province_id:
                continue
        reader = Reader(row.id or 0, row.role, row.name, row.salutation, row.email, row.copy_of)
        found.setdefault((row.scope_kind, scope_id), {}).setdefault(row.email, reader)
    return {key: list(readers.values()) for key, readers in found.items()}


def unserved_units(session: Session, tree: UnitTree, readers: Mapping[ScopeKey, list[Reader]]) -> list[str]:
    """Names of units with sites, but nobody to write to, so that somebody can mend it."""
    with_sites = {tree.current(unit_id) for unit_id in session.exec(select(Site.unit_id).distinct())}
    served = {scope_id for kind, scope_id in readers if kind == "unit"}
    return sorted(tree.names[unit_id].full for unit_id in with_sites - served if unit_id in tree.names)


def area_choices(session: Session) -> list[tuple[str, str]]:
    """(id, name) of the areas, by name."""
    return [(str(area_id), name) for area_id, name in session.exec(select(Area.id, Area.name).order_by(Area.name))]


def may_see(scope: Scope, kind: str, scope_id: str) -> bool:
    """Whether an account of this scope may see the mail about a unit, an area or the province."""
    if kind == "unit":
        return scope.covers(scope_id)
    return scope.everything or (kind == "area" and (scope.kind, scope.id) == ("area", scope_id))


_FIELDS = (
    "scope_kind",
    "scope_id",
    "role",
    "name",
    "salutation",
    "email",
    "copy_of",
    "valid_from",
    "valid_to",
)


def _shown(row: Recipient) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value := getattr(row, name), date) else value for name in _FIELDS}


def form_of(row: Recipient) -> RecipientForm:
    """The row as the form shows it, to be changed."""
    return RecipientForm(
        scope_kind=row.scope_kind,
        scope_id=row.scope_id,
        role=row.role,
        name=row.name,
        salutation=row.salutation,
        email=row.email,
        copy="1" if row.copy_of else "",
        valid_from=row.valid_from.isoformat() if row.valid_from else "",
        valid_to=row.valid_to.isoformat() if row.valid_to else "",
    )


def same_recipient(session: Session, row: Recipient) -> bool:
    """Whether exactly this recipient is there already."""
    query = select(Recipient).where(Recipient.scope_id == row.scope_id, Recipient.email == row.email)
    return any(_shown(other) == _shown(row) for other in session.exec(query))


def _refuse_twice(session: Session, row: Recipient) -> None:
    query = select(Recipient).where(
        Recipient.scope_kind == row.scope_kind,
        Recipient.scope_id == row.scope_id,
        Recipient.email == row.email,
    )
    for other in session.exec(query):
        begins = max(row.valid_from or date.min, other.valid_from or date.min)
        if other.id != row.id and begins <= min(row.valid_to or date.max, other.valid_to or date.max):
            problem = "phạm vi này đã có địa chỉ đó trong thời gian ấy"
            raise BadRecipient([BadValue("email", problem, "sửa dòng đã có, hoặc ghi ngày kết thúc cho dòng đó")])


def _check_scope(session: Session, kind: str, scope_id: str, province_id: str) -> str:
    if kind == "province":
        if scope_id not in ("", province_id):
            raise BadValue("scope_id", "không phải tỉnh của hệ thống này", "để trống, hoặc ghi {id}", id=province_id)
        return province_id
    if kind == "area":
        named = col(Area.id) == int(scope_id) if scope_id.isdigit() else col(Area.name) == scope_id
        area = session.exec(select(Area.id).where(named)).first()
        if area is None:
            raise BadValue("scope_id", "không có khu vực {id}", "ghi đúng tên hoặc số của khu vực", id=scope_id or '""')
        return str(area)
    if kind == "unit":
        unit = session.get(Unit, scope_id) if scope_id else None
        if unit is None or unit.kind != "xa":
            raise BadValue("scope_id", "không có xã, phường mã {id}", "ghi mã như x21787.2", id=scope_id or '""')
        return scope_id
    raise BadValue("scope_kind", "không có loại phạm vi {kind}", "chọn unit, area hoặc province", kind=kind or '""')
