"""A site's networks, who scans them, what stands on them and what is wrong with them: read once, then put in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from collector.i18n import N_, device_words, translator
from collector.i18n import words as codes
from collector.i18n.remedies import REMEDIES
from collector.web.device_view import DeviceView, device_view
from inventory.domain.lan_hygiene import KINDS
from inventory.store.device_lists import DeviceFilter, count_devices, devices_at
from inventory.store.finding_lists import FindingFilter, FindingRow, list_findings
from inventory.store.policy import effective_policy
from inventory.store.scan_lists import LanRow, ScanFilter, ScanRow, list_scans, networks_of, scan_totals
from inventory.store.scope import Scope
from inventory.store.tables import Agent, Lan, NetworkDevice

DEVICES_SHOWN = 60
SCANS_SHOWN = 10
LAN_KINDS = (*KINDS, "site_no_lan")
MAKERS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class SiteNetwork:
    """As read from the store."""

    networks: list[LanRow]
    devices: list[NetworkDevice]
    device_count: int
    scans: list[ScanRow]
    scan_count: int
    findings: list[FindingRow]
    allowed: bool  # by the policy of the site


@dataclass(frozen=True, slots=True)
class NetworkView:
    lan: Lan
    members: int
    scanner: Agent | None
    makers: str  # "VNPT 1, Dell 2, 3 máy tự đặt địa chỉ"
    why: str  # why this PC was elected
    why_not: str  # why nobody scans


@dataclass(frozen=True, slots=True)
class SiteNetworkView:
    networks: list[NetworkView]
    devices: list[DeviceView]
    device_count: int
    scans: list[ScanRow]
    scan_count: int
    findings: list[tuple[FindingRow, str]]  # with the remedy


def load_network(session: Session, scope: Scope, site_id: int, now: datetime, today: date) -> SiteNetwork:
    """Everything about the networks of a site that the reader may see."""
    here, scans = DeviceFilter(scope=scope, site_id=site_id), ScanFilter(scope=scope, site_id=site_id)
    policy, _version = effective_policy(session, site_id)
    found = list_findings(session, FindingFilter(today=today, scope=scope, site_id=site_id), limit=100)
    return SiteNetwork(
        networks_of(session, site_id, now),
        devices_at(session, site_id, DEVICES_SHOWN),
        count_devices(session, here),
        list_scans(session, scans, limit=SCANS_SHOWN),
        scan_totals(session, scans).scans,
        [row for row in found if row.finding.kind in LAN_KINDS],
        policy.scan_enabled and policy.scan_sweeps_per_day > 0,
    )


def network_view(found: SiteNetwork, lang: str) -> SiteNetworkView:
    """The same in words."""
    _ = translator(lang)
    return SiteNetworkView(
        [_network(row, found.allowed, lang) for row in found.networks],
        [device_view(device, lang) for device in found.devices],
        found.device_count,
        found.scans,
        found.scan_count,
        [(row, _(REMEDIES.get(row.finding.kind, ""))) for row in found.findings],
    )


def _network(row: LanRow, allowed: bool, lang: str) -> NetworkView:
    why = codes.word(device_words.ELECTED, row.lan.elected_why, lang) if row.lan.elected_why else ""
    return NetworkView(
        row.lan, row.members, row.scanner, makers_text(row.lan.vendors, lang), why, _why_not(row, allowed, lang)
    )


def _why_not(row: LanRow, allowed: bool, lang: str) -> str:
    """Why nobody holds the lease; "" when somebody does."""
    _ = translator(lang)
    if row.scanner is not None:
        return ""
    if not allowed:
        return _(N_("Chính sách đang tắt việc quét tại địa điểm này."))
    if not row.members:
        return _(N_("Không còn máy tính có trạm thu thập nào trong mạng này."))
    told = [codes.word(device_words.SCAN_OFF, code, lang) for code in row.offs if code != "no_lease"]
    if told:
        return _(N_("Máy tính trong mạng báo: %(reasons)s.")) % {"reasons": "; ".join(told)}
    return _(N_("Chưa có máy tính nào trong mạng đang bật và đủ điều kiện."))


def makers_text(vendors: list[object] | None, lang: str) -> str:
    """ "[[maker, number]]" in words, the most frequent first; "?" are devices that make up their own address."""
    _ = translator(lang)
    pairs = [pair for pair in vendors or () if isinstance(pair, list | tuple) and len(pair) == 2]
    counts: dict[str, tuple[str, int]] = {}  # the registry writes one maker in several ways: "TP-LINK", "TP-Link"
    for name, count in pairs:
        first, sum_ = counts.get(str(name).lower(), (str(name), 0))
        counts[str(name).lower()] = (first, sum_ + int(count))
    made_up, nameless = (counts.pop(key, ("", 0))[1] for key in ("?", ""))
    ordered = sorted(counts.values(), key=lambda item: -item[1])
    named = [f"{name} {count}" for name, count in ordered]
    shown = named[:MAKERS_SHOWN]
    if len(named) > MAKERS_SHOWN:
        shown.append(_(N_("và %(n)s hãng khác")) % {"n": len(named) - MAKERS_SHOWN})
    if made_up:
        shown.append(_(N_("%(n)s máy tự đặt địa chỉ (thường là điện thoại)")) % {"n": made_up})
    if nameless:
        shown.append(_(N_("%(n)s chưa rõ hãng")) % {"n": nameless})
    return ", ".join(shown)
