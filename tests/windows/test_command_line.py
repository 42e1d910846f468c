"""gapwatch-agent as a technician calls it on Windows: own processes, a collector on the loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

if sys.platform != "win32":
    pytest.skip("needs Windows: make test-windows runs it under Wine", allow_module_level=True)

from agent.probes import PROBES
from agent.wire.exchange import AgentPolicy
from agent.wire.report import report_from_bytes
from tests.agent import certificates
from tests.agent.fake_collector import TOKEN, Collector, Server

ROOT = Path(__file__).resolve().parents[2]


class Pc:
    """Settings file and state folder of one PC, in a folder with blanks and Vietnamese letters."""

    def __init__(self, folder: Path, server: Any) -> None:
        self.folder = folder / "Máy một cửa"
        self.ini = str(self.folder / "gapwatch-agent.ini")
        self.state = str(self.folder / "state")
        self.server = server

    def command(self, *arguments: str) -> List[str]:
        return [sys.executable, "-B", "-m", "agent", *arguments, "--config", self.ini]

    def run(self, *arguments: str) -> Tuple[int, str]:
        """(exit status, output and errors)."""
        done = subprocess.run(
            self.command(*arguments), cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=110,
            env=utf8(),
        )  # fmt: skip
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def enrol(self, *more: str) -> Tuple[int, str]:
        return self.run("enrol", "--server", self.server.url, "--token", TOKEN, "--state-dir", self.state, *more)


def utf8() -> Dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": "utf-8"}


@pytest.fixture
def pc(tmp_path: Path) -> Iterator[Pc]:
    with Server(Collector(policy=AgentPolicy(version=3))) as server:
        yield Pc(tmp_path, server)


@pytest.fixture
def enrolled(pc: Pc) -> Pc:
    status, out = pc.enrol()
    assert status == 0, out
    return pc


def test_enrol_and_send_an_inventory(enrolled: Pc) -> None:
    status, out = enrolled.run("once")

    assert status == 0, out
    assert "Máy chủ đã nhận" in out
    (made,) = enrolled.server.collector.reports.values()
    states = {name for name, probe in PROBES.items() if probe.cycle != "event"}
    assert (made.kind, set(made.sections)) == ("inventory", states)
    failed = {name: section.error for name, section in made.sections.items() if section.status == "failed"}
    assert failed == {}
    assert made.sections["system"].data["os_family"] == "windows"
    assert made.sections["posture"].status == "ok"


def test_over_tls_with_a_pinned_certificate(tmp_path: Path) -> None:
    pair = certificates.make(tmp_path)
    with Server(Collector(), pair) as server:
        pc = Pc(tmp_path, server)
        refused, out = pc.enrol()
        assert (refused, "ca_file" in out) == (6, True), out

        status, out = pc.enrol("--ca", pair[0])
        assert status == 0, out
        assert len(server.collector.enrolments) == 1


def test_show_prints_what_would_be_sent(enrolled: Pc) -> None:
    status, out = enrolled.run("show", "--json")

    assert status == 0, out
    made = report_from_bytes(out.encode("utf-8"))
    assert made.sections["system"].data["os_id"] == "windows"
    assert not enrolled.server.collector.reports


def test_doctor_can_be_read_on_an_old_console(enrolled: Pc) -> None:
    """A console of Windows' own code page has no letters such as ỗ: they lose their marks, nothing fails."""
    done = subprocess.run(
        enrolled.command("doctor"), cwd=str(ROOT), stdout=subprocess.PIPE, timeout=110,
        env={**os.environ, "PYTHONIOENCODING": "cp437"},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    assert b"[TOT] Dinh danh" in done.stdout
    assert b"[TOT] M\xa0y chu thu thap" in done.stdout  # cp437 has the letter
    for name in PROBES:
        assert "({}): ".format(name).encode("ascii") in done.stdout


def test_one_probe_alone(enrolled: Pc) -> None:
    status, out = enrolled.run("probe", "system", "--json")

    assert status == 0, out
    assert '"windows"' in out


def test_run_reports_keeps_company_away_and_leaves_a_marker(enrolled: Pc) -> None:
    with open(enrolled.ini, encoding="utf-8") as file:
        text = file.read()
    heavy = ", ".join(name for name in PROBES if name != "system")
    with open(enrolled.ini, "w", encoding="utf-8") as file:
        file.write(text.replace("\ndisabled =\n", "\ndisabled = {}\n".format(heavy)))
    child = subprocess.Popen(
        enrolled.command("run"), cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=utf8()
    )
    try:
        end = time.monotonic() + 60
        while not enrolled.server.collector.reports and time.monotonic() < end:
            assert child.poll() is None, child.communicate()[0].decode("utf-8", "replace")
            time.sleep(0.1)
        assert enrolled.server.collector.reports
        status, out = enrolled.run("once")
        assert (status, "Dừng dịch vụ" in out) == (5, True), out
    finally:
        child.kill()
        child.communicate()

    with open(os.path.join(enrolled.state, "marker.json"), encoding="utf-8") as file:
        assert json.load(file)["goodbye"] is False  # killed: no farewell
    status, out = enrolled.run("once")  # the lock ended with the process
    assert status == 0, out
