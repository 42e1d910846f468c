"""make bench: what the collector and the agent cost, beside floors measured in the same run."""

from __future__ import annotations

import sys

from tests.bench import agent_bench, collector_bench, cost_bench, line_bench

if __name__ == "__main__":
    parts = sys.argv[1:] or ["collector", "agent", "cost", "line"]
    if "collector" in parts:
        collector_bench.run(collector_bench.available_engines())
    if "agent" in parts:
        agent_bench.run()
    if "cost" in parts:
        cost_bench.run()
    if "line" in parts:
        line_bench.run()
    if "watch" in parts:  # asked for by name: needs root and network namespaces
        from tests.bench import watch_bench

        watch_bench.run()
    if "herd" in parts:  # in virtual time: says nothing of this machine
        from tests.bench import herd

        herd.run()
