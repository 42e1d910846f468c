"""Local networks of sites, the scans of their elected scanners, and the equipment found."""

# pyright: reportAssignmentType=false
# (SQLModel takes __tablename__ as a plain text)

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from inventory.store.types import BigId, JsonColumn, UtcDateTime


class Lan(SQLModel, table=True):
    """One local network of a site: the PCs that share a gateway. At most one agent holds its scan lease."""

    __tablename__ = "lan"
    __table_args__ = (UniqueConstraint("site_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    key: str = Field(max_length=64)  # hash of the gateway's MAC, else "net:" and the network
    network: str = Field(default="", max_length=48)  # "192.168.1.0/24"
    gateway: str = Field(default="", max_length=64)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_seen_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    scanner_agent_id: str = Field(default="", max_length=32, index=True)  # "" nobody is elected
    lease_from: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    elected_why: str = Field(default="", max_length=40)
    last_sweep_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
    hosts: int | None = None  # that answered in the last sweep and the re-checks since
    vendors: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))  # [[maker, number]], most first
    members: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    # [{"agent_id", "able", "wired", "laptop"}]: the agents on it, as inventory/domain/scanner.py takes them
    sample: bool = False


class LanScan(SQLModel, table=True):
    """The record of one scan, as its scanner told it. Kept for a year: people may ask what the agents did."""

    __tablename__ = "lan_scan"
    __table_args__ = (UniqueConstraint("agent_id", "started_at", "kind"),)

    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True, autoincrement=True))
    site_id: int = Field(foreign_key="site.id", index=True)
    agent_id: str = Field(max_length=32)
    started_at: datetime = Field(index=True, sa_type=UtcDateTime)  # type: ignore[call-overload]
    kind: str = Field(default="", max_length=12)  # sweep | recheck
    method: str = Field(default="", max_length=12)
    network: str = Field(default="", max_length=48)
    addresses: int = 0
    frames: int = 0
    duration_s: float = 0.0
    hosts: int = 0
    stopped: str = Field(default="", max_length=20)
    sample: bool = False


class NetworkDevice(SQLModel, table=True):
    """A switch, router, printer ... that agents saw on a site's LAN, or that people declared."""

    __tablename__ = "network_device"

    id: int | None = Field(default=None, primary_key=True)
    site_id: int = Field(foreign_key="site.id", index=True)
    kind: str = Field(
        default="", max_length=20
    )  # gateway | switch | router | wifi_ap | printer | ups | camera | nas | ""; as agents say it: see agent/snmp
    vendor: str = Field(default="", max_length=80)
    model: str = Field(default="", max_length=120)
    serial: str = Field(default="", max_length=120)
    mac_prefix: str = Field(default="", max_length=8)
    mac_hash: str = Field(default="", max_length=16, index=True)
    address: str = Field(default="", max_length=64)
    source_class: str = Field(default="measured", max_length=10)
    first_seen_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    last_seen_at: datetime = Field(sa_type=UtcDateTime)  # type: ignore[call-overload]
    sample: bool = False
    source: str = Field(default="", max_length=12)  # snmp | upnp | arp | neighbours | declared
    name: str = Field(default="", max_length=120)
    os: str = Field(default="", max_length=80)
    version: str = Field(default="", max_length=80)
    location: str = Field(default="", max_length=120)
    agent_id: str = Field(default="", max_length=32)  # who saw it last
    default_community: bool | None = None
    pages: int | None = Field(default=None, sa_type=BigInteger)
    ports: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    supplies: list[Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    battery: dict[str, Any] | None = Field(default=None, sa_column=Column(JsonColumn))
    scans_missed: int = 0  # sweeps in a row, on different days, that did not see it: one miss is no absence
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # type: ignore[call-overload]
