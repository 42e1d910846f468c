"""Programs and child processes on Windows: output, exit codes, deadlines, no leftovers."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import pytest

if sys.platform != "win32":
    pytest.skip("needs Windows: make test-windows runs it under Wine", allow_module_level=True)

import psutil

from agent.host import Host
from agent.probe import Probe, ProbeContext
from agent.process import run_process
from agent.runner import run_probe
from tests import need


def test_a_program_of_the_system() -> None:
    result = Host().run(["cmd", "/c", "echo gap watch"], 30)

    assert (result.ok, result.out.strip(), result.code) == (True, b"gap watch", 0)
    assert Host().run(["cmd", "/c", "exit 3"], 30).code == 3


def test_a_status_above_2_31_is_kept() -> None:
    """WMI's programs end with an HRESULT."""
    code = "import ctypes; ctypes.windll.kernel32.ExitProcess(0x80041010)"

    assert (Host().run([sys.executable, "-c", code], 30).code or 0) & 0xFFFFFFFF == 0x80041010


def test_a_program_that_is_not_there_is_named() -> None:
    result = Host().run(["gapwatch-no-such-program"], 5)

    assert not result.ok
    assert result.code is None
    assert result.err.startswith("gapwatch-no-such-program does not start")


def test_arguments_with_quotes_and_blanks_arrive_whole() -> None:
    wanted = ["a b", 'say "x"', "C:\\dir\\", "Ủy ban", "", "*[System[Provider[@Name='EventLog']]]"]
    code = "import json,sys; sys.stdout.buffer.write(json.dumps(sys.argv[1:]).encode())"
    result = Host().run([sys.executable, "-c", code, *wanted], 30)

    assert json.loads(result.out) == wanted


def test_one_that_hangs_is_ended_in_time(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = "import os,sys,time; open(sys.argv[1],'w').write(str(os.getpid())); time.sleep(60)"
    start = time.monotonic()
    result = run_process([sys.executable, "-c", code, str(mark)], 5.0)

    assert (result.timed_out, result.code) == (True, None)
    assert time.monotonic() - start < 20
    assert not psutil.pid_exists(int(mark.read_text()))


def test_one_that_floods_is_stopped() -> None:
    code = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    result = run_process([sys.executable, "-c", code], 60.0)

    assert not result.ok
    assert "more than" in result.err


def test_a_child_is_below_normal_priority_and_finds_the_agent_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    from agent.probes import PROBES

    heavy = Probe("system", PROBES["system"].run, 60, "inventory", child=True)
    result = run_probe(heavy, ProbeContext(Host()))
    low = run_process([sys.executable, "-c", "import psutil; print(psutil.Process().nice())"], 60, low=True)

    assert (result.status, result.error) == ("ok", "")
    if not need.on_wine():  # which passes over the class at the start
        assert int(low.out) == psutil.BELOW_NORMAL_PRIORITY_CLASS
    assert os.listdir(str(tmp_path)) == []
