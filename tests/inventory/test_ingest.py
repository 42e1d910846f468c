"""What the store makes of arriving reports, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from inventory.store import sections
from inventory.store.arrival import Arrival, SectionIn
from inventory.store.engine import Store
from inventory.store.ingest import ingest
from inventory.store.tables import (
    Agent,
    AgentBoot,
    Contact,
    Machine,
    RawReport,
    Section,
    SectionVersion,
    Site,
    Unit,
)

T0 = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
AGENT = "a" * 32
BOOT = "b" * 32
HARDWARE = {
    "system_vendor": "Dell Inc.",
    "system_serial": "ABC1234",
    "cpu_brand": "Intel(R) Core(TM) i3-4130 CPU @ 3.40GHz",
}


@pytest.fixture
def enrolled(store: Store) -> Store:
    """A site with one agent."""
    with store.session() as session:
        session.add(
            Unit(id="x21787.2", kind="xa", type_label="Xã", name="Vĩnh Sơn", name_key="xa vinh son", code="21787")
        )
        session.flush()
        site = Site(unit_id="x21787.2", name="Trụ sở UBND xã", created_at=T0)
        session.add(site)
        session.flush()
        assert site.id is not None
        session.add(Agent(id=AGENT, site_id=site.id, enrolled_at=T0))
    return store


def arrival(seq: int, minutes: float, **changes: Any) -> Arrival:
    """A report made and received `minutes` after T0."""
    values: dict[str, Any] = {
        "agent_id": AGENT,
        "boot_id": BOOT,
        "seq": seq,
        "key_generation": 1,
        "received_at": T0 + timedelta(minutes=minutes),
        "agent_time": T0 + timedelta(minutes=minutes),
        "monotonic_s": 600 + minutes * 60,
        "kind": "heartbeat",
        "agent_version": "0.1.0",
        "policy_version": 1,
        "lost_reports": 0,
        "pending_reports": 0,
        "sections": {},
        "frame": b"sealed",
    }
    return Arrival(**(values | changes))


def hardware(data: dict[str, Any] | None, hash_: str = "aa") -> dict[str, SectionIn]:
    return {"hardware": SectionIn("ok", hash_, data, "", 5)}


def rows(store: Store, table: Any) -> list[Any]:
    with store.reading() as session:
        return list(session.exec(select(table)))


def test_heartbeats_grow_one_interval(enrolled: Store) -> None:
    for seq in range(1, 6):
        assert ingest(enrolled, [arrival(seq, seq * 5)])[0].status == "stored"

    (contact,) = rows(enrolled, Contact)
    assert (contact.from_at, contact.to_at) == (T0 + timedelta(minutes=5), T0 + timedelta(minutes=25))
    assert (contact.from_seq, contact.to_seq, contact.reports, contact.kind) == (1, 5, 5, "live")
    (boot,) = rows(enrolled, AgentBoot)
    assert boot.seen == [[1, 5]]
    assert rows(enrolled, RawReport) == [], "a plain heartbeat is kept as its interval only"
    (agent,) = rows(enrolled, Agent)
    assert agent.last_contact_at == T0 + timedelta(minutes=25)


def test_a_batch_of_many_is_the_same_as_one_by_one(enrolled: Store) -> None:
    outcomes = ingest(enrolled, [arrival(seq, seq * 5) for seq in range(1, 6)])

    assert [outcome.status for outcome in outcomes] == ["stored"] * 5
    (contact,) = rows(enrolled, Contact)
    assert (contact.from_seq, contact.to_seq, contact.reports) == (1, 5, 5)


def test_duplicates_are_acknowledged_and_not_stored_again(enrolled: Store) -> None:
    first = arrival(1, 0, sections=hardware(HARDWARE))
    ingest(enrolled, [first])

    outcomes = ingest(enrolled, [first, first, arrival(2, 5)])

    assert [outcome.status for outcome in outcomes] == ["duplicate", "duplicate", "stored"]
    assert len(rows(enrolled, RawReport)) == 1
    (contact,) = rows(enrolled, Contact)
    assert contact.reports == 2


def test_a_long_silence_begins_a_new_interval(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0)])
    ingest(enrolled, [arrival(2, 60)])

    assert len(rows(enrolled, Contact)) == 2


def test_a_goodbye_ends_the_interval(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0), arrival(2, 5, kind="goodbye")])
    with enrolled.reading() as session:
        assert session.get_one(Agent, AGENT).goodbye_at == T0 + timedelta(minutes=5)
    ingest(enrolled, [arrival(3, 6)])

    first, second = sorted(rows(enrolled, Contact), key=lambda row: row.from_at)
    assert first.goodbye
    assert second.from_at == T0 + timedelta(minutes=6)
    with enrolled.reading() as session:
        assert session.get_one(Agent, AGENT).goodbye_at is None


def test_backlog_is_placed_by_the_monotonic_clock_and_merged(enrolled: Store) -> None:
    """Ten reports of an hour without a line arrive at minute 60, newest first, in two uploads."""
    now_s = 600 + 60 * 60.0
    backlog = [
        arrival(
            seq, 60, monotonic_s=600 + seq * 300.0, agent_time=datetime(2009, 1, 1, tzinfo=UTC), clock=(BOOT, now_s)
        )
        for seq in range(10, 0, -1)
    ]
    ingest(enrolled, [arrival(11, 60, clock=(BOOT, now_s)), *backlog[:4]])
    ingest(enrolled, backlog[4:])

    late = [row for row in rows(enrolled, Contact) if row.kind == "late"]
    assert [(row.from_at, row.to_at, row.reports) for row in late] == [
        (T0 + timedelta(minutes=5), T0 + timedelta(minutes=50), 10)
    ]
    (boot,) = rows(enrolled, AgentBoot)
    assert boot.seen == [[1, 11]]


def test_reports_of_an_older_boot_use_the_agents_clock_corrected(enrolled: Store) -> None:
    """The PC's clock is a day slow; what it says of the boot before is shifted by what was seen live."""
    slow = timedelta(days=1)
    ingest(enrolled, [arrival(5, 100, boot_id="c" * 32, agent_time=T0 + timedelta(minutes=100) - slow)])
    old = arrival(1, 101, agent_time=T0 + timedelta(minutes=10) - slow, monotonic_s=50, clock=("c" * 32, 700.0))
    ingest(enrolled, [old])

    (late,) = [row for row in rows(enrolled, Contact) if row.kind == "late"]
    assert late.from_at == T0 + timedelta(minutes=10)


def test_sections_are_stored_once_and_asked_for_when_missing(enrolled: Store) -> None:
    missing = ingest(enrolled, [arrival(1, 0, sections=hardware(None, "aa"))])[0].missing
    assert missing == ["hardware"]

    ingest(enrolled, [arrival(2, 5, sections=hardware(HARDWARE, "aa"))])
    assert ingest(enrolled, [arrival(3, 10, sections=hardware(None, "aa"))])[0].missing == []
    (section,) = rows(enrolled, Section)
    assert section.data == HARDWARE
    assert section.changed_at == T0 + timedelta(minutes=5)
    assert section.seen_at == T0 + timedelta(minutes=10)
    assert len(rows(enrolled, SectionVersion)) == 1


def test_the_last_of_several_reports_in_one_batch_counts(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0, sections=hardware(HARDWARE, "aa"))])
    failed = {"hardware": SectionIn("failed", "", None, "busy", 9)}
    ingest(enrolled, [arrival(2, 5, sections=failed), arrival(3, 10, sections=hardware(HARDWARE | {"ram_bytes": 8}, "bb"))])

    (section,) = rows(enrolled, Section)
    assert (section.status, section.hash, section.seen_at) == ("ok", "bb", T0 + timedelta(minutes=10))


def test_changed_sections_leave_history(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0, sections=hardware(HARDWARE, "aa"))])
    ingest(enrolled, [arrival(2, 5, sections=hardware(HARDWARE | {"ram_bytes": 8}, "bb"))])

    assert [row.hash for row in sorted(rows(enrolled, SectionVersion), key=lambda row: row.from_at)] == ["aa", "bb"]


def test_a_late_report_does_not_overwrite_newer_evidence(enrolled: Store) -> None:
    ingest(enrolled, [arrival(9, 50, sections=hardware(HARDWARE | {"ram_bytes": 8}, "bb"))])
    late = arrival(1, 51, monotonic_s=600.0, sections=hardware(HARDWARE, "aa"), clock=(BOOT, 600 + 51 * 60.0))
    ingest(enrolled, [late])

    (section,) = rows(enrolled, Section)
    assert section.hash == "bb"


def test_failed_sections_keep_the_last_data(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0, sections=hardware(HARDWARE, "aa"))])
    ingest(
        enrolled,
        [arrival(2, 5, sections={"hardware": SectionIn("failed", "", None, "deadline of 20 s passed", 20000)})],
    )

    (section,) = rows(enrolled, Section)
    assert (section.status, section.error, section.data) == ("failed", "deadline of 20 s passed", HARDWARE)


def test_the_first_inventory_makes_a_machine_and_marks_the_agent_for_evaluation(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0, sections=hardware(HARDWARE))])

    (machine,) = rows(enrolled, Machine)
    (agent,) = rows(enrolled, Agent)
    assert agent.machine_id == machine.id
    assert agent.dirty_at is not None


def test_unknown_revoked_and_retired_agents_are_refused(enrolled: Store) -> None:
    with enrolled.session() as session:
        session.add(Agent(id="d" * 32, site_id=1, status="revoked", enrolled_at=T0))
    outcomes = ingest(
        enrolled,
        [
            arrival(1, 0, agent_id="e" * 32),
            arrival(1, 0, agent_id="d" * 32),
            arrival(1, 0, key_generation=2),
            arrival(1, 0),
        ],
    )

    assert [outcome.reason for outcome in outcomes] == ["unknown_agent", "agent_revoked", "key_retired", ""]


def test_how_the_boot_before_ended_is_noted(enrolled: Store) -> None:
    uptime = {"uptime": SectionIn("ok", "dd", {"last_shutdown": "unclean"}, "", 1)}
    ingest(enrolled, [arrival(1, 0), arrival(2, 5, sections=uptime)])
    ingest(enrolled, [arrival(3, 10)])

    (boot,) = rows(enrolled, AgentBoot)
    assert boot.previous_shutdown == "unclean"


def test_two_pcs_with_one_identity_are_quarantined(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0, sections=hardware(HARDWARE))])
    ingest(enrolled, [arrival(2, 3, boot_id="c" * 32, monotonic_s=50)])
    with enrolled.reading() as session:
        assert session.get_one(Agent, AGENT).status == "active", "a restart is no conflict"
    ingest(enrolled, [arrival(2, 5)])
    ingest(enrolled, [arrival(3, 6, boot_id="c" * 32, sections=hardware({"system_serial": "OTHER"}, "ff"))])

    with enrolled.reading() as session:
        agent = session.get_one(Agent, AGENT)
        assert (agent.status, agent.status_reason) == ("quarantined", "two_boots")
        section = session.exec(select(Section).where(col(Section.name) == "hardware")).one()
        assert section.data == HARDWARE, "nothing is overwritten by the other PC"
    assert len(rows(enrolled, RawReport)) == 2, "what both said is kept for the person who decides"


def pc(name: str) -> dict[str, SectionIn]:
    data = {
        "system_serial": f"SER{name}1234",
        "board_serial": f"BRD{name}1234",
        "disks": [{"serial": f"DSK{name}1234"}],
    }
    cards = {"interfaces": [{"kind": "wired", "mac_prefix": "00:11:22", "mac_hash": f"mac{name}"}]}
    return hardware(data, f"{name}1") | {"interfaces": SectionIn("ok", f"{name}2", cards, "", 1)}


def hardware_of(store: Store) -> str:
    with store.reading() as session:
        return str(session.exec(select(Section.data).where(Section.name == "hardware")).one()["system_serial"])  # type: ignore[index]


@pytest.mark.parametrize("clock", [None, ("c" * 32, 250.0)], ids=["live", "late"])
def test_a_cloned_disk_overwrites_nothing(enrolled: Store, clock: tuple[str, float] | None) -> None:
    ingest(enrolled, [arrival(1, 0, sections=pc("a"))])
    ingest(enrolled, [arrival(2, 30, boot_id="c" * 32, monotonic_s=50, sections=pc("b"), clock=clock)])

    with enrolled.reading() as session:
        agent = session.get_one(Agent, AGENT)
        assert (agent.status, agent.status_reason) == ("quarantined", "cloned_disk")
        assert agent.dirty_at == T0 + timedelta(minutes=30)
    assert hardware_of(enrolled) == "SERa1234"
    assert len(rows(enrolled, RawReport)) == 2, "what both said is kept for the person who decides"
    assert len(rows(enrolled, SectionVersion)) == 2


def test_a_cloned_disk_in_the_batch_of_the_original(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0, sections=pc("a"))])
    ingest(enrolled, [arrival(2, 5), arrival(3, 5, boot_id="c" * 32, monotonic_s=50, sections=pc("b"))])

    assert hardware_of(enrolled) == "SERa1234"


def test_repairs_are_no_clone(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0, sections=pc("a"))])
    board = pc("b")["hardware"].data or {}
    same_disk = board | {"disks": [{"serial": "DSKa1234"}]}
    ingest(enrolled, [arrival(1, 5, boot_id="c" * 32, monotonic_s=50, sections=hardware(same_disk, "b1"))])
    same_cards = hardware(board, "b3") | {"interfaces": SectionIn("ok", "a2", None, "", 1)}
    ingest(enrolled, [arrival(1, 10, boot_id="d" * 32, monotonic_s=50, sections=same_cards)])

    with enrolled.reading() as session:
        assert session.get_one(Agent, AGENT).status == "active"
    assert hardware_of(enrolled) == "SERb1234"


def test_clones_are_looked_for_with_one_query_for_all(enrolled: Store) -> None:
    agents = [f"{number:032x}" for number in range(20)]
    with enrolled.session() as session:
        session.add_all(Agent(id=agent, site_id=1, enrolled_at=T0) for agent in agents)
    ingest(enrolled, [arrival(1, 0, agent_id=agent, sections=pc(agent[-2:])) for agent in agents])
    asked: list[str] = []
    event.listen(enrolled.engine, "before_cursor_execute", lambda _c, _cur, statement, *_: asked.append(statement))

    ingest(enrolled, [arrival(2, 5, agent_id=agent, sections=pc(agent[-2:])) for agent in agents])
    assert len([statement for statement in asked if "FROM machine_identifier" in statement]) == 1
    asked.clear()
    ingest(enrolled, [arrival(3, 9, agent_id=agent) for agent in agents])
    assert not [statement for statement in asked if "FROM machine_identifier" in statement]


def test_a_damaged_store_drops_no_report(enrolled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise DatabaseError("INSERT", None, Exception("database disk image is malformed"))

    monkeypatch.setattr(sections, "apply", broken)
    with pytest.raises(DatabaseError):
        ingest(enrolled, [arrival(1, 0), arrival(2, 5)])


def test_clocks_that_lie_by_thousands_of_years(enrolled: Store) -> None:
    ingest(enrolled, [arrival(1, 0, agent_time=datetime(5138, 1, 1, tzinfo=UTC))])
    late = {"boot_id": "c" * 32, "clock": ("d" * 32, 5.0), "agent_time": datetime(1653, 2, 10, tzinfo=UTC)}
    outcomes = ingest(enrolled, [arrival(2, 5), arrival(1, 5, **late)])

    assert [outcome.status for outcome in outcomes] == ["stored", "stored"]


def test_a_report_that_the_store_refuses_does_not_hold_up_the_others(enrolled: Store) -> None:
    bad = arrival(
        2, 5, sections={"hardware": SectionIn("ok", "cc", {"bad": float("nan"), "x": "\x00"}, "", 0)}, frame="no bytes"
    )
    outcomes = ingest(enrolled, [arrival(1, 0), bad, arrival(3, 10)])

    assert [outcome.status for outcome in outcomes] == ["stored", "rejected", "stored"]
    (boot,) = rows(enrolled, AgentBoot)
    assert boot.seen == [[1, 1], [3, 3]]
