"""The offices of the sample province and the PCs in them, commune by commune. Everything here is invented.

Communes are named as they are called since 1 July 2025; `old` is the former commune in whose seat an office stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

HOURS: dict[str, list[list[str]]] = {
    "truong_hoc": [["mon-sat", "07:00-11:15"], ["mon-fri", "13:30-17:00"]],
    "van_hoa": [["mon-sat", "07:30-11:30"], ["mon-sat", "13:30-17:00"]],
}
"""Hours of roles that do not follow the policy's."""

STATE_SECRETS = "Loại trừ theo quy định bí mật nhà nước"


@dataclass(frozen=True, slots=True)
class SitePlan:
    """One place. `pcs` are keys of hardware.MODELS; without any, no agent was ever installed there."""

    role: str
    name: str
    pcs: tuple[str, ...] = ()
    provider: str = "VNPT"
    net: str = "switch"  # switch | hub | wifi | two_routers | modem: what the PCs see of their network
    lan_declared: str = ""
    pc_norm: int | None = None
    mbps: int | None = 150
    monthly_vnd: int | None = 550_000
    old: str = ""
    scenario: str = ""  # what happens here, see history.py and load.py
    habits: str = ""  # words about its LAN, see habits.py
    excluded: str = ""


def main(commune: str, pcs: str, **more: Any) -> SitePlan:
    """The main office."""
    return SitePlan("tru_so_chinh", f"Trụ sở UBND xã {commune}", tuple(pcs.split()), **more)


def second(old: str, pcs: str, **more: Any) -> SitePlan:
    """The second office, where a former commune had its seat."""
    name = f"Trụ sở 2 ({old[:1].lower()}{old[1:]} cũ)"
    return SitePlan("tru_so_khac", name, tuple(pcs.split()), old=old, **more)


def one_stop(commune: str, pcs: str, **more: Any) -> SitePlan:
    """The one-stop centre."""
    return SitePlan("trung_tam_hcc", f"Trung tâm Phục vụ hành chính công xã {commune}", tuple(pcs.split()), **more)


def other(role: str, name: str, pcs: str = "", **more: Any) -> SitePlan:
    """A school, health station, post-culture point or police office."""
    return SitePlan(role, name, tuple(pcs.split()), **more)


SITES: dict[str, tuple[SitePlan, ...]] = {
    "Vân Canh": (
        main(
            "Vân Canh",
            "neo50t neo50t hp280 opt3020 virtual",
            habits="ups http",
            pc_norm=24,
            lan_declared="working",
            mbps=300,
            monthly_vnd=1_100_000,
        ),
        second(
            "Xã Canh Hòa",
            "hp400 elead",
            provider="Viettel",
            net="hub",
            lan_declared="partial",
            pc_norm=8,
            habits="old_cable telnet http",
        ),
        one_stop("Vân Canh", "opt7010 vostro", pc_norm=6, lan_declared="working", mbps=200, monthly_vnd=700_000),
        other(
            "cong_an",
            "Công an xã Vân Canh",
            pc_norm=None,
            mbps=None,
            monthly_vnd=None,
            excluded=STATE_SECRETS,
        ),
        other("truong_hoc", "Trường Tiểu học Vân Canh", "veriton", provider="Viettel", pc_norm=12),
    ),
    "Canh Liên": (
        main(
            "Canh Liên",
            "opt3010 hp400 veriton",
            net="wifi",
            pc_norm=14,
            scenario="proven",
            mbps=80,
            monthly_vnd=400_000,
        ),
        other("tram_y_te", "Trạm Y tế xã Canh Liên", provider="Viettel", pc_norm=3),
        other(
            "van_hoa",
            "Điểm Bưu điện - Văn hóa xã Canh Liên",
            lan_declared="none",
            mbps=None,
            monthly_vnd=None,
        ),
    ),
    "Canh Vinh": (
        main(
            "Canh Vinh",
            "neo50t opt3020 vostro white_h81",
            habits="default_printer",
            pc_norm=22,
            lan_declared="working",
            mbps=200,
            monthly_vnd=800_000,
        ),
        second("Xã Canh Hiển", "hp400 opt3010", pc_norm=7, lan_declared="partial", net="hub", habits="captive"),
        one_stop("Canh Vinh", "hp280", provider="Viettel", pc_norm=5),
        other(
            "tram_y_te",
            "Trạm Y tế xã Canh Vinh",
            "vivobook",
            scenario="closes_early",
            habits="hotspot",
            net="wifi",
            pc_norm=3,
            mbps=60,
        ),
    ),
    "Vĩnh Thạnh": (
        main(
            "Vĩnh Thạnh",
            "opt7010 neo50t hp280 vostro server",
            habits="ups_old nas",
            pc_norm=26,
            lan_declared="working",
            mbps=300,
            monthly_vnd=1_100_000,
        ),
        second("Xã Vĩnh Hảo", "hp400 opt3020", net="two_routers", pc_norm=8),
        one_stop("Vĩnh Thạnh", "opt7010 thinkpad_new", pc_norm=6, lan_declared="working", mbps=200),
        other("truong_hoc", "Trường THCS Vĩnh Thạnh", provider="Viettel", pc_norm=15, lan_declared="working"),
    ),
    "Vĩnh Sơn": (
        main(
            "Vĩnh Sơn",
            "opt3020 hp400 elead thinkpad_old",
            habits="rogue_dhcp",
            net="hub",
            pc_norm=16,
            lan_declared="partial",
            mbps=80,
            monthly_vnd=400_000,
        ),
        second(
            "Xã Vĩnh Kim",
            "white_g41 opt3010",
            net="modem",
            scenario="cut",
            lan_declared="none",
            pc_norm=8,
            mbps=40,
            monthly_vnd=300_000,
        ),
        other("truong_hoc", "Trường PTDTBT Vĩnh Sơn", "veriton_old", provider="Viettel", pc_norm=10, mbps=60),
        other("tram_y_te", "Trạm Y tế xã Vĩnh Sơn", mbps=None, monthly_vnd=None, pc_norm=3, lan_declared="none"),
    ),
    "Vĩnh Thịnh": (
        main("Vĩnh Thịnh", "vostro opt3020 elead", scenario="power", pc_norm=18, lan_declared="working"),
        second("Xã Vĩnh Hiệp", "hp400 white_g41", scenario="power", net="hub", pc_norm=7),
        other("van_hoa", "Điểm Bưu điện - Văn hóa xã Vĩnh Thịnh", "", mbps=30, monthly_vnd=200_000),
    ),
    "Vĩnh Quang": (
        main(
            "Vĩnh Quang",
            "hp280 veriton opt3020 white_h81",
            habits="default_snmp http",
            scenario="clock",
            provider="Viettel",
            pc_norm=20,
            mbps=150,
        ),
        second("Xã Vĩnh Thuận", "opt3010", net="wifi", pc_norm=6, mbps=60, monthly_vnd=330_000),
        one_stop("Vĩnh Quang", "thinkpad_new vostro", pc_norm=5, lan_declared="working"),
    ),
    "An Lão": (
        main(
            "An Lão",
            "neo50t opt7010 hp280 white_h81 white_h81",
            habits="ups nas",
            scenario="twin",
            pc_norm=25,
            lan_declared="working",
            mbps=300,
            monthly_vnd=1_100_000,
        ),
        second("Xã An Tân", "veriton hp400", provider="Viettel", pc_norm=8, habits="tampering"),
        one_stop("An Lão", "opt7010 vostro", pc_norm=6, lan_declared="working", mbps=200),
        other("tram_y_te", "Trạm Y tế xã An Lão", "nameless", pc_norm=4, habits="scan_off"),
    ),
    "An Vinh": (
        main("An Vinh", "opt3020 hp400 opt3010", net="hub", habits="clash", pc_norm=15, mbps=80, monthly_vnd=400_000),
        second("Xã An Trung", "elead", provider="Viettel", net="wifi", scenario="never", pc_norm=6, mbps=60),
        other("tram_y_te", "Trạm Y tế xã An Vinh", mbps=None, monthly_vnd=None, lan_declared="none"),
    ),
    "An Toàn": (
        main(
            "An Toàn",
            "opt3010 white_g41 vivobook",
            net="modem",
            scenario="flaps",
            lan_declared="none",
            pc_norm=12,
            mbps=30,
            monthly_vnd=300_000,
        ),
        second("Xã An Nghĩa", "", provider="Viettel", mbps=None, monthly_vnd=None, lan_declared="none", pc_norm=5),
        other("van_hoa", "Điểm Bưu điện - Văn hóa xã An Toàn", mbps=None, monthly_vnd=None),
    ),
    "An Hòa": (
        main(
            "An Hòa",
            "vostro veriton opt3020 thinkpad_old",
            habits="gone",
            scenario="gone",
            pc_norm=21,
            lan_declared="working",
            mbps=200,
            monthly_vnd=700_000,
        ),
        second("Xã An Quang", "opt3010 elead", provider="Viettel", net="two_routers", pc_norm=7, mbps=80),
        one_stop("An Hòa", "hp280 hp400", pc_norm=5),
        other("truong_hoc", "Trường PTDTBT An Hòa", "veriton_old", pc_norm=12, lan_declared="partial"),
    ),
}

AREAS: tuple[tuple[str, str, str], ...] = (
    ("Vân Canh", "Khu vực Vân Canh (huyện cũ)", "vancanh"),
    ("Vĩnh Thạnh", "Khu vực Vĩnh Thạnh (huyện cũ)", "vinhthanh"),
    ("An Lão", "Khu vực An Lão (huyện cũ)", "anlao"),
)
"""Former district, name of the area, name in mail addresses."""
