"""What the API says about local networks, equipment and scans; as in models.py, null means "not known"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from collector.api.models import FromRow, SiteItem


class NetworkItem(BaseModel):
    """One local network of a site."""

    network: str = Field(description='"192.168.1.0/24"')
    gateway: str
    agents: int = Field(description="agents that stand on it")
    hosts: int | None = Field(description="devices that answered; null: never scanned")
    vendors: list[tuple[str, int]] | None = Field(description='makers with their number; "?" makes up its address')
    scanner_agent_id: str | None = Field(description="who holds the scan lease now; null: nobody")
    lease_from: datetime | None
    lease_until: datetime | None
    elected_why: str
    last_sweep_at: datetime | None


class SiteDetail(SiteItem):
    lan_evidence: list[Any] | None
    networks: list[NetworkItem]
    devices: int = Field(description="network equipment known here, gone ones included; see /devices?site_id=")


class DeviceItem(FromRow):
    id: int
    site_id: int
    site_name: str
    unit_id: str
    unit_name: str
    kind: str = Field(description='router, switch, printer, ups ...; "": nobody could tell')
    vendor: str
    model: str
    os: str
    version: str
    serial: str
    name: str
    location: str
    address: str
    mac_prefix: str = Field(description="first three bytes; whole addresses are not kept")
    source: str = Field(description="snmp, upnp, lldp, neighbours, arp or declared")
    source_class: str
    default_community: bool | None
    pages: int | None
    ports_up: int | None = Field(description="null: it told nothing about ports")
    ports_total: int | None
    attention: list[str] = Field(description="supply, battery, community, gone")
    first_seen_at: datetime
    last_seen_at: datetime
    gone_at: datetime | None = Field(description="missing in complete sweeps of several days")
    sample: bool


class DeviceDetail(DeviceItem):
    ports: list[dict[str, Any]] | None
    supplies: list[dict[str, Any]] | None
    battery: dict[str, Any] | None


class ScanItem(FromRow):
    id: int
    site_id: int
    site_name: str
    unit_id: str
    unit_name: str
    agent_id: str
    hostname: str
    machine_id: int | None
    started_at: datetime = Field(description="by the agent's clock")
    kind: str = Field(description="sweep or recheck")
    method: str = Field(description="scapy, sendarp or ping")
    network: str
    addresses: int = Field(description="asked")
    frames: int = Field(description="sent")
    duration_s: float
    hosts: int = Field(description="that answered")
    stopped: str = Field(description='why it ended early; "": it went through')
    sample: bool
