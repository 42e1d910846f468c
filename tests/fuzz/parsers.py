"""The list of parsers that are fuzzed. A slice brings a file with a dict of its own and adds it to the sum here."""

from __future__ import annotations

from tests.fuzz import hardware, hygiene
from tests.fuzz.fuzzer import Parser

PARSERS: dict[str, Parser] = {
    **hardware.PARSERS,
    **hygiene.PARSERS,
}
