"""Every table of the store, one module per noun. Importing this package fills `SQLModel.metadata`."""

from inventory.store.tables.account import Account, LoginAttempt, Session
from inventory.store.tables.agent import Agent, AgentBoot, SiteToken
from inventory.store.tables.audit import Audit
from inventory.store.tables.connectivity import AreaEvent, JournalRow, SiteAlert
from inventory.store.tables.evidence import Contact, RawReport, RejectedReport, Section, SectionVersion
from inventory.store.tables.finding import Finding, FindingEvent
from inventory.store.tables.lan import Lan, LanScan, NetworkDevice
from inventory.store.tables.machine import Machine, MachineIdentifier, MachinePlacement
from inventory.store.tables.mail import Outbox, Recipient, WeeklyFigures
from inventory.store.tables.policy import PolicyVersion
from inventory.store.tables.quality import (
    LineDay,
    LineStanding,
    LineTest,
    LineTraffic,
    ServiceReach,
    ServiceRow,
    TrafficSeen,
)
from inventory.store.tables.relay import AgentRoad, BundleImport, OfflineFile
from inventory.store.tables.service import CollectorBeat, CollectorDeaf, JobDue, Meta
from inventory.store.tables.site import Line, Site, SiteState
from inventory.store.tables.unit import Area, AreaMember, Unit, UnitLink
from inventory.store.tables.village import Commitment, Station, Village

__all__ = [
    "Account",
    "Agent",
    "AgentBoot",
    "AgentRoad",
    "Area",
    "AreaEvent",
    "AreaMember",
    "Audit",
    "BundleImport",
    "CollectorBeat",
    "CollectorDeaf",
    "Commitment",
    "Contact",
    "Finding",
    "FindingEvent",
    "JobDue",
    "JournalRow",
    "Lan",
    "LanScan",
    "Line",
    "LineDay",
    "LineStanding",
    "LineTest",
    "LineTraffic",
    "LoginAttempt",
    "Machine",
    "MachineIdentifier",
    "MachinePlacement",
    "Meta",
    "NetworkDevice",
    "OfflineFile",
    "Outbox",
    "PolicyVersion",
    "RawReport",
    "Recipient",
    "RejectedReport",
    "Section",
    "SectionVersion",
    "ServiceReach",
    "ServiceRow",
    "Session",
    "Site",
    "SiteAlert",
    "SiteState",
    "SiteToken",
    "Station",
    "TrafficSeen",
    "Unit",
    "UnitLink",
    "Village",
    "WeeklyFigures",
]
