"""What the rules conclude about one machine: its columns and its findings. No database here, only rows as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from inventory.domain.age import Age, age_of, outdated, severe
from inventory.domain.clock import clock_wrong
from inventory.domain.finding import Draft, Severity, draft
from inventory.domain.firmware_date import parse_bios_date
from inventory.domain.fitness import Fitness, fitness
from inventory.domain.machine import MachineFacts, facts_from_sections
from inventory.domain.os_support import support_of
from inventory.domain.plain import text
from inventory.domain.policy import Policy
from inventory.domain.protection import Protection, protection, wmi_damaged
from inventory.domain.unit import search_key
from inventory.domain.week import local_day
from inventory.domain.windows11 import Windows11, windows11

KINDS = ("machine_outdated", "machine_unfit", "machine_unsafe", "machine_wmi_damaged", "clock_wrong")

Record = Mapping[str, Any]
"""A row by column name."""


@dataclass(frozen=True, slots=True)
class MachineEvidence:
    """Everything that is stored of one machine."""

    machine: Record
    site: Record  # unit_id, excluded_reason
    agents: Sequence[Record]  # last heard first, none revoked
    sections: Mapping[str, Record]  # newest by name: agent_id, data, changed_at
    policy: Policy
    policy_version: int

    def data(self, name: str) -> Mapping[str, Any]:
        section = self.sections.get(name)
        return section["data"] or {} if section else {}


@dataclass(slots=True)
class Conclusion:
    columns: dict[str, Any]
    judged: dict[str, Draft | None] = field(default_factory=dict[str, Draft | None])
    # by kind: the gap, None when there is none; a kind that could not be judged is missing and stays as it is


def conclude(evidence: MachineEvidence, now: datetime) -> Conclusion:
    """Columns and findings of a machine now."""
    machine, today = evidence.machine, local_day(now)
    bios = _bios_earliest(evidence, today)
    facts = facts_from_sections(
        {name: evidence.data(name) for name in ("system", "hardware", "storage", "interfaces")},
        bios_earliest=bios,
        purchase_date=machine["purchase_date"],
        purchase_source=machine["purchase_source"],
        first_report=min(local_day(at) for at in (machine["created_at"], *_enrolled(evidence))),
    )
    age = age_of(facts, today)
    fit = fitness(facts, evidence.policy, today)
    posture = evidence.data("posture") or None
    safe = protection(facts, posture, evidence.policy, today)
    old = outdated(age, evidence.policy, today)
    columns = (
        _evidence_columns(facts, machine)
        | _age_columns(age)
        | _state_columns(facts, evidence.policy)
        | {
            "bios_date_earliest": bios,
            "outdated": old,
            "unfit": list(fit.reasons) if fit.reasons is not None else None,
            "unsafe": list(safe.reasons) if safe.reasons is not None else None,
            "advice": [*fit.advice, *safe.advice],
            "last_update_on": safe.last_update,
            "policy_version": evidence.policy_version,
            "last_contact_at": _last_contact(evidence),
            "evaluated_at": now,
        }
    )
    found = Conclusion(columns)
    if machine["status"] == "in_use" and not evidence.site["excluded_reason"]:
        found.judged["machine_outdated"] = _outdated(evidence, age, today) if old else None
        if fit.reasons is not None:
            found.judged["machine_unfit"] = _unfit(evidence, fit) if fit.reasons else None
        if safe.reasons is not None:
            found.judged["machine_unsafe"] = _unsafe(evidence, safe) if safe.reasons else None
        damaged = wmi_damaged(posture)
        if damaged is not None:
            said = {"error": text(evidence.data("posture"), "wmi_error")}
            found.judged["machine_wmi_damaged"] = (
                _draft(evidence, "machine_wmi_damaged", said, None) if damaged else None
            )
        offset = evidence.agents[0]["clock_offset_s"] if evidence.agents else None
        wrong = clock_wrong(offset, evidence.policy.clock_wrong_s)
        if wrong is not None:
            found.judged["clock_wrong"] = _clock(evidence, offset or 0.0) if wrong else None
    else:
        found.judged = dict.fromkeys(KINDS)
    return found


def _bios_earliest(evidence: MachineEvidence, today: date) -> date | None:
    now = parse_bios_date(text(evidence.data("hardware"), "bios_date"), today)
    days = [day for day in (evidence.machine["bios_date_earliest"], now) if day is not None]
    return min(days) if days else None


def _enrolled(evidence: MachineEvidence) -> list[datetime]:
    return [agent["enrolled_at"] for agent in evidence.agents]


def _last_contact(evidence: MachineEvidence) -> datetime | None:
    heard = [evidence.machine["last_contact_at"], *(agent["last_contact_at"] for agent in evidence.agents)]
    return max((at for at in heard if at is not None), default=None)


def _evidence_columns(facts: MachineFacts, machine: Record) -> dict[str, Any]:
    """What lists show. What no agent has told stays as it was: it may have been imported."""
    disk = facts.system_disk
    system = " ".join(dict.fromkeys(part for part in (facts.os_release or facts.os_version, facts.os_build) if part))
    told: dict[str, Any] = {
        "hostname": facts.hostname[:255],
        "vendor": facts.vendor[:120],
        "model": facts.model[:120],
        "serial": facts.serial[:120],
        "kind": facts.kind,
        "cpu": facts.cpu_brand[:160],
        "cpu_cores": facts.cpu_cores,
        "cpu_mhz": facts.cpu_max_mhz,
        "ram_bytes": facts.ram_installed_bytes or facts.ram_bytes,
        "disk_bytes": disk.size_bytes if disk else None,
        "disk_rotational": disk.rotational if disk else None,
        "os_name": facts.os_name[:120],
        "os_version": system[:60],
        "addresses": _whole_words(facts.addresses, 400),
    }
    columns = {name: machine[name] if value in ("", None) else value for name, value in told.items()}
    shown = ("hostname", "asset_tag", "vendor", "model", "serial", "cpu", "os_name", "os_version", "addresses")
    words = " ".join(str(columns.get(name, machine.get(name)) or "") for name in shown)
    return columns | {"search_key": search_key(words)[:900]}


def _whole_words(words: Sequence[str], length: int) -> str:
    """As many words as fit: half an address would be another address."""
    kept = ""
    for word in words:
        if len(kept) + len(word) + 1 > length:
            break
        kept = f"{kept} {word}".strip()
    return kept


def _age_columns(age: Age) -> dict[str, Any]:
    earliest, latest = age.years
    return {
        "age_status": age.status,
        "built_earliest": earliest,
        "built_latest": latest,
        "age_method": age.method,
        "age_confidence": age.confidence,
        "age_evidence": list(age.evidence),
    }


def _state_columns(facts: MachineFacts, policy: Policy) -> dict[str, Any]:
    """How disks and Windows 11 stand, for lists."""
    volume, disk = facts.system_volume, facts.system_disk_state
    capable = windows11(facts) if facts.os_family == "windows" else Windows11("")
    worst = {state.health for state in facts.disk_states}
    health = next((word for word in ("failing", "warning") if word in worst), disk.health if disk else "")
    health = health if health in ("ok", "warning", "failing") else ""
    return {
        "os_support_end": support_of(facts, dict(policy.os_support_end)).ends,
        "windows11": capable.verdict,
        "windows11_reasons": [*capable.reasons, *({"code": name, "value": None} for name in capable.unknown)],
        "disk_free_bytes": volume.free_bytes if volume else None,
        "disk_health": health,
    }


def _whole(years: float) -> float:
    """5.0 as 5: evidence is read by people."""
    return int(years) if years.is_integer() else years


def _outdated(evidence: MachineEvidence, age: Age, today: date) -> Draft:
    policy = evidence.policy
    is_severe = severe(age, policy, today)
    earliest, latest = age.years
    said = {
        "built_earliest": earliest,
        "built_latest": latest,
        "after_years": _whole(policy.severe_after_years if is_severe else policy.outdated_after_years),
        "method": age.method,
        "confidence": age.confidence,
        "codes": ["severe"] if is_severe else ["outdated"],
    }
    return _draft(evidence, "machine_outdated", said, "high" if is_severe else "medium")


def _unfit(evidence: MachineEvidence, fit: Fitness) -> Draft:
    said = {"codes": sorted(fit.codes), "reasons": list(fit.reasons or ())}
    if fit.advice:
        said["advice"] = list(fit.advice)
    return _draft(evidence, "machine_unfit", said, "high" if "os_support" in fit.codes else "medium")


def _unsafe(evidence: MachineEvidence, safe: Protection) -> Draft:
    said = {"codes": sorted(safe.codes), "reasons": list(safe.reasons or ())}
    if safe.advice:
        said["advice"] = list(safe.advice)
    return _draft(evidence, "machine_unsafe", said, "high" if len(safe.codes) > 2 else "medium")


def _clock(evidence: MachineEvidence, offset: float) -> Draft:
    # To the minute: a clock that drifts by seconds must not write new evidence with every report.
    said = {"offset_s": round(offset / 60) * 60, "limit": evidence.policy.clock_wrong_s}
    return _draft(evidence, "clock_wrong", said, None)


def _draft(evidence: MachineEvidence, kind: str, said: Mapping[str, Any], severity: Severity | None) -> Draft:
    machine = evidence.machine
    return draft(
        kind,
        machine["id"],
        unit_id=evidence.site["unit_id"],
        site_id=machine["site_id"],
        policy=evidence.policy,
        policy_version=evidence.policy_version,
        evidence=said,
        severity=severity,
        sample=bool(machine["sample"]),
    )
