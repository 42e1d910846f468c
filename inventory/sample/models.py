"""Sorts of PCs that stand in communes. Models, processors and firmware dates fit each other; no PC here is a real one.

White boxes carry the placeholders that their makers never filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

OEM = "To be filled by O.E.M."

Data = dict[str, Any]
"""Data of one section, plain JSON."""


@dataclass(frozen=True, slots=True)
class Model:
    """One sort of PC. `cpu` is (brand, family, model, stepping, cores, threads, MHz)."""

    vendor: str
    name: str
    board: tuple[str, str]  # vendor, model
    chassis: int | None  # SMBIOS type 3 code
    bios: tuple[str, str, str]  # vendor, version, date as the firmware writes it
    cpu: tuple[str, int, int, int, int, int, float]
    ram_gib: int
    disk: tuple[str, int, bool | None, str]  # model, GB, rotational, bus
    os: str  # key of SYSTEMS
    serial: str  # how the serial number is made: dell | hp | lenovo | acer | oem | default | vm
    installed: int  # year of the running installation; 0: not known


MODELS: dict[str, Model] = {
    "opt3010": Model(
        "Dell Inc.",
        "OptiPlex 3010",
        ("Dell Inc.", "042P49"),
        3,
        ("Dell Inc.", "A05", "08/09/2012"),
        ("Intel(R) Core(TM) i3-3220 CPU @ 3.30GHz", 6, 58, 9, 2, 4, 3300.0),
        2,
        ("ST500DM002-1BD142", 500, True, "sata"),
        "win7_32",
        "dell",
        2013,
    ),
    "opt3020": Model(
        "Dell Inc.",
        "OptiPlex 3020",
        ("Dell Inc.", "04YP6J"),
        3,
        ("Dell Inc.", "A03", "04/14/2014"),
        ("Intel(R) Core(TM) i3-4150 CPU @ 3.50GHz", 6, 60, 3, 2, 4, 3500.0),
        4,
        ("WDC WD5000AAKX-75U6AA0", 500, True, "sata"),
        "win10",
        "dell",
        2021,
    ),
    "hp400": Model(
        "Hewlett-Packard",
        "HP ProDesk 400 G1 MT",
        ("Hewlett-Packard", "18E7"),
        6,
        ("Hewlett-Packard", "L02 v02.10", "11/25/2013"),
        ("Intel(R) Core(TM) i5-4570 CPU @ 3.20GHz", 6, 60, 3, 4, 4, 3200.0),
        4,
        ("ST500DM002-1BD142", 500, True, "sata"),
        "win10",
        "hp",
        2020,
    ),
    "elead": Model(
        "FPT",
        "FPT Elead M525",
        ("Gigabyte Technology Co., Ltd.", "H61M-DS2"),
        3,
        ("Award Software International, Inc.", "F6", "05/28/2013"),
        ("Intel(R) Pentium(R) CPU G2030 @ 3.00GHz", 6, 58, 9, 2, 2, 3000.0),
        2,
        ("ST3500413AS", 500, True, "sata"),
        "win7_32",
        "oem",
        2014,
    ),
    "white_h81": Model(
        OEM,
        OEM,
        ("ASUSTeK COMPUTER INC.", "H81M-K"),
        3,
        ("American Megatrends Inc.", "2201", "03/24/2015"),
        ("Intel(R) Core(TM) i3-4170 CPU @ 3.70GHz", 6, 60, 3, 2, 4, 3700.0),
        8,
        ("KINGSTON SA400S37240G", 240, False, "sata"),
        "win10",
        "oem",
        2022,
    ),
    "white_g41": Model(
        "Gigabyte Technology Co., Ltd.",
        "G41MT-S2",
        ("Gigabyte Technology Co., Ltd.", "G41MT-S2"),
        3,
        ("Award Software International, Inc.", "F2", "11/23/2010"),
        ("Intel(R) Core(TM)2 Duo CPU     E7500  @ 2.93GHz", 6, 23, 10, 2, 2, 2930.0),
        2,
        ("WDC WD1600AAJS-00L7A0", 160, True, "sata"),
        "win7_32",
        "oem",
        2012,
    ),
    "thinkpad_new": Model(
        "LENOVO",
        "20TA00H3VN",
        ("LENOVO", "20TA00H3VN"),
        10,
        ("LENOVO", "R1EET35W(1.35 )", "06/18/2021"),
        ("11th Gen Intel(R) Core(TM) i5-1135G7 @ 2.40GHz", 6, 140, 1, 4, 8, 2400.0),
        8,
        ("SAMSUNG MZALQ512HBLU-00BL2", 512, False, "nvme"),
        "win11",
        "lenovo",
        2022,
    ),
    "thinkpad_old": Model(
        "LENOVO",
        "20B6A05XVA",
        ("LENOVO", "20B6A05XVA"),
        10,
        ("LENOVO", "GJET71WW (2.21 )", "02/12/2014"),
        ("Intel(R) Core(TM) i5-4300U CPU @ 1.90GHz", 6, 69, 1, 2, 4, 1900.0),
        4,
        ("HGST HTS725050A7E630", 500, True, "sata"),
        "win10",
        "lenovo",
        2019,
    ),
    "veriton": Model(
        "Acer",
        "Veriton M2640G",
        ("Acer", "Veriton M2640G"),
        3,
        ("American Megatrends Inc.", "P21-A2", "08/15/2017"),
        ("Intel(R) Core(TM) i3-7100 CPU @ 3.90GHz", 6, 158, 9, 2, 4, 3900.0),
        4,
        ("TOSHIBA DT01ACA100", 1000, True, "sata"),
        "win10",
        "acer",
        2018,
    ),
    "veriton_old": Model(
        "Acer",
        "Veriton X2631G",
        ("Acer", "Veriton X2631G"),
        3,
        ("American Megatrends Inc.", "P11-A4", "10/07/2014"),
        ("Intel(R) Pentium(R) CPU G3240 @ 3.10GHz", 6, 60, 3, 2, 2, 3100.0),
        4,
        ("ST500DM002-1BD142", 500, True, "sata"),
        "win10",
        "acer",
        2020,
    ),
    "vostro": Model(
        "Dell Inc.",
        "Vostro 3671",
        ("Dell Inc.", "0H4VK7"),
        3,
        ("Dell Inc.", "1.3.2", "07/31/2019"),
        ("Intel(R) Core(TM) i3-9100 CPU @ 3.60GHz", 6, 158, 11, 4, 4, 3600.0),
        4,
        ("TOSHIBA DT01ACA100", 1000, True, "sata"),
        "win10",
        "dell",
        2019,
    ),
    "hp280": Model(
        "HP",
        "HP 280 Pro G6 Microtower PC",
        ("HP", "8768"),
        3,
        ("HP", "S05 Ver. 02.03.00", "09/22/2020"),
        ("Intel(R) Core(TM) i3-10100 CPU @ 3.60GHz", 6, 165, 3, 4, 8, 3600.0),
        8,
        ("WDC PC SN530 SDBPNPZ-256G-1006", 256, False, "nvme"),
        "win11",
        "hp",
        2022,
    ),
    "opt7010": Model(
        "Dell Inc.",
        "OptiPlex Tower 7010",
        ("Dell Inc.", "0YGWFV"),
        3,
        ("Dell Inc.", "1.9.1", "10/18/2023"),
        ("13th Gen Intel(R) Core(TM) i5-13500", 6, 191, 2, 14, 20, 2500.0),
        16,
        ("BC901 NVMe SK hynix 512GB", 512, False, "nvme"),
        "win11_new",
        "dell",
        2024,
    ),
    "neo50t": Model(
        "LENOVO",
        "12JBS0KP00",
        ("LENOVO", "3306"),
        3,
        ("LENOVO", "M5BKT1CA", "03/05/2024"),
        ("13th Gen Intel(R) Core(TM) i5-13400", 6, 191, 2, 10, 16, 2500.0),
        8,
        ("SAMSUNG MZVL8512HELU-00BLL", 512, False, "nvme"),
        "win11_new",
        "lenovo",
        2024,
    ),
    "vivobook": Model(
        "ASUSTeK COMPUTER INC.",
        "X441NA",
        ("ASUSTeK COMPUTER INC.", "X441NA"),
        10,
        ("American Megatrends Inc.", "X441NA.302", "06/13/2017"),
        ("Intel(R) Celeron(R) CPU N3350 @ 1.10GHz", 6, 92, 9, 2, 2, 1100.0),
        4,
        ("ST500LT012-1DG142", 500, True, "sata"),
        "win10",
        "acer",
        2019,
    ),
    "server": Model(
        "Dell Inc.",
        "PowerEdge T140",
        ("Dell Inc.", "0FG3GK"),
        17,
        ("Dell Inc.", "2.4.3", "01/07/2021"),
        ("Intel(R) Xeon(R) E-2224 CPU @ 3.40GHz", 6, 158, 10, 4, 4, 3400.0),
        16,
        ("ST1000NM0008-2F2100", 1000, True, "sata"),
        "server2019",
        "dell",
        2021,
    ),
    "virtual": Model(
        "Microsoft Corporation",
        "Virtual Machine",
        ("Microsoft Corporation", "Virtual Machine"),
        3,
        ("Microsoft Corporation", "Hyper-V UEFI Release v4.0", "11/26/2019"),
        ("Intel(R) Xeon(R) E-2224 CPU @ 3.40GHz", 6, 158, 10, 2, 2, 3400.0),
        4,
        ("Msft Virtual Disk", 127, None, "scsi"),
        "server2019",
        "vm",
        2021,
    ),
    "nameless": Model(  # its firmware says nothing, its processor is an engineering sample: an age nobody can tell
        "Default string",
        "Default string",
        ("Default string", "Default string"),
        None,
        ("American Megatrends Inc.", "5.12", ""),
        ("Genuine Intel(R) CPU 0000 @ 2.40GHz", 6, 0, 0, 2, 4, 2400.0),
        8,
        ("SSD 256GB", 256, False, "sata"),
        "win10",
        "default",
        0,
    ),
}
