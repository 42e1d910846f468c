"""The child process of a scan: question as a line of JSON on stdin, answer as JSON on stdout, then gone. While it runs,
further lines on stdin renew the lease or end the scan (watch.py).

python -B -m agent.scan.child
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from typing import Any, Dict, List

from ..host import Host
from ..probe import printable
from ..probes import neighbours_linux, neighbours_windows
from ..probes.nic_kinds import kinds
from ..wire import codec
from ..wire.exchange import AgentPolicy
from ..wire.sections import mac_hash, mac_prefix
from . import lldp
from .door import LinkLost
from .doors import open_door
from .pace import LARGEST_GAP_MS
from .sweep import Outcome, Plan, Sweep
from .targets import Choice, Network, addresses, choose
from .watch import Lines, Watch


def main() -> int:
    """Answers one question. The exit status is 0 whatever comes of the scan."""
    if sys.platform != "win32":
        os.nice(10)  # on Windows the parent starts us below normal
    # A library that prints must not spoil the answer: stdout is kept for it, prints go to stderr.
    answer_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lines = Lines(0)
    question: Dict[str, Any] = json.loads(lines.next().decode("utf-8"))
    watch = Watch(question["lease_s"], question["deadline_s"], question["off_file"])
    watch.listen(lines)
    host = Host(question["root"], question["platform"])
    log: List[str] = []
    if question["kind"] == "devices":
        from . import devices

        answer = devices.ask(question, watch)
    else:
        answer = scan(host, question, watch, log)
    with answer_to:
        answer_to.write(json.dumps({**answer, "log": log[:20]}).encode("ascii"))
    return 0


def scan(host: Host, question: Dict[str, Any], watch: Watch, log: List[str]) -> Dict[str, Any]:
    """One sweep or re-check. {"off": reason} when there is nothing that may be scanned or no way to do it."""
    policy = codec.read(AgentPolicy, question["policy"])
    choice = choose_here(host, policy)
    network = choice.network
    if network is None:
        return {"off": choice.off}
    known = question["known"] if question["known_network"] == network.network else []
    if question["kind"] == "recheck" and not known:
        return {"off": "no_network"}
    try:
        door = open_door(host, network, log.append)
    except LinkLost as error:
        log.append(str(error))
        return {"off": "no_network"}
    if door is None:
        return {"off": "unsupported"}
    try:
        plan = plan_of(question, policy, network, known)
        outcome = Sweep(plan, door, time.monotonic, random.SystemRandom(), watch).run()
    finally:
        door.close()
    log.append("{} questions each, {:.0f} % lost".format(outcome.tries, outcome.loss * 100))
    return answer_of(network, door.method, outcome)


def choose_here(host: Host, policy: AgentPolicy) -> Choice:
    """The network of this PC that may be scanned."""
    nics = host.nics()
    if host.platform == "windows":
        routes = neighbours_windows.parse_routes(host.ip_forward_table())
    else:
        routes = neighbours_linux.parse_routes(host.read_text("/proc/net/route"))
    gateways = [route.gateway for route in sorted(routes, key=lambda row: row.metric)]
    return choose(nics, kinds(host, [nic.name for nic in nics]), gateways, policy.scan_largest_prefix)


def plan_of(question: Dict[str, Any], policy: AgentPolicy, network: Network, known: List[str]) -> Plan:
    everybody = addresses(network)
    kind = question["kind"]
    return Plan(
        kind=kind,
        addresses=tuple(address for address in everybody if kind == "sweep" or address in set(known)),
        gateway=network.gateway,
        own=dict.fromkeys((*network.own, network.address), network.mac),
        everybody=frozenset(everybody),
        known=frozenset(known),
        # Broadcasts go over the air at the slowest rate there is, and keep everybody else waiting.
        gap_ms=LARGEST_GAP_MS if network.wireless else policy.scan_gap_ms,
        passes=policy.scan_passes,
        listen_s=question["listen_s"],
        max_frames=question["max_frames"],
    )


def answer_of(network: Network, method: str, outcome: Outcome) -> Dict[str, Any]:
    """What the agent keeps of a scan (state.merge). Whole MAC addresses end here."""
    gateway = outcome.hosts.get(network.gateway)
    neighbours = [item for item in (lldp.parse(frame) for frame in outcome.announcements) if item is not None]
    return {
        "interface": printable(network.interface),
        "network": network.network,
        "gateway": network.gateway,
        "gateway_mac_hash": mac_hash(gateway.mac) if gateway else "",
        "method": method,
        "addresses": outcome.addresses,
        "frames": outcome.frames,
        "duration_s": round(outcome.duration_s, 1),
        "stopped": outcome.stopped,
        "began": outcome.started_asking,
        "hosts": [
            {
                "address": address,
                "mac_prefix": mac_prefix(seen.mac),
                "mac_hash": mac_hash(seen.mac),
                "passes": seen.passes,
            }
            for address, seen in sorted(outcome.hosts.items())
        ],
        "clashes": {address: sorted(map(mac_hash, macs)) for address, macs in outcome.clashes.items()},
        "lldp": [codec.to_plain(item) for item in neighbours],
    }


if __name__ == "__main__":
    sys.exit(main())
