"""A short round of every parser; the long one is `python -m tests.fuzz`."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz.__main__ import main
from tests.fuzz.fuzzer import Parser, fuzz
from tests.fuzz.parsers import PARSERS

SECONDS = 0.5


@pytest.mark.parametrize("name", list(PARSERS))
def test_parser_survives_a_short_round(name: str) -> None:
    result = fuzz(PARSERS[name], random.Random(f"{name}:1"), SECONDS)

    assert result.finding is None, f"{result.finding}"
    assert result.cases > 20


def _raises(data: bytes) -> None:
    if b"\xff\xff" in data:
        raise IndexError("wrong")


def _hangs(data: bytes) -> None:
    if len(data) > 4:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            pass


def _hoards(data: bytes) -> None:
    _ = [bytearray(1024) for _ in range(len(data) * 100)]


@pytest.mark.parametrize(("run", "rule"), [(_raises, "raised"), (_hangs, "slow"), (_hoards, "large")])
def test_fuzzer_finds_what_it_is_for(run: Callable[[bytes], None], rule: str) -> None:
    parser = Parser(run, lambda: (b"abc\xff", b"d\xffef"), limit_s=0.05, memory=200_000)

    result = fuzz(parser, random.Random(1), 20)

    assert result.finding is not None
    assert result.finding.rule == rule


def test_a_seed_gives_the_same_inputs_again() -> None:
    seen: list[list[bytes]] = [[], []]
    for inputs in seen:
        fuzz(Parser(inputs.append, lambda: (b"abcdef", b"123")), random.Random(7), 20, cases=300)

    assert seen[0] == seen[1]
    assert len(set(seen[0])) > 200


def test_wrong_name_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["smbois"]) == 2
    assert "no such parser: smbois; there are smbios" in capsys.readouterr().err


def test_a_saved_input_can_be_played_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "input.bin"
    path.write_bytes(PARSERS["smbios"].seeds()[0])

    assert main(["smbios", "--replay", str(path)]) == 0
    assert "smbios: 1 inputs" in capsys.readouterr().out
