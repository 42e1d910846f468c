"""How good the sample's lines are, what goes through them and which services answer. Everything here is invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from inventory.domain.hours import VN_TIME, Calendar
from inventory.domain.service import Service
from inventory.domain.week import local_day
from inventory.sample.history import Life
from inventory.sample.presence import at_local, boot_id, working_day_before
from inventory.sample.sites import SitePlan
from inventory.sample.story import all_sites
from inventory.store.services import save_services
from inventory.store.tables import LineTest, LineTraffic, ServiceReach

DAYS = 14
STAMP_EVERY = timedelta(minutes=45)
PACKETS, STAMP_BYTES, CAPPED_BYTES = 60, 8_640, 4_000_000
DOWN_SERVICE, SITE_SERVICE = "Thư công vụ", "Hộ tịch điện tử"

SERVICES: tuple[Service, ...] = (
    Service("Giải quyết thủ tục hành chính", "https://motcua.example/", "Một cửa", "internet", sample=True),
    Service("Thanh toán trực tuyến", "https://thanhtoan.example/", "Một cửa", "internet", sample=True),
    Service("Văn bản và điều hành", "https://vanban.example/", "Điều hành", "government", sample=True),
    Service(DOWN_SERVICE, "https://thu.example/", "Điều hành", "internet", sample=True),
    Service(SITE_SERVICE, "https://hotich.example/", "Chuyên ngành", "internet", sample=True),
    Service("Máy chủ họp trực tuyến", "tcp://hop.example:443", "Họp trực tuyến", "government", sample=True),
)

_test = LineTest.__table__  # type: ignore[attr-defined]
_traffic = LineTraffic.__table__  # type: ignore[attr-defined]
_reach = ServiceReach.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Nature:
    """What a line is like. Rates are shares of what is paid for; loss is the share of trains that lose a packet."""

    rtt_ms: float = 14.0
    jitter_ms: float = 2.0
    loss: float = 0.02
    packets: int = 1  # lost of a train that loses any
    down: float = 0.93
    up: float = 0.9
    capped: bool = False  # only capped tests: the budget allows no more
    busy: float = 0.0  # share of the time in which people fill the line
    tested: bool = True


NATURES: Mapping[str, Nature] = {
    "An Toàn/0": Nature(78, 36, 0.08, 1, 0.34, 0.12),
    "Canh Liên/0": Nature(31, 36, 0.14, 1, 0.7, 0.6),
    "Vĩnh Sơn/0": Nature(44, 12, 0.06, 1, 0.55, 0.5),
    "An Hòa/1": Nature(22, 6, 0.03, 1, 0.38, 0.31),
    "Vĩnh Sơn/2": Nature(27, 18, 0.08, 1, 0.92, 0.9, busy=0.42),
    "Vĩnh Thịnh/0": Nature(17, 3, 0.02, 1, 0.9, 0.88, capped=True),
    "An Vinh/0": Nature(tested=False),
    "Vĩnh Quang/1": Nature(19, 33, 0.09, 1, 0.9, 0.9),
}
"""Lines that differ from the usual one, by the key of their site."""


def add_lines(session: Session, lives: list[Life], calendar: Calendar, now: datetime) -> None:
    """Tests, traffic and tries of services of the last two weeks, as the agents would have told them."""
    connection = session.connection()
    save_services(session, SERVICES, now, sample=True)
    since = now - timedelta(days=DAYS)
    down_since = _working_day(calendar, now)
    by_site: dict[str, list[Life]] = {}
    for life in lives:
        by_site.setdefault(life.pc.site, []).append(life)
    tests, reach = list[dict[str, Any]](), list[dict[str, Any]]()
    slots: dict[tuple[int, datetime], dict[str, Any]] = {}
    for key, own in by_site.items():
        plan, nature = all_sites()[key][1], NATURES.get(key, Nature())
        opener = next((life for life in own if life.pc.number == 0), own[0])
        if nature.tested and plan.mbps:
            tests += _tests(opener, plan, nature, since, now)
        _add_traffic(slots, opener, plan, nature, since, now)
        reach += _reach_rows(opener, key, since, now, down_since)
    for table, rows in ((_test, tests), (_traffic, list(slots.values())), (_reach, reach)):
        if rows:
            connection.execute(insert(table), rows)


def judged_at(calendar: Calendar, now: datetime) -> datetime:
    """The last moment of office work: services are judged by the days on which somebody tried them."""
    return min(now, at_local(_working_day(calendar, now), "16:30"))


def _working_day(calendar: Calendar, now: datetime) -> Any:
    today = now.astimezone(VN_TIME).date()
    worked = calendar.is_working_day(today) and now >= at_local(today, "11:00")
    return today if worked else working_day_before(calendar, today - timedelta(days=1))


_TEST: dict[str, Any] = LineTest(placed="boot", outcome="ok", sample=True).model_dump()  # type: ignore[call-arg]


def _moments(life: Life, every: timedelta, since: datetime, now: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    """(boot, its begin, moment) for as long as the PC was heard live."""
    for boot in life.live_boots():
        for stretch, _, _ in boot.live():
            at = max(stretch.from_at, since)
            while at < min(stretch.to_at, now):
                yield boot_id(life.pc.agent_id, boot.run), boot.run.from_at, at
                at += every


def _tests(life: Life, plan: SitePlan, nature: Nature, since: datetime, now: datetime) -> list[dict[str, Any]]:
    rng = Random(f"line:{life.pc.agent_id}")  # noqa: S311 - invented data, not a secret
    rows: list[dict[str, Any]] = []
    tested = set[Any]()
    for boot, _begin, at in _moments(life, STAMP_EVERY, since, now):
        at += timedelta(seconds=rng.randrange(0, 600))
        if at >= now:
            continue
        rows.append(_stamp(life, boot, len(rows) + 1, at, plan, nature, rng))
        day = local_day(at)
        if day not in tested and at.astimezone(VN_TIME).hour >= 9:
            tested.add(day)
            for kind, share in (("ndt7_down", nature.down), ("ndt7_up", nature.up)):
                rows.append(
                    _speed(life, boot, len(rows) + 1, at + timedelta(seconds=40), plan, nature, kind, share, rng)
                )
    return rows


def _row(life: Life, boot: str, number: int, at: datetime, plan: SitePlan, kind: str) -> dict[str, Any]:
    return _TEST | {
        "agent_id": life.pc.agent_id, "boot_id": boot, "test_id": number, "site_id": life.site_id, "kind": kind, "at": at,
        "received_at": at + timedelta(minutes=2), "link_class": "mobile" if plan.net == "modem" else "fibre",
    }  # fmt: skip


def _stamp(
    life: Life, boot: str, number: int, at: datetime, plan: SitePlan, nature: Nature, rng: Random
) -> dict[str, Any]:
    rtt = nature.rtt_ms * rng.uniform(0.9, 1.35)
    lost = nature.packets if rng.random() < nature.loss else 0
    forward = lost if rng.random() < 0.7 else 0
    return _row(life, boot, number, at, plan, "stamp") | {
        "duration_s": 3.0, "bytes_used": STAMP_BYTES, "packets_sent": PACKETS, "packets_received": PACKETS - lost,
        "lost_forward": forward, "lost_backward": lost - forward, "rtt_min_ms": round(rtt * 0.8, 1),
        "rtt_median_ms": round(rtt, 1), "rtt_p95_ms": round(rtt * 1.5, 1),
        "jitter_ms": round(nature.jitter_ms * rng.uniform(0.6, 1.3), 1),
        "ipdv_p95_ms": round(nature.jitter_ms * rng.uniform(1.5, 2.5), 1),
    }  # fmt: skip


def _speed(
    life: Life, boot: str, number: int, at: datetime, plan: SitePlan, nature: Nature, kind: str, share: float, rng: Random
) -> dict[str, Any]:  # fmt: skip
    paid = float(plan.mbps or 0) / (4 if plan.net == "modem" and kind == "ndt7_up" else 1)
    mbps = round(paid * share * rng.uniform(0.9, 1.04), 2)
    if rng.random() < 0.06:
        return _row(life, boot, number, at, plan, kind) | {"outcome": "stopped_busy", "bytes_used": 300_000}
    used = CAPPED_BYTES if nature.capped else int(mbps * 1e6 / 8 * 10)
    return _row(life, boot, number, at, plan, kind) | {
        "outcome": "capped" if nature.capped else "ok", "mbps": mbps, "bytes_used": used,
        "duration_s": round(used * 8 / max(mbps, 0.1) / 1e6, 1), "stable": not nature.capped,
        "min_rtt_ms": round(nature.rtt_ms * 0.8, 1),
    }  # fmt: skip


def _add_traffic(
    slots: dict[tuple[int, datetime], dict[str, Any]],
    life: Life,
    plan: SitePlan,
    nature: Nature,
    since: datetime,
    now: datetime,
) -> None:
    rng = Random(f"traffic:{life.pc.agent_id}")  # noqa: S311 - invented data, not a secret
    paid = float(plan.mbps or 100)
    for _boot, _begin, at in _moments(life, timedelta(seconds=300), max(since, now - timedelta(days=8)), now):
        slot_at = at - timedelta(seconds=at.timestamp() % 300)
        full = rng.random() < nature.busy
        down = paid * rng.uniform(0.93, 1.0) if full else min(paid * 0.4, rng.expovariate(1 / 0.8))
        kept = slots.setdefault(
            (life.site_id, slot_at),
            {"site_id": life.site_id, "slot_at": slot_at, "bytes_in": 0, "bytes_out": 0, "pc_seconds": 0.0,
             "updated_at": slot_at + timedelta(seconds=330), "sample": True},
        )  # fmt: skip
        kept["bytes_in"] += int(down * 1e6 / 8 * 300)
        kept["bytes_out"] += int(down * 0.12 * 1e6 / 8 * 300)
        kept["pc_seconds"] += 300.0


def _reach_rows(life: Life, key: str, since: datetime, now: datetime, down_since: Any) -> list[dict[str, Any]]:
    rng = Random(f"reach:{key}")  # noqa: S311 - invented data, not a secret
    rows: dict[tuple[str, Any], dict[str, Any]] = {}
    plan = all_sites()[key][1]
    for _boot, _begin, at in _moments(life, timedelta(minutes=30), since, now):
        day = local_day(at)
        for service in SERVICES:
            if service.network == "government" and plan.role != "tru_so_chinh":
                continue  # only main offices of the sample have a line into that network
            key_ = (service.name, day)
            if key_ not in rows:
                rows[key_] = _reach_row(life.site_id, service.name, day, at)
            _try(rows[key_], at, _stage(service.name, key, day, down_since, rng), rng)
    return list(rows.values())


def _stage(service: str, key: str, day: Any, down_since: Any, rng: Random) -> str:
    """Where a try stops; "" when it is answered."""
    if service == DOWN_SERVICE and day >= down_since:
        return "http"
    if service == SITE_SERVICE and key in ("Vĩnh Quang/1", "An Lão/1"):
        return "dns"
    return rng.choice(("tcp", "http")) if rng.random() < (0.08 if key == "An Toàn/0" else 0.006) else ""


def _reach_row(site_id: int, service: str, day: Any, at: datetime) -> dict[str, Any]:
    return ServiceReach(
        site_id=site_id, service=service, day=day, tries=0, ok=0, offline=0, failed_dns=0, failed_tcp=0, failed_http=0,
        latency_ms=0.0, last_at=at, sample=True,
    ).model_dump()  # fmt: skip


def _try(row: dict[str, Any], at: datetime, stage: str, rng: Random) -> None:
    row["tries"] += 1
    row["last_at"] = at
    if stage:
        row["failed_" + stage] += 1
        error = {"dns": "nxdomain", "tcp": "timeout", "http": "status 503"}[stage]
        row.update(last_failed_at=at, last_stage=stage, last_error=error)
    else:
        row["ok"] += 1
        row["last_ok_at"] = at
        row["latency_ms"] += round(rng.uniform(30, 220), 1)
