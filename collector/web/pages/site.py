"""One site: does it work now, how was its month, what is in it, what is wrong, whom to call."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from fastapi import Request, Response

from collector.i18n import N_, translator, words
from collector.i18n.format import day, local, number
from collector.web.base import CurrentAccount, PageError, RowId, lang_of, now_of, page, page_router, store_of
from collector.web.evidence import built_years
from collector.web.scope import place
from collector.web.site_network import load_network, network_view
from collector.web.site_past import load_past
from inventory.domain.freshness import stale_days
from inventory.store.finding_lists import FindingFilter, list_findings
from inventory.store.machine_lists import MachineFilter, count_machines, list_machines
from inventory.store.policy import effective_policy
from inventory.store.scope import Scope
from inventory.store.sites import find_site

router = page_router("sites")

LAN_FACTS = {
    "pcs": N_("%(n)s máy tính có báo cáo mới về mạng"),
    "linked": N_("%(n)s máy đang nối mạng nội bộ"),
    "mobile_only": N_("%(n)s máy chỉ có mạng di động"),
    "networks": N_("%(n)s mạng riêng rẽ"),
    "devices": N_("%(n)s thiết bị gặp nhau trên cùng một mạng"),
    "scanned": N_("%(n)s thiết bị trả lời trong lần quét gần nhất"),
    "wired": N_("%(n)s máy tính nối bằng dây"),
    "wireless": N_("%(n)s máy tính chỉ nối không dây"),
    "dhcp": N_("%(n)s máy tính được cấp địa chỉ tự động"),
    "slow": N_("%(n)s máy tính nối chậm (10 Mb/s hoặc bán song công)"),
    "faulty": N_("%(n)s máy tính có cổng mạng nhiều lỗi"),
    "switches": N_("%(n)s thiết bị chuyển mạch tự báo"),
    "lldp": N_("%(n)s thiết bị tự giới thiệu (LLDP)"),
}
MACHINES_SHOWN = 30
FINDINGS_SHOWN = 20


@router.get("/dia-diem/{site_id}")
def show_site(request: Request, site_id: RowId, account: CurrentAccount) -> Response:
    now, lang = now_of(request), lang_of(request)
    today = local(now).date()
    with store_of(request).reading() as session:
        sheet = find_site(session, account.scope, site_id, now, today)
        if sheet is None:
            raise PageError(404, N_("Không tìm thấy địa điểm này"), N_("Chọn lại trong danh sách địa điểm."))
        here = MachineFilter(scope=account.scope, site_id=site_id)
        machines = list_machines(session, here, limit=MACHINES_SHOWN)
        machine_count = count_machines(session, here)
        findings = list_findings(
            session, FindingFilter(today=today, scope=account.scope, site_id=site_id), limit=FINDINGS_SHOWN
        )
        past = load_past(session, site_id, request.query_params.get("thang", ""), now, request.app.state.calendar, lang)
        network = load_network(session, account.scope, site_id, now, today)
        policy, _version = effective_policy(session, site_id)
    return page(
        request,
        "site.html",
        sheet=sheet,
        site=sheet.site,
        machines=machines,
        machine_count=machine_count,
        findings=findings,
        past=past,
        built_years=partial(built_years, lang=lang),
        lan_lines=lan_lines(sheet.site.lan_evidence, lang),
        net=network_view(network, lang),
        may_see_scans=account.role in place("scans").roles,
        may_enrol=account.role in place("tokens").roles,
        crumbs=_crumbs(request, account.scope, sheet.crumbs, sheet.area, sheet.site.name),
        stale_days=stale_days(sheet.site.last_contact_at, policy, now),
    )


def _crumbs(
    request: Request, scope: Scope, units: list[tuple[str, str]], area: str, name: str
) -> list[tuple[str, str]]:
    """Province › area › commune › site; only what the reader may open is a link."""
    steps = [(label, f"/don-vi/{unit_id}" if scope.covers(unit_id) else "") for unit_id, label in units]
    if area and steps:
        steps.insert(len(steps) - 1, (area, ""))
    return [*steps, (name, "")]


def lan_lines(evidence: list[Any] | None, lang: str) -> list[str]:
    """Evidence of the LAN state ({"fact", "value"}) in words; a fact without words is shown as it is stored."""
    _, lines = translator(lang), list[str]()
    for item in evidence or []:
        fact, value = (item.get("fact"), item.get("value")) if isinstance(item, dict) else ("", item)
        if fact == "declared":
            text = _("khai báo: %(state)s (%(day)s)")
            said_on = day(date.fromisoformat(item["day"]), lang) if item.get("day") else _("không rõ ngày")
            lines.append(text % {"state": words.word(words.LAN_STATES, str(value), lang), "day": said_on})
        elif fact == "conflict":
            lines.append(_("khai báo khác với kết quả đo; kết quả đo được dùng"))
        elif fact in LAN_FACTS and isinstance(value, int):
            if value or fact != "mobile_only":
                lines.append(_(LAN_FACTS[fact]) % {"n": number(value, lang)})
        else:
            lines.append(f"{fact}: {value}" if fact else str(value))
    return lines
