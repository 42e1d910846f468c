"""Every threshold of the product, typed. Defaults in code; config/policy.toml says the same, a test proves it.

A policy is the default with overrides laid over it, from wide to narrow: all < province < unit < site. What a key
means, its unit, source and status stand in policy_rules.py; what values it takes, in policy_values.py. Pure.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from inventory.domain.hours import Hours
from inventory.domain.policy_rules import RULES, Rule
from inventory.domain.policy_values import Pairs, parse_value, plain_value
from inventory.domain.problem import BadValue

__all__ = ["DEFAULT_POLICY", "RULES", "BadValue", "Policy", "Rule", "parse_values", "resolve", "seed_values"]


@dataclass(frozen=True)
class Policy:
    """Attribute = key with dots replaced by underscores. Units: policy_rules.RULES."""

    outdated_after_years: float = 5.0
    severe_after_years: float = 8.0
    ram_min_gib: float = 8.0
    cores_min: int = 2
    clock_min_mhz: int = 2000
    disk_free_min_percent: float = 10.0
    os_support_end: Pairs = (
        ("windows xp", "2014-04-08"),
        ("windows vista", "2017-04-11"),
        ("windows 7", "2020-01-14"),
        ("windows 8", "2016-01-12"),
        ("windows 8.1", "2023-01-10"),
        ("windows 10", "2025-10-14"),
    )
    clock_wrong_s: int = 300
    stale_after_days: int = 30
    heartbeat_s: int = 300
    network_s: int = 1800
    inventory_s: int = 86400
    site_missed_heartbeats: int = 3
    site_prolonged_hours: int = 24
    site_never_reported_days: int = 7
    flapping_min_cuts: int = 6
    flapping_window_hours: int = 24
    machine_silent_minutes: int = 1440
    hours_default: Hours = (("mon-fri", "07:30-11:30"), ("mon-fri", "13:30-17:00"))
    weekly_weekday: str = "mon"
    weekly_time: str = "07:00"
    line_p95_max: float = 0.90
    line_window_days: int = 7
    line_sample_min: int = 5
    line_median_min_mbps: float = 30.0
    line_min_samples: int = 288
    line_paid_share_min: float = 0.8
    line_min_tests: int = 3
    line_quality_days: int = 14
    line_reflector: str = ""
    line_ndt7: str = ""
    line_stamp_s: int = 900
    line_stamp_packets: int = 60
    line_tests_per_day: int = 4
    line_budget_fibre_mb: int = 20000
    line_budget_government_mb: int = 4000
    line_budget_mobile_mb: int = 300
    line_budget_satellite_mb: int = 150
    line_budget_unknown_mb: int = 300
    service_min_tries: int = 4
    service_down_share: float = 0.8
    meeting_roles: tuple[str, ...] = ("tru_so_chinh",)
    meeting_ready_rtt_ms: float = 100.0
    meeting_ready_jitter_ms: float = 30.0
    meeting_ready_loss_percent: float = 0.5
    meeting_ready_mbps: float = 4.0
    meeting_limited_rtt_ms: float = 300.0
    meeting_limited_jitter_ms: float = 50.0
    meeting_limited_loss_percent: float = 2.0
    meeting_limited_mbps: float = 1.5
    meeting_audio_loss_percent: float = 5.0
    meeting_audio_mbps: float = 0.15
    meeting_min_measurements: int = 20
    meeting_max_age_days: int = 7
    meeting_flaps: int = 3
    norm_pc_per_official: float = 1.0
    norm_staff_per_printer: float = 3.0
    norm_staff_per_scanner: float = 15.0
    escalation_reminder_days: tuple[int, ...] = (7, 14, 30)
    due_days_machine_outdated: int = 90
    due_days_machine_unfit: int = 90
    due_days_machine_silent: int = 14
    due_days_clock_wrong: int = 14
    due_days_site_disconnected: int = 3
    due_days_site_no_lan: int = 90
    due_days_site_never_reported: int = 14
    due_days_site_flapping: int = 14
    due_days_village_no_broadband: int = 180
    due_days_village_no_signal: int = 180
    due_days_identity_conflict: int = 14
    due_days_machine_unsafe: int = 30
    due_days_machine_wmi_damaged: int = 60
    due_days_lan_rogue_dhcp: int = 7
    due_days_lan_second_router: int = 30
    due_days_lan_address_clash: int = 7
    due_days_lan_captive: int = 7
    due_days_lan_hotspot: int = 30
    due_days_lan_dns_tampering: int = 7
    due_days_lan_default_snmp: int = 30
    due_days_lan_open_management: int = 30
    due_days_lan_no_ipv6: int = 180
    due_days_line_saturated: int = 90
    due_days_line_below_contract: int = 30
    due_days_service_unreachable: int = 7
    due_days_service_down: int = 3
    due_days_meeting_not_ready: int = 30
    retention_raw_days: int = 90
    retention_rejected_days: int = 90
    agent_internet_check_url: str = "http://www.msftconnecttest.com/connecttest.txt"
    agent_internet_check_text: str = "Microsoft Connect Test"
    agent_reach_targets: Pairs = ()
    agent_disabled_probes: tuple[str, ...] = ()
    agent_government_check: str = ""
    agent_journal_s: int = 60
    agent_spool_bytes: int = 8 * 1024 * 1024
    agent_send_user_name: bool = False
    update_max_days: int = 60
    antimalware_max_days: int = 14
    disk_life_max_percent: int = 90
    scan_enabled: bool = True
    scan_gap_ms: int = 30
    scan_passes: int = 2
    scan_sweeps_per_day: int = 1
    scan_recheck_s: int = 3600
    scan_largest_prefix: int = 22
    scan_from: str = "08:00"
    scan_to: str = "16:30"
    scan_lease_hours: int = 6
    hygiene_s: int = 14400
    dhcp_probes_per_day: int = 3
    dns_known_names: tuple[str, ...] = ("chinhphu.vn", "www.google.com")
    snmp_communities: tuple[str, ...] = ("public",)
    snmp_users: tuple[tuple[str, ...], ...] = ()
    relay_enabled: bool = False
    relay_port: int = 8737
    relay_hosts: tuple[str, ...] = ()
    mobile_void_2g_from: date = date(2026, 9, 15)
    mobile_void_3g_from: date = date(2028, 9, 30)

    def get(self, key: str) -> Any:
        """Value by key ("outdated.after_years"). Raises KeyError."""
        return getattr(self, RULES[key].attribute)

    def due_days(self, kind: str) -> int:
        """Days that a finding of this kind is given. Raises AttributeError for an unknown kind."""
        return int(getattr(self, "due_days_" + kind))

    @property
    def silence_grace_s(self) -> float:
        """Seconds without any contact that still count as heard."""
        return float(self.heartbeat_s * self.site_missed_heartbeats)

    @property
    def line_budgets_mb(self) -> dict[str, int]:
        """Megabytes a month for tests of a line, by its class; "" where that is not known."""
        return {
            "fibre": self.line_budget_fibre_mb,
            "government": self.line_budget_government_mb,
            "mobile": self.line_budget_mobile_mb,
            "satellite": self.line_budget_satellite_mb,
            "": self.line_budget_unknown_mb,
        }

    @property
    def contact_gap_s(self) -> float:
        """Seconds without contact that begin a new contact interval: one lost heartbeat is bridged, no more."""
        return min(self.silence_grace_s, 2.0 * self.heartbeat_s + 30.0)


DEFAULT_POLICY = Policy()

# (narrower or smaller key, wider or larger key): the first must not exceed the second.
_ORDERED = (
    ("outdated.after_years", "severe.after_years"),
    ("heartbeat_s", "network_s"),
    ("network_s", "inventory_s"),
    ("mobile.void_2g_from", "mobile.void_3g_from"),
    ("scan.from", "scan.to"),
    ("meeting.ready_rtt_ms", "meeting.limited_rtt_ms"),
    ("meeting.ready_jitter_ms", "meeting.limited_jitter_ms"),
    ("meeting.ready_loss_percent", "meeting.limited_loss_percent"),
    ("meeting.limited_loss_percent", "meeting.audio_loss_percent"),
    ("meeting.audio_mbps", "meeting.limited_mbps"),
    ("meeting.limited_mbps", "meeting.ready_mbps"),
)


def parse_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Overrides by key -> the same keys with typed values. Raises BadValue naming the first wrong key."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        rule = RULES.get(key)
        if rule is None:
            raise BadValue(key, "không có ngưỡng nào tên này", _near(key), near=_closest(key))
        found[key] = parse_value(rule, value)
    return found


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values by key -> what JSON can hold (dates as text, tuples as lists)."""
    return {key: plain_value(value) for key, value in values.items()}


def resolve(base: Policy, overrides: Iterable[Mapping[str, Any]]) -> Policy:
    """`base` with overrides laid over it in the order given (all, province, unit, site). Raises BadValue."""
    changes: dict[str, Any] = {}
    for values in overrides:
        for key, value in parse_values(values).items():
            changes[RULES[key].attribute] = value
    if not changes:
        return base
    policy = dataclasses.replace(base, **changes)
    check(policy)
    return policy


def check(policy: Policy) -> None:
    """Values that contradict each other are refused with both keys named. Raises BadValue."""
    for low, high in _ORDERED:
        if policy.get(low) > policy.get(high):
            raise BadValue(
                low,
                "({low_value}) không được lớn hơn {high} ({high_value})",
                "giảm {low} hoặc tăng {high}",
                low=low,
                low_value=_said(policy.get(low)),
                high=high,
                high_value=_said(policy.get(high)),
            )


def _said(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def seed_values(text: str) -> dict[str, Any]:
    """Text of config/policy.toml -> the values that differ from the defaults in code. Raises BadValue.

    The file describes every key as a table; only `default` is read here, so that a province may ship its own.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadValue("policy.toml", "không đọc được: {error}", "sửa dòng đã nêu", error=str(error)) from None
    values = parse_values({key: table.get("default") for key, table in flatten(document).items()})
    return {key: value for key, value in values.items() if value != DEFAULT_POLICY.get(key)}


def flatten(document: Mapping[str, Any], prefix: str = "") -> dict[str, dict[str, Any]]:
    """Nested tables of the file -> {key: its table}; a table that has `default` describes one key."""
    found: dict[str, dict[str, Any]] = {}
    for name, table in document.items():
        key = prefix + name
        if not isinstance(table, dict):
            raise BadValue(key, "phải là một bảng có khóa default", "viết [{key}] rồi default = ...", key=key)
        if "default" in table and not isinstance(table["default"], dict):
            found[key] = table
        else:
            found.update(flatten(table, key + "."))
    return found


def _closest(key: str) -> str:
    return next(iter(difflib.get_close_matches(key, RULES, n=1, cutoff=0.6)), "")


def _near(key: str) -> str:
    return "có phải {near}?" if _closest(key) else "xem danh sách trong config/policy.toml"
