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


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
def test_no_text_makes_a_family_slow(family: Family) -> None:
    """A device may say anything: the longest text that is kept costs no pattern more than a blink."""
    patterns = {pattern for rule in family.rules for pattern in rule.descr + rule.not_descr}
    patterns |= {condition.pattern for rule in family.rules for condition in rule.has + rule.not_has}
    sources = [source for rule in family.rules for sources in rule.fields.values() for source in sources]
    patterns |= {source.pattern for source in sources} | {source.inner.pattern for source in sources if source.inner}

    slow: list[str] = []
    for pattern in patterns - {""}:
        search = compiled(pattern).search
        start = time.perf_counter()
        for text in HOSTILE:
            search(text)
        if time.perf_counter() - start > 0.5:
            slow.append(pattern)

    assert not slow
