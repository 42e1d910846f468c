"""What agent and collector say around the reports: enrolment, acknowledgement, policy. JSON both ways.

POST /agent/v1/enrol    EnrolRequest -> EnrolAnswer (201)
POST /agent/v1/reports  a batch of frames (seal.py) -> UploadAnswer (200), acks in the order of the frames
Errors have the API's one shape: {"error": {"code", "message", "field"?, "remedy"?}}.
An upload that carries reports made more than 60 s ago adds the header CLOCK_HEADER: "<boot id> <monotonic s>", taken
as it is sent, so that the collector can place older reports of that boot in true time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

ENROL_PATH = "/agent/v1/enrol"
REPORTS_PATH = "/agent/v1/reports"
CLOCK_HEADER = "x-gapwatch-clock"

ACK_STATUSES = ("stored", "duplicate", "rejected", "retry")


@dataclass(frozen=True)
class ReachTarget:
    name: str  # as shown to people: "Một cửa điện tử"
    url: str  # http(s)://host[:port]/path, or tcp://host:port


@dataclass(frozen=True)
class AgentPolicy:
    """How often and what; typed values only, never code. Unknown fields are passed over by older agents."""

    version: int = 0  # 0: built-in defaults
    heartbeat_s: int = 300
    network_s: int = 1800  # interfaces, counters, neighbours, reach
    inventory_s: int = 86400  # everything, even if unchanged
    disabled_probes: Tuple[str, ...] = ()
    reach_targets: Tuple[ReachTarget, ...] = ()
    internet_check_url: str = ""  # a plain-HTTP page with a known answer; "" leaves the check out
    internet_check_text: str = ""  # its known answer; "" with status 204 expected
    spool_bytes: int = 8 * 1024 * 1024
    send_user_name: bool = False


@dataclass(frozen=True)
class EnrolRequest:
    token: str
    request_id: str  # 32 hex digits, kept by the agent until answered: a repeated request gets the same identity
    agent_version: str = ""
    hostname: str = ""


@dataclass(frozen=True)
class EnrolAnswer:
    agent_id: str  # 32 hex digits
    key: str  # 64 hex digits
    key_generation: int
    site_name: str = ""
    server_time_s: float = 0.0
    policy: AgentPolicy = AgentPolicy()


@dataclass(frozen=True)
class Ack:
    seq: int
    status: str  # stored | duplicate: done. rejected: kept apart by the collector, drop it. retry: send again later
    reason: str = ""


@dataclass(frozen=True)
class UploadAnswer:
    acks: Tuple[Ack, ...] = ()
    missing: Tuple[str, ...] = ()  # sections whose data the collector lacks: send them with the next report
    come_back_s: int = 0  # 0: at the usual time; else wait that long, then a random share of `spread_s`
    spread_s: int = 0
    policy: Optional[AgentPolicy] = None  # only when the agent's policy_version is not the current one
