"""Reading what is stored of many machines at once, for the evaluation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from inventory.store.machine_verdicts import MachineEvidence
from inventory.store.policy import policies_of_sites
from inventory.store.tables import Agent, Machine, Section, Site

SECTIONS = ("system", "hardware", "storage", "posture", "interfaces")

_machine = Machine.__table__  # type: ignore[attr-defined]
_agent = Agent.__table__  # type: ignore[attr-defined]
_section = Section.__table__  # type: ignore[attr-defined]
_site = Site.__table__  # type: ignore[attr-defined]

_CONCLUSIONS = ("age_evidence", "unfit", "unsafe", "advice", "windows11_reasons", "search_key")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_IDS = bindparam("ids", expanding=True)

# Not the big columns of conclusions: they are written, not read.
_MACHINES = select(*(column for column in _machine.c if column.name not in _CONCLUSIONS)).where(_machine.c.id.in_(_IDS))
_AGENTS = select(
    _agent.c.id, _agent.c.machine_id, _agent.c.status, _agent.c.status_reason, _agent.c.enrolled_at,
    _agent.c.last_contact_at, _agent.c.clock_offset_s,
).where(_agent.c.machine_id.in_(_IDS), _agent.c.status != "revoked")  # fmt: skip
_SECTIONS = select(_section.c.agent_id, _section.c.name, _section.c.data, _section.c.changed_at).where(
    _section.c.agent_id.in_(_IDS), _section.c.name.in_(SECTIONS)
)
_SITES = select(_site.c.id, _site.c.unit_id, _site.c.excluded_reason).where(_site.c.id.in_(_IDS))


def load_evidence(session: Session, machine_ids: Sequence[int]) -> list[MachineEvidence]:
    """Evidence of these machines, in order of id; ids that are gone are left out."""
    machines = _rows(session, _MACHINES, sorted(set(machine_ids)))
    agents: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for agent in _rows(session, _AGENTS, [machine["id"] for machine in machines]):
        agents[agent["machine_id"]].append(agent)
    for own in agents.values():
        own.sort(key=lambda agent: (agent["last_contact_at"] or _NEVER, agent["id"]), reverse=True)
    sections: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for section in _rows(session, _SECTIONS, [agent["id"] for own in agents.values() for agent in own]):
        sections[section["agent_id"]].append(section)
    sites = {row["id"]: row for row in _rows(session, _SITES, sorted({machine["site_id"] for machine in machines}))}
    policies, version = policies_of_sites(session)
    return [
        MachineEvidence(
            machine=machine,
            site=sites[machine["site_id"]],
            agents=agents[machine["id"]],
            sections=_newest(agents[machine["id"]], sections),
            policy=policies[machine["site_id"]],
            policy_version=version,
        )
        for machine in sorted(machines, key=lambda row: row["id"])
    ]


def _newest(agents: Sequence[dict[str, Any]], sections: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Of each section the one of the agent heard last that has data."""
    newest: dict[str, dict[str, Any]] = {}
    for agent in agents:
        for section in sections[agent["id"]]:
            if section["data"] is not None:
                newest.setdefault(section["name"], section)
    return newest


def _rows(
    session: Session, query: Select[*tuple[Any, ...]], ids: Sequence[Any], chunk: int = 5000
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    connection = session.connection()
    for at in range(0, len(ids), chunk):
        found += [dict(row) for row in connection.execute(query, {"ids": list(ids[at : at + chunk])}).mappings()]
    return found
