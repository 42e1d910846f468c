"""Roads, bundles and carried identities in the store, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inventory.store import bundles, offline, roads
from inventory.store.arrival import Arrival
from inventory.store.bundles import BundleResult
from inventory.store.engine import Store
from inventory.store.ingest import ingest
from inventory.store.scope import Scope
from inventory.store.tables import Agent, Site
from tests.inventory import district

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
BOOT = "b" * 32
ELSEWHERE = Scope("unit", "x3", frozenset({"x3"}))


@pytest.fixture
def filled(store: Store) -> Store:
    with store.session() as session:
        district.seed(session)
        district.machine(session, 7, 1, hostname="VS-07")
        district.agent(session, "a", 7)
        session.add(Agent(id="e" * 32, site_id=2, enrolled_at=NOW, hostname="PC-KHAC"))
    return store


def arrival(seq: int, road: str = "relay", **changes: Any) -> Arrival:
    values: dict[str, Any] = {
        "agent_id": "a" * 32, "boot_id": BOOT, "seq": seq, "key_generation": 1, "received_at": NOW,
        "agent_time": NOW - timedelta(hours=1), "monotonic_s": 5000.0, "kind": "heartbeat", "agent_version": "1",
        "policy_version": 0, "lost_reports": 0, "pending_reports": 0, "sections": {}, "frame": b"", "road": road,
        "carrier": "e" * 32 if road == "relay" else "",
    }  # fmt: skip
    return Arrival(**(values | changes))


def test_roads_are_counted_and_listed_with_their_carrier(filled: Store) -> None:
    ingest(filled, [arrival(1), arrival(2), arrival(3, "usb"), arrival(4, "https")])
    ingest(filled, [arrival(5, received_at=NOW + timedelta(minutes=5)), arrival(1)])

    with filled.reading() as session:
        rows = roads.list_roads(session)
        assert roads.list_roads(session, ELSEWHERE) == []
        assert [row.road for row in roads.list_roads(session, site_id=1)] == ["relay", "usb"]
    assert [(row.road, row.reports, row.hostname, row.carrier_hostname) for row in rows] == [
        ("relay", 3, "VS-07", "PC-KHAC"), ("usb", 1, "VS-07", "")
    ]  # fmt: skip
    assert rows[0].carrier_elsewhere is True
    assert rows[0].last_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("changes", "made_at"),
    [
        # wrapped an hour ago by our own clock, 100 s after it was made
        ({"clock": (BOOT, 5100.0), "wrapped_at": NOW - timedelta(hours=1)}, NOW - timedelta(hours=1, seconds=100)),
        # the PC's clock is plausible, and nothing better is known
        ({"clock": (BOOT, 5100.0)}, NOW - timedelta(hours=1)),
        # the PC's clock lies, but the bundle was wrapped before it came
        (
            {"agent_time": datetime(2009, 1, 1, tzinfo=UTC), "not_after": NOW - timedelta(days=2)},
            NOW - timedelta(days=2),
        ),
        ({"agent_time": datetime(2009, 1, 1, tzinfo=UTC)}, NOW),
        ({"agent_time": datetime(2009, 1, 1, tzinfo=UTC), "not_after": NOW + timedelta(days=2)}, NOW),
        # another boot's clock says nothing
        ({"clock": ("c" * 32, 5100.0), "wrapped_at": NOW}, NOW - timedelta(hours=1)),
    ],
)
def test_when_a_carried_report_was_made(filled: Store, changes: dict[str, Any], made_at: datetime) -> None:
    (outcome,) = ingest(filled, [arrival(1, **changes)])

    assert outcome.made_at == made_at


def test_a_carried_report_is_live_only_by_the_collector_s_own_clock() -> None:
    said: dict[str, Any] = {"clock": (BOOT, 5010.0)}

    assert not arrival(1, **said).is_live()
    assert arrival(1, **said, wrapped_at=NOW - timedelta(seconds=20)).is_live()
    assert arrival(1, **said, wrapped_at=NOW + timedelta(hours=9)).age() == timedelta(seconds=10)
    assert not arrival(1, **said, wrapped_at=NOW - timedelta(hours=1)).is_live()
    assert not arrival(1, clock=(BOOT, 4000.0), wrapped_at=NOW).is_live()


def test_imports_are_remembered_with_what_was_wrong(filled: Store) -> None:
    good = BundleResult("a.gwb", 100, "partly", "torn", "c" * 32, "a" * 32, site_id=1, accepted=2)
    good.rejected = {"field": 1}
    bundles.keep_result(filled, good, "hanh", NOW)
    bundles.keep_result(filled, BundleResult("x" * 500, 3, problem="foreign"), "hanh", NOW + timedelta(minutes=1))

    with filled.reading() as session:
        rows, count = bundles.list_imports(session)
        assert bundles.list_imports(session, ELSEWHERE) == ([], 0)
        assert bundles.agent_place(session, "a" * 32) == (1, "Trụ sở UBND", "VS-07", False)
        assert bundles.agent_place(session, "0" * 32) == (None, "", "", False)
    assert count == 2
    assert len(rows[0].row.file_name) == bundles.MAX_NAME
    assert (rows[1].site_name, rows[1].hostname, bundles.reasons(rows[1].row)) == ("Trụ sở UBND", "VS-07", {"field": 1})


def test_a_carried_identity_from_its_making_to_its_end(filled: Store) -> None:
    with filled.session() as session:
        agent_id = offline.make_identity(session, session.get_one(Site, 1), "hanh", NOW).id
    with filled.reading() as session:
        (row,), count = offline.list_files(session)
        assert offline.list_files(session, ELSEWHERE) == ([], 0)
    assert (row.state, row.first_heard_at, count) == ("unused", None, 1)
    assert ingest(filled, [arrival(1, "usb", agent_id=agent_id)])[0].status == "stored"
    with filled.session() as session:
        assert offline.list_files(session)[0][0].state == "used"
        assert not offline.revoke_identity(session, agent_id, "x", NOW, scope=ELSEWHERE)
        assert offline.revoke_identity(session, agent_id, "hanh", NOW)

    (outcome,) = ingest(filled, [arrival(2, "usb", agent_id=agent_id)])

    assert (outcome.status, outcome.reason) == ("rejected", "agent_revoked")


def test_an_excluded_site_gets_no_identity(filled: Store) -> None:
    with filled.session() as session:
        site = session.get_one(Site, 1)
        site.excluded_reason = "bí mật nhà nước"
        with pytest.raises(ValueError, match="excluded"):
            offline.make_identity(session, site, "hanh", NOW)
