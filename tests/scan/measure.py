"""Measures sweeps of a /24 with 60 devices in network namespaces, at the polite rate: how many runs find all of them, frames,
seconds. Not a test: run it by hand, as root.

python -m tests.scan.measure [RUNS]
"""

from __future__ import annotations

import statistics
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, List, Tuple

from .netns import Lan
from .test_netns import sweep

AT_ONCE = 4  # sweeps mostly sleep
CASES = {
    "nothing lost, scapy": (0, False, "scapy"),
    "nothing lost, kernel's ARP": (0, False, "touch"),
    "a fifth lost each way, devices known from the day before": (20, True, "scapy"),
    "a fifth lost each way, first sweep ever": (20, False, "scapy"),
}


def one(case: Tuple[int, bool, str]) -> Dict[str, Any]:
    percent, known, door = case
    with Lan(60) as lan:
        if percent:
            lan.lose(percent)
        plan = {"gap_ms": 30, "max_frames": 8000, "known": lan.addresses if known else []}
        outcome = sweep(lan, door=door, plan=plan)
        outcome["whole"] = set(outcome["hosts"]) == set(lan.addresses)
        outcome["missed"] = len(set(lan.addresses) - set(outcome["hosts"]))
        return outcome


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    for name, case in CASES.items():
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found: List[Dict[str, Any]] = list(pool.map(one, [case] * runs))
        frames, seconds = [row["frames"] for row in found], [row["duration_s"] for row in found]
        print(
            "{}: {} of {} runs found 60 of 60 ({} devices missed); frames {:.0f} (at most {}), {:.1f} s (at most {:.1f}), "
            "at most {:.1f} frames/s; stopped early: {}".format(
                name, sum(row["whole"] for row in found), runs, sum(row["missed"] for row in found),
                statistics.median(frames), max(frames), statistics.median(seconds), max(seconds),
                max(row["frames"] / row["duration_s"] for row in found),
                sorted({row["stopped"] for row in found if row["stopped"]}) or "none",
            ),
            flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
