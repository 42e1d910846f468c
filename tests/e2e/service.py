"""The whole product as real processes: collector, agent, a mail server, and a browser to look with."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from collector.web.auth import hash_password
from inventory.store import accounts
from inventory.store.engine import Store, open_store
from inventory.store.policy import set_policy
from inventory.store.tables import Recipient, Site
from inventory.store.tokens import create_token
from tests import need

ROOT = Path(__file__).resolve().parents[2]
LOGIN, PASSWORD = "hanh", "mat-khau-thu-nghiem"
UNIT = "x21787.2"  # xã Vĩnh Sơn
POLICY = {
    "heartbeat_s": 5,
    "network_s": 15,
    "inventory_s": 60,
    "site.missed_heartbeats": 2,
    "machine.silent_minutes": 1,
}


class Service:
    """One collector on one database, and the agents that the test starts."""

    def __init__(self, folder: Path, database_url: str, smtp_port: int = 0) -> None:
        self.folder = folder
        self.port = need.free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environ = os.environ | {
            "GAPWATCH_DATABASE_URL": database_url,
            "GAPWATCH_VAR_DIR": str(folder / "var"),
            "GAPWATCH_LISTEN_PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }
        if smtp_port:
            self.environ |= {"GAPWATCH_SMTP_HOST": "127.0.0.1", "GAPWATCH_SMTP_PORT": str(smtp_port)}
        self.database_url = database_url
        self.collector: subprocess.Popen[bytes] | None = None
        self.agent: subprocess.Popen[bytes] | None = None

    # --- the collector

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`gapwatch ...`; its output is returned."""
        return subprocess.run(
            [sys.executable, "-m", "collector.cli", *words],
            env=self.environ,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self) -> None:
        with open(self.folder / "collector.log", "ab") as log:
            self.collector = subprocess.Popen(
                [sys.executable, "-m", "collector.cli", "serve"], env=self.environ, cwd=ROOT, stdout=log, stderr=log
            )
        wait_for("the collector answers", lambda: self.get("/healthz")["status"] == "ok", 90)

    def stop(self) -> None:
        for process in (self.agent, self.collector):
            if process is not None and process.poll() is None:
                process.terminate()
                process.wait(20)

    def get(self, path: str) -> Any:
        """A GET of the API with the officer's account; None when nobody answers yet."""
        request = urllib.request.Request(self.base + path)
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def open_findings(self) -> set[str]:
        return {item["kind"] for item in self.get("/api/v1/findings?state=todo&size=200")["items"]}

    # --- what an administrator sets up

    @contextmanager
    def store(self) -> Iterator[Store]:
        opened = open_store(self.database_url)
        yield opened
        opened.close()

    def set_up(self) -> str:
        """Account, site with quick policy, recipients; returns an enrolment token."""
        now = datetime.now(UTC)
        with self.store() as store, store.session() as session:
            accounts.create_account(session, LOGIN, hash_password(PASSWORD), now, name="Bà Hạnh", role="admin")
            site = Site(
                unit_id=UNIT,
                name="Trụ sở UBND xã Vĩnh Sơn",
                name_key="tru so ubnd xa vinh son",
                hours=[["daily", "00:00-24:00"]],
                provider="VNPT",
                created_at=now,
            )
            session.add(site)
            session.flush()
            assert site.id is not None
            set_policy(session, "site", str(site.id), POLICY, "test", "quick", now)
            session.add(
                Recipient(scope_kind="unit", scope_id=UNIT, role="Chủ tịch UBND xã", email="chutich@vinhson.example")
            )
            session.add(
                Recipient(
                    scope_kind="province", scope_id="t52.2", role="Giám đốc Sở KH&CN", email="giamdoc@sokhcn.example"
                )
            )
            return create_token(session, site.id, 5, now + timedelta(days=1), "test", now)

    # --- the agent

    @property
    def agent_config(self) -> Path:
        return self.folder / "agent" / "gapwatch-agent.ini"

    def enrol_agent(self, token: str) -> None:
        self.agent_config.parent.mkdir(parents=True, exist_ok=True)
        words = [
            "enrol",
            "--config",
            str(self.agent_config),
            "--state-dir",
            str(self.agent_config.parent),
            "--server",
            self.base,
            "--token",
            token,
        ]
        done = subprocess.run(
            [sys.executable, "-m", "agent", *words], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def start_agent(self) -> None:
        with open(self.folder / "agent.log", "ab") as log:
            self.agent = subprocess.Popen(
                [sys.executable, "-m", "agent", "run", "--config", str(self.agent_config)],
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def kill_agent(self) -> None:
        assert self.agent is not None
        self.agent.kill()
        self.agent.wait()


def wait_for(what: str, check: Callable[[], Any], seconds: float, every: float = 0.3) -> Any:
    """The first true answer of `check`; fails with what was waited for."""
    deadline = time.monotonic() + seconds
    last: Any = None
    while time.monotonic() < deadline:
        try:
            last = check()
        except (OSError, urllib.error.URLError, KeyError) as error:
            last = error
        else:
            if last:
                return last
        time.sleep(every)
    raise AssertionError(f"waited {seconds:.0f} s for: {what}; last answer: {last!r}")
