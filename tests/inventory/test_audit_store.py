"""The audit log keeps what was done, in the transaction that did it; rejected reports wait until somebody looked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from inventory.store import audit, rejected
from inventory.store.engine import Store
from inventory.store.tables import Agent, Audit, RejectedReport, Site, Unit

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def test_a_row_names_who_what_before_and_after(store: Store) -> None:
    with store.session() as session:
        audit.record(session, NOW, "lan", "finding.state", "finding", "7", {"state": "new"}, {"state": "fixed"}, "::1")
    with store.reading() as session:
        rows, count = audit.list_audit(session, audit.AuditFilter())
        row = rows[0]

        assert count == 1
        assert (row.at, row.actor, row.action, row.subject_id) == (NOW, "lan", "finding.state", "7")
        assert (row.before, row.after, row.address) == ({"state": "new"}, {"state": "fixed"}, "::1")


def test_what_is_rolled_back_leaves_no_row(store: Store) -> None:
    with pytest.raises(RuntimeError), store.session() as session:  # noqa: PT012 - the error rolls back
        audit.record(session, NOW, "lan", "x")
        raise RuntimeError
    with store.reading() as session:
        assert session.exec(select(Audit)).all() == []


def test_overlong_names_are_cut_not_refused(store: Store) -> None:
    with store.session() as session:
        audit.record(session, NOW, "a" * 300, "sign_in_failed", address="b" * 300)
    with store.reading() as session:
        row = session.exec(select(Audit)).one()
        assert (len(row.actor), len(row.address)) == (audit.MAX_ACTOR, audit.MAX_ADDRESS)


def test_filters_join_and_the_newest_comes_first(store: Store) -> None:
    with store.session() as session:
        for hour, actor, action in ((0, "lan", "a"), (1, "minh", "a"), (2, "lan", "b"), (3, "lan", "a")):
            audit.record(session, NOW + timedelta(hours=hour), actor, action, "site", str(hour))

    def found(**wanted: object) -> list[str]:
        with store.reading() as session:
            return [r.subject_id for r in audit.list_audit(session, audit.AuditFilter(**wanted))[0]]  # type: ignore[arg-type]

    assert found() == ["3", "2", "1", "0"]
    assert found(actor="lan", action="a") == ["3", "0"]
    assert found(subject_kind="site", subject_id="1") == ["1"]
    assert found(from_at=NOW + timedelta(hours=1), to_at=NOW + timedelta(hours=3)) == ["2", "1"]
    assert found(actor="nobody") == []
    with store.reading() as session:
        rows, count = audit.list_audit(session, audit.AuditFilter(), offset=1, limit=2)
        assert ([row.subject_id for row in rows], count) == (["2", "1"], 4)
        assert audit.audit_choices(session) == (["lan", "minh"], ["a", "b"], ["site"])


@pytest.fixture
def rejects(store: Store) -> Store:
    with store.session() as session:
        session.add(Unit(id="x1", kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="vinh son", code="1"))
        session.flush()
        session.add(Site(id=1, unit_id="x1", name="Trụ sở", created_at=NOW))
        session.flush()
        session.add(Agent(id="a" * 32, site_id=1, enrolled_at=NOW, hostname="PC-01"))
        for minute, (agent, code) in enumerate([("a" * 32, "seal"), ("", "frame"), ("b" * 32, "seal")]):
            row = RejectedReport(
                received_at=NOW + timedelta(minutes=minute), agent_id=agent, code=code, reason="why", size=9, frame=b"x"
            )
            session.add(row)
    return store


def test_rejected_reports_name_their_agent_where_known(rejects: Store) -> None:
    with rejects.reading() as session:
        rows, count = rejected.list_rejected(session)
        assert rejected.count_unresolved(session) == 3
        assert rejected.rejected_codes(session) == ["frame", "seal"]

    assert count == 3
    assert [row.hostname for row in rows] == ["", "", "PC-01"]
    assert [row.site_name for row in rows] == ["", "", "Trụ sở"]


def test_resolving_hides_a_report_and_is_audited_once(rejects: Store) -> None:
    with rejects.session() as session:
        rows, _count = rejected.list_rejected(session, code="frame")
        assert rejected.resolve_rejected(session, rows[0].id, "lan", NOW)
        assert not rejected.resolve_rejected(session, rows[0].id, "lan", NOW)
    with rejects.reading() as session:
        assert rejected.count_unresolved(session) == 2
        assert rejected.list_rejected(session, unresolved_only=False)[1] == 3
        assert [row.action for row in session.exec(select(Audit))] == ["rejected.resolve"]


def test_resolving_all_keeps_to_the_filter(rejects: Store) -> None:
    with rejects.session() as session:
        assert rejected.resolve_all(session, "seal", "", "lan", NOW) == 2
        assert rejected.resolve_all(session, "seal", "", "lan", NOW) == 0
    with rejects.reading() as session:
        assert [row.code for row in rejected.list_rejected(session)[0]] == ["frame"]
        assert len(session.exec(select(Audit)).all()) == 1
