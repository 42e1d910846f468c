"""Fixtures for all rooms: a store on SQLite and, where a server is found, on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import need

MEMORY = "/dev/shm"
ROOM = 3 << 30  # bytes that must be free there: two workers, each with a PostgreSQL server


def keep_files_in_memory() -> None:
    """Hundreds of databases are made and thrown away: no disk need see them. Without enough memory, or where programs
    may not be run from there, the tests use the usual folder; so they do when TMPDIR says which."""
    if sys.platform == "win32" or os.environ.get("TMPDIR") or not os.access(MEMORY, os.W_OK):
        return
    if os.statvfs(MEMORY).f_flag & os.ST_NOEXEC or shutil.disk_usage(MEMORY).free < ROOM:
        return
    os.environ["TMPDIR"] = MEMORY
    tempfile.tempdir = None  # look again


keep_files_in_memory()

# Timings are benchmarks, never tests: on a busy machine the generator of values may well be slow.
settings.register_profile("gapwatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gapwatch")


@pytest.fixture(autouse=True)
def own_cpu_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent's CPU budget is one per process, and a test run is busier than any agent."""
    from agent import runner
    from agent.budget import Budget

    monkeypatch.setattr(runner, "BUDGET", Budget())


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A test that starts the agent's log must not take the next one's records away."""
    from agent.log import logger

    yield
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.propagate = True


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[object]:
    """An empty, migrated `inventory.store.engine.Store`; once on each engine."""
    from inventory.store.engine import open_store

    if request.param == "sqlite":
        url = need.sqlite_copy(tmp_path)
    else:
        url = request.getfixturevalue("postgresql_url")
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[object]:
    """The same on SQLite only, for tests of what does not touch the store's own behaviour."""
    from inventory.store.engine import open_store

    opened = open_store(need.sqlite_copy(tmp_path))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[need.PostgresServer]:
    """A PostgreSQL server of our own on a free port, or the one of GAPWATCH_TEST_POSTGRESQL."""
    if os.environ.get("GAPWATCH_TEST_POSTGRESQL"):
        yield need.PostgresServer(os.environ["GAPWATCH_TEST_POSTGRESQL"])
        return
    server = need.start_postgresql(tmp_path_factory.mktemp("pg"))
    yield server
    server.stop()


@pytest.fixture
def postgresql_url(postgresql_server: need.PostgresServer) -> Iterator[str]:
    """The URL of a fresh, migrated database."""
    name = postgresql_server.create_database()
    yield postgresql_server.url(name)
    postgresql_server.drop_database(name)
