"""A small world for tests of lists: one province, two communes in one area and one outside, their sites and PCs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from inventory.domain.unit import search_key
from inventory.store.tables import Agent, Area, AreaMember, Finding, Machine, Site, Unit, Village

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)


def seed(session: Session) -> None:
    """Province t1; communes x1 and x2 in area 1, x3 in none; sites 1, 2, 3; no machines yet."""
    session.add(_unit("t1", "tinh", "Tỉnh", "Gia Lai", None))
    session.flush()
    for unit_id, name in (("x1", "Vĩnh Sơn"), ("x2", "Canh Liên"), ("x3", "Đak Rong")):
        session.add(_unit(unit_id, "xa", "Xã", name, "t1"))
    session.flush()
    session.add(Area(id=1, province_id="t1", name="Vĩnh Thạnh"))
    session.flush()
    session.add_all([AreaMember(area_id=1, unit_id=unit_id) for unit_id in ("x1", "x2")])
    sites = ((1, "x1", "Trụ sở UBND"), (2, "x2", "Trung tâm hành chính công"), (3, "x3", "Trạm y tế"))
    for site_id, unit_id, name in sites:
        session.add(Site(id=site_id, unit_id=unit_id, name=name, name_key=search_key(name), created_at=NOW))
    session.add(Village(id=1, unit_id="x1", type_label="Làng", name="O2", name_key="o2"))
    session.flush()


def machine(session: Session, machine_id: int, site_id: int, **fields: Any) -> Machine:
    """A PC; its search key is made of what is given, as the evaluation does."""
    texts = ("hostname", "vendor", "model", "serial", "cpu", "os_name", "addresses")
    fields.setdefault("search_key", search_key(" ".join(str(fields.get(name, "")) for name in texts)))
    row = Machine(id=machine_id, site_id=site_id, created_at=NOW, **fields)
    session.add(row)
    session.flush()
    return row


def agent(session: Session, letter: str, machine_id: int, site_id: int = 1, **fields: Any) -> str:
    """An agent "aaaa…" of a machine; returns its id."""
    fields.setdefault("last_contact_at", NOW)
    session.add(Agent(id=letter * 32, site_id=site_id, machine_id=machine_id, enrolled_at=NOW, **fields))
    session.flush()
    return letter * 32


def finding(session: Session, finding_id: int, kind: str, subject: str, unit_id: str, **fields: Any) -> Finding:
    """A finding about "machine:7" or "village:1", opened ten days ago."""
    subject_kind, subject_id = subject.split(":")
    fields.setdefault("severity", "medium")
    fields.setdefault("opened_at", NOW - timedelta(days=10))
    row = Finding(id=finding_id, kind=kind, subject_kind=subject_kind, subject_id=subject_id, unit_id=unit_id, **fields)
    session.add(row)
    session.flush()
    return row


def _unit(unit_id: str, kind: str, label: str, name: str, parent: str | None) -> Unit:
    return Unit(
        id=unit_id, kind=kind, type_label=label, name=name, name_key=search_key(name), code=unit_id, parent_id=parent
    )
