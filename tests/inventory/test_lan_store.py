"""LAN states are concluded from stored sections and grow stale with them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from inventory.store.engine import Store
from inventory.store.lan import LanEvaluator, settle_lan
from inventory.store.tables import Agent, Section, Site, Unit

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LINKED = {"interfaces": [{"name": "e", "kind": "wired", "is_up": True, "ipv4": ["10.0.0.2/24"], "mac_hash": "m1"}]}
SEES = {"gateways": [{"mac_hash": "g"}], "neighbours": [{"mac_hash": "p"}]}


def put(
    store: Store, agent_id: str, interfaces: dict[str, Any], neighbours: dict[str, Any], heard: datetime = NOW
) -> None:
    with store.session() as session:
        session.add(Agent(id=agent_id, site_id=1, enrolled_at=NOW, last_contact_at=heard))
        session.flush()
        for name, data in (("interfaces", interfaces), ("neighbours", neighbours)):
            session.add(
                Section(
                    agent_id=agent_id, name=name, site_id=1, status="ok", data=data, seen_at=heard, changed_at=heard
                )
            )


def make_site(store: Store, **changes: Any) -> None:
    with store.session() as session:
        session.add(Unit(id="x1.2", kind="xa", type_label="Xã", name="A", name_key="xa a", code="1"))
        session.flush()
        session.add(Site(id=1, unit_id="x1.2", name="Trụ sở", created_at=NOW, **changes))


def state(store: Store) -> str:
    with store.reading() as session:
        return session.get_one(Site, 1).lan_state


def test_it_follows_the_evidence(store: Store) -> None:
    make_site(store)
    evaluator = LanEvaluator()
    assert evaluator.run_due(store, lambda: NOW) == 0
    assert state(store) == "unknown"

    put(store, "a" * 32, LINKED, SEES)
    assert evaluator.run_due(store, lambda: NOW + timedelta(seconds=30)) == 1
    assert state(store) == "working"
    assert evaluator.run_due(store, lambda: NOW + timedelta(seconds=60)) == 0, "nothing new, nothing written"


def test_stale_evidence_falls_back_to_what_was_declared(store: Store) -> None:
    make_site(store, lan_declared="none", lan_declared_on=date(2026, 1, 5))
    put(store, "a" * 32, LINKED, SEES, heard=NOW - timedelta(days=40))
    settle_lan(store, NOW)

    assert state(store) == "none"


def test_quarantined_agents_prove_nothing(store: Store) -> None:
    make_site(store)
    put(store, "a" * 32, LINKED, SEES)
    with store.session() as session:
        agent = session.get_one(Agent, "a" * 32)
        agent.status = "quarantined"
        session.add(agent)
    settle_lan(store, NOW)

    assert state(store) == "unknown"
