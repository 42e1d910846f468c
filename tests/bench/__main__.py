"""make bench: what the collector and the agent cost, beside floors measured in the same run."""

from __future__ import annotations

import sys

from tests.bench import agent_bench, collector_bench, cost_bench

if __name__ == "__main__":
    parts = sys.argv[1:] or ["collector", "agent", "cost"]
    if "collector" in parts:
        collector_bench.run(collector_bench.available_engines())
    if "agent" in parts:
        agent_bench.run()
    if "cost" in parts:
        cost_bench.run()
