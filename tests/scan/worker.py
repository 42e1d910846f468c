"""Runs one real sweep in the namespace that it is started in: plan as JSON on stdin, outcome as JSON on stdout."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from typing import Any, Dict

from agent.scan import scapy_door, touch
from agent.scan.neigh import linux_table
from agent.scan.sweep import Plan, Sweep
from agent.scan.targets import Network, addresses


def main() -> None:
    question: Dict[str, Any] = json.loads(sys.stdin.readline())
    network = Network(**question["network"])
    everybody = addresses(network)
    options = dict(question.get("plan", {}))
    asked = tuple(options.pop("addresses", everybody))
    options["known"] = frozenset(options.get("known", ()))
    plan = Plan(
        options.pop("kind", "sweep"),
        asked,
        network.gateway,
        {network.address: network.mac},
        frozenset(everybody),
        **options,
    )
    if question.get("user"):
        os.setgid(question["user"])
        os.setuid(question["user"])
    if question.get("door") == "touch":
        door: Any = touch.TouchDoor(network.address, lambda: linux_table(network.interface))
    else:
        door = scapy_door.ScapyDoor(network.interface, network.mac, network.address)
    stop_after = question.get("stop_after_s")
    start = time.monotonic()

    def watch() -> str:
        return "lease_over" if stop_after is not None and time.monotonic() - start >= stop_after else ""

    print("ready", flush=True)
    outcome = Sweep(plan, door, time.monotonic, random.Random(question.get("seed")), watch).run()
    door.close()
    print(
        json.dumps({
            "hosts": {address: [seen.mac, seen.passes] for address, seen in outcome.hosts.items()},
            "clashes": {address: sorted(macs) for address, macs in outcome.clashes.items()},
            "announcements": [frame.hex() for frame in outcome.announcements],
            "addresses": outcome.addresses, "frames": outcome.frames, "duration_s": outcome.duration_s,
            "stopped": outcome.stopped, "tries": outcome.tries, "loss": outcome.loss,
        })
    )  # fmt: skip


if __name__ == "__main__":
    main()
