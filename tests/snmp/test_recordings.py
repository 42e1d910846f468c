"""Every recording is identified as its .json says, and every family has a recording that its rules win."""

from __future__ import annotations

import time

import pytest

from agent.snmp import families
from agent.snmp.family import Family, compiled

from .recordings import differences, expected, identified, names

FAMILIES = families.load()


@pytest.mark.parametrize("name", names())
def test_a_recording_is_identified_as_expected(name: str) -> None:
    assert not differences(name)
    assert expected(name)


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
def test_a_family_file_is_sound_and_has_a_recording_of_its_own(family: Family) -> None:
    families.check(family)
    own = [name for name in names() if name == family.name or name.startswith(family.name + "-")]

    winners = {row["rule"].split("/")[0] for name in own for row in identified(name).evidence if "rule" in row}

    assert family.name in winners, f"write tests/snmp/recordings/{family.name}.snmprec and .json"


HOSTILE = [
    piece * (1024 // len(piece))
    for piece in ("\r\n", " ", "a", "1", "1.", "A1-", "v1.0 ", "\r\n a", ", ", "(1)", "x\r\n")
]


def test_no_text_makes_a_pattern_slow() -> None:
    """A device may say anything: the longest text that is kept costs no pattern of any family more than a blink."""
    rules = [rule for family in FAMILIES for rule in family.rules]
    patterns = {pattern for rule in rules for pattern in rule.descr + rule.not_descr}
    patterns |= {condition.pattern for rule in rules for condition in rule.has + rule.not_has}
    sources = {source for rule in rules for sources in rule.fields.values() for source in sources}
    sources |= {part for source in sources for part in (source.inner, *source.parts) if part is not None}
    patterns |= {source.pattern for source in sources}

    slow: list[str] = []
    for pattern in patterns - {""}:
        search = compiled(pattern).search
        start = time.perf_counter()
        for text in HOSTILE:
            search(text)
        if time.perf_counter() - start > 0.5:
            slow.append(pattern)

    assert not slow
