"""From stored evidence to columns and findings, again and again, by several workers."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from inventory.store import evaluate as module
from inventory.store.engine import Store
from inventory.store.evaluate import evaluate_dirty, evaluate_stale, re_evaluate_all, refresh_contacts
from inventory.store.findings import change_state
from inventory.store.machines import AttachItem, attach_batch
from inventory.store.policy import set_policy
from inventory.store.tables import Agent, Finding, FindingEvent, Machine, Section, Site
from tests.inventory.district import NOW, seed
from tests.inventory.pcs import (
    attach,
    findings_of,
    hardware,
    install,
    interfaces,
    machine_of,
    sections,
    send,
    system,
)

A = "a" * 32
SOON = NOW + timedelta(minutes=5)
LATER = NOW + timedelta(days=2)
OLD_PC = sections(hardware=hardware(ram_bytes=4 * 2**30 - 2**28), system=system(
    os_name="Windows 7 Professional", os_version="6.1", os_build="7601"))  # fmt: skip
NEW_CPU = {"cpu_brand": "13th Gen Intel(R) Core(TM) i5-13400", "bios_date": "03/05/2024", "cpu_cores": 10}


def run(store: Store, at: datetime = NOW) -> int:
    return evaluate_dirty(store, lambda: at)


def test_an_old_pc_is_described_and_has_its_findings(store: Store) -> None:
    number = install(store, data=OLD_PC)

    assert run(store) == 1
    assert run(store) == 0, "the mark is gone"

    machine = machine_of(store, number)
    assert (machine.vendor, machine.model, machine.kind) == ("Dell Inc.", "OptiPlex 3020", "desktop")
    assert (machine.addresses, machine.disk_bytes, machine.disk_rotational) == ("192.168.1.5", 500 * 10**9, True)
    assert (machine.age_status, machine.built_earliest, machine.built_latest) == ("known", 2013, 2015)
    assert machine.outdated is True
    assert machine.bios_date_earliest == date(2014, 5, 2)
    assert machine.unfit is not None
    assert [reason["code"] for reason in machine.unfit] == ["os_support", "ram"]
    assert "optiplex 3020" in machine.search_key
    assert machine.evaluated_at == NOW

    found = findings_of(store, number)
    assert set(found) == {"machine_outdated", "machine_unfit"}
    assert found["machine_outdated"].severity == "high"
    assert found["machine_outdated"].evidence["built_latest"] == 2015
    assert found["machine_unfit"].evidence["codes"] == ["os_support", "ram"]
    assert (found["machine_unfit"].unit_id, found["machine_unfit"].site_id) == ("x1", 1)
    assert found["machine_unfit"].due_on == date(2026, 11, 21) + timedelta(days=90)


def test_an_upgrade_closes_what_it_fixes(store: Store) -> None:
    number = install(store, data=OLD_PC)
    run(store)
    with store.session() as session:
        send(session, A, {"hardware": hardware(), "system": system()}, LATER)
    run(store, LATER)

    found = findings_of(store, number)
    assert (found["machine_unfit"].is_open, found["machine_unfit"].state) == (False, "fixed")
    assert found["machine_outdated"].is_open
    with store.reading() as session:
        events = session.exec(select(FindingEvent).where(FindingEvent.finding_id == found["machine_unfit"].id)).all()
    assert [event.what for event in events] == ["opened", "closed"]


def test_a_firmware_update_does_not_make_it_younger(store: Store) -> None:
    number = install(store)
    run(store)
    with store.session() as session:
        send(session, A, {"hardware": hardware(bios_date="06/01/2023")}, LATER)
    run(store, LATER)

    machine = machine_of(store, number)
    assert machine.bios_date_earliest == date(2014, 5, 2)
    assert machine.built_latest == 2015


def test_a_virtual_machine_has_no_age_finding(store: Store) -> None:
    data = sections(hardware={"is_virtual": True, "virtual_hint": "cpuinfo flag hypervisor", "dmi_available": False,
                              "cpu_brand": "AMD EPYC", "cpu_cores": 2, "ram_bytes": 8 * 2**30})  # fmt: skip
    number = install(store, data=data)
    run(store)

    machine = machine_of(store, number)
    assert (machine.kind, machine.age_status, machine.outdated) == ("virtual", "not_applicable", None)
    assert machine.age_evidence == [{"method": "virtual", "value": "cpuinfo flag hypervisor"}]
    assert findings_of(store, number) == {}


def test_unknown_leaves_a_finding_as_it_is(store: Store) -> None:
    number = install(store, data=OLD_PC)
    run(store)
    with store.session() as session:
        send(session, A, {"hardware": {"bios_date": "05/02/2014"}, "system": {"hostname": "PC-01"}}, LATER)
    run(store, LATER)

    assert machine_of(store, number).unfit is None
    assert findings_of(store, number)["machine_unfit"].is_open


@pytest.mark.parametrize("offset", [4000.0, -1e9])
def test_a_wrong_clock_is_found_and_forgiven(store: Store, offset: float) -> None:
    number = install(store, clock_offset_s=offset)
    run(store)
    assert findings_of(store, number)["clock_wrong"].evidence["limit"] == 300

    with store.session() as session:
        send(session, A, {}, LATER, clock_offset_s=1.5)
    run(store, LATER)
    assert not findings_of(store, number)["clock_wrong"].is_open


@pytest.mark.parametrize("status", ["retired", "broken", "excluded"])
def test_what_is_not_in_use_has_no_findings(store: Store, status: str) -> None:
    number = install(store, data=OLD_PC)
    run(store)
    with store.session() as session:
        session.get_one(Machine, number).status = status
        send(session, A, {}, LATER)
    run(store, LATER)

    assert not [finding for finding in findings_of(store, number).values() if finding.is_open]


def test_an_excluded_site_has_no_findings(store: Store) -> None:
    number = install(store, data=OLD_PC)
    with store.session() as session:
        session.get_one(Site, 1).excluded_reason = "bí mật nhà nước"
    run(store)

    assert findings_of(store, number) == {}


def test_what_a_person_has_put_aside_is_not_opened_anew(store: Store) -> None:
    number = install(store, data=OLD_PC)
    run(store)
    with store.session() as session:
        finding = findings_of(store, number)["machine_outdated"]
        assert finding.id is not None
        change_state(session, finding.id, "excluded", "máy chờ thanh lý", "hanh", SOON)
        send(session, A, {}, LATER)
    run(store, LATER)

    found = findings_of(store, number)["machine_outdated"]
    assert (found.state, found.is_open, found.times_opened) == ("excluded", True, 1)


def test_news_that_come_while_judging_are_not_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    install(store)
    real = module.conclude

    def slow(*args: Any) -> Any:
        with store.session() as session:
            send(session, A, {}, SOON)
        return real(*args)

    monkeypatch.setattr(module, "conclude", slow)
    run(store)
    with store.reading() as session:
        assert session.get_one(Agent, A).dirty_at == SOON

    monkeypatch.setattr(module, "conclude", real)
    assert run(store, SOON) == 1


def test_one_machine_that_cannot_be_judged_does_not_stop_the_others(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad = install(store)
    good = install(store, "b" * 32, sections("b"))
    real = module.conclude

    def broken(item: Any, now: datetime) -> Any:
        if item.machine["id"] == bad:
            raise ZeroDivisionError("nobody foresaw this")
        return real(item, now)

    monkeypatch.setattr(module, "conclude", broken)
    assert run(store) == 2
    assert machine_of(store, good).age_status == "known"
    assert machine_of(store, bad).age_status == "unknown"
    assert f"machine {bad} could not be judged" in caplog.text


def test_a_new_policy_and_a_new_day_judge_anew(store: Store) -> None:
    number = install(store, data=sections(hardware=hardware(**NEW_CPU | {"bios_date": "03/05/2023"})))
    run(store)
    assert machine_of(store, number).outdated is False
    assert evaluate_stale(store, lambda: SOON) == 0

    with store.session() as session:
        set_policy(session, "all", "", {"outdated.after_years": 2}, "hanh", "", SOON)
    assert re_evaluate_all(store, lambda: SOON) == 1
    machine = machine_of(store, number)
    assert machine.outdated is True
    assert machine.policy_version == 1

    assert evaluate_stale(store, lambda: LATER) == 1
    assert evaluate_stale(store, lambda: LATER) == 0


def test_a_pc_grows_old_without_any_news(store: Store) -> None:
    number = install(store, data=sections(hardware=hardware(**NEW_CPU)))
    run(store)
    evaluate_stale(store, lambda: datetime(2031, 3, 1, tzinfo=UTC))

    assert machine_of(store, number).outdated is True
    assert findings_of(store, number)["machine_outdated"].is_open


def test_an_imported_pc_without_an_agent_is_judged_by_its_purchase_date(store: Store) -> None:
    with store.session() as session:
        seed(session)
        session.add(Machine(id=7, site_id=1, created_at=NOW, purchase_date=date(2015, 3, 1), purchase_source="import",
                            hostname="MAY-CU", ram_bytes=2**31))  # fmt: skip
    assert evaluate_stale(store, lambda: NOW) == 1

    machine = machine_of(store, 7)
    assert (machine.built_latest, machine.age_method, machine.outdated) == (2015, "purchase_date", True)
    assert (machine.hostname, machine.ram_bytes) == ("MAY-CU", 2**31), "what was imported stays"


def test_an_agent_whose_inventory_found_no_machine_gets_one(store: Store) -> None:
    with store.session() as session:
        seed(session)
        send(session, A, sections())
    assert run(store) == 1

    with store.reading() as session:
        number = session.get_one(Agent, A).machine_id
    assert number is not None
    assert machine_of(store, number).model == "OptiPlex 3020"


def test_an_agent_without_hardware_is_only_unmarked(store: Store) -> None:
    with store.session() as session:
        seed(session)
        send(session, A, {"system": system()})
    assert run(store) == 1
    assert run(store) == 0


def test_an_imaged_disk_sets_both_pcs_aside_until_people_decide(store: Store) -> None:
    number = install(store)
    run(store)
    with store.session() as session:
        send(session, A, sections("other"), LATER)
    run(store, LATER)

    machine = machine_of(store, number)
    assert (machine.status, machine.serial) == ("conflict", hardware()["system_serial"].upper()), "nothing overwritten"
    found = findings_of(store, number)["identity_conflict"]
    assert (found.is_open, found.severity, found.evidence["reason"]) == (True, "high", "cloned_disk")
    with store.reading() as session:
        assert session.get_one(Agent, A).status == "quarantined"

    decided = LATER + timedelta(hours=1)
    with store.session() as session:
        assert found.id is not None
        change_state(session, found.id, "fixed", "đã ghi danh lại máy kia", "hanh", decided)
    run(store, decided)
    assert machine_of(store, number).status == "in_use"
    with store.reading() as session:
        agent = session.get_one(Agent, A)
    assert (agent.status, agent.dirty_at) == ("active", decided)
    run(store, decided)
    assert machine_of(store, number).serial == hardware("other")["system_serial"].upper()
    assert not findings_of(store, number)["identity_conflict"].is_open


def test_two_boots_at_once_as_ingest_notices_them(store: Store) -> None:
    number = install(store)
    run(store)
    with store.session() as session:
        send(session, A, {}, LATER, status="quarantined", status_reason="two_boots")
    run(store, LATER)

    assert machine_of(store, number).status == "conflict"
    assert findings_of(store, number)["identity_conflict"].evidence["reason"] == "two_boots"


def test_a_new_board_under_a_known_agent_is_the_same_pc(store: Store) -> None:
    number = install(store)
    run(store)
    repaired = hardware("other") | {"disks": hardware()["disks"], "system_serial": "Default string"}
    with store.session() as session:
        send(session, A, {"hardware": repaired, "interfaces": interfaces("other")}, LATER)
    run(store, LATER)

    assert machine_of(store, number).status == "in_use"
    assert findings_of(store, number).keys() == {"machine_outdated"}
    with store.session() as session:  # the new board is known now: a re-installed agent finds the machine by it
        assert attach(session, "b" * 32, sections(hardware=hardware("other") | {"disks": []},
                                                  interfaces=interfaces("other")), LATER) == number  # fmt: skip


def test_a_disk_moved_into_another_known_pc_takes_the_agent_there(store: Store) -> None:
    first = install(store)
    second = install(store, "b" * 32, sections("b"))
    run(store)
    moved = hardware("b") | {"disks": hardware()["disks"]}
    with store.session() as session:
        send(session, A, {"hardware": moved, "interfaces": interfaces("b")}, LATER)
    run(store, LATER)

    with store.reading() as session:
        assert session.get_one(Agent, A).machine_id == second
    assert machine_of(store, first).serial == hardware()["system_serial"].upper()


def test_the_newest_of_two_agents_speaks(store: Store) -> None:
    number = install(store)
    with store.session() as session:
        assert attach(session, "b" * 32, sections(system=system(hostname="PC-MOI")), SOON) == number
    run(store, SOON)

    assert machine_of(store, number).hostname == "PC-MOI"


def test_last_contacts_reach_the_machines(store: Store) -> None:
    number = install(store)
    run(store)
    assert machine_of(store, number).last_contact_at == NOW
    with store.session() as session:
        session.get_one(Agent, A).last_contact_at = LATER

    assert refresh_contacts(store) == 1
    assert machine_of(store, number).last_contact_at == LATER
    assert refresh_contacts(store) == 0


def test_five_hundred_machines_within_a_second(sqlite_store: Store) -> None:
    names = [f"{number:032x}" for number in range(500)]
    with sqlite_store.session() as session:
        seed(session)
        session.add_all([Agent(id=name, site_id=1, enrolled_at=NOW, dirty_at=NOW) for name in names])
        session.flush()
        for name in names:
            for key, data in (OLD_PC | {"hardware": hardware(name)}).items():
                times: dict[str, Any] = {"seen_at": NOW, "changed_at": NOW}
                session.add(Section(agent_id=name, name=key, site_id=1, status="ok", data=data, **times))
        session.flush()
        items = [AttachItem(name, 1, hardware(name), OLD_PC["system"], interfaces(name)) for name in names]
        attach_batch(session.connection(), items, NOW)
    began = time.process_time()
    assert run(sqlite_store) == 500
    took = time.process_time() - began

    with sqlite_store.reading() as session:
        assert len(session.exec(select(Finding.id)).all()) == 1000
    assert took < 1.0
