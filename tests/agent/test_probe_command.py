"""`gapwatch-agent probe`: what is printed, where, and with which exit code, whatever happens."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

from agent import cli, probe_command, process
from agent.probes import PROBES
from agent.process import CommandResult
from agent.snmp import child
from tests import need
from tests.snmp.recordings import identified, rows
from tests.snmp.responder import serving

ROOT = Path(__file__).resolve().parents[2]
EMPTY = {
    "vendor": None, "type": None, "os": None, "hardware": None, "version": None, "serial": None, "name": None, "evidence": [],
}  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> "tuple[int, str, str]":
    code = cli.main(["probe", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_one_json_object_for_a_device_that_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(rows("mikrotik"), community="devices/acme-1.2") as responder:
        code, out, err = run(capsys, "snmp", "--target", responder.target, "--community", "devices/acme-1.2", "--json")

    assert (code, err) == (0, "")
    assert out.count("\n") == 1
    assert json.loads(out) == identified("mikrotik").plain()
    assert list(json.loads(out)) == list(EMPTY)


def test_the_whole_program_prints_the_same(tmp_path: Path) -> None:
    with serving(rows("mikrotik")) as responder:
        command = [
            sys.executable,
            "-m",
            "agent",
            "probe",
            "snmp",
            "--target",
            responder.target,
            "--community",
            "public",
            "--json",
        ]
        done = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("ascii")) == identified("mikrotik").plain()


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(rows("mikrotik")) as responder:
        code, out, _ = run(capsys, "snmp", "--target", responder.target, "--community", "public", "--details")

    assert code == 0
    assert "Hãng           MikroTik\n" in out
    assert "Loại           bộ định tuyến\n" in out
    assert "Căn cứ:\n" in out
    assert "luật mikrotik/" in out


def test_silence_is_a_json_object_of_nulls_and_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with serving({}, community="other") as responder:
        code, out, err = run(
            capsys, "snmp", "--target", responder.target, "--community", "x", "--json", "--timeout", "0.1"
        )

    assert (code, json.loads(out)) == (1, EMPTY)
    assert err.startswith("Lỗi: {} không trả lời SNMP. Kiểm tra địa chỉ, chuỗi cộng đồng".format(responder.target))


@pytest.mark.skipif(need.on_wine(), reason="Wine tells UDP sockets nothing of closed ports; Windows does")
def test_a_closed_port_is_said_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with serving({}) as responder:
        target = responder.target

    code, out, err = run(capsys, "snmp", "--target", target, "--community", "x", "--json", "--details")

    assert code == 1
    assert json.loads(out) == {
        **EMPTY, "ports": [], "supplies": [], "battery": None, "counters": {"pages": None}, "location": None,
    }  # fmt: skip
    assert "không mở SNMP. Bật SNMP trên thiết bị" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--community", "x"], "Chưa có --target"),
        (["--target", "host:port", "--community", "x"], "«host:port» không phải là địa chỉ thiết bị"),
        (["--target", "127.0.0.1"], "Chưa có --community hay --v3-user"),
        (["--target", "127.0.0.1", "--community", "x", "--timeout", "0"], "--timeout «0» không dùng được"),
        (["--target", "127.0.0.1", "--community", "x", "--timeout", "nan"], "--timeout «nan» không dùng được"),
        (
            ["--target", "127.0.0.1", "--v3-user", "u", "--v3-auth", "XYZ", "--v3-auth-key", "12345678"],
            "không có «XYZ»",
        ),
    ],
)
def test_a_wrong_command_line_is_told_and_still_gives_json(
    capsys: pytest.CaptureFixture[str], arguments: List[str], message: str
) -> None:
    code, out, err = run(capsys, "snmp", *arguments, "--json")

    assert (code, json.loads(out)) == (2, EMPTY)
    assert message in err
    assert run(capsys, "snmp", *arguments)[1] == ""


@pytest.mark.parametrize("wrong", [["--bogus"], ["--community"], ["more", "words"]])
def test_a_mistyped_option_gives_json_too(capsys: pytest.CaptureFixture[str], wrong: List[str]) -> None:
    for json_wanted in (True, False):
        with pytest.raises(SystemExit) as stop:
            cli.main(["probe", *["--json"][:json_wanted], "snmp", "--target", "127.0.0.1", *wrong])
        captured = capsys.readouterr()

        assert stop.value.code == 2
        assert captured.err.startswith("Lỗi: ")
        assert (json.loads(captured.out) == EMPTY) if json_wanted else captured.out == ""


def test_an_unknown_host(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "snmp", "--target", "no.such.host.invalid", "--community", "x", "--json")

    assert (code, json.loads(out)) == (1, EMPTY)
    assert "Không tìm thấy địa chỉ của «no.such.host.invalid»" in err


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (CommandResult(False, b"", "Traceback\nImportError: no module", False), "ImportError: no module"),
        (CommandResult(False, b"", "", True), "mà chưa xong"),
        (CommandResult(True, b"[]"), "không chạy được"),
        (
            CommandResult(True, b'{"identity": null, "trouble": "Network is unreachable", "refused": false}'),
            "Không có đường mạng",
        ),
        (CommandResult(True, b'{"error": "thi\xe1\xba\xbfu pysnmp"}'), "thiếu pysnmp"),
    ],
)
def test_a_child_that_fails_is_an_error_in_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, result: CommandResult, message: str
) -> None:
    seen: Dict[str, Any] = {}

    def instead(argv: List[str], timeout_s: float, stdin: bytes, *more: Any, **options: Any) -> CommandResult:
        seen.update(argv=argv, stdin=stdin, **options)
        return result

    monkeypatch.setattr(probe_command, "run_process", instead)

    code, out, err = run(capsys, "snmp", "--target", "127.0.0.1", "--community", "secret-word", "--json")

    assert (code, json.loads(out)) == (1, EMPTY)
    assert message in err
    assert seen["low"] is True
    assert "secret-word" not in " ".join(seen["argv"]) and b"secret-word" in seen["stdin"]


def test_a_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(child, "main", lambda: 17)

    assert process.own_command("agent.snmp.child", "snmp-child") == [sys.executable, "snmp-child"]
    assert cli.main(["snmp-child"]) == 17


def test_the_list_names_every_probe(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys)

    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["snmp", "stamp", "ndt7", *PROBES]


def test_any_probe_as_json_and_as_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    state = ["--state-dir", str(tmp_path)]

    code, out, _ = run(capsys, "system", "--json", *state)
    text = run(capsys, "system", *state)[1]

    assert code == 0
    assert isinstance(json.loads(out), dict)
    assert text.startswith("Hệ điều hành (system): ")


def test_a_probe_without_anything_to_say_is_no_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = run(capsys, "devices", "--json", "--state-dir", str(tmp_path))

    assert (code, json.loads(out)) == (0, None)
    assert err.startswith("Không có gì để đo: ")


def test_help_is_in_vietnamese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main(["probe", "--help"])
    out = capsys.readouterr().out

    assert stop.value.code == 0
    assert out.startswith("Cách dùng: gapwatch-agent probe ")
    assert "Tham số:" in out and "Tùy chọn:" in out
    assert not [word for word in ("usage", "options:", "positional", "show this") if word in out]


def test_a_probe_that_does_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "nosuch", "--json")

    assert (code, out) == (2, "")
    assert "Không có phép đo «nosuch». Chọn một trong: snmp, system" in err


def test_an_old_console_gets_the_words_without_their_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="ascii"))

    assert cli.main(["probe", "snmp", "--community", "x"]) == 2
    sys.stderr.flush()

    assert raw.getvalue().startswith(b"Loi: Chua co --target")
