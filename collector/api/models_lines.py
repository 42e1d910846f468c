"""What the API says about lines, services and meetings; as in models.py, null means "not known"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class LineItem(BaseModel):
    """One site's line. The conclusions are null when nothing was ever measured."""

    site_id: int
    site_name: str
    unit_id: str
    unit_name: str
    provider: str
    meeting_point: bool
    grade: str = Field(description="ready, limited, audio, not_ready or unknown: for video meetings")
    contract: str = Field(description="below, kept or unknown: the measured against the paid rate")
    load: str = Field(description="over, busy, within or unknown: traffic against capacity")
    computed_at: datetime | None
    quality: dict[str, Any] | None = Field(
        description="figures by measure: p50, p90, p95 hold in that share of the tests; capped ones are lower bounds"
    )
    readiness: dict[str, Any] | None
    load_checks: list[dict[str, Any]] | None = Field(
        description="proven_mbps takes time without samples as idle: a lower bound; traffic is that of PCs with agents"
    )
    rate_checks: list[dict[str, Any]] | None
    budget: dict[str, Any] | None = Field(description="bytes spent on tests this month, by link class")
    sample: bool


class ReachItem(BaseModel):
    """Tries of one service from one site over the last seven days."""

    site_id: int
    site_name: str
    service: str
    group: str
    network: str = Field(description="internet or government")
    tries: int = Field(description="without those made while the line itself was down")
    answered: int
    offline: int = Field(description="tries while the line was down: they say nothing about the service")
    share: float | None = Field(description="answered of tries; null: no try counts")
    latency_ms: float | None = Field(description="mean of the answered tries")
    worst_stage: str = Field(description='dns, tcp, http: where most failed; "": none failed')
    last_error: str
    last_ok_at: datetime | None
    last_failed_at: datetime | None


class PointItem(BaseModel):
    site_id: int
    site_name: str
    unit_id: str
    unit_name: str
    provider: str
    chosen: bool = Field(description="false: it is a point by its role")
    grade: str
    readiness: dict[str, Any] | None = Field(description="null: never measured")
    state: str
    cut_off: bool
    outages_7_days: int
    computed_at: datetime | None
    sample: bool


class CheckItem(BaseModel):
    site_id: int
    site_name: str
    unit_id: str
    unit_name: str
    provider: str
    verdict: str = Field(description="pass, fail or unknown")
    reasons: list[str] = Field(description="of fail: cut_off, power, flapping, slow_down, slow_up, rtt, jitter, loss")
    open: list[str] = Field(description="what is not known: not_observed, not_measured, few, old, bounded")
    state: str
    cut_off: bool
    cut_since: datetime | None
    outages_7_days: int
    same_hours: bool = Field(description="judged by tests near that time of day")
    outside_hours: bool
    readiness: dict[str, Any]
    sample: bool


class CheckAnswer(BaseModel):
    """All points of the scope are counted; `results` is one page of them, failing ones first."""

    model_config = {"populate_by_name": True}

    checked_at: datetime
    at: datetime | None
    mbps: float
    working_day: bool
    points: int
    fail: int
    unknown: int
    passed: int = Field(alias="pass")
    results: list[CheckItem]
