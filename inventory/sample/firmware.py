"""What the firmware of the sample's PCs says, and the screens in front of them; by key of models.MODELS."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from inventory.sample.models import Data

GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Firmware:
    mode: str = "bios"  # uefi | bios | ""
    has_uefi: bool | None = True
    secure_boot: bool | None = None
    tpm: tuple[str, str] = ("absent", "")  # state, version
    memory: tuple[str, int, int, int] = ("DDR3", 2, 1, 16)  # type, slots, slots used, GiB that the board takes
    family: str = ""
    line: str = ""  # where Lenovo writes the model's name


_NEW = {"mode": "uefi", "secure_boot": True, "tpm": ("ready", "2.0")}
_DDR4 = ("DDR4", 2, 1, 64)

FIRMWARE: dict[str, Firmware] = {
    "opt3010": Firmware(),
    "opt3020": Firmware(),
    "hp400": Firmware(tpm=("ready", "1.2"), family="103C_53307F G=D"),
    "elead": Firmware(has_uefi=False),
    "white_h81": Firmware(),
    "white_g41": Firmware(has_uefi=False, memory=("DDR2", 2, 2, 4)),
    "thinkpad_new": Firmware(**_NEW, memory=("DDR4", 1, 1, 40), family="ThinkPad E14 Gen 2", line="ThinkPad E14 Gen 2"),
    "thinkpad_old": Firmware(
        tpm=("ready", "1.2"), memory=("DDR3", 2, 1, 16), family="ThinkPad T440", line="ThinkPad T440"
    ),
    "veriton": Firmware(mode="uefi", secure_boot=False, tpm=("disabled", "2.0"), memory=("DDR4", 2, 1, 32)),
    "veriton_old": Firmware(),
    "vostro": Firmware(tpm=("disabled", "2.0"), memory=("DDR4", 2, 1, 32), family="Vostro"),
    "hp280": Firmware(**_NEW, memory=_DDR4, family="103C_53307F HP Desktop PC"),
    "opt7010": Firmware(**_NEW, memory=("DDR4", 2, 2, 64), family="OptiPlex"),
    "neo50t": Firmware(**_NEW, memory=_DDR4, family="ThinkCentre neo 50t Gen 4", line="ThinkCentre neo 50t Gen 4"),
    "vivobook": Firmware(**_NEW, memory=("DDR3", 1, 1, 8), family="X"),
    "server": Firmware(mode="uefi", secure_boot=False, tpm=("ready", "2.0"), memory=("DDR4", 4, 2, 64)),
    "virtual": Firmware(mode="uefi", secure_boot=True, tpm=("absent", ""), memory=("", 1, 1, 4)),
    "nameless": Firmware(mode="", has_uefi=None, tpm=("", ""), memory=("", 0, 0, 0)),
}

_SCREENS: dict[str, tuple[str, int, str, int, int, int]] = {
    # maker, product, name, year, width and height in cm
    "opt3010": ("DEL", 0xA0B1, "DELL E1912H", 2012, 41, 23),
    "opt3020": ("DEL", 0xF04C, "DELL E1914H", 2014, 41, 23),
    "hp400": ("HWP", 0x2EB1, "HP LV1911", 2013, 41, 23),
    "elead": ("AOC", 0x1960, "1660W", 2013, 34, 19),
    "white_h81": ("SAM", 0x0B2A, "S19F350", 2017, 41, 23),
    "white_g41": ("SAM", 0x06C4, "B1930N", 2010, 41, 23),
    "veriton": ("ACR", 0x0561, "V206HQL", 2017, 43, 24),
    "veriton_old": ("ACR", 0x0336, "V193HQV", 2013, 41, 23),
    "vostro": ("DEL", 0xD0C8, "DELL E2016HV", 2019, 43, 24),
    "hp280": ("HWP", 0x3675, "HP P22 G4", 2020, 48, 27),
    "opt7010": ("DEL", 0xD119, "DELL E2223HV", 2023, 48, 27),
    "neo50t": ("LEN", 0x61F4, "E22-30", 2023, 48, 27),
    "thinkpad_new": ("AUO", 0x303D, "", 2021, 31, 17),
    "thinkpad_old": ("LGD", 0x0389, "", 2013, 31, 17),
    "vivobook": ("BOE", 0x06CF, "", 2016, 31, 17),
}


def firmware_data(key: str, switched_off: bool) -> Data:
    """The part of section "hardware" that firmware tells. `switched_off`: somebody has turned the TPM off."""
    found = FIRMWARE[key]
    state, version = ("disabled", found.tpm[1]) if switched_off and found.tpm[0] == "ready" else found.tpm
    kind, slots, used, most = found.memory
    return {
        "system_version": found.line,
        "system_family": found.family,
        "system_sku": "",
        "chassis_vendor": "",
        "memory_slots": slots or None,
        "memory_slots_used": used or None,
        "memory_type": kind,
        "memory_max_bytes": most * GIB or None,
        "cpu_64bit": True,
        "firmware_mode": found.mode,
        "firmware_has_uefi": found.has_uefi,
        "secure_boot": found.secure_boot if found.mode == "uefi" else None,
        "tpm_state": state,
        "tpm_version": version,
    }


def monitors_data(key: str, rng: Random) -> list[Data]:
    """The screen of a PC; servers and virtual machines have none."""
    if key not in _SCREENS:
        return []
    vendor, product, name, year, width, height = _SCREENS[key]
    return [
        {
            "vendor": vendor,
            "product": product,
            "model": name,
            "serial": f"{rng.randrange(10**9):09d}" if name else "",
            "week": rng.randrange(2, 51),
            "year": year,
            "model_year": False,
            "width_cm": width,
            "height_cm": height,
        }
    ]
