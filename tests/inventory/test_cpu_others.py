"""Processors of other makers by name: VIA, Zhaoxin, Apple, Arm in PCs, servers and on boards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.cpu_years import launch_year
from tests.inventory.test_cpu_amd import known


@pytest.mark.parametrize(("brand", "year"), known("others.tsv"))
def test_launch_year_of_known_processors(brand: str, year: int) -> None:
    found = launch_year(brand)

    assert found.year == year
    assert found.earliest is not None
    assert found.latest is not None
    assert found.earliest <= year <= found.latest


@pytest.mark.parametrize(
    "brand",
    [
        "ARMv7 Processor rev 4 (v7l)",
        "ARMv8 Processor rev 3 (v8l)",
        "ARMv8 (64-bit) Family 8 Model D4B Revision 0, Qualcomm Technologies Inc",
        "Cortex-A53",  # built for ten years
        "Apple",
        "Apple M17",
        "Apple M9 Pro",
        "Snapdragon",
        "Snapdragon(R) X9 Elite",
        "Raspberry Pi",
        "Raspberry Pi 9 Model B",
        "Qualcomm Technologies, Inc",
        "VIA",
        "Rockchip RK9999",
        "Exynos 99999",
        "Common KVM processor",
        "virt-7.2",
    ],
)
def test_what_says_too_little_or_lies_ahead_is_unknown(brand: str) -> None:
    assert not launch_year(brand).known


def test_translated_programs_see_only_some_apple_silicon() -> None:
    found = launch_year("VirtualApple @ 2.50GHz processor")

    assert (found.earliest, found.latest, found.confidence) == (2020, 2025, "low")


def test_number_that_every_raspberry_kernel_gives_has_a_wide_span() -> None:
    found = launch_year("BCM2835")

    assert (found.earliest, found.confidence) == (2012, "low")
    assert found.latest is not None
    assert found.latest >= 2019


def test_announced_in_december_sold_next_year() -> None:
    found = launch_year("Snapdragon (TM) 8cx Gen 3 @ 3.0 GHz")

    assert (found.earliest, found.year, found.latest) == (2021, 2022, 2022)


FAMILIES = (
    "Apple M",
    "Snapdragon ",
    "Raspberry Pi ",
    "VIA ",
    "RK",
    "Exynos ",
    "ZHAOXIN KaiXian KX-",
    "Phytium,",
    "BCM",
)


@given(st.sampled_from(FAMILIES), st.text(max_size=40))
def test_no_text_breaks_it(family: str, rest: str) -> None:
    found = launch_year(family + rest)

    if found.known:
        assert found.earliest is not None
        assert found.latest is not None
        assert 1995 <= found.earliest <= found.latest <= 2026
