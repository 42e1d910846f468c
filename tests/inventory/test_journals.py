"""Journals that arrive with reports: placed in true time, at the right site, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from inventory.store.arrival import Arrival, SectionIn
from inventory.store.engine import Store
from inventory.store.ingest import ingest
from inventory.store.journals import read_entries
from inventory.store.retention import forget
from inventory.store.tables import Agent, AgentBoot, JournalRow, Machine, MachinePlacement
from tests.inventory.district import seed

T0 = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
AGENT = "a" * 32
BOOT, EARLIER = "b" * 32, "e" * 32


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def enrolled(store: Store) -> Store:
    """Three sites; a PC at the first one."""
    with store.session() as session:
        seed(session)
        machine = Machine(site_id=1, created_at=T0)
        session.add(machine)
        session.flush()
        session.add(Agent(id=AGENT, site_id=1, machine_id=machine.id, enrolled_at=T0))
    return store


@pytest.fixture
def both(store: Store) -> Store:
    return enrolled(store)


@pytest.fixture
def one(sqlite_store: Store) -> Store:
    return enrolled(sqlite_store)


def entry(begin_s: float, end_s: float, boot: str = BOOT, **seen: Any) -> dict[str, Any]:
    clock = datetime(2009, 1, 1, tzinfo=UTC).timestamp()
    return {
        "boot_id": boot,
        "from_monotonic_s": begin_s,
        "to_monotonic_s": end_s,
        "from_s": clock + begin_s,
        "to_s": clock + end_s,
        "gateway": True,
        "internet": False,
        "collector": False,
    } | seen


def report(minutes: float, *entries: dict[str, Any], seq: int = 1, boot: str = BOOT, zero: float = -60) -> Arrival:
    """A live report of a boot whose second 0 was at `zero` minutes."""
    sections = {"journal": SectionIn("ok", f"{seq:012d}", {"entries": list(entries), "dropped": 0}, "", 3)}
    return Arrival(
        agent_id=AGENT,
        boot_id=boot,
        seq=seq,
        key_generation=1,
        received_at=at(minutes),
        agent_time=at(minutes),
        monotonic_s=(minutes - zero) * 60,
        kind="heartbeat",
        agent_version="0.3.0",
        policy_version=1,
        lost_reports=0,
        pending_reports=0,
        sections=sections if entries else {},
        frame=b"sealed",
    )


def rows(store: Store) -> list[JournalRow]:
    with store.reading() as session:
        return sorted(session.exec(select(JournalRow)), key=lambda row: (row.boot_id, row.from_monotonic_s))


def test_an_entry_is_placed_by_its_boot_and_comes_once(both: Store) -> None:
    sent = report(30, entry(3600, 4500, services_failed=["mail"], battery_percent=80, on_battery=False))

    ingest(both, [sent])
    ingest(both, [sent, report(31, *sent.sections["journal"].data["entries"], seq=2)])  # type: ignore[index]

    (row,) = rows(both)
    assert (row.from_at, row.to_at, row.placed, row.site_id) == (at(0), at(15), "boot", 1)
    assert (row.gateway, row.internet, row.collector, row.captive) == (True, False, False, None)
    assert (row.services_failed, row.battery_percent, row.on_battery, row.received_at) == (["mail"], 80, False, at(30))


def test_an_entry_that_grew_is_grown_and_a_shorter_one_changes_nothing(both: Store) -> None:
    ingest(both, [report(15, entry(3600, 4000))])
    ingest(both, [report(30, entry(3600, 4500, ended="reported"), seq=2), report(31, entry(3600, 3900), seq=3)])

    (row,) = rows(both)
    assert (row.to_at, row.ended, row.received_at) == (at(15), "reported", at(30))


def test_what_an_earlier_boot_saw_lies_before_the_boot_that_tells_it(both: Store) -> None:
    ingest(both, [report(-120, boot="c" * 32, zero=-300)])
    told = report(30, entry(0, 900, EARLIER), entry(600, 900), zero=10)

    ingest(both, [told])

    earlier, own = sorted(rows(both), key=lambda row: row.from_at)
    assert (earlier.boot_id, earlier.placed, earlier.to_at, earlier.before_at) == (EARLIER, "receipt", at(10), at(10))
    assert (own.boot_id, own.placed, own.from_at) == (BOOT, "boot", at(20))


def test_a_good_clock_places_an_earlier_boot(one: Store) -> None:
    ingest(one, [report(-120, boot="c" * 32, zero=-300)])
    right = entry(0, 900, EARLIER) | {"to_s": at(-40).timestamp()}

    ingest(one, [report(30, right, zero=10)])

    (row,) = rows(one)
    assert (row.placed, row.from_at, row.to_at) == ("clock", at(-55), at(-40))
    with one.reading() as session:
        assert session.get_one(AgentBoot, (AGENT, BOOT)).clock_offset_s == 0


def test_an_entry_belongs_to_the_site_where_the_pc_was_then(one: Store) -> None:
    with one.session() as session:
        for site_id, begin, end in ((2, T0 - timedelta(days=30), at(20)), (1, at(20), None)):
            session.add(MachinePlacement(machine_id=1, agent_id=AGENT, site_id=site_id, from_at=begin, to_at=end))

    ingest(one, [report(60, entry(3600, 4200), entry(5400, 6000))])

    assert [(row.from_at, row.site_id) for row in rows(one)] == [(at(0), 2), (at(30), 1)]


def test_nothing_is_taken_from_a_quarantined_agent(one: Store) -> None:
    with one.session() as session:
        session.get_one(Agent, AGENT).status = "quarantined"

    assert ingest(one, [report(60, entry(3600, 4200))])[0].status == "stored"
    assert rows(one) == []


def test_what_is_no_entry_is_left_out_and_the_report_is_stored(one: Store) -> None:
    bad = [{}, entry(10, 5), entry(0, 1, "Z" * 32), entry(float("inf"), float("inf")), {"boot_id": 7}, entry(-5, 1)]
    good = entry(3600, 3700, gateway="yes", battery_percent=900, ups="x" * 99, services_failed=[1, "a" * 200])

    assert ingest(one, [report(60, *bad, good)])[0].status == "stored"

    (row,) = rows(one)
    assert (row.gateway, row.battery_percent, len(row.ups), row.services_failed) == (None, 100, 12, ["a" * 80])


def test_old_entries_are_forgotten(one: Store) -> None:
    ingest(one, [report(60, entry(3600, 4200))])

    assert forget(one, at(0) + timedelta(days=300))["journal_entry"] == 0
    assert forget(one, at(0) + timedelta(days=420))["journal_entry"] == 1


_anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(list(entry(0, 1))), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=60)
@given(st.fixed_dictionaries({"entries": st.one_of(_anything, st.lists(_anything, max_size=3))}))
def test_any_data_is_read_without_a_crash(data: dict[str, Any]) -> None:
    for found in read_entries(data):
        assert 0 <= found["from_monotonic_s"] <= found["to_monotonic_s"] <= 3.2e9
