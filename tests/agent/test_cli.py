"""The commands as a technician meets them: a real process, a real socket, exit codes and one clear line."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from agent import cli, doctor
from agent.cli import main
from agent.wire import report, seal
from agent.wire.exchange import AgentPolicy

from .fake_collector import TOKEN, Collector, Server, error

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")


class Pc:
    """One PC: its settings file, state folder and console."""

    def __init__(self, folder, server, capsys):
        self.ini = str(folder / "etc" / "a.ini")
        self.state = str(folder / "state")
        self.server = server
        self.capsys = capsys

    def run(self, *arguments):
        self.capsys.readouterr()
        code = main([*arguments, "--config", self.ini])
        console = self.capsys.readouterr()
        return code, console.out, console.err

    def enrol(self, *more):
        place = ["--server", self.server.url, "--state-dir", self.state]
        return self.run("enrol", *place, "--token", TOKEN, *more)

    def process(self, *arguments, **options):
        return subprocess.Popen(
            [sys.executable, "-m", "agent", *arguments, "--config", self.ini],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options,
        )  # fmt: skip


@pytest.fixture
def server():
    with Server(Collector(policy=AgentPolicy(version=2))) as running:
        yield running


@pytest.fixture
def pc(tmp_path, server, capsys):
    return Pc(tmp_path, server, capsys)


@pytest.fixture
def enrolled(pc):
    assert pc.enrol()[0] == 0
    return pc


def test_enrol_writes_identity_and_settings(pc):
    code, out, err = pc.enrol()

    assert (code, err) == (0, "")
    assert "Đã ghi danh máy này tại UBND xã Vĩnh Sơn." in out
    with open(pc.ini, encoding="utf-8") as file:
        text = file.read()
    assert "server = {}\n".format(pc.server.url) in text
    assert "state_dir = {}\n".format(pc.state) in text
    assert TOKEN not in text
    (answer,) = pc.server.collector.enrolments.values()
    with open(os.path.join(pc.state, "identity.json"), encoding="utf-8") as file:
        assert json.load(file)["agent_id"] == answer.agent_id
    assert answer.key not in out


def test_a_second_enrolment_needs_again(enrolled):
    code, _, err = enrolled.enrol()
    assert code == 7
    assert "đã ghi danh tại UBND xã Vĩnh Sơn" in err
    assert "--again" in err
    assert err.count("\n") == 1

    assert enrolled.enrol("--again")[0] == 0
    assert len(enrolled.server.collector.enrolments) == 2


def test_a_wrong_token_says_what_to_do_and_leaves_nothing(pc):
    code, _out, err = pc.run("enrol", "--server", pc.server.url, "--state-dir", pc.state, "--token", "WRONG")

    assert code == 6
    assert err.startswith("Lỗi: Máy chủ từ chối (403 token_unknown): mã ghi danh không đúng. Kiểm tra lại từng ký tự")
    assert err.count("\n") == 1
    assert not os.path.exists(pc.ini)
    assert not os.path.exists(os.path.join(pc.state, "identity.json"))


def test_an_enrolment_whose_answer_got_lost_gives_the_same_identity(pc):
    handle = pc.server.collector.handle

    def lose_the_first(path, body, headers):
        handle(path, body, headers)
        pc.server.collector.handle = handle
        return 502, {}

    pc.server.collector.handle = lose_the_first
    assert pc.enrol()[0] == 6
    assert pc.enrol()[0] == 0

    assert len(pc.server.collector.enrolments) == 1


def test_a_token_from_standard_input_stays_off_the_command_line(pc, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(TOKEN + "\n"))
    code, _, err = pc.run("enrol", "--server", pc.server.url, "--state-dir", pc.state, "--token", "-")
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--token", "x"], "Thêm --server"),
        (["--server", "http://a.vn", "--token", "x"], "không mã hóa"),
        (["--server", "http://localhost:1"], "Thiếu mã ghi danh"),
    ],
)
def test_enrol_with_something_missing(pc, arguments, words):
    code, _, err = pc.run("enrol", "--state-dir", pc.state, *arguments)

    assert code == 2
    assert words in err
    assert err.count("\n") == 1


def test_once_sends_an_inventory(enrolled):
    code, out, _ = enrolled.run("once")

    assert code == 0
    assert "Máy chủ đã nhận. Còn 0 báo cáo chờ gửi." in out
    (made,) = enrolled.server.collector.reports.values()
    assert made.kind == "inventory"
    assert set(made.sections) == {name for name, probe in cli_probes().items() if probe.cycle != "event"}
    assert made.policy_version == 2


def cli_probes():
    from agent.probes import PROBES

    return PROBES


def test_once_without_a_line_keeps_the_report(enrolled):
    enrolled.server.collector.plan = [error(503, "starting", "đang khởi động")]
    code, out, _ = enrolled.run("once")
    assert code == 6
    assert "Chưa gửi được: Máy chủ từ chối (503 starting)" in out
    assert "1 báo cáo chờ gửi" in out

    code, out, _ = enrolled.run("once")
    assert (code, "Còn 1 báo cáo chờ gửi." in out) == (0, True)


def test_not_enrolled_and_no_such_file(pc, tmp_path):
    (tmp_path / "etc").mkdir()
    code, _, err = pc.run("once")
    assert code == 2
    assert "--config" in err
    with open(pc.ini, "w") as file:
        file.write("[agent]\nserver = {}\nstate_dir = {}\n".format(pc.server.url, pc.state))
    for command in ("once", "run"):
        code, _, err = pc.run(command)
        assert code == 4
        assert "chưa ghi danh" in err
        assert "enrol --server" in err
        assert err.count("\n") == 1


def test_a_bad_settings_file_is_one_line(enrolled):
    with open(enrolled.ini, "a") as file:
        file.write("\n[agnt]\n")
    for command in ("once", "run", "show"):
        code, _, err = enrolled.run(command)
        assert code == 2
        assert "[agnt]" in err
        assert err.count("\n") == 1


def test_show_json_is_the_very_report(enrolled):
    code, out, _ = enrolled.run("show", "--json")

    made = report.report_from_bytes(out.encode("utf-8"))
    assert code == 0
    assert made.kind == "inventory"
    assert made.seq == 1
    assert all(section.data is not None for section in made.sections.values() if section.status == "ok")
    assert not enrolled.server.collector.reports
    assert enrolled.run("once")[0] == 0
    assert [made.seq for made in enrolled.server.collector.reports.values()] == [1]  # show used no number up


def test_show_in_words_even_before_enrolment(pc, tmp_path):
    (tmp_path / "etc").mkdir()
    with open(pc.ini, "w") as file:
        file.write("[agent]\nstate_dir = {}\n[probes]\ndisabled = reach\n".format(pc.state))

    code, out, _ = pc.run("show")

    assert code == 0
    assert "Máy này chưa ghi danh, hoặc" in out
    assert "== Hệ điều hành (system)" in out
    assert "byte." in out
    assert "(reach)" not in out
    assert not os.path.exists(pc.state)


def test_doctor_on_a_healthy_pc(enrolled):
    code, out, _ = enrolled.run("doctor")

    assert code == 0, out
    for words in ("[TỐT] Định danh", "[TỐT] Hàng chờ", "[TỐT] Ổ đĩa", "[TỐT] Đồng hồ", "[TỐT] Máy chủ thu thập"):
        assert words in out or words == "[TỐT] Hàng chờ"
    for name, probe in cli_probes().items():
        assert "({}): ".format(name) in out
        assert "(giới hạn {:g} giây)".format(probe.deadline_s) in out
    assert "Kết luận: không thấy lỗi" in out
    with open(os.path.join(enrolled.state, "identity.json"), encoding="utf-8") as file:
        assert json.load(file)["key"] not in out


def test_doctor_tells_what_lacks_for_snmp(monkeypatch):
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    check = doctor._snmp()

    assert check.good is None and "chưa cài pysnmp" in check.text


def test_doctor_names_what_is_wrong(enrolled, tmp_path):
    enrolled.server.__exit__()
    os.unlink(os.path.join(enrolled.state, "identity.json"))

    code, out, _ = enrolled.run("doctor")

    assert code == 1
    assert "[LỖI] Định danh: Máy này chưa ghi danh" in out
    assert "[LỖI] Máy chủ thu thập: Không nối được tới localhost" in out
    assert "có 2 việc cần xử lý" in out
    with open(enrolled.ini, "w") as file:
        file.write("[agent]\nx = 1\n")
    assert enrolled.run("doctor")[0] == 1


def test_version(pc, capsys):
    assert main(["version"]) == 0
    assert capsys.readouterr().out.startswith("gapwatch-agent 0.3.0 (Python 3.")


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_run_reports_says_goodbye_and_refuses_company(enrolled):
    child = enrolled.process("run")
    with child:
        wait_for(lambda: enrolled.server.collector.reports)
        assert enrolled.run("once")[0] == 5
        assert "Dừng dịch vụ" in enrolled.run("once")[2]
        assert "[TỐT] Dịch vụ: gapwatch-agent đang chạy" in enrolled.run("doctor")[1]
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=10)

    assert (child.returncode, out, err) == (0, b"", b"")
    kinds = [made.kind for made in enrolled.server.collector.reports.values()]
    assert (kinds[0], kinds[-1]) == ("inventory", "goodbye"), "a PC enrolled just now shows at once"
    with open(os.path.join(enrolled.state, "gapwatch-agent.log"), encoding="utf-8") as file:
        log = file.read()
    assert "bắt đầu" in log
    assert "dừng; còn 0 báo cáo chờ gửi" in log
    (answer,) = enrolled.server.collector.enrolments.values()
    assert answer.key not in log
    assert TOKEN not in log


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_paused_agent_sends_nothing(enrolled):
    with open(enrolled.ini, encoding="utf-8") as file:
        text = file.read()
    with open(enrolled.ini, "w", encoding="utf-8") as file:
        file.write(text.replace("pause = no", "pause = yes"))
    child = enrolled.process("run")
    with child:
        path = os.path.join(enrolled.state, "gapwatch-agent.log")
        wait_for(lambda: os.path.exists(path) and "tạm ngừng" in open_text(path))
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=10)

    assert child.returncode == 0
    assert not enrolled.server.collector.reports


def open_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def wait_for(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1258", "cp437"])
def test_an_old_console_gets_readable_text(encoding):
    raw = io.BytesIO()
    console = io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace")  # as standard error is

    cli.say("Đã ghi danh máy này tại UBND xã Vĩnh Sơn – “tốt”.", console)

    text = raw.getvalue().decode(encoding)
    assert "\\" not in text
    bare = "".join(char for char in cli.plain(text, "ascii") if char.isascii())
    assert "ghi danh" in bare
    assert "Vinh Son" in bare.replace("?", "")
    console.detach()


def test_help_can_be_read_on_an_old_console():
    env = dict(os.environ, PYTHONIOENCODING="cp1252")
    for arguments in (["--help"], ["enrol", "--help"], ["fly"], []):
        done = subprocess.run([sys.executable, "-m", "agent", *arguments], cwd=ROOT, capture_output=True, env=env)
        assert done.returncode == (0 if "--help" in arguments else 2)
        assert b"gapwatch-agent" in done.stdout + done.stderr
        assert b"Traceback" not in done.stderr
        assert b"\\u" not in done.stderr


def test_commands_that_need_no_network_do_not_pay_for_it():
    code = "import sys, agent.cli; agent.cli.main(['version']); print(sorted(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout.decode()

    for heavy in ("'requests'", "'psutil'", "'asyncio'", "'http.client'", "'agent.transport'", "'logging'"):
        assert heavy not in out


def test_seals_of_a_run_are_checked_by_the_collector(enrolled):
    """The fake collector opens every frame with the derived key; a wrong seal would have raised there."""
    assert enrolled.run("once")[0] == 0
    frames = seal.split(enrolled.server.requests[-1][2])
    assert len(frames) == 1
