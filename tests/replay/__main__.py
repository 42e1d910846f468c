"""`python -m tests.replay simulate | score | run`: see README.md beside this file."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import date
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Entry point -> exit code: 0 when every aim is met or nothing was scored."""
    parser = argparse.ArgumentParser(prog="python -m tests.replay")
    commands = parser.add_subparsers(dest="command", required=True)
    simulate = commands.add_parser("simulate", help="write a trace and its truth")
    _world_options(simulate)
    simulate.add_argument("-o", "--output", type=Path, default=Path("trace.jsonl"))
    simulate.add_argument("--truth", type=Path, default=Path("truth.json"))
    score = commands.add_parser("score", help="judge an answer")
    for name in ("trace", "truth", "answer"):
        score.add_argument(name, type=Path)
    score.add_argument("--verbose", action="store_true")
    score.add_argument("--json", action="store_true")
    run = commands.add_parser("run", help="simulate, replay, score")
    _world_options(run)
    run.add_argument("--keep", type=Path, default=Path("replay-run"), help="folder for trace, truth and answer")
    run.add_argument("--gapwatch", default="", help="command to run instead of this Python's gapwatch")
    run.add_argument("--verbose", action="store_true")
    run.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if given.command == "simulate":
        _simulate(given, given.output, given.truth)
        return 0
    if given.command == "score":
        return _score(given.truth, given.answer, given.verbose, given.json)
    return _run(given)


def _world_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--offices", type=int, default=150)
    parser.add_argument("--pcs", type=int, default=700)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--start", type=date.fromisoformat, default=date(2026, 1, 19))
    parser.add_argument("--heartbeat", type=float, default=300.0, help="seconds, 60 to 900")
    parser.add_argument("--dozes", type=float, default=0.0, help="share of agents whose entries go on across sleep")
    parser.add_argument(
        "--captive",
        choices=("true", "null", "false"),
        default="true",
        help="what the Internet check says behind a captive page",
    )


def _simulate(given: argparse.Namespace, output: Path, truth: Path) -> None:
    from tests.replay import trace
    from tests.replay.agents import Options
    from tests.replay.truth import truth as truth_of

    began = time.monotonic()
    captive = {"true": True, "null": None, "false": False}[given.captive]
    options = Options(heartbeat_s=given.heartbeat, captive_internet=captive, seed=given.seed, dozes=given.dozes)
    made = trace.simulate(options, given.offices, given.pcs, given.days, given.start)
    count = trace.write(made, output)
    truth.write_text(json.dumps(truth_of(made)), encoding="utf-8")
    print(f"{count} lines in {output}, truth in {truth}: {time.monotonic() - began:.1f} s", file=sys.stderr)


def _score(truth: Path, answer: Path, verbose: bool, as_json: bool) -> int:
    from tests.replay import score

    figures = score.judge(json.loads(truth.read_text("utf-8")), json.loads(answer.read_text("utf-8")))
    if as_json:
        print(json.dumps(score.as_json(figures), indent=1))
    else:
        print(score.as_text(figures, verbose))
    return 0 if all(figure.passed is not False for figure in figures) else 1


def _run(given: argparse.Namespace) -> int:
    import subprocess

    folder: Path = given.keep
    folder.mkdir(parents=True, exist_ok=True)
    traced, truth, answer = folder / "trace.jsonl", folder / "truth.json", folder / "answer.json"
    _simulate(given, traced, truth)
    command = given.gapwatch.split() or [sys.executable, "-m", "collector.cli"]
    if not given.gapwatch and Path(sys.executable).with_name("gapwatch").exists():
        command = [str(Path(sys.executable).with_name("gapwatch"))]
    began = time.monotonic()
    with answer.open("wb") as out:
        process = subprocess.Popen([*command, "replay", str(traced), "--json"], stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    print(f"replay: {time.monotonic() - began:.1f} s wall, {peak:.0f} MB peak, exit {process.returncode}")
    if process.returncode:
        return process.returncode
    return _score(truth, answer, given.verbose, given.json)


if __name__ == "__main__":
    sys.exit(main())
