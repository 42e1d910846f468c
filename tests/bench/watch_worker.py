"""Looks as the agent makes them, with all its patience; its clock runs ahead by a minute per look."""

from __future__ import annotations

import dataclasses
import json
import sys
import time

from agent.host import Host
from agent.watch_look import Door, Looker, Targets
from agent.wire import codec
from agent.wire.exchange import AgentPolicy


def main() -> None:
    host, now = Host(), [0.0]
    lookers = {
        True: Looker(host, Targets((Door("http://10.88.2.2"),)), lambda: now[0]),
        False: Looker(host, Targets((Door("http://10.88.2.2:81"),)), lambda: now[0]),
    }
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        if question.pop("measure", ""):
            print(json.dumps({"cpu_s": time.process_time()}), flush=True)
            continue
        now[0] += 60.0
        look = lookers[question.pop("collector", True)](codec.read(AgentPolicy, question))
        print(json.dumps(dataclasses.asdict(look)), flush=True)


if __name__ == "__main__":
    main()
