"""`gapwatch-agent scan`: what the people at the PC see, and their switch."""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Callable, List

import pytest

from agent import cli, scan_command, settings
from agent.errors import StateError
from agent.identity import State
from agent.scan.state import ScanState
from agent.wire import codec
from agent.wire.exchange import AgentPolicy
from agent.wire.sections_lan import ScanRecord

SWEEP = ScanRecord("2026-11-23T03:00:00Z", "sweep", "scapy", "192.168.1.0/24", 253, 511, 16.2, 60)


@pytest.fixture
def state(tmp_path: Any) -> State:
    made = State(str(tmp_path / "state"))
    made.prepare()
    made.keep_policy(AgentPolicy(version=2, scan_enabled=True))
    return made


@pytest.fixture
def gapwatch(tmp_path: Any, state: State, capsys: pytest.CaptureFixture[str]) -> Callable[..., List[str]]:
    def run(*arguments: str, ini: str = "", code: int = 0) -> List[str]:
        path = tmp_path / "a.ini"
        path.write_text("[agent]\nstate_dir = {}\n{}".format(state.folder, ini), "utf-8")
        assert cli.main(["scan", *arguments, "--config", str(path)]) == code
        return capsys.readouterr().out.splitlines()

    return run


def test_status_before_anything_has_happened(gapwatch: Callable[..., List[str]]) -> None:
    lines = gapwatch("status")

    assert "Công tắc tại máy này: bật" in lines
    assert "Chính sách của tỉnh: cho phép quét" in lines
    assert "Giao việc quét: máy chủ chưa giao việc quét cho máy này" in lines
    assert "Chưa có lần quét nào." in lines
    assert any(line.startswith("Lần quét toàn mạng tới: khi được giao: ") and "08:00 – 16:30" in line for line in lines)


def test_a_policy_that_never_came_is_not_a_refusal(gapwatch: Callable[..., List[str]], state: State) -> None:
    state.keep_policy(AgentPolicy())
    assert any(line.startswith("Chính sách của tỉnh: chưa nhận được") for line in gapwatch("status"))

    state.keep_policy(AgentPolicy(version=3))
    assert "Chính sách của tỉnh: không cho quét" in gapwatch("status")


def test_status_of_a_scanner(gapwatch: Callable[..., List[str]], state: State) -> None:
    kept = ScanState(
        off="", lease_until_s=4e9, interface="eth0", network="192.168.1.0/24", gateway="192.168.1.1", scans=(SWEEP,)
    )
    state.keep("scan.json", codec.to_plain(kept))

    lines = gapwatch("status")

    assert any(line.startswith("Giao việc quét: máy này đang được giao, đến khoảng ") for line in lines)
    assert "Mạng: 192.168.1.0/24 qua eth0, cổng ra 192.168.1.1; đang biết 0 thiết bị" in lines
    assert "hỏi 253 địa chỉ, gửi 511 gói trong 16 giây (scapy), thấy 60 thiết bị" in lines[-1]


def test_the_switch(gapwatch: Callable[..., List[str]], state: State) -> None:
    assert "Đã tắt quét mạng nội bộ" in gapwatch("off")[0]
    assert "Xóa tệp này để bật lại" in state.text("scan.off")
    assert "Công tắc tại máy này: tắt (gapwatch-agent scan on để bật lại)" in gapwatch("status")
    assert "Lần quét toàn mạng tới: không" in gapwatch("status")
    gapwatch("off")

    assert gapwatch("on") == ["Đã bật lại quét mạng nội bộ trên máy này."]
    assert not state.has("scan.off")
    gapwatch("on")


def test_the_settings_file_outweighs_the_switch(gapwatch: Callable[..., List[str]]) -> None:
    off = "[scan]\nenabled = no\n"

    assert any("vẫn không quét" in line for line in gapwatch("on", ini=off))
    assert any(
        line.startswith("Công tắc tại máy này: tắt ([scan] enabled = no") for line in gapwatch("status", ini=off)
    )


def test_the_log(gapwatch: Callable[..., List[str]], state: State) -> None:
    assert gapwatch("log") == ["Chưa có lần quét nào."]
    state.keep_text("scan.log", "một\nhai\n")

    assert gapwatch("log") == ["một", "hai"]


def test_a_log_that_may_not_be_read_is_said_to_be_so(state: State, tmp_path: Any) -> None:
    (tmp_path / "state" / "scan.log").mkdir()

    with pytest.raises(StateError, match="Chạy lại bằng quyền quản trị"):
        scan_command.run("log", settings.Settings(state_dir=state.folder), lambda _: None)


def test_any_other_word_is_refused(gapwatch: Callable[..., List[str]], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        gapwatch("now")

    assert ended.value.code == 2
    assert "chọn một trong" in capsys.readouterr().err


def test_nothing_heavy_is_loaded_for_it() -> None:
    code = "import sys, agent.scan_command, agent.scanning; print({'scapy', 'pysnmp', 'psutil'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert done.stdout.strip() == "set()", done.stderr
