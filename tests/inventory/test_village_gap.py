"""What a village lacks, by what was said when."""

from __future__ import annotations

from datetime import date

import pytest

from inventory.domain.policy import DEFAULT_POLICY
from inventory.domain.village_gap import broadband_gap, signal_gap

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("mobile", "as_of", "today", "gap"),
    [
        ("", None, TODAY, None),
        ("4g", None, TODAY, None),
        ("none", None, TODAY, ("none", "high")),
        ("partial", None, TODAY, ("partial", "medium")),
        ("2g_3g", None, date(2026, 9, 14), None),  # 2G still works
        ("2g_3g", date(2026, 9, 1), TODAY, ("maybe_only_2g", "low")),
        ("2g_3g", None, TODAY, ("maybe_only_2g", "low")),
        ("2g_3g", date(2026, 9, 15), TODAY, None),  # said after 2G ended: it is 3G
        ("2g_3g", date(2026, 9, 15), date(2028, 9, 30), ("only_2g_3g", "high")),
    ],
)
def test_signal(mobile: str, as_of: date | None, today: date, gap: tuple[str, str] | None) -> None:
    assert signal_gap(mobile, as_of, today, DEFAULT_POLICY) == gap


def test_broadband() -> None:
    assert broadband_gap("none")
    assert not any(broadband_gap(said) for said in ("", "copper", "fibre_reachable", "connected"))
