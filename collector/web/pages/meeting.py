"""Video meetings: how fit each point is; and before a meeting, which points will fail and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Form, Request, Response
from sqlmodel import Session

from collector.i18n import N_, format, line_words
from collector.i18n.words import word
from collector.web.base import (
    CurrentAccount,
    PageError,
    RowId,
    address_of,
    lang_of,
    now_of,
    page,
    page_router,
    redirect,
    require_role,
    store_of,
    text_of,
)
from collector.web.csv_file import csv_response
from collector.web.line_view import place_key
from collector.web.paging import ListQuery
from inventory.domain.hours import DEFAULT_CALENDAR, VN_TIME, Calendar
from inventory.domain.policy import Policy
from inventory.store.machine_lists import narrow
from inventory.store.meetings import CheckedPoint, MeetingCheck, PointRow, check_points, list_points, set_point
from inventory.store.policy import effective_policy
from inventory.store.scope import Scope
from inventory.store.sites import place_choices
from inventory.store.tables import Site

PATH = "/hop-truc-tuyen"
router = page_router(place_key(PATH))
CHECK = PATH + "/kiem-tra"
CHOICES: Mapping[str, bool | None] = {"co": True, "khong": False, "theo-loai": None}
_ORDER = {"not_ready": 0, "audio": 1, "unknown": 2, "limited": 3, "ready": 4}


@router.get(PATH)
def show_points(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    grade = query.choice("muc", line_words.GRADES)
    with store_of(request).reading() as session:
        scope, areas, units = _place(query, session, account.scope, now)
        everything = list_points(session, scope, now)
        policy, _version = effective_policy(session)
    rows = [row for row in everything if grade in ("", row.grade)]
    rows.sort(key=lambda row: _ORDER.get(row.grade, 2))
    return page(
        request,
        "meeting.html",
        query=query,
        rows=rows,
        total=len(everything),
        counts={code: sum(row.grade == code for row in everything) for code in line_words.GRADES},
        areas=areas,
        units=units,
        policy=policy,
        line_words=line_words,
        figure=lambda row, name: _figure(row.readiness, name, lang),
        meet_day=_next_working(request, now),
        may_change=account.role in ("admin", "officer"),
        csv_url=query.url().replace(PATH, PATH + ".csv", 1),
        **_limits(policy, lang),
    )


@router.get(PATH + ".csv")
def download_points(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    grade = query.choice("muc", line_words.GRADES)
    with store_of(request).reading() as session:
        scope, _areas, _units = _place(query, session, account.scope, now)
        rows = [row for row in list_points(session, scope, now) if grade in ("", row.grade)]
    _ = text_of(request)
    names = (N_("Xã"), N_("Điểm cầu"), N_("Nhà cung cấp"), N_("Mức"), N_("Chặn bởi"))
    head = [_(name) for name in names] + [
        f"{word(line_words.DIMENSIONS, name, lang)} ({line_words.UNIT_OF[name]})" for name in line_words.UNIT_OF
        if name not in ("loss_up", "loss_down")
    ]  # fmt: skip
    return csv_response("diem-cau", format.local(now), head, (_csv_row(row, lang) for row in rows))


@router.get(CHECK)
def show_check(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        scope, areas, units = _place(query, session, account.scope, now)
        policy, _version = effective_policy(session)
        at, mbps = _asked(query, policy, now)
        check = check_points(session, scope, now, _calendar(request), mbps, at)
    return page(
        request,
        "meeting_check.html",
        query=query,
        check=check,
        at=at,
        mbps=mbps,
        mbps_said=line_words.figure(mbps, "Mb/s", lang),
        areas=areas,
        units=units,
        line_words=line_words,
        reasons=lambda item: _reasons(item, lang),
        figure=lambda item, name: _graded(item, name, lang),
        csv_url=query.url().replace(CHECK, CHECK + ".csv", 1),
        crumbs=[(text_of(request)(N_("Họp trực tuyến")), PATH), (text_of(request)(N_("Kiểm tra trước cuộc họp")), "")],
    )


@router.get(CHECK + ".csv")
def download_check(request: Request, account: CurrentAccount) -> Response:
    query, now, lang = ListQuery(request), now_of(request), lang_of(request)
    with store_of(request).reading() as session:
        scope, _areas, _units = _place(query, session, account.scope, now)
        policy, _version = effective_policy(session)
        at, mbps = _asked(query, policy, now)
        check = check_points(session, scope, now, _calendar(request), mbps, at)
    _ = text_of(request)
    head = [
        _(name) for name in (N_("Xã"), N_("Điểm cầu"), N_("Nhà cung cấp"), N_("Dự kiến"), N_("Vì sao"), N_("Liên hệ"))
    ]
    return csv_response("kiem-tra-truoc-hop", format.local(now), head, _check_rows(check, lang))


@router.post(PATH + "/{site_id}/diem-cau", dependencies=[Depends(require_role("admin", "officer"))])
def change_point(
    request: Request, site_id: RowId, account: CurrentAccount, chosen: Annotated[str, Form(alias="la")]
) -> Response:
    if chosen not in CHOICES:
        raise PageError(422, N_("Lựa chọn không hợp lệ"), N_("Chọn có, không hoặc theo loại địa điểm."))
    with store_of(request).session() as session:
        site = session.get(Site, site_id)
        if site is None or not account.scope.covers(site.unit_id):
            raise PageError(404, N_("Không tìm thấy địa điểm này"), N_("Chọn lại trong danh sách địa điểm."))
        set_point(session, site, CHOICES[chosen], account.login, now_of(request), address_of(request))
        name = site.name
    return redirect(PATH, flash=N_("Đã lưu lựa chọn điểm cầu cho %(name)s."), name=name)


def _place(
    query: ListQuery, session: Session, scope: Scope, now: datetime
) -> tuple[Scope, list[tuple[int, str]], list[tuple[str, str]]]:
    day = format.local(now).date()
    areas, units = place_choices(session, scope, day)
    return narrow(session, scope, query.number("khu-vuc"), query.text("xa", 24), day), areas, units


def _asked(query: ListQuery, policy: Policy, now: datetime) -> tuple[datetime | None, float]:
    """The time and the rate of the meeting; what cannot be understood is noted and left out."""
    mbps = policy.meeting_ready_mbps
    written = query.text("mbps", 12).replace(",", ".")
    if written:
        try:
            wanted = float(written)
        except ValueError:
            wanted = 0.0
        if 0 < wanted <= 1000:
            mbps = wanted
        else:
            query.problems.append(f"mbps={written}")
    day, clock = query.text("ngay", 10), query.text("gio", 5) or "08:00"
    if not day:
        return None, mbps
    try:
        at = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=VN_TIME)
    except ValueError:
        query.problems.append(f"ngay={day} gio={clock}")
        return None, mbps
    if at < now - timedelta(minutes=5) or at > now + timedelta(days=400):
        query.problems.append(f"ngay={day} gio={clock}")
        return None, mbps
    return at, mbps


def _calendar(request: Request) -> Calendar:
    calendar: Calendar = getattr(request.app.state, "calendar", DEFAULT_CALENDAR)
    return calendar


def _next_working(request: Request, now: datetime) -> str:
    """The next working day, for the form."""
    return _calendar(request).next_working_day(format.local(now).date() + timedelta(days=1)).isoformat()


def _figure(said: Mapping[str, Any] | None, name: str, lang: str) -> str:
    """p90 of a dimension as stored; "" when it is not known."""
    found = said["dimensions"].get(name) if said else None
    if not found or found["value"] is None:
        return ""
    return ("≥ " if found["at_least"] else "") + line_words.figure(found["value"], line_words.UNIT_OF[name], lang)


def _graded(item: CheckedPoint, name: str, lang: str) -> str:
    found = item.readiness.of(name)
    if found.value is None:
        return ""
    return ("≥ " if found.at_least else "") + line_words.figure(found.value, line_words.UNIT_OF[name], lang)


def _reasons(item: CheckedPoint, lang: str) -> list[str]:
    codes = item.forecast.reasons or item.forecast.notes
    return [line_words.why(code, item.readiness, lang) for code in codes]


def _limits(policy: Policy, lang: str) -> dict[str, Any]:
    """The thresholds in words, under the list."""

    def said(name: str, unit: str) -> str:
        return line_words.figure(policy.get(f"meeting.{name}"), unit, lang)

    return {
        "ready": [
            said("ready_rtt_ms", "ms"), said("ready_jitter_ms", "ms"), said("ready_loss_percent", "%"),
            said("ready_mbps", "Mb/s"),
        ],
        "limited": [
            said("limited_rtt_ms", "ms"), said("limited_jitter_ms", "ms"), said("limited_loss_percent", "%"),
            said("limited_mbps", "Mb/s"),
        ],
        "audio": [said("audio_loss_percent", "%"), said("audio_mbps", "Mb/s")],
    }  # fmt: skip


def _csv_row(row: PointRow, lang: str) -> list[Any]:
    said = row.readiness or {"blocked_by": "", "dimensions": {}}
    blocked = word(line_words.DIMENSIONS, said["blocked_by"], lang) if said["blocked_by"] else ""
    values = [(said["dimensions"].get(name) or {}).get("value") for name in ("rtt", "jitter", "loss", "down", "up")]
    return [
        row.unit_name, row.site.name, row.site.provider, word(line_words.GRADES, row.grade, lang), blocked, *values,
    ]  # fmt: skip


def _check_rows(check: MeetingCheck, lang: str) -> Iterator[list[Any]]:
    for item in check.points:
        site = item.row.site
        contact = " ".join(part for part in (site.contact_name, site.contact_phone) if part)
        verdict = word(line_words.FORECASTS, item.forecast.verdict, lang)
        yield [item.row.unit_name, site.name, site.provider, verdict, "; ".join(_reasons(item, lang)), contact]
