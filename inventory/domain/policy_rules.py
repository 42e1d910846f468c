"""What each policy key takes: kind of value, unit, bounds, source and status of the default. Pure data.

Status of a source: V1 legal text read through a public mirror; V2 press or official page; V3 seen in a public code
repository only; C computed; U general knowledge, unverified; NF not found. Anything but V1 is a proposal, not the law.
"""

from __future__ import annotations

from dataclasses import dataclass

STATUSES = ("V1", "V2", "V3", "C", "U", "NF")

GROUPS = ("age", "safety", "agent", "scan", "silence", "line", "meeting", "norm", "village", "mail", "retention")
"""In the order of the page; their headings, like the meaning of each key, are words of the collector."""


@dataclass(frozen=True)
class Rule:
    """One key. `low` and `high` are the bounds beyond which a value is doubtful and refused."""

    key: str
    group: str
    kind: str  # of policy_values._PARSERS
    unit: str  # years | gib | count | mhz | percent | seconds | minutes | hours | days | share | mbps | bytes | ms | bits | ""
    low: float | None
    high: float | None
    source: str
    status: str

    @property
    def attribute(self) -> str:
        return self.key.replace(".", "_")


_TOOL = "Đề xuất của phần mềm"
_TT48 = "TT 48/2023/TT-BTC, Điều 4(5)"
_TT06 = "TT 06/2026/TT-BKHCN, Điều 5(6)"
_QD15 = "QĐ 15/2025/QĐ-TTg"
_LETTER = "Mẫu thư của phần mềm"
_ITU = "ITU-T G.114, Y.1541"
_TEAMS = "Yêu cầu mạng của Microsoft Teams"
_MEETING = "Yêu cầu của Zoom, Huawei Meeting (dẫn lại)"
_POLITE = "Quy tắc quét lịch sự của phần mềm"

_ROWS: tuple[tuple[str, str, str, str, float | None, float | None, str, str], ...] = (
    ("outdated.after_years", "age", "float", "years", 2, 15, "TT 23/2023/TT-BTC, Phụ lục 1", "V3"),
    ("severe.after_years", "age", "float", "years", 3, 25, _TOOL, "U"),
    ("ram.min_gib", "age", "float", "gib", 1, 128, _TT48, "V1"),
    ("cores.min", "age", "int", "count", 1, 64, _TT48, "V1"),
    ("clock.min_mhz", "age", "int", "mhz", 500, 6000, _TT48, "V1"),
    ("disk.free_min_percent", "age", "float", "percent", 1, 50, _TOOL, "U"),
    ("os.support_end", "age", "dated", "", None, None, "Thông báo của hãng", "V2"),
    ("clock.wrong_s", "age", "int", "seconds", 30, 86400, _TOOL, "U"),
    ("stale.after_days", "age", "int", "days", 1, 366, _TOOL, "U"),
    ("heartbeat_s", "agent", "int", "seconds", 5, 3600, _TOOL, "U"),
    ("network_s", "agent", "int", "seconds", 5, 86400, _TOOL, "U"),
    ("inventory_s", "agent", "int", "seconds", 60, 604800, _TOOL, "U"),
    ("agent.internet_check_url", "agent", "url", "", None, None, "Trang kiểm tra mạng của Windows", "U"),
    ("agent.internet_check_text", "agent", "text", "", None, None, "Trang kiểm tra mạng của Windows", "U"),
    ("agent.reach_targets", "agent", "targets", "", None, None, _TOOL, "U"),
    ("agent.government_check", "agent", "target", "", None, None, _TOOL, "U"),
    ("agent.journal_s", "agent", "int", "seconds", 15, 600, _TOOL, "U"),
    ("agent.disabled_probes", "agent", "names", "", None, None, _TOOL, "U"),
    ("agent.spool_bytes", "agent", "int", "bytes", 262144, 268435456, _TOOL, "U"),
    ("agent.send_user_name", "agent", "bool", "", None, None, "Luật 91/2025 (dữ liệu cá nhân)", "V1"),
    ("update.max_days", "safety", "int", "days", 7, 730, _TOOL, "U"),
    ("antimalware.max_days", "safety", "int", "days", 1, 365, _TOOL, "U"),
    ("disk.life_max_percent", "safety", "int", "percent", 50, 200, _TOOL, "U"),
    ("scan.enabled", "scan", "bool", "", None, None, _POLITE, "U"),
    ("scan.gap_ms", "scan", "int", "ms", 25, 1000, _POLITE, "U"),
    ("scan.passes", "scan", "int", "count", 1, 3, _POLITE, "U"),
    ("scan.sweeps_per_day", "scan", "int", "count", 0, 4, _POLITE, "U"),
    ("scan.recheck_s", "scan", "int", "seconds", 600, 86400, _POLITE, "U"),
    ("scan.largest_prefix", "scan", "int", "bits", 22, 30, _POLITE, "U"),
    ("scan.from", "scan", "time", "", None, None, _TOOL, "U"),
    ("scan.to", "scan", "time", "", None, None, _TOOL, "U"),
    ("scan.lease_hours", "scan", "int", "hours", 1, 168, _TOOL, "U"),
    ("hygiene_s", "scan", "int", "seconds", 900, 86400, _TOOL, "U"),
    ("dhcp.probes_per_day", "scan", "int", "count", 0, 8, _POLITE, "U"),
    ("dns.known_names", "scan", "names_hosts", "", None, None, _TOOL, "U"),
    ("snmp.communities", "scan", "communities", "", None, None, _TOOL, "U"),
    ("snmp.users", "scan", "snmp_users", "", None, None, _TOOL, "U"),
    ("relay.enabled", "agent", "bool", "", None, None, _TOOL, "U"),
    ("relay.port", "agent", "int", "", 1024, 65535, _TOOL, "U"),
    ("relay.hosts", "agent", "relay_hosts", "", None, None, _TOOL, "U"),
    ("site.missed_heartbeats", "silence", "int", "count", 2, 100, _TOOL, "U"),
    ("site.prolonged_hours", "silence", "int", "hours", 1, 720, _TOOL, "U"),
    ("site.never_reported_days", "silence", "int", "days", 1, 180, _TOOL, "U"),
    ("flapping.min_cuts", "silence", "int", "count", 3, 100, _TOOL, "U"),
    ("flapping.window_hours", "silence", "int", "hours", 1, 168, _TOOL, "U"),
    ("machine.silent_minutes", "silence", "int", "minutes", 1, 100000, _TOOL, "U"),
    ("hours.default", "silence", "hours", "", None, None, "Giờ hành chính thông dụng", "U"),
    ("line.p95_max", "line", "float", "share", 0.1, 1, _TT06, "V1"),
    ("line.window_days", "line", "int", "days", 1, 92, _TT06, "V1"),
    ("line.sample_min", "line", "int", "minutes", 1, 60, _TT06, "V1"),
    ("line.median_min_mbps", "line", "float", "mbps", 1, 10000, "So với số đo i-Speed 8/2025", "U"),
    ("line.min_samples", "line", "int", "count", 12, 10000, _TOOL, "U"),
    ("line.paid_share_min", "line", "float", "share", 0.1, 1, "QCVN 34:2022/BTTTT (chưa đối chiếu)", "U"),
    ("line.min_tests", "line", "int", "count", 1, 200, _TOOL, "U"),
    ("line.quality_days", "line", "int", "days", 1, 60, _TOOL, "U"),
    ("line.reflector", "line", "line_reflector", "", None, None, _TOOL, "U"),
    ("line.ndt7", "line", "line_ndt7", "", None, None, _TOOL, "U"),
    ("line.stamp_s", "line", "int", "seconds", 60, 86400, _TOOL, "U"),
    ("line.stamp_packets", "line", "int", "count", 10, 600, _TOOL, "U"),
    ("line.tests_per_day", "line", "int", "count", 0, 24, _TOOL, "U"),
    ("line.budget_fibre_mb", "line", "int", "mb", 0, 1000000, _TOOL, "U"),
    ("line.budget_government_mb", "line", "int", "mb", 0, 1000000, _TOOL, "U"),
    ("line.budget_mobile_mb", "line", "int", "mb", 0, 1000000, _TOOL, "U"),
    ("line.budget_satellite_mb", "line", "int", "mb", 0, 1000000, _TOOL, "U"),
    ("line.budget_unknown_mb", "line", "int", "mb", 0, 1000000, _TOOL, "U"),
    ("service.min_tries", "line", "int", "count", 1, 500, _TOOL, "U"),
    ("service.down_share", "line", "float", "share", 0.5, 1, _TOOL, "U"),
    ("meeting.roles", "meeting", "names", "", None, None, _TOOL, "U"),
    ("meeting.ready_rtt_ms", "meeting", "float", "ms", 1, 5000, _TEAMS, "V2"),
    ("meeting.ready_jitter_ms", "meeting", "float", "ms", 1, 1000, _TEAMS, "V2"),
    ("meeting.ready_loss_percent", "meeting", "float", "percent", 0.01, 50, _TOOL, "U"),
    ("meeting.ready_mbps", "meeting", "float", "mbps", 0.05, 1000, _MEETING, "V2"),
    ("meeting.limited_rtt_ms", "meeting", "float", "ms", 1, 5000, _ITU, "V2"),
    ("meeting.limited_jitter_ms", "meeting", "float", "ms", 1, 1000, _ITU, "U"),
    ("meeting.limited_loss_percent", "meeting", "float", "percent", 0.01, 50, _MEETING, "U"),
    ("meeting.limited_mbps", "meeting", "float", "mbps", 0.05, 1000, _MEETING, "V2"),
    ("meeting.audio_loss_percent", "meeting", "float", "percent", 0.01, 50, _TOOL, "U"),
    ("meeting.audio_mbps", "meeting", "float", "mbps", 0.01, 1000, _MEETING, "V2"),
    ("meeting.min_measurements", "meeting", "int", "count", 3, 1000, _TOOL, "U"),
    ("meeting.max_age_days", "meeting", "int", "days", 1, 60, _TOOL, "U"),
    ("meeting.flaps", "meeting", "int", "count", 2, 100, _TOOL, "U"),
    ("norm.pc_per_official", "norm", "float", "count", 0.1, 3, _QD15, "V2"),
    ("norm.staff_per_printer", "norm", "float", "count", 1, 100, _QD15 + ", Phụ lục II", "V3"),
    ("norm.staff_per_scanner", "norm", "float", "count", 1, 200, _QD15 + ", Phụ lục II", "V3"),
    ("mobile.void_2g_from", "village", "date", "date", None, None, "VNPT, VietnamNet (dẫn lại)", "V3"),
    ("mobile.void_3g_from", "village", "date", "date", None, None, "VNPT, VietnamNet (dẫn lại)", "V3"),
    ("weekly.weekday", "mail", "weekday", "", None, None, _TOOL, "U"),
    ("weekly.time", "mail", "time", "", None, None, _TOOL, "U"),
    ("escalation.reminder_days", "mail", "ints", "days", 1, 366, _LETTER, "U"),
    ("retention.raw_days", "retention", "int", "days", 7, 1100, _TOOL, "U"),
    ("retention.rejected_days", "retention", "int", "days", 1, 1100, _TOOL, "U"),
)

_DUE = (
    "machine_outdated",
    "machine_unfit",
    "machine_silent",
    "clock_wrong",
    "site_disconnected",
    "site_no_lan",
    "site_never_reported",
    "site_flapping",
    "village_no_broadband",
    "village_no_signal",
    "identity_conflict",
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
    "line_saturated",
    "line_below_contract",
    "service_unreachable",
    "service_down",
    "meeting_not_ready",
)

RULES: dict[str, Rule] = {row[0]: Rule(*row) for row in _ROWS} | {
    f"due_days.{kind}": Rule(f"due_days.{kind}", "mail", "int", "days", 1, 1100, _TOOL, "U") for kind in _DUE
}
"""Every policy key, in the order of the page."""
