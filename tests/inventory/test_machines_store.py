"""Attaching agents to machines, one statement for many, and quarantine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import col, func, select

from inventory.store.engine import Store
from inventory.store.machines import AttachItem, attach_batch
from inventory.store.tables import Agent, Finding, Machine, MachineIdentifier, MachinePlacement
from tests.inventory.district import NOW, seed
from tests.inventory.pcs import attach, hardware, interfaces, sections, send, system

LATER = NOW + timedelta(days=3)


def agents(store: Store, *ids: str) -> None:
    with store.session() as session:
        seed(session)
        session.add_all([Agent(id=agent_id, site_id=1, enrolled_at=NOW) for agent_id in ids])


def item(agent_id: str, name: str, **changed: Any) -> AttachItem:
    return AttachItem(agent_id, 1, hardware(name, **changed), system(hostname=name), interfaces(name))


def test_a_batch_of_new_pcs_becomes_as_many_machines(store: Store) -> None:
    names = [f"{number:032x}" for number in range(40)]
    agents(store, *names)
    with store.begin() as connection:
        found = attach_batch(connection, [item(name, name) for name in names], NOW)

    assert len(set(found.values())) == 40
    with store.reading() as session:
        stored = dict(session.exec(select(Agent.id, Agent.machine_id)).all())
        hostnames = dict(session.exec(select(Machine.id, Machine.hostname)).all())
        placed = session.exec(select(func.count()).select_from(MachinePlacement)).one()
    assert stored == found
    assert {agent: hostnames[machine] for agent, machine in found.items()} == {name: name for name in names}
    assert placed == 40


def test_two_agents_of_one_pc_in_one_batch_meet(store: Store) -> None:
    agents(store, "a" * 32, "b" * 32)
    with store.begin() as connection:
        found = attach_batch(connection, [item("a" * 32, "pc"), item("b" * 32, "pc")], NOW)

    assert len(set(found.values())) == 1


def test_a_second_agent_later_does_not_make_a_second_pc(store: Store) -> None:
    agents(store, "a" * 32, "b" * 32)
    with store.begin() as connection:
        first = attach_batch(connection, [item("a" * 32, "pc")], NOW)
    with store.begin() as connection:
        second = attach_batch(connection, [item("b" * 32, "pc", bios_date="01/01/2020")], LATER)

    assert first["a" * 32] == second["b" * 32]


def test_a_pc_that_turns_up_at_another_office_has_moved(store: Store) -> None:
    with store.session() as session:
        seed(session)
        first = attach(session, "a" * 32, sections())
        again = attach(session, "b" * 32, sections(), LATER, site_id=2)

    assert first == again
    with store.reading() as session:
        rows = session.exec(select(MachinePlacement).order_by(col(MachinePlacement.from_at))).all()
        assert session.get_one(Machine, first).site_id == 2
    assert [(row.site_id, row.from_at, row.to_at) for row in rows] == [(1, NOW, LATER), (2, LATER, None)]


def test_a_new_board_takes_the_place_of_the_old_one(store: Store) -> None:
    with store.session() as session:
        seed(session)
        first = attach(session, "a" * 32, sections())
        fresh = hardware("other") | {"system_serial": hardware()["system_serial"], "disks": hardware()["disks"]}
        again = attach(session, "b" * 32, sections(hardware=fresh), LATER)
        rows = session.exec(select(MachineIdentifier).where(MachineIdentifier.kind == "board_serial")).all()

    assert first == again
    assert [row.value for row in rows] == [fresh["board_serial"].upper()]


def test_doubt_makes_a_machine_and_a_question(store: Store) -> None:
    with store.session() as session:
        seed(session)
        first = attach(session, "a" * 32, sections())
        copied = hardware("b") | {key: hardware()[key] for key in ("system_uuid", "system_serial")}
        second = attach(session, "b" * 32, sections(hardware=copied, interfaces=interfaces("b")))
        (finding,) = session.exec(select(Finding)).all()

    assert first != second
    assert (finding.kind, finding.subject_id, finding.severity) == ("identity_conflict", str(second), "medium")
    assert finding.evidence["candidates"] == [first]
    assert finding.evidence["reason"] == "card_and_disk_differ"


def test_placeholder_numbers_never_merge_pcs(store: Store) -> None:
    bare = {"system_serial": "Default string", "board_serial": "To be filled by O.E.M.", "system_uuid": "0" * 32}
    agents(store, "a" * 32, "b" * 32)
    with store.begin() as connection:
        found = attach_batch(connection, [item("a" * 32, "1", **bare), item("b" * 32, "2", **bare)], NOW)

    assert len(set(found.values())) == 2


def test_a_number_that_many_pcs_share_is_learnt_to_prove_nothing(store: Store) -> None:
    names = [letter * 32 for letter in "abcdef"]
    agents(store, *names)
    with store.begin() as connection:
        for name in names:
            numbers = {"system_serial": "PC-OFFICE", "board_serial": f"MB7{ord(name[0])}X1"}
            attach_batch(connection, [AttachItem(name, 1, numbers)], NOW)
    with store.reading() as session:
        machines = session.exec(select(func.count()).select_from(Machine)).one()
        doubts = session.exec(select(func.count()).select_from(Finding)).one()

    assert machines == 6
    assert doubts <= 2


def test_a_pc_without_any_number_gets_a_machine_of_its_own(store: Store) -> None:
    with store.session() as session:
        seed(session)
        send(session, "a" * 32, {})
        send(session, "b" * 32, {})
        found = attach_batch(
            session.connection(), [AttachItem("a" * 32, 1, {}), AttachItem("b" * 32, 1, {})], NOW
        )

    assert len(set(found.values())) == 2
