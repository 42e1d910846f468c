"""What the API says: one model per answer. null means "not known", never "none" or 0. Times are UTC, RFC 3339."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Listed(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    total: int = Field(description="rows that the filter leaves, over all pages")
    page: int
    size: int


class FromRow(BaseModel):
    """Built from a row of the store by attribute names."""

    model_config = ConfigDict(from_attributes=True)


class UnitItem(FromRow):
    id: str = Field(description="our own id; official codes are recycled")
    kind: str = Field(description="tinh, huyen or xa")
    type_label: str
    name: str
    code: str = Field(description="official code while the unit was valid")
    parent_id: str | None
    valid_from: date | None = Field(description="null: before records began")
    valid_to: date | None = Field(description="last day; null: still valid")
    legal_basis: str
    lat: float | None
    lon: float | None


class UnitDetail(UnitItem):
    successors: list[str] = Field(description="ids of the units that took over, the default first")


class SiteItem(FromRow):
    id: int
    name: str
    role: str
    unit_id: str
    unit_name: str
    provider: str
    excluded: bool = Field(description="never observed, for instance by law; in no figure")
    state: str
    state_cause: str
    state_since: datetime | None
    last_contact_at: datetime | None
    lan_state: str = Field(description="none, partial, working or unknown")
    lan_declared: str
    pc_norm: int | None
    machines: int
    outdated_machines: int
    agents: int
    evaluated_at: datetime | None
    sample: bool


class Unfit(BaseModel):
    code: str
    value: Any = None
    limit: Any = None


class Windows11Reason(BaseModel):
    code: str = Field(description="cpu, ram, disk, tpm or firmware")
    value: Any = Field(default=None, description="null: not known")
    limit: Any = None
    off: bool = Field(default=False, description="can be switched on in the firmware")


class MachineItem(FromRow):
    id: int
    site_id: int
    site_name: str
    unit_id: str
    unit_name: str
    hostname: str
    vendor: str
    model: str
    serial: str
    asset_tag: str
    kind: str
    status: str
    purchase_date: date | None
    cpu: str
    cpu_cores: int | None
    ram_bytes: int | None
    disk_bytes: int | None
    disk_rotational: bool | None
    os_name: str
    os_version: str
    age_status: str = Field(description="known, unknown or not_applicable")
    built_earliest: int | None
    built_latest: int | None
    age_method: str
    age_confidence: str
    outdated: bool | None = Field(description="null: not known, or does not apply")
    unfit: list[Unfit] | None = Field(description="limits not kept; null: not judged yet")
    unsafe: list[Unfit] | None = Field(description="weak points of protection; null: not judged yet")
    advice: list[str] | None = Field(description="codes of what is worth a look and no gap")
    windows11: str | None = Field(description="capable, switched_off or cannot; null: not known or not judged")
    os_support_end: date | None = Field(description="null: not known, or the maker has named none")
    last_update_on: date | None
    disk_free_bytes: int | None = Field(description="of the system's volume")
    disk_health: str | None = Field(description="ok, warning or failing, by the disk's own word")
    policy_version: int
    last_contact_at: datetime | None
    evaluated_at: datetime | None
    sample: bool


class SectionItem(FromRow):
    name: str
    status: str = Field(description="ok, no_data, failed or denied: of the newest report")
    error: str
    seen_at: datetime
    changed_at: datetime
    data: dict[str, Any] | None = Field(description="of the newest report that had data")


class MachineDetail(MachineItem):
    addresses: list[str]
    age_evidence: list[Any] | None
    windows11_reasons: list[Windows11Reason] | None
    sections: list[SectionItem]


class FindingItem(FromRow):
    id: int
    kind: str
    subject_kind: str
    subject_id: str
    subject_name: str
    site_id: int | None
    site_name: str
    unit_id: str
    unit_name: str
    severity: str
    state: str
    is_open: bool = Field(description="the rule still holds, by the newest evidence")
    responsible: str
    opened_at: datetime
    closed_at: datetime | None
    due_on: date | None
    overdue: bool
    times_opened: int
    policy_version: int
    evidence: dict[str, Any]
    sample: bool


class EventItem(FromRow):
    at: datetime
    actor: str = Field(description="empty: the collector itself")
    what: str
    from_state: str
    to_state: str
    note: str


class FindingDetail(FindingItem):
    events: list[EventItem]


class Counts(FromRow):
    """Each figure has its observed share beside it: compare `cut` with `observed`, `outdated` with `age_known` ..."""

    sites: int = Field(description="without the excluded ones")
    connected: int
    off: int
    cut: int
    unobserved: int
    observed: int = Field(description="sites whose line is known to work or not to work now")
    excluded: int
    no_lan: int
    partial_lan: int
    lan_known: int
    lan_faulty: int = Field(description="sites with an open finding about the habits of their LAN")
    lan_seen: int = Field(description="sites of which a network or a finding about one is known")
    machines: int
    outdated: int
    age_known: int
    age_unknown: int
    age_not_applicable: int
    unsafe: int
    unsafe_known: int
    windows11_cannot: int
    windows11_switched_off: int
    windows11_known: int
    windows11_asked: int = Field(description="PCs that can be judged: no virtual machines, no servers")
    disk_bad: int = Field(description="a disk that is failing, or a system volume nearly full")
    disk_known: int
    villages: int
    no_broadband: int
    broadband_known: int
    no_signal: int
    partial_signal: int
    signal_known: int
    samples: int


class CommuneCounts(BaseModel):
    unit_id: str
    unit_name: str
    area_id: int | None
    area_name: str
    figures: Counts


class FiguresAnswer(BaseModel):
    at: datetime
    total: Counts
    communes: list[CommuneCounts]


class OutboxItem(FromRow):
    id: int
    iso_week: str = Field(description="the week that the mail reports on, e.g. 2026-W47")
    scope_kind: str
    scope_id: str
    email: str
    subject: str
    state: str = Field(description="queued, sending, sent or failed")
    attempts: int
    due_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None
    last_error: str
