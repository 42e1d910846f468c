"""`gapwatch-agent journal`, and the journal in doctor, probe and show."""

from __future__ import annotations

import json
import time
from typing import List

import pytest

from agent import journal_command, show, words_journal
from agent.cli import main
from agent.host import Host
from agent.journal import Journal, Look, Moment
from agent.journal_file import JournalFile
from agent.probe import ProbeContext, ProbeSettings
from agent.probes import PROBES
from agent.runner import judge
from agent.wire import codec
from agent.wire.report import Report, Section, section_hash
from agent.wire.sections_journal import JournalEntry, JournalInfo

BOOT = "0123456789abcdef" * 2
CUT = Look(
    link=True, gateway=True, provider=False, internet=False, collector=False, on_battery=True, battery_percent=63,
    ups="on_battery", services_failed=("Một cửa",), services_asked=2,
)  # fmt: skip


@pytest.fixture
def state_dir(tmp_path) -> str:
    return str(tmp_path / "state")


@pytest.fixture
def kept(state_dir) -> JournalFile:
    import os

    os.makedirs(state_dir)
    file = JournalFile(os.path.join(state_dir, "journal"))
    book = Journal(file, BOOT)
    for minute in range(15):
        book.note(CUT, Moment(1.8e9 + 60 * minute, 500.0 + 60 * minute), 150)
    book.end("unclean")
    return file


def printed(capsys, *arguments: str) -> str:
    assert main(["journal", *arguments]) == 0
    return str(capsys.readouterr().out)


def test_in_words(kept, state_dir, capsys) -> None:
    text = printed(capsys, "--state-dir", state_dir)

    for part in (
        "Chờ gửi: 1 mục.", "Lần khởi động 01234567", "14 phút 0 giây", "tắt đột ngột",
        "Được: cáp hoặc sóng, thiết bị đầu cuối tại cơ quan",
        "Không được: chặng đầu của nhà mạng, Internet, máy chủ của tỉnh",
        "Không rõ: mạng truyền số liệu chuyên dùng", "Dịch vụ không vào được: Một cửa",
        "đang dùng pin, còn 63 %, bộ lưu điện: đang dùng ắc quy",
    ):  # fmt: skip
        assert part in text


def test_as_json_it_is_the_section_of_the_contract(kept, state_dir, capsys) -> None:
    info = codec.read(JournalInfo, json.loads(printed(capsys, "--state-dir", state_dir, "--json")))

    assert info.entries == tuple(kept.entries.values())
    assert info.entries[0].to_monotonic_s - info.entries[0].from_monotonic_s == 840


def test_where_there_is_none(state_dir, capsys) -> None:
    assert "Không có mục nào" in printed(capsys, "--state-dir", state_dir)
    assert json.loads(printed(capsys, "--state-dir", state_dir, "--json")) == {}


def test_bad_clocks_can_be_printed() -> None:
    entries = tuple(JournalEntry(BOOT, clock, clock, 1.0, 2.0) for clock in (-1e300, 1e300, 0.0))
    lines: List[str] = list(journal_command.lines(JournalInfo(entries, 2, 0), time.gmtime))

    assert "Đã mất vì hết chỗ hoặc ổ đĩa hỏng: 2 mục." in lines[1]
    assert sum("1 giây" in line for line in lines) == 3


def test_doctor_mentions_it(kept, state_dir) -> None:
    info = journal_command.look(kept._path, kept._disk)

    assert len(info[0]) == 1
    text = journal_command.summary(JournalInfo(tuple(info[0]), 4))
    assert "1 mục chờ gửi" in text
    assert "4 mục đã mất" in text
    assert journal_command.summary(JournalInfo()) == "không có mục nào chờ gửi"


def test_show_and_probe_read_the_same(kept, state_dir) -> None:
    context = ProbeContext(Host(), settings=ProbeSettings(state_dir=state_dir))
    result = judge(PROBES["journal"], context)
    assert result.status == "ok"
    assert codec.read(JournalInfo, result.data).entries == tuple(kept.entries.values())

    empty = judge(PROBES["journal"], ProbeContext(Host(), settings=ProbeSettings(state_dir=state_dir + "x")))
    assert (empty.status, empty.error) == ("no_data", "no journal has been kept yet")


def test_every_stage_and_end_has_words() -> None:
    from agent.journal_file import _ENDED, _UPS

    assert set(words_journal.ENDED) == set(_ENDED)
    assert set(words_journal.UPS) == set(_UPS) - {""}
    assert set(words_journal.STAGES) <= set(JournalEntry.__dataclass_fields__)


def test_show_says_why_an_entry_ended(kept: JournalFile) -> None:
    info = JournalInfo(tuple(kept.entries.values()))
    data = codec.to_plain(info)
    made = Report(
        "a" * 32, BOOT, 1, 1.8e9, 10.0, sections={"journal": Section("ok", section_hash("ok", data), data)}
    )  # fmt: skip
    text = "\n".join(show.lines(made, True, 1, 1))

    assert "Nhật ký lúc mất kết nối (journal)" in text
    assert "Ngừng theo dõi vì: tắt đột ngột (unclean)" in text
    assert "Bộ lưu điện: đang dùng ắc quy (on_battery)" in text
    assert "Mạng truyền số liệu chuyên dùng trả lời: chưa có dữ liệu" in text
