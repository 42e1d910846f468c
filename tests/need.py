"""System components that tests use when they are there; otherwise the test skips by name with the install command.

With GAPWATCH_REQUIRE_ALL=1 a missing component fails the test.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from glob import glob
from pathlib import Path
from typing import NoReturn

import pytest

REQUIRE_ALL = os.environ.get("GAPWATCH_REQUIRE_ALL") == "1"


def on_wine() -> bool:
    """Windows as Wine plays it (make test-windows): what it lacks is not for a test to fail on."""
    if sys.platform != "win32":
        return False
    import ctypes

    return hasattr(ctypes.windll.ntdll, "wine_get_version")


def missing(what: str, install: str) -> NoReturn:
    """Skips (or, with GAPWATCH_REQUIRE_ALL=1, fails) the test for want of a component."""
    message = f"{what} is not here; install it with: {install}"
    if REQUIRE_ALL:
        pytest.fail(message)
    pytest.skip(message)


def chromium() -> str:
    """Path of a Chromium, or the test skips."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    missing("Chromium", "apt-get install chromium")


def snmpd() -> str:
    """Path of Debian's SNMP agent, or the test skips."""
    if sys.platform == "win32":
        pytest.skip("snmpd is a program for Linux")
    path = shutil.which("snmpd") or shutil.which("/usr/sbin/snmpd")
    if path:
        return path
    missing("snmpd", "apt-get install snmpd")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@functools.lru_cache(maxsize=None)  # the agent's tests run on Python 3.8 too
def _template() -> bytes:
    """A migrated empty SQLite file, made once per run: migrating for each test would cost seconds."""
    from inventory.store.engine import open_store
    from inventory.store.schema import create_schema

    with tempfile.TemporaryDirectory() as folder:
        opened = open_store(f"sqlite:///{folder}/template.db")
        create_schema(opened)
        with opened.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
        opened.close()
        return Path(folder, "template.db").read_bytes()


def sqlite_copy(folder: Path) -> str:
    """URL of a fresh, migrated SQLite store in `folder`."""
    path = folder / "gapwatch.db"
    path.write_bytes(_template())
    return f"sqlite:///{path}"


class PostgresServer:
    """A running server; databases are copied from a migrated template."""

    def __init__(self, base_url: str, process: subprocess.Popen[bytes] | None = None, folder: str = "") -> None:
        self._base = base_url.rstrip("/")
        self._process = process
        self._folder = folder
        self._numbers = itertools.count(1)
        self._template = ""

    def url(self, name: str) -> str:
        return f"{self._base}/{name}"

    def _run(self, sql: str) -> None:
        import psycopg

        plain = self.url("postgres").replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql)  # type: ignore[arg-type]

    def create_database(self, *, empty: bool = False) -> str:
        if not empty and not self._template:
            self._make_template()
        name = f"gapwatch_{os.getpid()}_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {self._template}"))
        return name

    def drop_database(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _make_template(self) -> None:
        from inventory.store.engine import open_store
        from inventory.store.schema import create_schema

        name = f"gapwatch_{os.getpid()}_template"
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._run(f"CREATE DATABASE {name}")
        opened = open_store(self.url(name))
        create_schema(opened)
        opened.close()
        self._template = name

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            shutil.rmtree(self._folder, ignore_errors=True)


def start_postgresql(folder: Path, *, durable: bool = False) -> PostgresServer:
    """Starts an own PostgreSQL server, or the test skips. Unless `durable`, with fast settings: test data only."""
    binaries = sorted(glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda path: int(path.split("/")[4]))
    binary = binaries[-1] if binaries else shutil.which("postgres")
    if not binary:
        missing("the PostgreSQL server", "apt-get install postgresql")
    user: list[str] = []
    data = tempfile.mkdtemp(prefix="gapwatch-pg-")
    if os.geteuid() == 0:  # the server refuses to run as root
        user = ["runuser", "-u", "postgres", "--"]
        shutil.chown(data, "postgres", "postgres")
    initdb = str(Path(binary).parent / "initdb")
    subprocess.run(
        [*user, initdb, "-D", f"{data}/db", "-U", "gapwatch", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True, capture_output=True, cwd="/",
    )
    port = free_port()
    options = [] if durable else ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    with open(folder / "postgresql.log", "wb") as log:
        process = subprocess.Popen(
            [*user, binary, "-D", f"{data}/db", "-p", str(port), "-k", data, "-h", "127.0.0.1",
             "-c", "max_connections=200", *options],
            stdout=subprocess.DEVNULL, stderr=log, cwd="/",
        )
    _wait(port, process)
    return PostgresServer(f"postgresql+psycopg://gapwatch@127.0.0.1:{port}", process, data)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    import time

    import psycopg

    for _ in range(150):
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(f"postgresql://gapwatch@127.0.0.1:{port}/postgres", connect_timeout=2).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the PostgreSQL server of the tests did not start; see postgresql.log in the temporary folder")
