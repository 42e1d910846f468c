"""Ingest: heartbeats and first inventories per second on both engines, beside the floor of the same run."""

from __future__ import annotations

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import insert

from inventory.store.engine import create_schema, open_store
from inventory.store.partitions import ensure_partitions
from inventory.store.tables import Agent, Site, Unit
from tests import need
from tests.bench.load import MASTER, agent_id

AGENTS = 2000
ROUNDS = 10
CONNECTIONS = 100
PAIRS = 3

Result = dict[str, Any]


def run(engines: list[str]) -> None:
    for engine in engines:
        print(
            f"\nIngest on {engine}: {AGENTS} distinct agents, {CONNECTIONS} connections, separate load process; medians of {PAIRS} pairs"
        )
        print(f"{'':34}{'per second':>12}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms each':>13}{'bytes':>7}", flush=True)
        pairs: dict[str, list[tuple[Result, Result]]] = {"heartbeat": [], "inventory": []}
        for _ in range(PAIRS):  # fresh databases each time: a first inventory is first only once
            with tempfile.TemporaryDirectory() as folder, _database(engine, Path(folder)) as urls:
                _measure_pair(urls, Path(folder), pairs)
        for kind, part in (("heartbeat", 3), ("inventory", 6)):
            floors, reals = zip(*pairs[kind], strict=True)
            _row(f"floor, {kind}", floors)
            _row(f"collector, {kind}", reals)
            shares = [real["per_second"] / floor["per_second"] for floor, real in pairs[kind]]
            print(
                f"{'':4}share of the floor, median {statistics.median(shares):.2f} of {', '.join(f'{share:.2f}' for share in shares)}"
                f" (aim: 1/{part} = {1 / part:.2f})",
                flush=True,
            )
        print("    aim against a widely used inventory server (4-8/s, 200-360 ms CPU): 50 times 8 = 400/s")


def _measure_pair(urls: _Urls, folder: Path, pairs: dict[str, list[tuple[Result, Result]]]) -> None:
    """Floor and collector run side by side, and are loaded in turn: a machine that slows down slows both."""
    with _floor(urls.floor) as floor, _collector(urls.store, folder) as real:
        for kind, rounds, first in (("inventory", 1, 1), ("heartbeat", ROUNDS, 2)):
            pairs[kind].append((_load(*floor, kind, rounds, first), _load(*real, kind, rounds, first)))


class _Urls:
    def __init__(self, store: str, floor: str) -> None:
        self.store, self.floor = store, floor


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[_Urls]:
    if engine == "sqlite":
        yield _Urls(f"sqlite:///{folder}/bench.db", f"sqlite:{folder}/floor.db")
        return
    server = need.start_postgresql(folder, durable=True)
    try:
        yield _Urls(server.url(server.create_database(empty=True)), server.url(server.create_database(empty=True)))
    finally:
        server.stop()


@contextmanager
def _floor(url: str) -> Iterator[tuple[int, int]]:
    port = need.free_port()
    with _server([sys.executable, "-m", "tests.bench.floor", str(port), url], port, os.environ.copy()) as process:
        yield process.pid, port


@contextmanager
def _collector(url: str, folder: Path) -> Iterator[tuple[int, int]]:
    _fill(url)
    (folder / "master.key").write_bytes(MASTER)
    port = need.free_port()
    environ = os.environ | {
        "GAPWATCH_DATABASE_URL": url,
        "GAPWATCH_VAR_DIR": str(folder),
        "GAPWATCH_LISTEN_PORT": str(port),
        "GAPWATCH_RUN_JOBS": "false",
    }
    with _server([sys.executable, "-m", "collector.cli", "serve"], port, environ) as process:
        yield process.pid, port


def _fill(url: str) -> None:
    """Schema, 400 sites, and the agents as if they had enrolled."""
    store = open_store(url)
    create_schema(store)
    now = datetime.now(UTC)
    ensure_partitions(store, now)
    with store.session() as session:
        session.add(
            Unit(id="t52.2", kind="tinh", type_label="Tỉnh", name="Gia Lai", name_key="tinh gia lai", code="52")
        )
        session.flush()
        session.add_all(
            Site(id=number + 1, unit_id="t52.2", name=f"Trụ sở {number}", created_at=now) for number in range(400)
        )
    with store.begin() as connection:
        rows = [{"id": agent_id(number), "site_id": number % 400 + 1, "enrolled_at": now} for number in range(AGENTS)]
        connection.execute(insert(Agent), [Agent(**row).model_dump() for row in rows])
    store.close()


@contextmanager
def _server(command: list[str], port: int, environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environ)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None:
                raise RuntimeError(f"{command[2]} ended with {process.returncode}")
            time.sleep(0.1)
        time.sleep(0.5)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _load(pid: int, port: int, kind: str, rounds: int, first: int) -> Result:
    before = _cpu(pid)
    words = ["127.0.0.1", port, kind, AGENTS, rounds, CONNECTIONS, first]
    output = subprocess.run(
        [sys.executable, "-m", "tests.bench.load", *map(str, words)], check=True, capture_output=True, text=True
    ).stdout
    result: Result = json.loads(output)
    if result["bad"]:
        raise RuntimeError(f"{result['bad']} reports were not stored: {result['first_bad']}")
    result["cpu_ms"] = (_cpu(pid) - before) / result["reports"] * 1000
    return result


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def _row(name: str, results: Sequence[Result]) -> None:
    middle = {
        key: statistics.median(result[key] for result in results)
        for key in ("per_second", "p50_ms", "p99_ms", "cpu_ms", "bytes_each")
    }
    print(
        f"    {name:<30}{middle['per_second']:>12.0f}{middle['p50_ms']:>9.1f}{middle['p99_ms']:>9.1f}{middle['cpu_ms']:>13.2f}{middle['bytes_each']:>7.0f}",
        flush=True,
    )


def available_engines() -> list[str]:
    """SQLite, and PostgreSQL where its server is installed."""
    from glob import glob

    has_server = bool(glob("/usr/lib/postgresql/*/bin/postgres") or shutil.which("postgres"))
    if not has_server:
        print("PostgreSQL is not measured: install it with apt-get install postgresql")
    return ["sqlite", "postgresql"] if has_server else ["sqlite"]
