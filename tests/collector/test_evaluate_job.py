"""The job that concludes: machines first, then sites, twice without harm."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, func, select

from collector.jobs import evaluate
from inventory.store.engine import Store
from inventory.store.tables import Agent, Finding, Machine, Site
from tests.inventory.district import NOW
from tests.inventory.pcs import hardware, install, interfaces, machine_of, sections


def test_one_turn_concludes_about_machines_and_sites(store: Store) -> None:
    number = install(store)
    assert evaluate.run(store, lambda: NOW) == 1

    machine = machine_of(store, number)
    assert (machine.outdated, machine.evaluated_at, machine.last_contact_at) == (True, NOW, NOW)
    with store.reading() as session:
        site = session.get_one(Site, 1)
    assert site.evaluated_at == NOW
    assert evaluate.run(store, lambda: NOW + timedelta(seconds=5)) == 0


def test_more_than_a_batch_is_done_in_one_turn(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "BATCH", 2)
    for letter in "abcde":
        install(sqlite_store, letter * 32, sections(letter, hardware=hardware(letter), interfaces=interfaces(letter)))

    assert evaluate.run(sqlite_store, lambda: NOW) == 5
    with sqlite_store.reading() as session:
        assert session.exec(select(func.count()).select_from(Agent).where(col(Agent.dirty_at).is_not(None))).one() == 0


def test_workers_at_once_open_each_finding_once(store: Store) -> None:
    for letter in "abcdef":
        install(store, letter * 32, sections(letter, hardware=hardware(letter), interfaces=interfaces(letter)))
    errors: list[BaseException] = []

    def work() -> None:
        try:
            evaluate.run(store, lambda: NOW)
        except BaseException as error:  # a thread's error must reach the test
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    with store.reading() as session:
        found = session.exec(select(Finding).where(Finding.kind == "machine_outdated")).all()
        machines = session.exec(select(func.count()).select_from(Machine)).one()
    assert (len(found), machines) == (6, 6)
    assert {finding.times_opened for finding in found} == {1}
