"""The child process of a heavy probe: question as JSON on stdin, answer as JSON on stdout, then gone.

python -B -m agent.probe_child NAME
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, Dict, List

from .budget import limit_child
from .host import Host
from .probe import ProbeContext, ProbeResult, ProbeSettings
from .probes import PROBES
from .runner import MAX_LOG_LINES, judge
from .wire import codec
from .wire.exchange import AgentPolicy


def main(argv: List[str]) -> int:
    """Answers for the probe named in argv. The exit status is 0 whatever the probe says."""
    if sys.platform != "win32":
        os.nice(10)  # on Windows the parent starts us below normal
    # A library that prints must not spoil the answer: stdout is kept for it, prints go to stderr.
    answer_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    question = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    lines: List[str] = []
    context = ProbeContext(
        Host(question["root"], question["platform"]),
        codec.read(AgentPolicy, question["policy"]),
        ProbeSettings(**question["settings"]),
        lambda line: lines.append(line) if len(lines) < MAX_LOG_LINES else None,
    )
    probe = PROBES.get(argv[0] if argv else "")
    if probe is not None:
        limit_child(probe.cpu_s)
    if probe is None:
        result = ProbeResult("", "failed", error="this agent has no such probe")
    else:
        result = judge(probe, context)
    answer: Dict[str, Any] = {"status": result.status, "data": result.data, "error": result.error, "log": lines}
    answer["cpu_ms"] = round(time.process_time() * 1000)
    with answer_to:
        answer_to.write(json.dumps(answer).encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
