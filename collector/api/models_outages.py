"""What the API says about outages and area events; as in models.py, null means "not known"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class OutageItem(BaseModel):
    """One outage of one site, whole: not clipped to the time that was asked for."""

    site_id: int
    site_name: str
    unit_id: str
    unit_name: str
    provider: str = Field(description='of the line, else of the site; "": not known')
    line_id: int | None
    line_kind: str = Field(description='internet, tslcd, mobile, satellite, office_link; "": no line was declared')
    contract_no: str
    from_at: datetime
    to_at: datetime | None = Field(description="null: not over")
    seconds: int = Field(description="without the collector's own downtime and unproven nights")
    open_seconds: int = Field(description="of these, in opening hours")
    observed_open_seconds: int = Field(description="of these, what somebody saw; the rest follows from both ends")
    state: str = Field(description="LINE_LOST_CONFIRMED, LINE_LOST_SUSPECTED or POWER_CUT_SUSPECTED")
    cause: str = Field(description="line, lan, captive, power or unknown")
    why: str = Field(description="code of the rule that decided; words: docs/en/reading-outages.md")
    witnesses: int = Field(description="agents whose journals tell of it")
    area_event_id: int | None
    corrections: list[Any] = Field(description="what was told before late proof came, oldest first")
    not_claimed: str = Field(description='"": counts against the provider; else power, lan, captive, suspected ...')
    sample: bool


class AreaEventItem(BaseModel):
    """Sites of one provider or area that were lost together."""

    id: int
    from_at: datetime
    to_at: datetime | None = Field(description="null: it goes on")
    area_id: int | None = Field(description="null: not one area's")
    area_name: str
    provider: str = Field(description='"": not one provider\'s')
    cause: str
    raised_at: datetime
    withdrawn_at: datetime | None = Field(description="late proof showed that there was none")
    site_ids: list[int] = Field(description="those that the caller may see")
    sites_in_all: int
