"""A small province for tests of pages: named people, two communes of one area, one outside it. All invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from argon2 import PasswordHasher
from sqlmodel import Session

from inventory.domain.unit import search_key
from inventory.store.accounts import create_account
from inventory.store.engine import Store
from inventory.store.tables import Area, AreaMember, Finding, FindingEvent, Machine, Site, SiteState, Unit, Village

NOW = datetime(2026, 11, 19, 3, 20, tzinfo=UTC)
"""Thursday 19/11/2026, 10:20 in Vietnam: offices are open."""

PASSWORD = "kon tru o2 o5"
PROVINCE, VINH_SON, VINH_QUANG, PLEIKU = "t52.2", "x21787.2", "x21786.2", "x23575.2"

PEOPLE = {
    "lan": ("Nguyễn Thị Lan", "commune", "unit", VINH_SON),
    "binh": ("Trần Văn Bình", "commune", "unit", VINH_QUANG),
    "hanh": ("Lê Thị Hạnh", "officer", "all", ""),
    "admin": ("Quản trị", "admin", "all", ""),
    "outsider": ("Người ngoài", "viewer", "area", "999"),
    "auditor": ("Kiểm toán", "auditor", "all", ""),
}
# cheap on purpose: the tests are not about the cost of Argon2, and HASHER is replaced by this one
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def fill(store: Store) -> None:
    """Units, sites, machines, villages, findings and accounts."""
    with store.session() as session:
        _units(session)
        _sites(session)
        _rest(session)
        hashed = CHEAP.hash(PASSWORD)
        for login, (name, role, kind, scope_id) in PEOPLE.items():
            create_account(session, login, hashed, NOW, name=name, role=role, scope_kind=kind, scope_id=scope_id)


def _unit(unit_id: str, kind: str, label: str, name: str, parent: str | None) -> Unit:
    return Unit(
        id=unit_id,
        kind=kind,
        type_label=label,
        name=name,
        name_key=search_key(f"{label} {name}"),
        code=unit_id[1:6],
        parent_id=parent,
        valid_from=date(2025, 7, 1),
    )


def _units(session: Session) -> None:
    session.add(_unit(PROVINCE, "tinh", "Tỉnh", "Gia Lai", None))
    session.flush()
    for unit_id, label, name in (
        (VINH_SON, "Xã", "Vĩnh Sơn"),
        (VINH_QUANG, "Xã", "Vĩnh Quang"),
        (PLEIKU, "Phường", "Pleiku"),
    ):
        session.add(_unit(unit_id, "xa", label, name, PROVINCE))
    session.add(Area(id=1, province_id=PROVINCE, name="Khu vực Vĩnh Thạnh"))
    session.flush()
    session.add_all([AreaMember(area_id=1, unit_id=VINH_SON), AreaMember(area_id=1, unit_id=VINH_QUANG)])
    session.flush()


def site(site_id: int, unit_id: str, name: str, state: str, **more: object) -> Site:
    """A site as the evaluation job would leave it."""
    values = {"state_since": NOW - timedelta(hours=2), "created_at": NOW - timedelta(days=90), "state_cause": "unknown"}
    return Site(id=site_id, unit_id=unit_id, name=name, name_key=search_key(name), state=state, **(values | more))


def _sites(session: Session) -> None:
    hour = timedelta(hours=1)
    session.add_all(
        [
            site(
                1, VINH_SON, "Trụ sở UBND xã Vĩnh Sơn", "UP", lan_state="working", provider="VNPT", last_contact_at=NOW
            ),
            site(
                2,
                VINH_SON,
                "Trụ sở 2 (Vĩnh Kim)",
                "LINE_LOST_CONFIRMED",
                role="tru_so_khac",
                lan_state="none",
                state_cause="line",
                provider="Viettel",
                last_contact_at=NOW - 2 * hour,
            ),
            site(3, VINH_QUANG, "Trụ sở UBND xã Vĩnh Quang", "NEVER_REPORTED", state_since=None),
            site(4, PLEIKU, "Trụ sở UBND phường Pleiku", "OFF_UNUSUAL", lan_state="partial", sample=True),
            site(5, PLEIKU, "Phòng cơ yếu", "NEVER_REPORTED", excluded_reason="Bí mật nhà nước"),
        ]
    )
    session.flush()
    session.add_all(
        [
            SiteState(site_id=2, from_at=NOW - 30 * hour, to_at=NOW - 2 * hour, state="UP"),
            SiteState(site_id=2, from_at=NOW - 2 * hour, to_at=NOW, state="LINE_LOST_CONFIRMED", cause="line"),
        ]
    )


def machine(machine_id: int, site_id: int, hostname: str, **more: object) -> Machine:
    """A PC as the evaluation job would leave it."""
    return Machine(id=machine_id, site_id=site_id, hostname=hostname, created_at=NOW - timedelta(days=1), **more)


def _rest(session: Session) -> None:
    known = {"age_status": "known"}
    session.add_all(
        [
            machine(1, 1, "VS-01", **known, built_earliest=2013, built_latest=2014, outdated=True, unfit=[]),
            machine(2, 1, "VS-02", **known, built_earliest=2024, built_latest=2024, outdated=False, unfit=[]),
            machine(3, 2, "VS-03", age_status="unknown"),
            machine(4, 4, "PK-01", age_status="not_applicable", kind="virtual", sample=True),
            machine(5, 4, "PK-OLD", **known, built_latest=2010, outdated=True, status="retired"),
            Village(id=1, unit_id=VINH_SON, name="Kon Trú", name_key="kon tru", fixed_broadband="none", mobile="none"),
            Village(
                id=2,
                unit_id=VINH_SON,
                type_label="Làng",
                name="O2",
                name_key="o2",
                fixed_broadband="none",
                mobile="partial",
            ),
            Village(id=3, unit_id=VINH_QUANG, name="Định An", name_key="dinh an", fixed_broadband="", mobile="4g"),
            Finding(
                id=1,
                kind="site_disconnected",
                subject_kind="site",
                subject_id="2",
                site_id=2,
                unit_id=VINH_SON,
                severity="high",
                responsible="operator",
                opened_at=NOW - timedelta(days=9),
                due_on=date(2026, 11, 13),
            ),
            Finding(
                id=2,
                kind="site_never_reported",
                subject_kind="site",
                subject_id="3",
                site_id=3,
                unit_id=VINH_QUANG,
                severity="medium",
                opened_at=NOW - timedelta(hours=3),
                due_on=date(2026, 12, 3),
            ),
        ]
    )
    session.flush()
    session.add_all(
        [
            FindingEvent(finding_id=1, at=NOW - timedelta(days=9), what="opened"),
            FindingEvent(finding_id=2, at=NOW - timedelta(hours=3), what="opened"),
        ]
    )
