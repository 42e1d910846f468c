"""What the hardware cannot is kept apart from what is switched off; where something is not known nobody is judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.machine import Disk, MachineFacts
from inventory.domain.windows11 import GIB, on_the_list, windows11

GOOD = MachineFacts(
    kind="desktop",
    cpu_brand="Intel(R) Core(TM) i5-8500 CPU @ 3.00GHz",
    cpu_vendor="GenuineIntel",
    cpu_family=6,
    cpu_model=158,
    cpu_stepping=10,
    cpu_64bit=True,
    ram_installed_bytes=8 * GIB,
    disks=(Disk(size_bytes=256_060_514_304, is_system=True),),
    firmware_mode="uefi",
    firmware_has_uefi=True,
    secure_boot=True,
    tpm_state="ready",
    tpm_version="2.0",
)
OLD_CPU = {"cpu_brand": "Intel(R) Core(TM) i5-7500 CPU @ 3.40GHz", "cpu_stepping": 9}


def codes(facts: MachineFacts) -> tuple[str, list[str], list[str]]:
    found = windows11(facts)
    hard = [reason["code"] for reason in found.reasons if "off" not in reason]
    off = [reason["code"] for reason in found.reasons if "off" in reason]
    return found.verdict, hard, off


def test_a_pc_that_fulfils_everything_is_capable() -> None:
    assert codes(GOOD) == ("capable", [], [])
    assert codes(replace(GOOD, secure_boot=False)) == ("capable", [], [])  # it need not be on, only be there


@pytest.mark.parametrize(
    ("changes", "verdict", "hard", "off"),
    [
        ({"tpm_state": "disabled"}, "switched_off", [], ["tpm"]),
        ({"tpm_state": "absent", "tpm_version": ""}, "switched_off", [], ["tpm"]),  # the processor has one
        ({"tpm_state": "ready", "tpm_version": "1.2"}, "switched_off", [], ["tpm"]),
        ({"firmware_mode": "bios", "secure_boot": None}, "switched_off", [], ["firmware"]),
        ({"firmware_mode": "bios", "secure_boot": None, "firmware_has_uefi": False}, "cannot", ["firmware"], []),
        ({"ram_installed_bytes": 2 * GIB}, "cannot", ["ram"], []),
        ({"disks": (Disk(size_bytes=32_000_000_000, is_system=True),)}, "cannot", ["disk"], []),
        ({"cpu_64bit": False}, "cannot", ["cpu"], []),
        ({**OLD_CPU, "tpm_state": "absent", "tpm_version": ""}, "cannot", ["cpu", "tpm"], []),
        ({"tpm_state": "", "tpm_version": ""}, "", [], []),
        ({"ram_installed_bytes": None}, "", [], []),
        ({"disks": ()}, "", [], []),
        ({"firmware_mode": "", "secure_boot": None}, "", [], []),
        ({**OLD_CPU, "ram_installed_bytes": None}, "cannot", ["cpu"], []),  # one impossibility is enough
        ({"is_virtual": True}, "", [], []),
        ({"kind": "server"}, "", [], []),
    ],
)
def test_hardware_and_switches_are_told_apart(
    changes: dict[str, object], verdict: str, hard: list[str], off: list[str]
) -> None:
    assert codes(replace(GOOD, **changes)) == (verdict, hard, off)  # type: ignore[arg-type]


def test_what_is_not_known_is_named() -> None:
    assert windows11(replace(GOOD, tpm_state="", tpm_version="", disks=())).unknown == ("disk", "tpm")


@pytest.mark.parametrize(
    ("brand", "vendor", "family", "model", "stepping", "listed"),
    [
        ("Intel(R) Core(TM) i3-2100 CPU @ 3.10GHz", "GenuineIntel", 6, 42, 7, False),
        ("Intel(R) Core(TM) i7-7700 CPU @ 3.60GHz", "GenuineIntel", 6, 158, 9, False),
        ("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", "GenuineIntel", 6, 142, 10, True),
        ("Intel(R) Core(TM) i5-7200U CPU @ 2.50GHz", "GenuineIntel", 6, 142, 9, False),
        ("Intel(R) Celeron(R) N4020 CPU @ 1.10GHz", "GenuineIntel", 6, 122, 8, True),
        ("Intel(R) Celeron(R) CPU N3350 @ 1.10GHz", "GenuineIntel", 6, 92, 9, False),
        ("12th Gen Intel(R) Core(TM) i3-12100", "GenuineIntel", 6, 151, 5, True),
        ("Intel(R) Pentium(R) 4 CPU 3.00GHz", "GenuineIntel", 15, 4, 1, False),
        ("AMD Ryzen 5 2400G with Radeon Vega Graphics", "AuthenticAMD", 23, 17, 0, False),
        ("AMD Ryzen 5 2600 Six-Core Processor", "AuthenticAMD", 23, 8, 2, True),
        ("AMD Ryzen 5 5600G with Radeon Graphics", "AuthenticAMD", 25, 80, 0, True),
        ("AMD A8-7600 Radeon R7, 10 Compute Cores 4C+6G", "AuthenticAMD", 21, 48, 1, False),
        # by the name alone
        ("Intel Core i5-10400 @ 2.90GHz", "", None, None, None, True),
        ("Intel Core i5-4590", "", None, None, None, False),
        ("AMD Ryzen 7 5800X", "", None, None, None, True),
        ("Some Processor 9000", "", None, None, None, None),
        ("", "", None, None, None, None),
    ],
)
def test_processors_of_the_list(
    brand: str, vendor: str, family: int | None, model: int | None, stepping: int | None, listed: bool | None
) -> None:
    facts = MachineFacts(cpu_brand=brand, cpu_vendor=vendor, cpu_family=family, cpu_model=model, cpu_stepping=stepping)

    assert on_the_list(facts) is listed


@given(
    brand=st.text(max_size=40),
    vendor=st.sampled_from(["GenuineIntel", "AuthenticAMD", "", "Other"]),
    family=st.none() | st.integers(0, 300),
    model=st.none() | st.integers(0, 300),
    tpm=st.sampled_from(["ready", "disabled", "absent", "", "odd"]),
    mode=st.sampled_from(["uefi", "bios", ""]),
    ram=st.none() | st.integers(1, 2**40),
)
def test_capable_is_said_only_when_everything_is_known(
    brand: str, vendor: str, family: int | None, model: int | None, tpm: str, mode: str, ram: int | None
) -> None:
    facts = replace(
        GOOD, cpu_brand=brand, cpu_vendor=vendor, cpu_family=family, cpu_model=model, tpm_state=tpm,
        firmware_mode=mode, ram_installed_bytes=ram, secure_boot=None,
    )  # fmt: skip

    found = windows11(facts)

    if found.verdict == "capable":
        assert tpm == "ready" and mode == "uefi" and ram is not None and on_the_list(facts) is True
    if found.verdict == "":
        assert found.unknown
