"""`show` says everything that would be sent, in Vietnamese, and nothing else."""

from __future__ import annotations

import dataclasses
import typing
import unicodedata

import pytest

from agent import show, words
from agent.wire import sections
from agent.wire.report import KINDS, STATUSES, Report, Section


def every_kind(kind: type) -> typing.Iterator[type]:
    yield kind
    for hint in typing.get_type_hints(kind).values():
        for arg in getattr(hint, "__args__", ()):
            if dataclasses.is_dataclass(arg):
                yield from every_kind(arg)


def test_every_field_of_the_contract_has_words():
    """A field without a label would be sent without the clerk being told what it is."""
    assert set(words.SECTIONS) == set(sections.SECTIONS)
    assert set(words.HEADER) == {field.name for field in dataclasses.fields(Report)} - {"sections"}
    assert set(words.KINDS) == set(KINDS)
    assert set(words.STATUSES) == set(STATUSES)
    for kind in {each for section in sections.SECTIONS.values() for each in every_kind(section)}:
        assert set(words.FIELDS[kind.__name__]) == {field.name for field in dataclasses.fields(kind)}, kind


def test_all_words_are_composed_vietnamese():
    texts = [*words.SECTIONS.values(), *words.HEADER.values(), *words.STATUSES.values(), *words.KINDS.values()]
    texts += [label for table in words.FIELDS.values() for label in table.values()]

    assert all(text and unicodedata.is_normalized("NFC", text) for text in texts)


REPORT = Report(
    "a" * 32, "b" * 32, 7, 1.8e9, 3725.0, "inventory", 1, "0.1.0", 2, 0, 3,
    {
        "hardware": Section("ok", "0" * 12, {
            "system_vendor": "Dell Inc.", "ram_bytes": 4 << 30, "is_virtual": False,
            "disks": [{"model": "WDC WD5000", "size_bytes": 500107862016, "rotational": True, "unheard_of": 5}],
        }, "", 1234),
        "interfaces": Section("ok", "1" * 12, {"interfaces": [{"name": "Ethernet", "kind": "wired"}]}, "", 5),
        "neighbours": Section("ok", "2" * 12, {}, "", 5),
        "reach": Section("failed", "", None, "deadline of 25 s passed", 25000),
    },
)  # fmt: skip


def test_the_whole_report_in_words():
    text = "\n".join(show.lines(REPORT, True, 1500, 700))

    for line in (
        "Loại báo cáo: kiểm kê đầy đủ",
        "Máy đã bật được: 1 giờ 2 phút",
        "== Phần cứng (hardware) – đo được, 1.234 ms",
        "   Hãng sản xuất máy: Dell Inc.",
        "   Máy ảo: không",
        "   Hãng BIOS: chưa có dữ liệu",
        "   Bộ nhớ (RAM) hệ điều hành thấy: 4 GB (4.294.967.296 byte)",
        "       Dung lượng: 465,8 GB (500.107.862.016 byte)",
        "       Ổ đĩa quay (HDD): có",
        "       unheard_of: 5",
        "       Loại cổng: có dây (wired)",
        "   Thiết bị lân cận: không thấy thiết bị nào",
        "   Số thiết bị lân cận: chưa có dữ liệu",
        "== Kết nối đường truyền và dịch vụ (reach) – đo không thành công, 25.000 ms",
        "   Lý do: deadline of 25 s passed",
        "Báo cáo JSON: 1.500 byte. Sau khi nén và niêm phong, gửi đi: 700 byte.",
    ):
        assert line in text.splitlines(), line
    assert "chưa ghi danh" not in text
    assert "chưa ghi danh" in "\n".join(show.lines(REPORT, False, 1, 1))


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("x", None, "chưa có dữ liệu"),
        ("x", "", "chưa có dữ liệu"),
        ("x", (), "chưa có dữ liệu"),
        ("x", 0, "0"),
        ("x", False, "không"),
        ("ipv4", ["10.0.0.1/8", "10.0.0.2/8"], "10.0.0.1/8, 10.0.0.2/8"),
        ("size_bytes", 0, "0 byte (0 byte)"),
        ("latency_ms", 12.34, "12,3"),
        ("last_shutdown", "unclean", "tắt đột ngột (unclean)"),
        ("name", "full", "full"),
    ],
)
def test_values_for_people(name, value, text):
    assert show.value_text(name, value) == text


def test_a_row_that_may_be_missing_is_told_in_its_place():
    """LanInfo.last_sweep is one row or none, not a list."""
    sweep = {"started": "2026-11-23T03:00:00Z", "kind": "sweep", "frames": 511, "stopped": "gateway_lost"}
    told = dataclasses.replace(
        REPORT,
        sections={
            "lan": Section(
                "ok", "0" * 12, {"network": "192.168.1.0/24", "last_sweep": sweep, "off": "no_lease"}, "", 1
            ),
            "devices": Section("ok", "1" * 12, {"devices": [{"name": "UPS"}]}, "", 1),
        },
    )
    lines = list(show.lines(told, True, 1, 1))

    assert "   Lần quét toàn mạng gần nhất:" in lines
    assert "       Loại: quét toàn mạng (sweep)" in lines
    assert "       Dừng sớm vì: cổng ra không trả lời (gateway_lost)" in lines
    assert "   Không quét vì: máy chủ chưa giao việc quét cho máy này (no_lease)" in lines
    assert "       Ắc quy: chưa có dữ liệu" in lines


def test_a_scan_that_ran_to_its_end_has_no_reason_to_stop():
    sections = {"lan": Section("ok", "0" * 12, {"last_sweep": {"kind": "sweep"}}, "", 1)}
    text = "\n".join(show.lines(dataclasses.replace(REPORT, sections=sections), True, 1, 1))

    assert "Dừng sớm vì" not in text
    assert "Không quét vì" not in text
