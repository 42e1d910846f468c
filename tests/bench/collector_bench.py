"""Ingest: heartbeats and first inventories per second on both engines, beside the floor of the same run."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
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


def run(engines: list[str]) -> None:
    for engine in engines:
        print(f"\nIngest on {engine}: {AGENTS} distinct agents, {CONNECTIONS} connections, separate load process")
        print(f"{'':34}{'per second':>12}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms each':>13}{'bytes':>7}")
        with tempfile.TemporaryDirectory() as folder, _database(engine, Path(folder)) as urls:
            floor = _measure_floor(urls.floor)
            real = _measure_collector(urls.store, Path(folder))
        for kind, part in (("heartbeat", 3), ("inventory", 6)):
            _row(f"floor, {kind}", floor[kind])
            _row(f"collector, {kind}", real[kind])
            share = real[kind]["per_second"] / floor[kind]["per_second"]
            print(f"{'':4}share of the floor {share:.2f} (aim: 1/{part} = {1 / part:.2f})")
        print("    aim against a widely used inventory server (4-8/s, 200-360 ms CPU): 50 times 8 = 400/s")


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


def _measure_floor(url: str) -> dict[str, Any]:
    port = need.free_port()
    with _server([sys.executable, "-m", "tests.bench.floor", str(port), url], port, os.environ.copy()) as process:
        return {kind: _load(process, port, kind) for kind in ("inventory", "heartbeat")}


def _measure_collector(url: str, folder: Path) -> dict[str, Any]:
    store = open_store(url)
    create_schema(store)
    now = datetime.now(UTC)
    ensure_partitions(store, now)
    with store.session() as session:
        session.add(Unit(id="t52.2", kind="tinh", type_label="Tỉnh", name="Gia Lai", name_key="tinh gia lai", code="52"))
        session.flush()
        session.add_all(Site(id=number + 1, unit_id="t52.2", name=f"Trụ sở {number}", created_at=now) for number in range(400))
    with store.begin() as connection:
        rows = [{"id": agent_id(number), "site_id": number % 400 + 1, "enrolled_at": now} for number in range(AGENTS)]
        connection.execute(insert(Agent), [Agent(**row).model_dump() for row in rows])
    store.close()
    (folder / "master.key").write_bytes(MASTER)
    port = need.free_port()
    environ = os.environ | {
        "GAPWATCH_DATABASE_URL": url, "GAPWATCH_VAR_DIR": str(folder), "GAPWATCH_LISTEN_PORT": str(port), "GAPWATCH_RUN_JOBS": "false",
    }
    with _server([sys.executable, "-m", "collector.cli", "serve"], port, environ) as process:
        return {kind: _load(process, port, kind) for kind in ("inventory", "heartbeat")}


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


def _load(process: subprocess.Popen[bytes], port: int, kind: str) -> dict[str, Any]:
    before = _cpu(process.pid)
    rounds = ROUNDS if kind == "heartbeat" else 1
    command = [sys.executable, "-m", "tests.bench.load", "127.0.0.1", str(port), kind, str(AGENTS), str(rounds), str(CONNECTIONS)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    result: dict[str, Any] = json.loads(output)
    if result["bad"]:
        raise RuntimeError(f"{result['bad']} reports were not stored: {result['first_bad']}")
    result["cpu_ms"] = (_cpu(process.pid) - before) / result["reports"] * 1000
    return result


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def _row(name: str, result: dict[str, Any]) -> None:
    print(
        f"    {name:<30}{result['per_second']:>12.0f}{result['p50_ms']:>9.1f}{result['p99_ms']:>9.1f}{result['cpu_ms']:>13.2f}{result['bytes_each']:>7.0f}",
        flush=True,
    )


def available_engines() -> list[str]:
    """SQLite, and PostgreSQL where its server is installed."""
    from glob import glob

    has_server = bool(glob("/usr/lib/postgresql/*/bin/postgres") or shutil.which("postgres"))
    if not has_server:
        print("PostgreSQL is not measured: install it with apt-get install postgresql")
    return ["sqlite", "postgresql"] if has_server else ["sqlite"]
