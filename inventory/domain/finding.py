"""Findings: which kinds there are, and how the standing ones change when the rules have spoken again. Pure.

The rules only say which gaps hold now (`Draft`). People say what becomes of them (state). `plan` brings both
together: what a person has put aside (`cannot_fix`, `excluded`) stays put aside, though the rule goes on being
watched, and is never announced as new.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from inventory.domain.plain import brief
from inventory.domain.policy import Policy

Severity = Literal["high", "medium", "low"]
Responsible = Literal["commune", "department", "operator"]

STATES = ("new", "confirmed", "in_progress", "waiting_budget", "fixed", "cannot_fix", "excluded")
PUT_ASIDE = frozenset({"cannot_fix", "excluded"})

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "new": frozenset(STATES) - {"new"},
    "confirmed": frozenset(STATES) - {"new", "confirmed"},
    "in_progress": frozenset(STATES) - {"new", "in_progress"},
    "waiting_budget": frozenset(STATES) - {"new", "waiting_budget"},
    "fixed": frozenset({"confirmed", "in_progress", "cannot_fix", "excluded"}),
    "cannot_fix": frozenset({"confirmed", "in_progress", "waiting_budget", "fixed", "excluded"}),
    "excluded": frozenset({"confirmed", "in_progress", "waiting_budget", "fixed", "cannot_fix"}),
}
"""What a person may make of a state. Nothing becomes "new" again by hand: that word is the collector's."""


@dataclass(frozen=True, slots=True)
class FindingKind:
    subject_kind: str
    severity: Severity
    responsible: Responsible
    closes: Literal["rule", "person"] = "rule"  # who says that the gap is gone
    in_letters: bool = True  # False: for IT staff alone, a leader need not read it in the weekly mail


FINDING_KINDS: Mapping[str, FindingKind] = {
    "machine_outdated": FindingKind("machine", "medium", "commune"),
    "machine_unfit": FindingKind("machine", "medium", "commune"),
    "machine_unsafe": FindingKind("machine", "medium", "commune"),
    "machine_wmi_damaged": FindingKind("machine", "low", "department", in_letters=False),
    "machine_silent": FindingKind("machine", "low", "commune"),
    "clock_wrong": FindingKind("machine", "low", "commune"),
    "identity_conflict": FindingKind("machine", "medium", "department", closes="person"),
    "site_disconnected": FindingKind("site", "high", "operator"),
    "site_flapping": FindingKind("site", "medium", "operator"),
    "site_no_lan": FindingKind("site", "high", "department"),
    "site_never_reported": FindingKind("site", "medium", "commune"),
    "lan_rogue_dhcp": FindingKind("site", "high", "commune"),
    "lan_second_router": FindingKind("site", "medium", "commune"),
    "lan_address_clash": FindingKind("site", "medium", "commune"),
    "lan_captive": FindingKind("site", "high", "operator"),
    "lan_hotspot": FindingKind("site", "medium", "department"),
    "lan_dns_tampering": FindingKind("site", "high", "operator"),
    "lan_default_snmp": FindingKind("site", "medium", "department", in_letters=False),
    "lan_open_management": FindingKind("site", "medium", "department", in_letters=False),
    "lan_no_ipv6": FindingKind("site", "low", "operator", in_letters=False),
    "line_saturated": FindingKind("site", "medium", "department"),
    "line_below_contract": FindingKind("site", "medium", "operator"),
    "service_unreachable": FindingKind("site", "medium", "commune"),
    "service_down": FindingKind("unit", "high", "department", in_letters=False),
    "meeting_not_ready": FindingKind("site", "medium", "operator"),
    "village_no_broadband": FindingKind("village", "high", "operator"),
    "village_no_signal": FindingKind("village", "high", "operator"),
}
"""Defaults per kind; the days until it is due are the policy's `due_days_<kind>`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A gap that holds now. `evidence` is plain JSON; its key "codes", when there, is what makes it another gap."""

    kind: str
    subject_kind: str
    subject_id: str
    unit_id: str
    severity: Severity
    responsible: Responsible
    due_days: int
    site_id: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    policy_version: int = 0
    sample: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.kind, self.subject_kind, self.subject_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding as it is stored, open or closed."""

    id: int
    kind: str
    subject_kind: str
    subject_id: str
    unit_id: str
    site_id: int | None
    is_open: bool
    state: str
    severity: str
    responsible: str
    evidence: Mapping[str, Any]
    policy_version: int

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.kind, self.subject_kind, self.subject_id)


@dataclass(frozen=True, slots=True)
class Open:
    draft: Draft
    due_on: date


@dataclass(frozen=True, slots=True)
class Reopen:
    finding: Standing
    draft: Draft
    state: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Update:
    """The gap still holds, with other evidence. `notable`: worth a line in the history."""

    finding: Standing
    draft: Draft
    notable: bool


@dataclass(frozen=True, slots=True)
class Close:
    finding: Standing
    state: str


Action = Open | Reopen | Update | Close


def draft(
    kind: str,
    subject_id: int | str,
    *,
    unit_id: str,
    site_id: int | None,
    policy: Policy,
    policy_version: int = 0,
    evidence: Mapping[str, Any] | None = None,
    severity: Severity | None = None,
    responsible: Responsible | None = None,
    sample: bool = False,
) -> Draft:
    """A draft with the defaults of its kind. Raises KeyError for an unknown kind."""
    rule = FINDING_KINDS[kind]
    return Draft(
        kind=kind,
        subject_kind=rule.subject_kind,
        subject_id=str(subject_id),
        unit_id=unit_id,
        site_id=site_id,
        severity=severity or rule.severity,
        responsible=responsible or rule.responsible,
        due_days=policy.due_days(kind),
        evidence=brief(evidence or {}),
        policy_version=policy_version,
        sample=sample,
    )


def plan(standing: Iterable[Standing], wanted: Iterable[Draft], today: date) -> list[Action]:
    """What to do so that the stored findings say what the rules say now.

    `standing` are all stored findings, open and closed, of exactly the subjects and kinds that were judged: an open
    one that is not wanted any more is closed. `today` is the local day, for due dates. Kinds that only a person can
    close are left open.
    """
    found = {finding.key: finding for finding in standing}
    drafts = {item.key: item for item in wanted}
    actions: list[Action] = []
    for key, item in drafts.items():
        action = _raise(found.get(key), item, today)
        if action is not None:
            actions.append(action)
    for key, finding in found.items():
        if finding.is_open and key not in drafts and FINDING_KINDS[finding.kind].closes == "rule":
            actions.append(Close(finding, _closed_state(finding.state)))
    return actions


def allowed(before: str, after: str) -> bool:
    """Whether a person may change a finding from one state to the other."""
    return after in TRANSITIONS.get(before, frozenset())


def _raise(finding: Standing | None, item: Draft, today: date) -> Action | None:
    due_on = today + timedelta(days=item.due_days)
    if finding is None:
        return Open(item, due_on)
    if not finding.is_open:
        if finding.state in PUT_ASIDE:
            return Reopen(finding, item, finding.state, due_on)
        return Reopen(finding, item, "new", due_on)
    if _same(finding, item):
        return None
    before, after = finding.evidence.get("codes"), item.evidence.get("codes")
    return Update(finding, item, finding.severity != item.severity or before != after)


def _same(finding: Standing, item: Draft) -> bool:
    return (
        finding.severity == item.severity
        and finding.responsible == item.responsible
        and finding.policy_version == item.policy_version
        and (finding.unit_id, finding.site_id) == (item.unit_id, item.site_id)
        and dict(finding.evidence) == dict(item.evidence)
    )


def _closed_state(state: str) -> str:
    return state if state in PUT_ASIDE else "fixed"
