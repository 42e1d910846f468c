"""The child process of a test of the line: question as a line of JSON on stdin, answer as JSON on stdout, then gone. When
stdin closes, whoever asked is gone and the test ends at once.

python -B -m agent.quality.child
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import threading
import time
from typing import Any, Callable, Dict, List

from ..budget import limit_child
from ..host import Host
from ..scan.watch import Lines
from .adapters import People, adapter_bytes

CPU_S = 40.0  # an old processor that decrypts 100 Mbit/s for twenty seconds
Row = Dict[str, Any]  # fields of QualityTest


def main() -> int:
    """Answers one question. The exit status is 0 whatever comes of the test."""
    if sys.platform != "win32":
        os.nice(10)  # on Windows the parent starts us below normal
    # A library that prints must not spoil the answer: stdout is kept for it, prints go to stderr.
    answer_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lines = Lines(0)
    question: Row = json.loads(lines.next().decode("utf-8"))
    limit_child(CPU_S)
    threading.Thread(target=_end_with_parent, args=(lines,), daemon=True).start()
    rows = answer(question)
    with answer_to:
        answer_to.write(json.dumps({"tests": rows}).encode("ascii"))
    return 0


def answer(question: Row) -> List[Row]:
    """The tests that the question asks for, as rows of QualityTest without number and boot."""
    host = Host(question["root"], question["platform"])
    began = (host.now(), host.monotonic_s())
    if question["kind"] == "stamp":
        return [_row(host, began, "stamp", question["server"], stamp(question))]
    rows: List[Row] = []
    rates = (float(question["down_mbps"]), float(question["up_mbps"]))
    people = People(lambda: adapter_bytes(host), rates)
    if not question["force"] and people.before():
        kind = "ndt7_" + question["directions"][0]
        return [_row(host, began, kind, question["server"], {"outcome": "stopped_busy"})]
    for direction in question["directions"]:
        began = (host.now(), host.monotonic_s())
        people.begin()
        watch: Callable[[int, int], str] = (lambda _received, _sent: "") if question["force"] else people.during
        found = speed(question, direction, watch)
        rows.append(_row(host, began, "ndt7_" + direction, question["server"], found))
        if found["outcome"] in ("stopped_busy", "refused", "failed"):
            break
    return rows


def stamp(question: Row) -> Row:
    from . import stamp_sender

    plan = stamp_sender.StampPlan(
        question["host"], question["port"], question["packets"], question["interval_s"], question["size"],
        question["agent_id"], question["generation"], bytes.fromhex(question["key"]),
    )  # fmt: skip
    result = stamp_sender.run(plan)
    row: Row = {} if result.figures is None else dataclasses.asdict(result.figures)
    row.update(
        outcome=result.outcome, error=result.error, duration_s=round(result.duration_s, 2),
        bytes_used=result.bytes_used, packet_bytes=plan.size, interval_ms=plan.interval_s * 1000,
    )  # fmt: skip
    return row


def speed(question: Row, direction: str, should_stop: Callable[[int, int], str]) -> Row:
    from . import ndt7_client  # TLS costs memory: not for a train of packets
    from .ws_client import Way

    plan = ndt7_client.Ndt7Plan(
        question["url"], direction, question["agent_id"], question["generation"], bytes.fromhex(question["key"]),
        int(question["max_bytes"].get(direction, 0)), bool(question["settle"]),
        way=Way(question["ca_file"], question["proxy"], question["user_agent"]),
    )  # fmt: skip
    return dataclasses.asdict(ndt7_client.run(plan, should_stop))


def _row(host: Host, began: Any, kind: str, server: str, found: Row) -> Row:
    wall, mono = began
    row = {"kind": kind, "server": server, "agent_time_s": round(wall, 1), "monotonic_s": round(mono, 1), **found}
    row.setdefault("duration_s", round(max(0.0, host.monotonic_s() - mono), 2))
    return {name: value for name, value in row.items() if value is not None}


def _end_with_parent(lines: Lines) -> None:
    while lines.next():
        time.sleep(0.05)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
