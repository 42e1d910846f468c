"""`gapwatch cpu-year`: one JSON object per name."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.cli import main
from collector.cpu_year import LONGEST_LINE, answer, batch

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = {"name": None, "year": None, "earliest": None, "latest": None, "method": None, "confidence": None}


def asked(text: bytes) -> list[dict[str, object]]:
    sink = io.BytesIO()
    count = batch(io.BytesIO(text), sink)
    rows = [json.loads(line) for line in sink.getvalue().decode().splitlines()]
    assert len(rows) == count
    return rows


def test_every_line_has_its_answer_in_order() -> None:
    rows = asked("\ufeffIntel Core i3-4130 @ 3.40GHz\r\n\nno such thing\nCore2 Duo E8400".encode())

    assert rows[0] == {
        "name": "Intel Core i3-4130 @ 3.40GHz",
        "year": 2013,
        "earliest": 2013,
        "latest": 2013,
        "method": "name",
        "confidence": "high",
    }
    assert rows[1] == UNKNOWN
    assert rows[2] == UNKNOWN | {"name": "no such thing"}
    assert rows[3]["year"] == 2008
    assert len(rows) == 4


def test_broken_bytes_and_endless_lines_keep_their_place() -> None:
    rows = asked(b"\xff\xfe i5-2400 \xc3\n" + b"x" * (3 * LONGEST_LINE) + b"\ni5-4570\n")

    assert [row["year"] for row in rows] == [2011, None, 2013]


@given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line), max_size=20))
def test_as_many_answers_as_lines(lines: list[bytes]) -> None:
    assert len(asked(b"".join(line + b"\n" for line in lines))) == len(lines)


def test_a_long_list_has_an_answer_each() -> None:
    rows = asked(b"".join(b"Intel Xeon E5-26%02d v%d\n" % (number % 100, number // 100) for number in range(5000)))

    assert len(rows) == 5000


def test_numbers_answer_for_a_bare_name() -> None:
    row = json.loads(answer("Intel(R) Processor", "intel", 6, 58))

    assert (row["name"], row["year"], row["method"]) == ("Intel(R) Processor", 2012, "cpuid")
    assert json.loads(answer("", "GenuineIntel", 6, 58)) == row | {"name": "Ivy Bridge"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "cần tên bộ xử lý, số CPUID hoặc --batch"),
        (("--batch", "i5-2400"), "--batch đọc tên từ đầu vào chuẩn, không đi cùng tên hay số CPUID"),
        (("--batch", "--family", "6"), "--batch đọc tên từ đầu vào chuẩn, không đi cùng tên hay số CPUID"),
    ],
)
def test_wrong_words_are_named(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(("cpu-year", *words))

    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_one_name_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(("cpu-year", "Intel(R) Xeon(R) CPU E5-2670 v3 @ 2.30GHz"))

    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["year"] == 2014


def test_it_needs_no_service_around_it() -> None:
    """The work itself pulls in nothing heavy: no web framework, no database library."""
    code = "import sys, collector.cpu_year; print({'fastapi', 'sqlalchemy', 'numpy'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert said.stdout.strip() == "set()", said.stderr


def test_the_program_answers_line_by_line() -> None:
    """Another program may write one name, wait for its year and write the next."""
    program = subprocess.Popen(
        [sys.executable, "-m", "collector.cli", "cpu-year", "--batch"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert program.stdin is not None and program.stdout is not None
    watch = threading.Timer(60, program.kill)
    watch.start()
    try:
        for brand, year in ((b"i5-2400\n", 2011), (b"Celeron G1840\n", 2014)):
            program.stdin.write(brand)
            program.stdin.flush()
            assert json.loads(program.stdout.readline())["year"] == year
        program.stdin.close()
        assert program.stdout.read() == b""
        assert program.wait(30) == 0
    finally:
        watch.cancel()
        program.kill()
        program.wait()
        program.stdout.close()
