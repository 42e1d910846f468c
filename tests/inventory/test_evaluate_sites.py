"""From stored evidence to timelines and findings, with a clock of our own."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from inventory.domain.hours import VN_TIME
from inventory.store import beats, evaluate_sites
from inventory.store.engine import Store
from inventory.store.evaluate_sites import SiteEvaluator, evaluate_due
from inventory.store.policy import set_policy
from inventory.store.tables import (
    Agent,
    AgentBoot,
    CollectorBeat,
    Contact,
    Finding,
    FindingEvent,
    Machine,
    MachinePlacement,
    Section,
    Site,
    SiteAlert,
    SiteState,
    Village,
)
from inventory.store.timeline import site_timeline
from tests.inventory.site_world import World, at


@pytest.fixture
def world(sqlite_store: Store) -> World:
    return World(sqlite_store)


@pytest.fixture
def both(store: Store) -> World:
    """The same on either engine, for tests in which every kind of statement takes part."""
    return World(store)


def test_a_working_day(world: World) -> None:
    agent = world.enrol("a")
    world.run("06:00")
    assert world.site().state == "NEVER_REPORTED"

    world.heard(agent, "07:40", "07:40")
    world.run("07:40:05")
    assert world.site().state == "UP"

    world.heard(agent, "07:40", "17:02", goodbye=True)
    world.run("17:02:05")
    assert world.site().state == "UP"
    world.run("18:00")

    assert world.states()[-3:] == [("09 08:00", "NEVER_REPORTED"), ("16 07:40", "UP"), ("16 17:02", "OFF_EXPECTED")]
    site = world.site()
    assert (site.state, site.state_cause, site.state_since) == ("OFF_EXPECTED", "schedule", at("17:02"))
    assert site.last_contact_at == at("17:02")
    assert world.finding("site_disconnected") is None


def test_quiet_sites_are_left_alone(world: World) -> None:
    agent = world.enrol("a")
    world.heard(agent, "07:40", "08:00")
    assert world.run("08:00:05") == 3

    assert world.run("08:01") == 0
    world.heard(agent, "07:40", "08:05")
    assert world.run("08:05:10") == 0
    world.heard(agent, "07:40", "08:19")
    assert world.run("08:20") == 0
    assert world.run("08:35") == 1, "silent for longer than the grace"
    assert world.site().state == "OFF_UNUSUAL", "one PC alone proves nothing"
    assert world.site(2).state == "NOT_OBSERVED"


def test_rows_of_quiet_sites_keep_up_with_time(both: World) -> None:
    world = both
    agent = world.enrol("a")
    world.heard(agent, "07:40", "08:00")
    world.run("08:00")
    world.heard(agent, "07:40", "08:10")
    world.run("08:10")

    site = world.site()
    assert site.evaluated_at == at("08:10")
    assert site.last_contact_at == at("08:10")
    with world.store.session() as session:
        newest = session.exec(
            select(SiteState).where(SiteState.site_id == 1).order_by(col(SiteState.from_at).desc())
        ).first()
        assert newest is not None
        assert (newest.from_at, newest.to_at) == (at("07:40"), at("08:10"))


def test_a_cut_office_opens_a_finding_that_grows_worse_and_closes(both: World) -> None:
    world = both
    agents = world.enrol_pair()
    world.all_heard(agents, "07:40", "10:00")
    world.run("10:01")
    world.run("10:18")

    found = world.finding("site_disconnected")
    assert found is not None
    assert (found.is_open, found.severity, found.responsible, found.site_id) == (True, "medium", "commune", 1)
    assert found.evidence["since"] == at("10:02:30").isoformat(), "between the last contact and the first one missed"
    assert found.evidence["state"] == "LINE_LOST_SUSPECTED"

    world.run("20:00")
    assert world.site().state == "OFF_EXPECTED"
    assert world.is_open("site_disconnected"), "the night does not end a fault"

    world.run("17 10:03")
    found = world.finding("site_disconnected")
    assert found is not None
    assert (found.severity, found.evidence["codes"]) == ("high", ["LINE_LOST_SUSPECTED", "prolonged"])

    world.heard(agents[0], "17 11:00", "17 11:00")
    world.run("17 11:00:05")
    found = world.finding("site_disconnected")
    assert found is not None
    assert (found.is_open, found.state, found.closed_at) == (False, "fixed", at("17 11:00:05"))


def test_late_proof_corrects_history(both: World) -> None:
    world = both
    agents = world.enrol_pair()
    world.all_heard(agents, "07:40", "10:00")
    world.run("10:30")
    world.all_heard(agents, "11:00", "11:00")
    world.run("11:00:05")
    assert world.states()[-2:] == [("16 10:02", "LINE_LOST_SUSPECTED"), ("16 11:00", "UP")]

    world.late(agents[0], "10:05", "10:55")
    world.run("11:00:30")

    assert [state for _, state in world.states()[-2:]] == ["LINE_LOST_CONFIRMED", "UP"]
    (alert,) = world.rows(SiteAlert)
    assert (alert.state, alert.corrected_at, alert.closed_at) == ("LINE_LOST_CONFIRMED", at("11:00:30"), at("11:00:05"))
    assert [(item["code"], item["state"]) for item in alert.corrections] == [("confirmed", "LINE_LOST_SUSPECTED")]
    events = [(event.what, event.note) for event in world.rows(FindingEvent)]
    assert events == [("opened", ""), ("closed", ""), ("corrected", "confirmed")]


def test_the_next_boot_explains_the_silence(world: World) -> None:
    agents = world.enrol_pair()
    world.all_heard(agents, "07:40", "10:00")
    world.run("10:30")
    world.all_heard(agents, "10:40", "10:41", boot="2", shutdown="unclean")
    world.run("10:41")

    assert [state for _, state in world.states()[-2:]] == ["POWER_CUT_SUSPECTED", "UP"]
    assert [item["code"] for alert in world.rows(SiteAlert) for item in alert.corrections] == ["power"]


def test_the_collectors_downtime_opens_nothing(world: World) -> None:
    with world.store.session() as session:
        session.execute(delete(CollectorBeat))
        session.add(CollectorBeat(instance="one", from_at=at("01 00:00"), to_at=at("10:01")))
        session.add(CollectorBeat(instance="one", from_at=at("12:00"), to_at=at("30 00:00")))
    agent = world.enrol("a")
    world.machine(agent)
    world.heard(agent, "07:40", "10:00")
    world.run("12:00:05")

    assert world.site().state == "COLLECTOR_BLIND"
    assert world.finding("site_disconnected") is None
    world.heard(agent, "07:40", "12:03")
    world.run("12:03")
    assert world.states()[-1] == ("16 12:03", "UP") or world.site().state == "UP"


def test_killing_the_agent_opens_and_restarting_closes(both: World) -> None:
    """The promise of the first page: policy of ten seconds, kill -9, both findings, restart, both gone."""
    world = both
    agents = world.enrol_pair()
    machine_id = world.machine(agents[0])
    values = {
        "heartbeat_s": 10,
        "site.missed_heartbeats": 3,
        "hours.default": [["mon-sun", "00:00-24:00"]],
        "machine.silent_minutes": 1,
    }
    with world.store.session() as session:
        set_policy(session, "site", "1", values, "test", "", at("06:00"))
    for second in range(0, 60, 10):
        world.all_heard(agents, "22:00", f"22:00:{second:02d}")
        world.run(f"22:00:{second:02d}")
    assert world.site().state == "UP"

    opened: dict[str, datetime] = {}
    for second in range(55, 120, 5):  # kill -9 after 22:00:50
        world.run(f"22:{second // 60:02d}:{second % 60:02d}")
        for kind, subject in (("site_disconnected", 1), ("machine_silent", machine_id)):
            if world.is_open(kind, subject):
                opened.setdefault(kind, world.now)
    assert opened == {"site_disconnected": at("22:01:25"), "machine_silent": at("22:01:50")}

    world.all_heard(agents, "22:05:00", "22:05:00")
    world.run("22:05:01")
    assert not world.is_open("site_disconnected")
    assert not world.is_open("machine_silent", machine_id)
    assert world.finding("machine_silent", machine_id) is not None


def test_a_silent_pc_in_an_office_that_is_heard(world: World) -> None:
    lost, other = world.enrol("a"), world.enrol("b")
    machine_id = world.machine(lost)
    world.machine(other)
    world.heard(lost, "07:40", "08:00")
    for day in range(16, 20):
        world.heard(other, f"{day} 07:40", f"{day} 17:00", boot=str(day)[1], goodbye=True)
        world.run(f"{day} 17:01")

    # 1440 minutes of 7,5 hours a day: from Monday 08:00 to Thursday 09:30
    found = world.finding("machine_silent", machine_id)
    assert found is not None
    assert (found.is_open, found.evidence["site_cut"], found.evidence["since"]) == (
        True,
        False,
        at("08:00").isoformat(),
    )
    assert world.finding("site_disconnected") is None

    with world.store.session() as session:
        session.get_one(Machine, machine_id).status = "retired"
    world.run("19 17:30")
    assert not world.is_open("machine_silent", machine_id)


def test_never_reported_after_the_days_of_the_policy(world: World) -> None:
    world.enrol("a", when="16 08:00")
    world.run("16 09:00")
    assert world.finding("site_never_reported") is None
    world.run("23 08:00:01")
    assert world.is_open("site_never_reported")

    world.heard("a" * 32, "23 09:00", "23 09:00")
    world.run("23 09:00:01")
    assert not world.is_open("site_never_reported")


def see(world: World, agent: str, interfaces: list[dict[str, Any]], peers: tuple[str, ...], when: str) -> None:
    """What a PC reports of its network."""
    neighbours = {
        "gateways": [{"mac_hash": "gate", "interface": "eth0"}],
        "neighbours": [{"mac_hash": peer, "interface": "eth0"} for peer in peers],
    }
    with world.store.session() as session:
        site_id = session.get_one(Agent, agent).site_id
        for name, data in (("interfaces", {"interfaces": interfaces}), ("neighbours", neighbours)):
            session.merge(
                Section(
                    agent_id=agent,
                    name=name,
                    site_id=site_id,
                    status="ok",
                    data=data,
                    seen_at=at(when),
                    changed_at=at(when),
                )
            )


LINKED = [{"name": "eth0", "kind": "wired", "is_up": True, "ipv4": ["192.168.1.5/24"], "mac_hash": "own"}]


def test_the_lan_is_judged_from_what_pcs_see_and_people_say(world: World) -> None:
    agent = world.enrol("a")
    world.heard(agent, "07:40", "08:00")
    world.run("08:00:05")
    assert world.site().lan_state == "unknown"
    assert world.finding("site_no_lan") is None

    see(world, agent, [], (), "08:01")
    world.run("08:01:05")
    assert world.site().lan_state == "none"
    assert world.is_open("site_no_lan")

    see(world, agent, LINKED, ("printer", "other"), "08:30")
    world.run("08:30:05")
    site = world.site()
    assert site.lan_state == "working"
    assert {"fact": "devices", "value": 3} in (site.lan_evidence or [])
    assert not world.is_open("site_no_lan")


def test_a_declared_lan_counts_where_no_pc_can_tell(world: World) -> None:
    with world.store.session() as session:
        site = session.get_one(Site, 2)
        site.lan_declared, site.lan_declared_on = "none", date(2026, 11, 1)
    world.run("08:00")
    found = world.finding("site_no_lan", 2)
    assert found is not None
    assert (found.is_open, found.evidence["lan_declared_on"]) == (True, "2026-11-01")

    with world.store.session() as session:
        session.get_one(Site, 2).lan_declared = "working"
    world.run("08:11")
    assert world.site(2).lan_state == "working"
    assert not world.is_open("site_no_lan", 2)


def test_excluded_sites_have_no_findings(world: World) -> None:
    world.all_heard(world.enrol_pair(), "07:40", "10:00")
    world.run("10:20")
    assert world.is_open("site_disconnected")
    with world.store.session() as session:
        session.get_one(Site, 1).excluded_reason = "xử lý tài liệu mật"
    world.run("10:21")

    assert world.site().state == "NOT_OBSERVED"
    assert not world.is_open("site_disconnected")


def test_a_revoked_agent_is_not_missed(world: World) -> None:
    agent = world.enrol("a")
    world.heard(agent, "07:40", "10:00")
    world.run("10:20")
    with world.store.session() as session:
        session.get_one(Agent, agent).status = "revoked"
    world.run("10:21")

    assert world.site().state == "NOT_OBSERVED"
    assert not world.is_open("site_disconnected")


def test_a_pc_that_moved_leaves_its_past_behind(both: World) -> None:
    world = both
    agent = world.enrol("a")
    machine_id = world.machine(agent)
    world.heard(agent, "07:40", "10:00", goodbye=True)
    with world.store.session() as session:
        session.get_one(Agent, agent).site_id = 2
        session.add(
            MachinePlacement(
                machine_id=machine_id, site_id=1, agent_id=agent, from_at=at("09 08:00"), to_at=at("10:30")
            )
        )
        session.add(MachinePlacement(machine_id=machine_id, site_id=2, agent_id=agent, from_at=at("10:30"), to_at=None))
    world.heard(agent, "14:00", "14:30", boot="2")
    world.run("14:31")

    assert world.states(1)[-3:] == [("16 07:40", "UP"), ("16 10:00", "OFF_UNUSUAL"), ("16 10:30", "NOT_OBSERVED")]
    assert [state for _, state in world.states(2)] == ["NOT_OBSERVED", "NEVER_REPORTED", "UP"]


def test_opening_hours_of_the_site_that_are_wrong_fall_back_to_the_policy(world: World) -> None:
    with world.store.session() as session:
        session.get_one(Site, 1).hours = [["lundi", "8-12"]]
    agent = world.enrol("a")
    world.heard(agent, "07:40", "17:00", goodbye=True)
    world.run("18:00")

    assert world.site().state == "OFF_EXPECTED"


def test_villages(both: World) -> None:
    world = both

    def says(village_id: int, **fields: Any) -> None:
        with world.store.session() as session:
            village = session.get_one(Village, village_id)
            for name, value in fields.items():
                setattr(village, name, value)

    world.run("08:00")
    assert world.finding("village_no_signal") is None, "nothing said is nothing known"

    says(1, fixed_broadband="none", mobile="none", source="UBND xã", as_of=date(2026, 11, 1))
    world.run("08:02")
    found = world.finding("village_no_signal")
    assert found is not None
    assert (found.is_open, found.severity, found.site_id, found.evidence["source"]) == (True, "high", None, "UBND xã")
    assert world.is_open("village_no_broadband")

    says(1, fixed_broadband="connected", mobile="2g_3g")
    world.run("08:04")
    assert not world.is_open("village_no_broadband")
    assert not world.is_open("village_no_signal"), "said after 2G ended, it is 3G, which still works"
    with world.store.session() as session:
        set_policy(session, "unit", "x1", {"mobile.void_3g_from": "2026-11-01"}, "test", "", at("08:04"))
    world.run("08:06")
    assert world.is_open("village_no_signal")

    says(1, mobile="4g")
    world.run("08:08")
    assert not world.is_open("village_no_signal")


def test_a_change_of_policy_is_applied_to_history(world: World) -> None:
    agents = world.enrol_pair(version="0.2.0")  # keeps no journal, so that its lack proves nothing
    world.all_heard(agents, "07:40", "09:00")
    world.all_heard(agents, "09:10", "10:00")
    world.run("10:00")
    assert "LINE_LOST_SUSPECTED" not in {state for _, state in world.states()}

    with world.store.session() as session:
        set_policy(session, "unit", "x1", {"heartbeat_s": 60}, "test", "", at("10:00"))
    world.run("10:01")
    assert "LINE_LOST_SUSPECTED" in {state for _, state in world.states()}


def test_rows_keep_their_ids_and_runs_are_repeatable(both: World) -> None:
    world = both
    agent = world.enrol("a")
    for day in range(9, 14):
        world.heard(agent, f"{day} 07:40", f"{day} 17:00", boot=str(day)[-1], goodbye=True)
    world.run("16 07:00")
    before = _rows(world.store)

    world.evaluator = SiteEvaluator()  # a new process
    world.run("16 07:01")
    after = _rows(world.store)

    assert [row[:4] for row in after[:-1]] == [row[:4] for row in before[:-1]]
    assert len(after) == len(before)
    with world.store.session() as session:
        assert len(session.exec(select(FindingEvent)).all()) == 0


def _rows(store: Store) -> list[tuple[Any, ...]]:
    with store.session() as session:
        rows = session.exec(select(SiteState).order_by(col(SiteState.site_id), col(SiteState.from_at))).all()
        return [(row.id, row.site_id, row.from_at, row.state, row.to_at) for row in rows]


@pytest.mark.parametrize("number", range(4))
def test_many_small_passes_tell_what_one_full_look_tells(sqlite_store: Store, number: int) -> None:
    """Quick looks, skipped passes and restarts of the process leave what one full recomputation gives."""
    world, dice = World(sqlite_store), random.Random(number)
    agents = [world.enrol(letter) for letter in "ab"]
    minute = 0
    while minute < 5 * 1440:
        step = dice.choice([1, 3, 7, 20, 90, 400])
        minute += step
        now = at("16 00:00") + timedelta(minutes=minute)
        text = f"{now.astimezone(VN_TIME):%d %H:%M}"
        for agent in agents:
            chance = dice.random()
            if chance < 0.6:
                _hear(world, agent, text, dice)
            elif chance < 0.7:
                _report_late(world, agent, now, dice)
        if dice.random() < 0.7:
            if dice.random() < 0.1:
                world.evaluator = SiteEvaluator()
            world.run(text)
    end = at("16 00:00") + timedelta(minutes=minute + 600)
    world.run(f"{end.astimezone(VN_TIME):%d %H:%M}")
    # let every site have its full look
    stepwise_end = end + evaluate_sites.FULL_LOOK + timedelta(minutes=1)
    stop = f"{stepwise_end.astimezone(VN_TIME):%d %H:%M}"
    world.run(stop)
    stepwise = [row[1:] for row in _rows(world.store)]
    stored = dataclasses.asdict(Snapshot.of(world))

    with world.store.session() as session:
        session.execute(delete(SiteState))
    world.evaluator = SiteEvaluator()
    with world.store.session() as session:
        for site in session.exec(select(Site)):
            site.evaluated_at = None
    world.run(stop)

    assert [row for row in stepwise if row[1] >= at("16 00:00")] == [
        row for row in (row[1:] for row in _rows(world.store)) if row[1] >= at("16 00:00")
    ]
    assert dataclasses.asdict(Snapshot.of(world)) == stored


@dataclasses.dataclass
class Snapshot:
    state: str
    since: datetime | None
    open: list[tuple[str, str]]

    @classmethod
    def of(cls, world: World) -> Snapshot:
        site = world.site()
        with world.store.session() as session:
            found = session.exec(select(Finding).where(col(Finding.is_open))).all()
            return cls(site.state, site.state_since, sorted((f.kind, f.subject_id) for f in found))


def _hear(world: World, agent: str, text: str, dice: random.Random) -> None:
    boot = dice.choice("123")
    world.heard(
        agent, text, text, boot=boot, goodbye=dice.random() < 0.3, shutdown=dice.choice(["clean", "unclean", ""])
    )


def _report_late(world: World, agent: str, now: datetime, dice: random.Random) -> None:
    begin = now - timedelta(minutes=dice.randrange(60, 2000))
    end = begin + timedelta(minutes=dice.randrange(0, 50))
    world.late(agent, f"{begin.astimezone(VN_TIME):%d %H:%M:%S}", f"{end.astimezone(VN_TIME):%d %H:%M:%S}", boot="9")


def test_the_shared_evaluator_is_kept_per_store(sqlite_store: Store) -> None:
    world = World(sqlite_store)
    clock: Callable[[], datetime] = lambda: at("08:00")  # noqa: E731
    assert evaluate_due(world.store, clock) == 3
    assert evaluate_due(world.store, clock) == 0


def test_the_timeline_of_the_site_page(world: World) -> None:
    agent = world.enrol("a")
    world.heard(agent, "07:30", "11:30", goodbye=True)
    world.run("12:00")
    with world.store.session() as session:
        sheet = site_timeline(session, 1, at("00:00"), at("17 00:00"), at("12:02"))

    assert sheet is not None
    assert [(s.state, s.from_at) for s in sheet.stretches] == [
        ("NEVER_REPORTED", at("00:00")), ("UP", at("07:30")), ("OFF_EXPECTED", at("11:30")),
    ]  # fmt: skip
    assert sheet.stretches[-1].to_at == at("12:02"), "the newest stretch goes on"
    assert (sheet.availability.open_s, sheet.availability.observed_s, sheet.availability.up_s) == (14400, 14400, 14400)
    with world.store.session() as session:
        assert site_timeline(session, 99, at("00:00"), at("17 00:00"), at("12:02")) is None


def bulk(session: Session, sites: int, agents_per_site: int, days: int, now: datetime) -> None:
    """Many sites with history, written fast."""
    contacts: list[dict[str, Any]] = []
    boots: list[dict[str, Any]] = []
    agents: list[dict[str, Any]] = []
    for site_id in range(10, 10 + sites):
        session.add(Site(id=site_id, unit_id="x1", name=f"s{site_id}", created_at=now))
    session.flush()
    for site_id in range(10, 10 + sites):
        for number in range(agents_per_site):
            agent_id = f"{site_id:028x}{number:04x}"
            last = now
            for day in range(days):
                start = now - timedelta(days=day, hours=2, minutes=number)
                if start.astimezone(VN_TIME).weekday() > 4:
                    continue
                end = start + timedelta(hours=2) if day == 0 else start + timedelta(hours=7)
                boot_id = f"{day:032x}"
                boots.append(
                    {"agent_id": agent_id, "boot_id": boot_id, "site_id": site_id, "seen": [], "reports": 1,
                     "first_received_at": start, "last_received_at": end, "previous_shutdown": "clean"}
                )  # fmt: skip
                contacts.append(
                    {"agent_id": agent_id, "boot_id": boot_id, "from_at": start, "kind": "live", "site_id": site_id,
                     "to_at": end, "from_seq": 1, "to_seq": 2, "reports": 2, "goodbye": day > 0}
                )  # fmt: skip
            agents.append(
                Agent(id=agent_id, site_id=site_id, enrolled_at=now - timedelta(days=60), last_contact_at=last,
                      last_boot_id=f"{0:032x}").model_dump()
            )  # fmt: skip
    connection = session.connection()
    connection.execute(insert(Agent.__table__), agents)  # type: ignore[attr-defined]
    connection.execute(insert(AgentBoot.__table__), boots)  # type: ignore[attr-defined]
    connection.execute(insert(Contact.__table__), contacts)  # type: ignore[attr-defined]


def test_a_pass_over_quiet_sites_is_a_few_queries(sqlite_store: Store) -> None:
    world = World(sqlite_store)
    with world.store.session() as session:
        bulk(session, 60, 2, 5, at("20 10:00"))
    world.run("20 10:00:05")
    statements: list[str] = []

    from sqlalchemy import event

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(world.store.engine, "before_cursor_execute", note)
    assert world.run("20 10:00:20") == 0
    event.remove(world.store.engine, "before_cursor_execute", note)

    assert len([s for s in statements if not s.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]) <= 12, statements
    assert {world.site(site_id).state for site_id in range(10, 70)} == {"UP"}
    beats.beat(world.store, "two", at("20 10:01"))
