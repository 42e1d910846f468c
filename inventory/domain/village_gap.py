"""What a village lacks, by what was last said about it. Nothing said is nothing known, never "none"."""

from __future__ import annotations

from datetime import date
from typing import Literal

from inventory.domain.policy import Policy

Severity = Literal["high", "medium", "low"]
Gap = tuple[str, Severity]
"""(code, severity)"""


def broadband_gap(fixed_broadband: str) -> bool:
    """Whether a village lacks fixed broadband."""
    return fixed_broadband == "none"


def signal_gap(mobile: str, as_of: date | None, today: date, policy: Policy) -> Gap | None:
    """What is wrong with the mobile signal of a village; None: nothing, or nothing known.

    "2G/3G only" is a void once 3G is switched off. Between the ends of 2G and 3G it depends on when it was said: said
    after the end of 2G it can only mean 3G, which still works; said before (or nobody knows when) it may have been
    2G, so the village counts as a void until somebody looks again.
    """
    if mobile == "none":
        return "none", "high"
    if mobile == "partial":
        return "partial", "medium"
    if mobile != "2g_3g" or today < policy.mobile_void_2g_from:
        return None
    if today >= policy.mobile_void_3g_from:
        return "only_2g_3g", "high"
    said_since = as_of is not None and as_of >= policy.mobile_void_2g_from
    return None if said_since else ("maybe_only_2g", "low")
