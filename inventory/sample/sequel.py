"""After the facts: one evaluation, what people have made of the gaps since, and last weeks' figures to compare with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from inventory.domain.digest import Rules, make_digest
from inventory.domain.hours import VN_TIME, Calendar
from inventory.domain.policy import Policy
from inventory.domain.week import IsoWeek, reported_week
from inventory.sample.aftermath import date_back
from inventory.sample.lines import judged_at
from inventory.sample.presence import at_local
from inventory.sample.story import Story, tell
from inventory.store.audit import record
from inventory.store.engine import Store
from inventory.store.evaluate import evaluate_dirty, refresh_contacts
from inventory.store.evaluate_sites import SiteEvaluator
from inventory.store.findings import change_state
from inventory.store.lan import settle_lan
from inventory.store.lan_devices import take_in
from inventory.store.lan_findings import settle_hygiene
from inventory.store.lans import hold_elections, settle_networks
from inventory.store.line_quality import settle_lines
from inventory.store.policy import effective_policy
from inventory.store.service_faults import settle_services
from inventory.store.tables import Agent, Finding, FindingEvent, Lan, Machine, Meta, Site, WeeklyFigures
from inventory.store.weekly_facts import load_week

STAFF = "can-bo-mau"  # the invented officer who worked on the findings
PAST_WEEKS = 2
CONCLUDED = "sample_concluded"

_finding = Finding.__table__  # type: ignore[attr-defined]
_event = FindingEvent.__table__  # type: ignore[attr-defined]

_DAYS_KNOWN = {
    "line_saturated": 5.0, "line_below_contract": 11.0, "meeting_not_ready": 8.0, "service_unreachable": 6.0,
    "service_down": 1.0,
}  # fmt: skip
"""Kinds about lines: days before the load on which they were found."""

# kind, which one of its findings, days after it was opened, state, note
_HANDLED: tuple[tuple[str, int, int, str, str], ...] = (
    ("machine_outdated", 0, 3, "confirmed", ""),
    ("machine_outdated", 1, 4, "waiting_budget", "Đưa vào dự toán năm sau"),
    ("machine_outdated", 2, 4, "waiting_budget", "Đưa vào dự toán năm sau"),
    ("machine_outdated", 5, 6, "in_progress", "Đang làm thủ tục điều chuyển máy"),
    ("machine_outdated", 8, 2, "cannot_fix", "Máy phục vụ phần mềm cũ, chưa thể thay"),
    ("machine_unfit", 0, 5, "in_progress", "Đã đặt mua thêm RAM"),
    ("machine_unfit", 3, 5, "confirmed", ""),
    ("machine_unfit", 6, 7, "excluded", "Máy chờ thanh lý"),
    ("clock_wrong", 0, 8, "confirmed", "Cần thay pin CMOS"),
    ("machine_unsafe", 0, 3, "in_progress", "Đang cài lại phần mềm phòng chống mã độc"),
    ("machine_unsafe", 2, 4, "confirmed", ""),
    ("lan_second_router", 0, 4, "in_progress", "Hẹn đơn vị bảo trì chuyển sang chế độ điểm truy cập"),
    ("site_no_lan", 0, 6, "waiting_budget", "Đề nghị cải tạo mạng nội bộ năm sau"),
    ("village_no_broadband", 0, 7, "in_progress", "VNPT khảo sát tuyến cáp"),
    ("village_no_broadband", 1, 7, "in_progress", "VNPT khảo sát tuyến cáp"),
    ("village_no_signal", 0, 9, "confirmed", ""),
    ("site_disconnected", 0, 1, "in_progress", "Đã báo nhà mạng kiểm tra đường dây"),
)


def conclude(store: Store, loaded_at: datetime, now: datetime, province_id: str, calendar: Calendar) -> None:
    """Draws the conclusions of `now` from the evidence, and tells what happened to them before. Once per store."""
    while evaluate_dirty(store, lambda: now):
        pass
    refresh_contacts(store)
    _look_at_lans(store, now)
    settle_lan(store, now)
    SiteEvaluator(calendar).run(store, lambda: now)
    settle_lines(store, now, calendar=calendar)
    settle_services(store, judged_at(calendar, now))
    story = tell(loaded_at, calendar)
    with store.session() as session:
        policy, version = effective_policy(session)
        date_back(session, now)
        _date_back(session, story, policy)
        _add_past_faults(session, story, version)
        session.flush()
        _handle(session, now)
        session.flush()
        session.expire_all()
        _write_figures(session, province_id, now, policy)
        record(session, now, "collector", "sample.load", "province", province_id)
        session.add(Meta(key=CONCLUDED, value=now.isoformat()))


def _look_at_lans(store: Store, now: datetime) -> None:
    """Networks, who scans them, what was found and what is wrong, as the LAN job would have it."""
    settle_networks(store, now)
    hold_elections(store, now)
    take_in(store, now)
    settle_hygiene(store, now)
    with store.session() as session:
        policy, _ = effective_policy(session)
        tenure = timedelta(hours=policy.scan_lease_hours)
        for lan in session.exec(select(Lan).where(col(Lan.sample), col(Lan.lease_from).is_not(None))):
            # Nobody was elected at this very moment: the first PC that was on this morning was.
            start = at_local(now.astimezone(VN_TIME).date(), "07:21") + timedelta(minutes=(lan.id or 0) % 17)
            if start < now:
                lan.lease_from = start + (now - start) // tenure * tenure
                lan.lease_until = lan.lease_from + tenure
                session.add(lan)


def _date_back(session: Session, story: Story, policy: Policy) -> None:
    """The gaps were not found today: each one was opened when its evidence had come, with the due date of that day."""
    machines = {str(row.id): row for row in session.exec(select(Machine).where(col(Machine.sample)))}
    heard = dict(session.exec(select(Agent.machine_id, Agent.last_contact_at).where(col(Agent.sample))).all())
    for finding in session.exec(select(Finding).where(col(Finding.sample), col(Finding.is_open))):
        machine = machines.get(finding.subject_id) if finding.subject_kind == "machine" else None
        opened = _opened_at(finding, machine, heard, story)
        day = opened.astimezone(VN_TIME).date()
        due_on = day + timedelta(days=policy.due_days(finding.kind))
        session.connection().execute(
            update(_finding).where(_finding.c.id == finding.id).values(opened_at=opened, due_on=due_on)
        )
        session.connection().execute(
            update(_event).where(_event.c.finding_id == finding.id, _event.c.what == "opened").values(at=opened)
        )


def _opened_at(finding: Finding, machine: Machine | None, heard: dict[Any, datetime | None], story: Story) -> datetime:
    if finding.kind == "machine_silent" and machine is not None:
        last = heard.get(machine.id) or story.begin
        opened = last + timedelta(days=5)
    elif machine is not None:
        opened = machine.created_at + timedelta(seconds=10)
    elif finding.kind == "site_disconnected":
        opened = datetime.fromisoformat(finding.evidence["since"]) + timedelta(minutes=16)
    elif finding.kind == "site_never_reported":
        opened = datetime.fromisoformat(finding.evidence["since"]) + timedelta(days=7)
    elif finding.kind in _DAYS_KNOWN:
        opened = story.loaded_at - timedelta(days=_DAYS_KNOWN[finding.kind])
    else:
        opened = story.begin + timedelta(hours=3)
    return min(opened, story.loaded_at)


def _add_past_faults(session: Session, story: Story, version: int) -> None:
    """The line fault and the power cut of last week were findings, too, and are over."""
    for name, (begin, end), state, cause, why in (
        ("Trụ sở UBND xã Canh Liên", story.proven, "LINE_LOST_CONFIRMED", "line", "late_reports"),
        ("Trụ sở UBND xã Vĩnh Thịnh", story.power, "POWER_CUT_SUSPECTED", "power", "unclean_together"),
    ):
        site = session.exec(select(Site).where(Site.name == name, col(Site.sample))).one()
        known = select(Finding.id).where(Finding.kind == "site_disconnected", Finding.subject_id == str(site.id))
        if session.exec(known).first() is not None:
            continue  # it is cut off again by now
        since = begin.astimezone(UTC).isoformat()
        evidence = {"since": since, "state": state, "cause": cause, "why": why, "codes": [state]}
        evidence |= {"last_contact_at": since, "provider": site.provider}
        finding = Finding(
            kind="site_disconnected",
            subject_kind="site",
            subject_id=str(site.id),
            site_id=site.id,
            unit_id=site.unit_id,
            severity="medium",
            state="fixed",
            is_open=False,
            evidence=evidence,
            policy_version=version,
            responsible="operator" if cause == "line" else "commune",
            opened_at=begin + timedelta(minutes=16),
            closed_at=end + timedelta(minutes=1),
            due_on=begin.astimezone(VN_TIME).date() + timedelta(days=3),
            sample=True,
        )
        session.add(finding)
        session.flush()
        _tell_past(session, finding)


def _tell_past(session: Session, finding: Finding) -> None:
    assert finding.id is not None
    assert finding.closed_at is not None
    opened = {"what": "opened", "at": finding.opened_at, "from_state": "", "to_state": "new"}
    closed = {"what": "closed", "at": finding.closed_at, "from_state": "new", "to_state": "fixed"}
    session.add_all(FindingEvent.model_validate({"finding_id": finding.id, **row}) for row in (opened, closed))


def _handle(session: Session, now: datetime) -> None:
    """An officer has worked on some of them."""
    found: dict[str, list[Finding]] = {}
    for finding in session.exec(
        select(Finding).where(col(Finding.sample), col(Finding.is_open)).order_by(col(Finding.id))
    ):
        found.setdefault(finding.kind, []).append(finding)
    for kind, at, days, state, note in _HANDLED:
        of_kind = found.get(kind, [])
        if at < len(of_kind):
            finding = of_kind[at]
            assert finding.id is not None
            moment = min(finding.opened_at + timedelta(days=days, hours=2), now)
            change_state(session, finding.id, state, note, STAFF, moment)


def _write_figures(session: Session, province_id: str, now: datetime, policy: Policy) -> None:
    """Figures of the weeks before, as the mails of those weeks would have counted them."""
    newest = reported_week(now.astimezone(VN_TIME).date())
    for week in (newest.shifted(-at) for at in range(PAST_WEEKS)):
        for kind, scope_id, figures in _figures(session, province_id, week, policy):
            session.merge(
                WeeklyFigures(
                    scope_kind=kind,
                    scope_id=scope_id,
                    iso_week=week.label,
                    figures=figures,
                    made_at=week.to_at,
                )
            )


def _figures(
    session: Session, province_id: str, week: IsoWeek, policy: Policy
) -> Iterable[tuple[str, str, dict[str, int | None]]]:
    facts = load_week(session, province_id, week, week.to_at)
    # What was opened later was not known then.
    known = tuple(finding for finding in facts.findings if finding.since < week.to_at)
    facts = replace(facts, findings=known)
    rules = Rules(policy.outdated_after_years, policy.escalation_reminder_days, reply_by=_friday(week))
    yield "province", province_id, make_digest(facts, "province", province_id, rules).figures
    for area_id, area in facts.areas.items():
        yield "area", area_id, make_digest(facts, "area", area_id, rules).figures
        for unit_id in area.unit_ids:
            yield "unit", unit_id, make_digest(facts, "unit", unit_id, rules).figures


def _friday(week: IsoWeek) -> date:
    return week.monday + timedelta(days=11)
