"""Tests of the line and samples of traffic that wait for the next report, from the files that the agent keeps
(agent/measuring.py). Sends nothing."""

from __future__ import annotations

import json
import os
from typing import Any

from ..probe import NoData, ProbeContext
from ..quality import budget, memory
from ..quality.records import quality_info
from ..wire.sections_quality import QualityInfo, TrafficInfo


def run(context: ProbeContext) -> QualityInfo:
    kept = memory.read(_kept(context, memory.FILE))
    if not kept.waiting:
        raise NoData("no test waits for a report")
    now_s = context.host.now()
    return quality_info(kept, budget.allow(context.policy, kept.spent, now_s, (kept.down_mbps, kept.up_mbps)), now_s)


def run_traffic(context: ProbeContext) -> TrafficInfo:
    kept = memory.read_traffic(_kept(context, memory.TRAFFIC_FILE))
    if not kept.samples:
        raise NoData("no sample waits for a report")
    return TrafficInfo(kept.samples, kept.dropped)


def _kept(context: ProbeContext, name: str) -> Any:
    folder = context.settings.state_dir
    text = context.host.read_text(os.path.join(folder, name)) if folder else None
    try:
        return json.loads(text or "null")
    except (ValueError, RecursionError):
        return {}
