"""Looks at the line of the network namespace that it runs in: a policy as JSON per line, a look as JSON back."""

from __future__ import annotations

import dataclasses
import json
import sys

from agent import watch_look
from agent.host import Host
from agent.probes import reach_stages
from agent.probes.reach_way import Patience
from agent.watch_look import Door, Looker, Targets
from agent.wire import codec
from agent.wire.exchange import AgentPolicy


def main() -> None:
    reach_stages._CONNECT_S = reach_stages._ANSWER_S = 0.5  # nothing here is further away than a few microseconds
    watch_look.FAR_DEADLINE_S = 5.0
    host = Host()
    targets = Targets((Door("http://10.88.2.2"),))
    looker = Looker(host, targets, host.monotonic_s, Patience(0.3, 1, 1.0))
    print("ready", flush=True)
    for line in sys.stdin:
        looker._known.clear()  # the schedule of far questions is tested elsewhere
        look = looker(codec.read(AgentPolicy, json.loads(line)))
        print(json.dumps(dataclasses.asdict(look)), flush=True)


if __name__ == "__main__":
    main()
