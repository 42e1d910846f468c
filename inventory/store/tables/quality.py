"""How good lines are, what goes through them, and what answers at their far end."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from inventory.store.types import JsonColumn, UtcDateTime


class LineTest(SQLModel, table=True):
    """One test of a line by one PC. The boot stands in the key, because a disk that was restored counts anew."""

    __tablename__ = "line_test"
    __table_args__ = (Index("ix_line_test_site_at", "site_id", "at"),)

    agent_id: str = Field(primary_key=True, max_length=32)
    boot_id: str = Field(primary_key=True, max_length=32)
    test_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    site_id: int
    kind: str = Field(max_length=12)  # stamp | ndt7_down | ndt7_up
    at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    # its start in true time
    placed: str = Field(max_length=8)  # boot | clock | receipt: how that time is known; receipt: it is not
    received_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    duration_s: float = 0.0
    bytes_used: int = Field(default=0, sa_type=BigInteger)  # both directions
    link_class: str = Field(default="", max_length=12)  # fibre | government | mobile | satellite | ""
    outcome: str = Field(max_length=16)  # ok | capped | stopped_busy | refused | failed
    error: str = Field(default="", max_length=40)
    packets_sent: int | None = None
    packets_received: int | None = None
    lost_forward: int | None = None  # from the PC to the collector
    lost_backward: int | None = None
    rtt_min_ms: float | None = None
    rtt_median_ms: float | None = None
    rtt_p95_ms: float | None = None
    jitter_ms: float | None = None  # RFC 3550, of the worse direction
    ipdv_p95_ms: float | None = None
    mbps: float | None = None
    stable: bool | None = None
    min_rtt_ms: float | None = None
    sample: bool = False


class LineTraffic(SQLModel, table=True):
    """What the PCs with agents at a site sent and received within five minutes: a lower bound of the line's traffic."""

    __tablename__ = "line_traffic"

    site_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    slot_at: datetime = Field(primary_key=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    bytes_in: int = Field(sa_type=BigInteger)
    bytes_out: int = Field(sa_type=BigInteger)
    pc_seconds: float  # seconds observed, over all PCs: 600 are two PCs for the whole slot
    updated_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    sample: bool = False


class TrafficSeen(SQLModel, table=True):
    """Which seconds of a boot of an agent are in `line_traffic` already, so that nothing is counted twice."""

    __tablename__ = "traffic_seen"

    agent_id: str = Field(primary_key=True, max_length=32)
    boot_id: str = Field(primary_key=True, max_length=32)
    seen: list[Any] = Field(sa_column=Column(JsonColumn, nullable=False))  # ranges of whole seconds since boot
    updated_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]


class ServiceReach(SQLModel, table=True):
    """How often a service answered the PCs of a site on one local day."""

    __tablename__ = "service_reach"

    site_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    service: str = Field(primary_key=True, max_length=80)
    day: date = Field(primary_key=True, index=True)
    tries: int
    ok: int
    offline: int  # tries while the line itself was down: they say nothing about the service
    failed_dns: int
    failed_tcp: int
    failed_http: int
    latency_ms: float  # sum over the tries that were answered; divide by `ok`
    last_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_ok_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_stage: str = Field(default="", max_length=8)  # of the last failure: dns | tcp | http
    last_error: str = Field(default="", max_length=40)
    sample: bool = False


class ServiceRow(SQLModel, table=True):
    """A service of the province, as the file config/services.toml lists it."""

    __tablename__ = "service"

    name: str = Field(primary_key=True, max_length=80)
    position: int
    url: str = Field(max_length=300)
    heading: str = Field(default="", max_length=60)
    network: str = Field(max_length=12)  # internet | government
    roles: list[Any] = Field(sa_column=Column(JsonColumn, nullable=False))
    sample: bool = False


class LineDay(SQLModel, table=True):
    """One measure of a site's line over one local day: what stays when the single measurements are forgotten."""

    __tablename__ = "line_day"

    site_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    day: date = Field(primary_key=True, index=True)
    measure: str = Field(primary_key=True, max_length=12)
    # rtt | jitter | loss | loss_up | loss_down | down | up: as in domain/line_quality.py; in | out: traffic in Mb/s
    count: int
    p50: float | None = None  # in the sense of that module: of rates what is reached in 50, 90, 95 % of the tests
    p90: float | None = None
    p95: float | None = None
    capped: int = 0
    at_least: float | None = None  # the best capped test
    bytes_used: int = Field(default=0, sa_type=BigInteger)


class LineStanding(SQLModel, table=True):
    """What is concluded now about a site's line and its fitness for meetings; recomputed from evidence."""

    __tablename__ = "line_standing"

    site_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    computed_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    grade: str = Field(max_length=12)  # ready | limited | audio | not_ready | unknown
    contract: str = Field(max_length=12)  # below | kept | unknown: the paid rate
    load: str = Field(max_length=12)  # over | busy | within | unknown: of the capacity
    data: dict[str, Any] = Field(sa_column=Column(JsonColumn, nullable=False))
