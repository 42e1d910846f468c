"""The sample province: what it holds, that it is marked, that it is made once, and that it stays alive."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, func, select

from agent.probes import PROBES
from agent.wire.report import section_data, section_hash
from agent.wire.sections import SECTIONS, mac_hash
from inventory.domain import ledger
from inventory.domain.recipient import check_email
from inventory.sample import SampleError, SampleSummary, evidence, hardware, load_sample, refresh_sample
from inventory.store import tables
from inventory.store.engine import Store, open_store
from inventory.store.recipients import is_valid
from inventory.store.tables import (
    Agent,
    AgentBoot,
    Area,
    AreaEvent,
    AreaMember,
    CollectorBeat,
    Contact,
    Finding,
    FindingEvent,
    JournalRow,
    Lan,
    LanScan,
    Machine,
    NetworkDevice,
    Recipient,
    Section,
    Site,
    SiteAlert,
    SiteState,
    Unit,
    Village,
    WeeklyFigures,
)
from inventory.store.units import load_units
from inventory.store.weekly_facts import load_tree
from inventory.transfer.units_csv import read_units
from tests import need

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)  # a Tuesday, 10:00 in Gia Lai
COMMUNES = {
    "Khu vực Vân Canh (huyện cũ)": {"Vân Canh", "Canh Liên", "Canh Vinh"},
    "Khu vực Vĩnh Thạnh (huyện cũ)": {"Vĩnh Thạnh", "Vĩnh Sơn", "Vĩnh Thịnh", "Vĩnh Quang"},
    "Khu vực An Lão (huyện cũ)": {"An Lão", "An Vinh", "An Toàn", "An Hòa"},
}


@cache
def unit_tree() -> Any:
    """The units of Bình Định and Gia Lai, old and new: all that the sample needs, loaded in a moment."""
    units, links = read_units(Path(__file__).parents[2] / "config" / "units.csv")
    kept = {"t52.1", "t52.2", "t64.1"}
    for _ in range(2):
        kept |= {unit.id for unit in units if unit.parent_id in kept}
    return [u for u in units if u.id in kept], [x for x in links if x.from_id in kept and x.to_id in kept]


@pytest.fixture
def province(store: Store) -> Store:
    """A store with the units that the sample needs."""
    load_units(store, *unit_tree())
    return store


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A SQLite file with the sample in it, made once."""
    folder = tmp_path_factory.mktemp("sample")
    made = open_store(need.sqlite_copy(folder))
    load_units(made, *unit_tree())
    load_sample(made, NOW)
    with made.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    made.close()
    return (folder / "gapwatch.db").read_bytes()


@pytest.fixture
def loaded(template: bytes, tmp_path: Path) -> Iterator[Store]:
    """The sample in a store of the test's own."""
    (tmp_path / "sample.db").write_bytes(template)
    opened = open_store(f"sqlite:///{tmp_path / 'sample.db'}")
    yield opened
    opened.close()


def rows(session: Session, model: type[SQLModel]) -> list[Any]:
    return list(session.exec(select(model)))


def beat_until(store: Store, now: datetime) -> None:
    """The collector was up without a pause since its newest beat."""
    with store.session() as session:
        newest = session.exec(select(CollectorBeat).order_by(col(CollectorBeat.to_at).desc())).first()
        assert newest is not None
        newest.to_at = now
        session.add(newest)


def test_both_engines_take_it_once(province: Store) -> None:
    first = load_sample(province, NOW)
    again = load_sample(province, NOW + timedelta(days=3))

    assert (first.new, again.new) == (True, False)
    assert replace(again, new=True, seconds=first.seconds) == first
    assert (first.areas, first.communes, first.sites, first.agents, first.machines) == (3, 11, 40, 75, 74)
    assert first.villages >= 43
    assert first.findings_open > 30
    assert refresh_sample(province, NOW + timedelta(minutes=5)) > 40


def test_counts_reconcile(loaded: Store) -> None:
    with loaded.reading() as session:
        summary = load_sample(loaded, NOW)
        attached = {agent.machine_id for agent in rows(session, Agent) if agent.machine_id}
        silent = [agent for agent in rows(session, Agent) if agent.machine_id is None]
        machines = {machine.id for machine in rows(session, Machine)}
        contacts = session.exec(select(func.count()).select_from(Contact)).one()

    assert attached == machines
    assert len(attached) + len(silent) == summary.agents
    assert [agent.last_contact_at for agent in silent] == [None]
    assert summary.contacts == contacts
    assert isinstance(summary, SampleSummary)


def test_areas_hold_the_communes_of_their_former_districts(loaded: Store) -> None:
    with loaded.reading() as session:
        units = {unit.id: unit for unit in rows(session, Unit)}
        found = {
            area.name: [units[m.unit_id] for m in rows(session, AreaMember) if m.area_id == area.id]
            for area in rows(session, Area)
        }
        sites = {site.unit_id for site in rows(session, Site)}

    assert {name: {unit.name for unit in members} for name, members in found.items()} == COMMUNES
    members = [unit for group in found.values() for unit in group]
    assert all(unit.parent_id == "t52.2" and unit.valid_to is None for unit in members)
    assert all("mien_nui" in unit.tags.split() for unit in members)
    assert sites == {unit.id for unit in members}


def test_three_villages_are_as_the_newspaper_wrote(loaded: Store) -> None:
    with loaded.reading() as session:
        found = {village.name: village for village in rows(session, Village) if "Báo" in village.source}
        unknown = [village for village in rows(session, Village) if not village.fixed_broadband]

    assert set(found) == {"Kon Trú", "O2", "O5"}
    for village in found.values():
        assert village.unit_id == "x21787.2"
        assert (village.fixed_broadband, village.mobile, village.grid_power) == ("none", "", None)
        assert village.source_class == "declared"
    assert unknown
    assert all(village.source_class != "verified" for village in unknown)


def test_everything_that_can_be_marked_is_marked(loaded: Store) -> None:
    with loaded.reading() as session:
        for name in tables.__all__:
            model = getattr(tables, name)
            if "sample" in model.model_fields:
                found = rows(session, model)
                assert found, f"no sample row in {name}"
                assert all(row.sample for row in found), name


def test_no_address_can_reach_anybody(loaded: Store) -> None:
    with loaded.reading() as session:
        recipients = rows(session, Recipient)
        phones = {site.contact_phone for site in rows(session, Site)}

    assert phones == {""}
    for row in recipients:
        assert check_email(row.email).endswith(".example")
        assert row.name == "" or row.name.endswith(" Mẫu")


def test_every_scope_has_a_reader_and_some_have_left(loaded: Store) -> None:
    with loaded.reading() as session:
        tree = load_tree(session, "t52.2", NOW.date())
        valid = [row for row in rows(session, Recipient) if is_valid(row, NOW.date())]
        ended = [row for row in rows(session, Recipient) if not is_valid(row, NOW.date())]
        areas = {str(area.id) for area in rows(session, Area)}
        units = {member.unit_id for member in rows(session, AreaMember)}

    addressed = {(row.scope_kind, row.scope_id) for row in valid if not row.copy_of}
    assert addressed == {("province", "t52.2")} | {("area", a) for a in areas} | {("unit", u) for u in units}
    assert units <= set(tree.names)
    assert len(ended) >= 5


def test_sections_are_what_an_agent_would_send(loaded: Store) -> None:
    with loaded.reading() as session:
        found = rows(session, Section)

    states = {name for name in SECTIONS if PROBES[name].cycle != "event"}  # what an agent is, not what happened to it
    assert {row.name for row in found} == states
    for row in found:
        assert {field.name for field in fields(SECTIONS[row.name])} == set(row.data)
        section_data(row.name, row.data)  # refuses unknown fields and wrong types
        assert row.hash == section_hash(row.status, row.data) == evidence.section_hash(row.data)
    assert hardware.mac_hash("f8b156000001") == mac_hash("f8:b1:56:00:00:01")


def test_the_ledger_holds_every_report_of_the_history(loaded: Store) -> None:
    with loaded.reading() as session:
        boots = rows(session, AgentBoot)
        contacts = rows(session, Contact)
        agents = {agent.id: agent for agent in rows(session, Agent)}

    heard: Counter[tuple[str, str]] = Counter()
    for contact in contacts:
        assert contact.from_at <= contact.to_at <= NOW
        assert contact.reports == contact.to_seq - contact.from_seq + 1
        heard[contact.agent_id, contact.boot_id] += contact.reports
    assert {(boot.agent_id, boot.boot_id): boot.reports for boot in boots} == heard
    assert all(ledger.count(boot.seen) == boot.reports for boot in boots)
    for agent in agents.values():
        own = [contact for contact in contacts if contact.agent_id == agent.id]
        assert agent.last_contact_at == max((c.to_at for c in own if c.kind == "live"), default=None)
        assert agent.last_seq == max((c.to_seq for c in own), default=0)


def test_nothing_was_heard_while_the_collector_was_down(loaded: Store) -> None:
    with loaded.reading() as session:
        beats = sorted(rows(session, CollectorBeat), key=lambda beat: beat.from_at)
        live = [contact for contact in rows(session, Contact) if contact.kind == "live"]

    gaps = [(one.to_at, two.from_at) for one, two in itertools.pairwise(beats)]
    assert len(gaps) == 2
    assert NOW - beats[0].from_at > timedelta(days=34)
    for down_at, up_at in gaps:
        assert timedelta(minutes=20) < up_at - down_at < timedelta(hours=3)
        assert not [c for c in live if c.from_at < up_at and c.to_at >= down_at]


def test_sites_are_in_every_state_that_was_promised(loaded: Store) -> None:
    with loaded.reading() as session:
        sites = rows(session, Site)
        past = Counter(stretch.state for stretch in rows(session, SiteState))
        excluded = [site for site in sites if site.excluded_reason]
        never = [site for site in sites if site.state == "NEVER_REPORTED"]
        cut = [site for site in sites if site.state == "LINE_LOST_SUSPECTED"]

    now = Counter(site.state for site in sites)
    assert now["UP"] >= 20
    assert now["OFF_UNUSUAL"] == 1
    assert now["NOT_OBSERVED"] >= 5
    assert [site.role for site in excluded] == ["cong_an"]
    assert len(never) == 1
    lost = {site.name: site for site in cut if "Canh" not in site.name}
    assert list(lost) == ["Trụ sở 2 (xã Vĩnh Kim cũ)"]
    assert len(cut) > 4  # a cable was cut, too
    since = lost["Trụ sở 2 (xã Vĩnh Kim cũ)"].last_contact_at
    assert since is not None
    assert timedelta(days=3) < NOW - since < timedelta(days=6)
    assert {"LINE_LOST_CONFIRMED", "POWER_CUT_SUSPECTED", "COLLECTOR_BLIND", "OFF_EXPECTED"} <= set(past)
    assert {site.lan_state for site in sites} >= {"none", "partial", "working", "unknown"}


def test_a_storm_and_a_cut_cable_are_one_event_each(loaded: Store) -> None:
    with loaded.reading() as session:
        storm, cable = sorted(rows(session, AreaEvent), key=lambda event: event.from_at)
        alerts = rows(session, SiteAlert)
        names = {site.id: site.name for site in rows(session, Site)}
    assert storm.cause == "power"
    assert storm.to_at is not None
    assert storm.raised_at < storm.to_at < NOW
    assert len(storm.sites) == 5
    assert (cable.provider, cable.to_at, cable.withdrawn_at) == ("VNPT", None, None)
    assert all("Canh" in names[site_id] for site_id in cable.sites)
    corrected = [alert for alert in alerts if alert.corrections]
    assert {alert.corrections[0]["code"] for alert in corrected} >= {"power", "confirmed"}
    assert all(alert.closed_at is None or alert.since_at < alert.closed_at <= NOW for alert in alerts)


def test_journals_tell_of_lines_and_of_the_collector(loaded: Store) -> None:
    with loaded.reading() as session:
        journals = rows(session, JournalRow)
    assert {row.internet for row in journals} == {True, False}
    assert all(row.gateway and row.from_at <= row.to_at <= row.received_at for row in journals)


def test_findings_of_every_kind_are_open(loaded: Store) -> None:
    with loaded.reading() as session:
        found = rows(session, Finding)
        events = Counter(event.what for event in rows(session, FindingEvent))

    kinds = {finding.kind for finding in found if finding.is_open}
    assert kinds >= {
        "machine_outdated",
        "machine_unfit",
        "machine_silent",
        "clock_wrong",
        "identity_conflict",
        "site_disconnected",
        "site_no_lan",
        "site_never_reported",
        "village_no_broadband",
        "village_no_signal",
        "machine_unsafe",
        "machine_wmi_damaged",
        "lan_rogue_dhcp",
        "lan_second_router",
        "lan_address_clash",
        "lan_captive",
        "lan_hotspot",
        "lan_dns_tampering",
        "lan_default_snmp",
        "lan_open_management",
        "lan_no_ipv6",
    }
    assert {finding.state for finding in found} >= {
        "new",
        "confirmed",
        "in_progress",
        "waiting_budget",
        "fixed",
    }
    assert any(finding.due_on and finding.due_on < NOW.date() for finding in found if finding.is_open)
    assert all(finding.opened_at <= NOW for finding in found)
    assert events["opened"] == len(found)


def test_machines_are_old_new_unknown_and_not_applicable(loaded: Store) -> None:
    with loaded.reading() as session:
        machines = rows(session, Machine)

    verdicts = Counter((machine.age_status, machine.outdated) for machine in machines)
    assert verdicts["known", True] > 30
    assert verdicts["known", False] >= 10
    assert verdicts["not_applicable", None] == 1
    assert verdicts["unknown", None] >= 1
    assert {machine.kind for machine in machines} >= {"desktop", "laptop", "server", "virtual"}
    assert any("Windows 7" in machine.os_name for machine in machines)


def test_machines_differ_in_protection_disks_and_windows_11(loaded: Store) -> None:
    with loaded.reading() as session:
        machines = rows(session, Machine)
        hardware = [row.data for row in rows(session, Section) if row.name == "hardware"]

    verdicts = Counter(machine.windows11 for machine in machines)
    assert min(verdicts[verdict] for verdict in ("capable", "switched_off", "cannot")) >= 5
    assert verdicts[""] >= 1
    weak = {reason["code"] for machine in machines for reason in machine.unsafe or ()}
    assert weak >= {"no_antimalware", "antimalware_off", "antimalware_old", "firewall_off", "updates_old", "smb1", "rdp"}
    assert sum(machine.unsafe == [] for machine in machines) >= 5
    unfit = {reason["code"] for machine in machines for reason in machine.unfit or ()}
    assert unfit >= {"disk_health", "disk_free"}
    assert {machine.disk_health for machine in machines} == {"ok", "warning", "failing", ""}
    assert any(monitor["week"] and monitor["year"] for data in hardware for monitor in data["monitors"])


def test_lans_have_scanners_records_and_equipment(loaded: Store) -> None:
    with loaded.reading() as session:
        lans, scans, devices = (rows(session, model) for model in (Lan, LanScan, NetworkDevice))

    assert sum(bool(lan.scanner_agent_id) for lan in lans) >= 20
    assert all(lan.lease_from <= NOW < lan.lease_until for lan in lans if lan.scanner_agent_id)
    assert any(not lan.scanner_agent_id for lan in lans)
    assert any(lan.hosts and lan.vendors for lan in lans)
    assert {scan.kind for scan in scans} == {"sweep", "recheck"}
    assert any(scan.stopped for scan in scans)
    assert min(scan.started_at for scan in scans) < NOW - timedelta(days=20)
    assert {device.kind for device in devices} >= {"modem", "switch", "printer", "ups", "nas", "camera", "wireless"}
    assert any(supply["low"] for device in devices for supply in device.supplies or ())
    assert any(device.battery and device.battery["replace"] for device in devices)
    assert any(device.ports for device in devices if device.kind == "switch")
    assert any(device.gone_at for device in devices)
    assert {device.source_class for device in devices} == {"measured", "declared"}


def test_scans_go_on_while_the_demo_runs(loaded: Store) -> None:
    with loaded.reading() as session:
        before = {row.agent_id: row.hash for row in rows(session, Section) if row.name == "lan"}
    stored = sum(refresh_sample(loaded, NOW + timedelta(minutes=14 * step)) for step in range(1, 10))

    with loaded.reading() as session:
        after = {row.agent_id: row for row in rows(session, Section) if row.name == "lan"}
    told = [row for agent, row in after.items() if row.hash != before[agent]]
    assert stored > 0
    assert len(told) > 10
    for row in told:
        section_data(row.name, row.data)
        assert row.data["scans"][-1]["started"] > (NOW - timedelta(minutes=20)).isoformat()


def test_last_weeks_figures_are_there_to_compare_with(loaded: Store) -> None:
    with loaded.reading() as session:
        found = rows(session, WeeklyFigures)

    assert {row.scope_kind for row in found} == {"province", "area", "unit"}
    assert {row.iso_week for row in found} == {"2026-W47", "2026-W48"}


def test_offices_stay_alive_and_the_lost_one_stays_lost(loaded: Store) -> None:
    with loaded.reading() as session:
        cut = session.exec(select(Site).where(Site.name == "Trụ sở 2 (xã Vĩnh Kim cũ)")).one()
        before = {
            agent.id: agent.last_contact_at for agent in rows(session, Agent) if agent.site_id == cut.id
        }
        was = session.exec(select(func.sum(AgentBoot.reports))).one()
    stored = 0
    for step in range(1, 13):
        at = NOW + timedelta(minutes=5 * step)
        beat_until(loaded, at)
        stored += refresh_sample(loaded, at)

    with loaded.reading() as session:
        agents = rows(session, Agent)
        fresh = [a for a in agents if a.last_contact_at and at - a.last_contact_at < timedelta(minutes=6)]
        reports = session.exec(select(func.sum(AgentBoot.reports))).one()
    assert len(fresh) > 45
    assert reports == was + stored
    assert {agent.id: agent.last_contact_at for agent in agents if agent.site_id == cut.id} == before
    assert {agent.status for agent in agents} == {"active"}


def test_a_pause_of_weeks_is_not_made_up(loaded: Store) -> None:
    later = NOW + timedelta(days=21)
    stored = refresh_sample(loaded, later)

    with loaded.reading() as session:
        between = session.exec(
            select(func.count()).select_from(Contact).where(Contact.from_at > NOW, Contact.to_at < later)
        ).one()
        began = session.exec(select(func.count()).select_from(Contact).where(Contact.from_at == later)).one()
    assert stored == began > 40
    assert between == 0


def test_flapping_line_delivers_its_journal_later(loaded: Store) -> None:
    with loaded.reading() as session:
        flapping = session.exec(select(Site).where(Site.name == "Trụ sở UBND xã An Toàn")).one()
    for step in range(1, 29):
        refresh_sample(loaded, NOW + timedelta(minutes=14 * step))

    with loaded.reading() as session:
        own = [contact for contact in rows(session, Contact) if contact.site_id == flapping.id]
    today = [contact for contact in own if contact.from_at > NOW]
    assert {contact.kind for contact in today} == {"live", "late"}


def test_refresh_leaves_others_alone(loaded: Store) -> None:
    with loaded.session() as session:
        site = session.exec(select(Site).where(Site.role == "tru_so_chinh")).first()
        assert site is not None
        session.add(Agent(id="f" * 32, site_id=site.id or 0, enrolled_at=NOW, last_contact_at=NOW))
        session.flush()
        revoked = session.exec(select(Agent).where(Agent.last_contact_at > NOW - timedelta(hours=1))).first()
        assert revoked is not None
        revoked.status = "revoked"
        gone = (revoked.id, revoked.last_contact_at)
    refresh_sample(loaded, NOW + timedelta(minutes=10))

    with loaded.reading() as session:
        real = session.get(Agent, "f" * 32)
        kept = session.get(Agent, gone[0])
        boots = session.exec(select(AgentBoot).where(AgentBoot.agent_id == "f" * 32)).all()
    assert real is not None
    assert kept is not None
    assert (real.last_contact_at, real.last_seq, boots) == (NOW, 0, [])
    assert kept.last_contact_at == gone[1]


def test_refresh_without_a_sample_does_nothing(sqlite_store: Store) -> None:
    assert refresh_sample(sqlite_store, NOW) == 0


def test_refresh_never_runs_backwards(loaded: Store) -> None:
    assert refresh_sample(loaded, NOW) == 0
    assert refresh_sample(loaded, NOW - timedelta(days=1)) == 0


def test_another_province_is_refused_with_the_remedy(sqlite_store: Store) -> None:
    load_units(sqlite_store, *unit_tree())
    with pytest.raises(SampleError, match=r"province_id = t52\.2"):
        load_sample(sqlite_store, NOW, province_id="t01.2")
    with sqlite_store.reading() as session:
        assert not rows(session, Site)
        assert not rows(session, NetworkDevice)


@pytest.mark.parametrize(
    "at", ["2026-11-29T02:00", "2027-02-08T03:00", "2026-12-01T17:30", "2026-11-30T00:05"]
)
def test_it_can_be_loaded_at_any_time(sqlite_store: Store, at: str) -> None:
    """A Sunday, Tết, the middle of the night, and before offices open on a Monday."""
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    load_units(sqlite_store, *unit_tree())
    summary = load_sample(sqlite_store, now)
    refresh_sample(sqlite_store, now + timedelta(minutes=5))

    with sqlite_store.reading() as session:
        newest = session.exec(select(func.max(Contact.to_at))).one()
        states = Counter(site.state for site in rows(session, Site) if not site.excluded_reason)
    assert summary.machines == 74
    assert newest <= now + timedelta(minutes=5)
    assert states["LINE_LOST_SUSPECTED"] <= 1


def test_a_start_that_died_before_the_evaluation_is_finished_by_the_next(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_units(sqlite_store, *unit_tree())

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("inventory.sample.load.conclude", die)
        with pytest.raises(KeyboardInterrupt):
            load_sample(sqlite_store, NOW)
    again = load_sample(sqlite_store, NOW + timedelta(minutes=1))

    assert (again.new, again.sites) == (False, 40)
    assert again.findings_open > 100
    with sqlite_store.reading() as session:
        assert len(rows(session, WeeklyFigures)) == 2 * (1 + 3 + 11)
