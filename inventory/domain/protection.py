"""Is a PC protected? Anti-malware, firewall, updates, old doors left open; from what the system itself says. Pure.

Codes of reasons: no_antimalware, antimalware_off, antimalware_old, firewall_off, updates_old, os_release, smb1, rdp.
Advice: pending_reboot, automatic_updates_off. What nobody could tell is named in `unknown`, never taken for bad.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from inventory.domain.machine import MachineFacts
from inventory.domain.os_support import support_of
from inventory.domain.plain import Plain, rows, text, texts, truth
from inventory.domain.policy import Policy

Reason = dict[str, Any]
"""{"code", "value", "limit", "evidence"} as in fitness.py."""

Result = Reason | Literal["ok", "unknown"]


@dataclass(frozen=True, slots=True)
class Protection:
    """`reasons` None: nothing at all could be judged. `unknown` and `advice` are codes."""

    reasons: tuple[Reason, ...] | None
    unknown: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    last_update: date | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(reason["code"] for reason in self.reasons or ())


def protection(facts: MachineFacts, posture: Plain | None, policy: Policy, today: date) -> Protection:
    """What is weak about a machine's protection on that local day. `posture` is the section as reported, None when
    there is none."""
    if not posture:
        return Protection(None, ("antimalware", "firewall", "updates", "smb1", "rdp"))
    updated = _day(text(posture, "last_update"), today)
    results: dict[str, Result] = {
        "antimalware": _antimalware(posture, policy, today),
        "firewall": _firewall(posture),
        "updates": _updates(updated, policy, today),
        "os_release": _release(facts, policy, today),
        "smb1": _switch(posture, "smb1_server", "smb1"),
        "rdp": _rdp(posture),
    }
    advice = []
    if truth(posture, "pending_reboot"):
        advice.append("pending_reboot")
    if text(posture, "automatic_updates") == "off":
        advice.append("automatic_updates_off")
    unknown = tuple(name for name, result in results.items() if result == "unknown" and name != "os_release")
    found = tuple(result for result in results.values() if isinstance(result, dict))
    nothing = not found and all(result == "unknown" for result in results.values())
    return Protection(None if nothing else found, unknown, tuple(advice), updated)


def wmi_damaged(posture: Plain | None) -> bool | None:
    """Whether Windows' own inventory (WMI) is damaged; None when nobody asked it."""
    return truth(posture, "wmi_damaged") if posture else None


def _antimalware(posture: Plain, policy: Policy, today: date) -> Result:
    products = rows(posture, "antimalware")
    if not products:
        if truth(posture, "antimalware_asked"):
            return {"code": "no_antimalware", "value": "", "limit": "", "evidence": ""}
        return "unknown"
    names = ", ".join(dict.fromkeys(text(item, "name") for item in products if text(item, "name")))[:120]
    running = [item for item in products if truth(item, "enabled")]
    if not running:
        if any(truth(item, "enabled") is None for item in products):
            return "unknown"
        return {"code": "antimalware_off", "value": names, "limit": "", "evidence": ""}
    ages = [_old(item, policy, today) for item in running]
    if any(age == "ok" for age in ages):
        return "ok"
    old = [age for age in ages if isinstance(age, dict)]
    return old[0] if old else "unknown"


def _old(product: Plain, policy: Policy, today: date) -> Result:
    """Whether the definitions of a running product are too old: by their date, else by the product's own word."""
    name = text(product, "name")
    day = _day(text(product, "definitions_date"), today)
    if day is not None:
        if (today - day).days <= policy.antimalware_max_days:
            return "ok"
        said = {"value": day.isoformat(), "limit": policy.antimalware_max_days, "evidence": name}
        return {"code": "antimalware_old", **said}
    fresh = truth(product, "up_to_date")
    if fresh is None:
        return "unknown"
    return "ok" if fresh else {"code": "antimalware_old", "value": "", "limit": "", "evidence": name}


def _firewall(posture: Plain) -> Result:
    profiles = rows(posture, "firewall")
    known: Mapping[str, bool | None] = {text(item, "name"): truth(item, "enabled") for item in profiles}
    windows = {name: known[name] for name in ("domain", "private", "public") if name in known}
    others = [state for name, state in known.items() if name not in windows]
    if any(others):
        return "ok"  # a product of its own guards the PC
    states = list(windows.values()) or others
    if not states or any(state is None for state in states):
        return "unknown" if not any(state is False for state in states) else _firewall_off(windows or known)
    return "ok" if all(states) else _firewall_off(windows or known)


def _firewall_off(known: Mapping[str, bool | None]) -> Reason:
    off = ", ".join(name for name, state in known.items() if state is False)
    return {"code": "firewall_off", "value": off, "limit": "", "evidence": ""}


def _updates(updated: date | None, policy: Policy, today: date) -> Result:
    if updated is None:
        return "unknown"
    if (today - updated).days <= policy.update_max_days:
        return "ok"
    return {"code": "updates_old", "value": updated.isoformat(), "limit": policy.update_max_days, "evidence": ""}


def _release(facts: MachineFacts, policy: Policy, today: date) -> Result:
    """An old release of a product that lives on: a newer one can be installed. One that has ended is unfit anyway."""
    support = support_of(facts, dict(policy.os_support_end))
    if support.release_ends is None or (support.ends is not None and support.ends < today):
        return "unknown"
    if support.release_ends >= today:
        return "ok"
    said = facts.os_release or facts.os_build
    return {"code": "os_release", "value": said, "limit": support.release_ends.isoformat(), "evidence": facts.os_name}


def _switch(posture: Plain, field: str, code: str) -> Result:
    on = truth(posture, field)
    if on is None:
        return "unknown"
    return {"code": code, "value": "", "limit": "", "evidence": ""} if on else "ok"


def _rdp(posture: Plain) -> Result:
    """Remote control that is switched on; the port and whether it asks for a log-on first are the evidence."""
    result = _switch(posture, "rdp_enabled", "rdp")
    if not isinstance(result, dict):
        return result
    asks = truth(posture, "rdp_nla")
    return result | {"evidence": "" if asks is None else "nla" if asks else "no_nla"}


def _day(written: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= today else None


def reboot_reasons(posture: Plain | None) -> tuple[str, ...]:
    """Why a restart is due: servicing | windows_update | file_rename | package."""
    return tuple(texts(posture, "pending_reboot_reasons")) if posture else ()
