"""Invented PCs with their sections, for tests of attaching and evaluating."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from inventory.store.engine import Store
from inventory.store.machines import AttachItem, attach_batch
from inventory.store.tables import Agent, Finding, Machine, Section
from tests.inventory.district import NOW, seed


def number(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def hardware(name: str = "a", **changed: Any) -> dict[str, Any]:
    """An OptiPlex of 2014 with Windows' usual little less than 8 GB of memory; `name` makes its serial numbers."""
    data: dict[str, Any] = {
        "system_vendor": "Dell Inc.",
        "system_model": "OptiPlex 3020",
        "system_serial": "S" + number("s" + name)[:8],
        "system_uuid": number("u" + name)[:32],
        "board_serial": "B" + number("b" + name)[:8],
        "chassis_type": 3,
        "bios_date": "05/02/2014",
        "cpu_brand": "Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz",
        "cpu_cores": 2,
        "cpu_threads": 4,
        "cpu_max_mhz": 3400.0,
        "ram_bytes": 8 * 2**30 - 2**28,
        "disks": [
            {"serial": "D" + number("d" + name)[:8], "size_bytes": 500 * 10**9, "rotational": True, "is_system": True}
        ],
    }
    return data | changed


def system(**changed: Any) -> dict[str, Any]:
    data = {"os_family": "windows", "os_name": "Windows 11 Pro", "os_version": "10.0", "os_build": "26100.1"}
    return data | {"hostname": "PC-01"} | changed


def interfaces(name: str = "a") -> dict[str, Any]:
    card = {"name": "Ethernet", "kind": "wired", "mac_prefix": "00:11:22", "mac_hash": number("m" + name)[:16]}
    return {"interfaces": [card | {"is_up": True, "ipv4": ["192.168.1.5/24"]}]}


def sections(name: str = "a", **changed: Any) -> dict[str, dict[str, Any]]:
    return {"hardware": hardware(name), "system": system(), "interfaces": interfaces(name)} | changed


def send(
    session: Session, agent_id: str, data: dict[str, dict[str, Any]], at: datetime = NOW, **fields: Any
) -> None:
    """An agent's news as ingest leaves them: sections, and the mark on the agent. A new agent is made first."""
    agent = session.get(Agent, agent_id) or Agent(id=agent_id, site_id=1, enrolled_at=at)
    for key, value in (fields | {"last_contact_at": at, "dirty_at": at}).items():
        setattr(agent, key, value)
    session.add(agent)
    session.flush()
    for name, content in data.items():
        row = session.get(Section, (agent_id, name)) or Section(
            agent_id=agent_id, name=name, site_id=agent.site_id, status="ok", seen_at=at, changed_at=at
        )
        if row.data != content:
            row.data, row.changed_at = content, at
        row.seen_at = at
        session.add(row)
    session.flush()


def attach(
    session: Session, agent_id: str, data: dict[str, dict[str, Any]], at: datetime = NOW, site_id: int = 1
) -> int:
    """The first inventory of an agent as ingest handles it; returns its machine."""
    send(session, agent_id, data, at, site_id=site_id)
    item = AttachItem(agent_id, site_id, data.get("hardware", {}), data.get("system", {}), data.get("interfaces", {}))
    return attach_batch(session.connection(), [item], at)[agent_id]


def install(
    store: Store, agent_id: str = "a" * 32, data: dict[str, dict[str, Any]] | None = None, **fields: Any
) -> int:
    """An agent with its machine in a fresh small district."""
    with store.session() as session:
        if session.get(Agent, agent_id) is None and not session.exec(select(Agent.id)).first():
            seed(session)
        machine_id = attach(session, agent_id, data or sections())
        send(session, agent_id, {}, **fields)
        return machine_id


def machine_of(store: Store, machine_id: int) -> Machine:
    with store.reading() as session:
        return session.get_one(Machine, machine_id)


def findings_of(store: Store, machine_id: int) -> dict[str, Finding]:
    with store.reading() as session:
        rows = session.exec(select(Finding).where(Finding.subject_id == str(machine_id)))
        return {row.kind: row for row in rows}
