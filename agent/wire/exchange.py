"""What agent and collector say around the reports: enrolment, acknowledgement, policy. JSON both ways.

POST /agent/v1/enrol    EnrolRequest -> EnrolAnswer (201)
POST /agent/v1/reports  a batch of frames (seal.py) -> UploadAnswer (200), acks in the order of the frames
Errors have the API's one shape: {"error": {"code", "message", "field"?, "remedy"?}}.
An upload that carries reports made more than 60 s ago adds the header CLOCK_HEADER: "<boot id> <monotonic s>", taken
as it is sent, so that the collector can place older reports of that boot in true time.
POST /agent/v1/relayed  an envelope (envelope.py) that another agent carries, with RELAY_HEADER -> an envelope
Between a PC and the relay of its site: POST RELAY_PATH, an envelope -> 200 an envelope from the collector, or
202 {"kept": true}: it lies in the relay and has not arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

ENROL_PATH = "/agent/v1/enrol"
REPORTS_PATH = "/agent/v1/reports"
CLOCK_HEADER = "x-gapwatch-clock"
RELAYED_PATH = "/agent/v1/relayed"
RELAY_HEADER = "x-gapwatch-relay"  # "<agent id> <key generation> <proof>", see envelope.relay_proof
RELAY_PATH = "/relay/v1/reports"
RELAY_PORT = 8737

ACK_STATUSES = ("stored", "duplicate", "rejected", "retry")


@dataclass(frozen=True)
class ReachTarget:
    name: str  # as shown to people: "Một cửa điện tử"
    url: str  # http(s)://host[:port]/path, or tcp://host:port


@dataclass(frozen=True)
class SnmpUser:
    """Read-only SNMPv3 access (USM)."""

    user: str
    auth_protocol: str = ""  # SHA | SHA224 | SHA256 | SHA384 | SHA512 | ""
    auth_key: str = ""
    priv_protocol: str = ""  # AES | AES192 | AES256 | ""
    priv_key: str = ""


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
    scan_enabled: bool = False  # and only with a lease (UploadAnswer.scan_lease_s)
    scan_gap_ms: int = 30  # between two frames
    scan_passes: int = 2
    scan_sweeps_per_day: int = 1
    scan_recheck_s: int = 3600
    scan_largest_prefix: int = 22  # a wider network than this is not scanned
    scan_from: str = "08:00"  # local time; sweeps start at random between the two, Monday to Friday
    scan_to: str = "16:30"
    hygiene_s: int = 14400
    dhcp_probes_per_day: int = 3
    dns_known_names: Tuple[str, ...] = ()  # names with a public answer, to test name servers with
    snmp_communities: Tuple[str, ...] = ()  # tried in this order, none is guessed
    snmp_users: Tuple[SnmpUser, ...] = ()
    journal_s: int = 60  # between two looks at the line while reports do not get through
    government_check: str = ""  # on the government network: http(s)://... or tcp://host:port; "": not checked
    relay_enabled: bool = False  # this agent may carry other agents' sealed reports
    relay_port: int = RELAY_PORT
    relay_hosts: Tuple[str, ...] = ()  # PCs of the same site to ask when no collector address works: "host" or "host:port"
    line_reflector: str = ""  # of STAMP packets, "host:port"; ":port": on the collector's own host; "": none are sent
    line_ndt7: str = ""  # of throughput tests, "https://host:port"; ":port": on the collector's own host; "": none are made
    line_class: str = ""  # fibre | government | mobile | satellite; "": not known
    line_agents: int = 1  # PCs of the site that share the line's budget and its tests
    line_budget_mb: int = 0  # megabytes (10^6 bytes) a month for all of them
    line_stamp_s: int = 900  # between two trains of packets on the line
    line_stamp_packets: int = 60  # in a train
    line_tests_per_day: int = 4  # throughput tests on the line in a working day, at most


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
    scan_lease_s: int = 0  # this agent is its LAN's elected scanner for so many seconds from now; 0: it is not
