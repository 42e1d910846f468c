"""A small province for the mail's tests: two communes in an area, one outside, one that ended; sites, PCs, villages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from inventory.domain.week import IsoWeek
from inventory.store.outbox import Letter, message_id
from inventory.store.tables import (
    Area,
    AreaMember,
    CollectorBeat,
    Finding,
    Machine,
    Recipient,
    Site,
    SiteState,
    Unit,
    UnitLink,
    Village,
)

WEEK = IsoWeek(2026, 47)
MONDAY = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # 07:00 in Vietnam
PROVINCE, VINH_SON, VAN_CANH, AN_LAO, OLD = "t52.2", "x21787.2", "x21994.2", "x21609.2", "x21787.1"


def vn(text: str) -> datetime:
    """A Vietnamese local time as UTC."""
    return datetime.fromisoformat(text + "+07:00").astimezone(UTC)


def add_units(session: Session) -> None:
    session.add(_unit(PROVINCE, "tinh", "Tỉnh", "Gia Lai", None))
    session.flush()
    for unit_id, name in ((VINH_SON, "Vĩnh Sơn"), (VAN_CANH, "Vân Canh"), (AN_LAO, "An Lão")):
        session.add(_unit(unit_id, "xa", "Xã", name, PROVINCE))
    old = _unit(OLD, "xa", "Xã", "Vĩnh Kim", None)
    old.valid_to = date(2025, 6, 30)
    session.add(old)
    session.flush()
    session.add(UnitLink(from_id=OLD, to_id=VINH_SON, kind="merge", effective=date(2025, 7, 1), is_default=True))
    session.add(Area(id=1, province_id=PROVINCE, name="Khu vực Vĩnh Thạnh"))
    session.flush()
    # a membership that was written before the merger: it holds for the successor
    session.add_all([AreaMember(area_id=1, unit_id=OLD), AreaMember(area_id=1, unit_id=VAN_CANH)])
    session.flush()


def add_site(session: Session, site_id: int, unit_id: str, name: str, **fields: Any) -> Site:
    row = Site(id=site_id, unit_id=unit_id, name=name, created_at=MONDAY - timedelta(days=60), **fields)
    session.add(row)
    session.flush()
    return row


def add_state(session: Session, site_id: int, state: str, begin: str, end: str, cause: str = "unknown") -> None:
    session.add(SiteState(site_id=site_id, from_at=vn(begin), to_at=vn(end), state=state, cause=cause))
    session.flush()


def add_machine(session: Session, site_id: int, heard: str = "", **fields: Any) -> None:
    fields.setdefault("last_contact_at", vn(heard) if heard else None)
    session.add(Machine(site_id=site_id, created_at=MONDAY - timedelta(days=60), **fields))
    session.flush()


def add_finding(session: Session, kind: str, subject: str, unit_id: str, opened: str, **fields: Any) -> Finding:
    subject_kind, subject_id = subject.split(":")
    fields.setdefault("severity", "medium")
    row = Finding(
        kind=kind, subject_kind=subject_kind, subject_id=subject_id, unit_id=unit_id, opened_at=vn(opened), **fields
    )
    session.add(row)
    session.flush()
    return row


def add_recipient(session: Session, kind: str, scope_id: str, email: str, **fields: Any) -> Recipient:
    fields.setdefault("role", "Chủ tịch UBND xã")
    row = Recipient(scope_kind=kind, scope_id=scope_id, email=email, **fields)
    session.add(row)
    session.flush()
    return row


def add_week(session: Session) -> None:
    """Week 47 of Vĩnh Sơn: main office works, second office cut off since Thursday, three old PCs, villages."""
    add_units(session)
    session.add(CollectorBeat(instance="c", from_at=vn("2026-10-01T00:00"), to_at=MONDAY))
    add_site(session, 1, VINH_SON, "Trụ sở chính", provider="VNPT", lan_state="working", pc_norm=20)
    add_site(session, 2, OLD, "Trụ sở 2", provider="VNPT", lan_state="unknown", pc_norm=4)
    add_site(session, 3, VINH_SON, "Trạm Y tế", lan_state="none")
    add_site(session, 4, VAN_CANH, "Trụ sở chính", lan_state="working", pc_norm=10, sample=True)
    add_state(session, 1, "UP", "2026-11-20T07:30", "2026-11-20T17:00")
    add_state(session, 1, "OFF_EXPECTED", "2026-11-20T17:00", "2026-11-23T07:00")
    add_state(session, 2, "UP", "2026-11-19T07:30", "2026-11-19T14:20")
    add_state(session, 2, "LINE_LOST_CONFIRMED", "2026-11-19T14:20", "2026-11-23T07:00", "line")
    add_state(session, 4, "UP", "2026-11-20T07:30", "2026-11-20T17:00")
    for outdated in (True, True, True, False, None):
        add_machine(session, 1, "2026-11-20T16:00", outdated=outdated)
    add_machine(session, 2, "2026-11-12T16:00")
    add_machine(session, 1, status="retired")
    for machine_id in (1, 2, 3):
        add_finding(
            session, "machine_outdated", f"machine:{machine_id}", VINH_SON, "2026-10-01T08:00", site_id=1,
            due_on=date(2026, 12, 30),
        )  # fmt: skip
    add_finding(
        session, "site_disconnected", "site:2", OLD, "2026-11-19T14:35", site_id=2, severity="high",
        responsible="operator", due_on=date(2026, 11, 22), evidence={"since": vn("2026-11-19T14:20").isoformat()},
    )  # fmt: skip
    for village_id, name in ((1, "Kon Trú"), (2, "O2"), (3, "O5"), (4, "K3")):
        broadband = "none" if village_id < 4 else ""
        session.add(Village(id=village_id, unit_id=VINH_SON, name=name, fixed_broadband=broadband, mobile="4g"))
    for village_id in (1, 2, 3):
        add_finding(
            session, "village_no_broadband", f"village:{village_id}", VINH_SON, "2026-11-01T08:00",
            severity="high", responsible="operator", due_on=date(2027, 4, 30),
        )  # fmt: skip
    session.flush()


def letter(number: int, week: IsoWeek = WEEK, **fields: Any) -> Letter:
    """A letter to person `number`."""
    email = f"lanhdao{number}@gialai.gov.vn"
    values: dict[str, Any] = {
        "scope_kind": "unit", "scope_id": VINH_SON, "recipient_id": None, "email": email,
        "message_id": message_id(week, "unit", VINH_SON, email, "gialai.gov.vn"),
        "subject": f"Tuần 47 số {number}", "text": "Kính gửi\n", "html": "<p>Kính gửi</p>",
    }  # fmt: skip
    return Letter(**(values | fields))


def _unit(unit_id: str, kind: str, label: str, name: str, parent: str | None) -> Unit:
    return Unit(
        id=unit_id, kind=kind, type_label=label, name=name, name_key=name.lower(), code=unit_id[1:-2], parent_id=parent
    )
