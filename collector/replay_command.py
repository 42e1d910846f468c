"""`gapwatch replay`: runs the connectivity engine over a recorded trace. Needs neither settings nor store."""

from __future__ import annotations

import gc
import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from collector.i18n.why_words import why
from collector.i18n.words import CAUSES, SITE_STATES
from inventory.domain.hours import DEFAULT_CALENDAR, VN_TIME
from inventory.domain.policy import DEFAULT_POLICY
from inventory.domain.problem import BadValue
from inventory.domain.replay import Replay
from inventory.domain.site_alert import Alert
from inventory.domain.site_facts import Stretch
from inventory.transfer.calendar_file import read_calendar


def replay(trace: Path, calendar: Path | None = None) -> tuple[Replay, dict[str, Any]]:
    """(the replay, its answer). `trace` may be gzipped. Raises BadValue naming the file or the line."""
    runner = Replay(DEFAULT_POLICY, read_calendar(str(calendar)) if calendar else DEFAULT_CALENDAR)
    with _frozen(), _opened(trace) as lines:
        answer = runner.run(lines)
    return runner, answer


def as_json(answer: dict[str, Any]) -> str:
    """One JSON object."""
    return json.dumps(answer, ensure_ascii=False)


def explain_site(runner: Replay, site: str) -> Iterator[str]:
    """The timeline of a site in words, one stretch a paragraph. Raises BadValue for a site that is not in the trace."""
    stretches = runner.timelines.get(site)
    if stretches is None:
        known = ", ".join(sorted(runner.timelines)[:8])
        raise BadValue("--explain", "không có địa điểm {site} trong tệp", "dùng mã như {known}", site=site, known=known)
    for stretch in stretches:
        yield _paragraph(stretch)
    for alert in runner.world.offices[site].alerts:
        state = SITE_STATES.get(alert.state, alert.state)
        yield f"Cảnh báo {_local(alert.raised)}: {state}{_ending(alert)}."


def summary(runner: Replay) -> Iterator[str]:
    """For a person who gave neither --json nor --explain: events, then alerts, each one line."""
    offices = runner.world.offices
    yield f"{len(offices)} địa điểm, {len(runner.world.agents)} máy."
    for event in runner.events:
        where = ", ".join(part for part in (event.provider, event.area) if part)
        until = _local(event.to_at) if event.to_at else "chưa hết"
        cause = CAUSES.get(event.cause, event.cause)
        yield f"Sự cố chung {_local(event.from_at)} - {until}: {where}, {len(event.sites)} địa điểm, {cause}."
    for alert in sorted((a for office in offices.values() for a in office.alerts), key=lambda a: (a.raised, a.site)):
        state = SITE_STATES.get(alert.state, alert.state)
        yield f"Cảnh báo {alert.site} {_local(alert.raised)}: {state} từ {_local(alert.since)}{_ending(alert)}."


def _ending(alert: Alert) -> str:
    if alert.withdrawn:
        return f", rút lại lúc {_local(alert.withdrawn)}"
    return f", kết thúc lúc {_local(alert.closed)}" if alert.closed else ", chưa kết thúc"


def _paragraph(stretch: Stretch) -> str:
    state = SITE_STATES.get(stretch.state, stretch.state)
    cause = f" ({CAUSES.get(stretch.cause, stretch.cause)})" if stretch.cause != "unknown" else ""
    seen = "" if stretch.observed else " [không có máy nào quan sát lúc này]"
    return f"{_local(stretch.from_at)} - {_local(stretch.to_at)}  {state}{cause}{seen}\n    {why(stretch.why)}"


def _local(moment: datetime) -> str:
    return moment.astimezone(VN_TIME).strftime("%d/%m/%Y %H:%M:%S")


@contextmanager
def _opened(trace: Path) -> Iterator[BinaryIO]:
    try:
        file = cast(BinaryIO, gzip.open(trace) if trace.suffix == ".gz" else open(trace, "rb"))  # noqa: SIM115 (below)
    except OSError as error:
        raise BadValue(
            str(trace), "không mở được ({why})", "kiểm tra tên tệp", why=os.strerror(error.errno or 0)
        ) from None
    with file:
        yield file


@contextmanager
def _frozen() -> Iterator[None]:
    """Millions of small objects that all live to the end: looking for garbage among them costs more than the work."""
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
