"""Whether an outage counts against the provider of the line, and why not. Pure.

Only what is proven and lies on the provider's side is claimed: a line that was confirmed lost behind a gateway that
answered. A power cut, a fault of the office's own LAN, a log-in page that asks for something (often an unpaid bill),
and everything that is only suspected are listed with their reason, but claimed from nobody.
"""

from __future__ import annotations

CLAIMED = ""

REASONS = ("power", "lan", "captive", "suspected", "cause_unknown")
"""Why an outage is not claimed; words in collector/i18n/claim_words.py."""


def reason_not_claimed(state: str, cause: str) -> str:
    """One of REASONS, or CLAIMED when the outage counts against the provider."""
    if state == "POWER_CUT_SUSPECTED" or cause == "power":
        return "power"
    if cause in ("lan", "captive"):
        return cause
    if state != "LINE_LOST_CONFIRMED":
        return "suspected"
    return CLAIMED if cause == "line" else "cause_unknown"
