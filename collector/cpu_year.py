"""`gapwatch cpu-year`: the launch year of processors, one name or a list. Needs neither settings nor store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from inventory.domain.cpu_years import CpuYear, launch_year

LONGEST_LINE = 65_536  # bytes of a line that are kept; what follows up to its end is dropped
_VENDORS = {"intel": "GenuineIntel", "amd": "AuthenticAMD", "via": "CentaurHauls", "hygon": "HygonGenuine"}


def answer(
    brand: str,
    vendor: str = "",
    family: int | None = None,
    model: int | None = None,
    stepping: int | None = None,
) -> str:
    """One JSON object without line end: name, year, earliest, latest, method, confidence; null is unknown. The name is the
    one that was asked, so that answers can be joined to a list; without one it is that of the CPUID rule.

    `vendor` is CPUID's word (GenuineIntel, AuthenticAMD) or the maker's short name (intel, amd, via, hygon).
    """
    found = launch_year(brand, _VENDORS.get(vendor.strip().lower(), vendor), family, model, stepping)
    return json.dumps(_row(brand, found), ensure_ascii=False)


def batch(source: BinaryIO, sink: BinaryIO) -> int:
    """Answer every line of `source` (UTF-8; broken bytes are read over) with one line in `sink`, in the same order.

    Each answer leaves at once, so that another program may ask and wait. Returns the number of lines; stops early
    when nobody reads any more.
    """
    count = 0
    for line in _lines(source):
        try:
            sink.write(answer(line).encode() + b"\n")
            sink.flush()
        except BrokenPipeError:
            break
        count += 1
    return count


def _row(brand: str, found: CpuYear) -> dict[str, str | int | None]:
    return {
        "name": brand.strip() or found.name or None,
        "year": found.year,
        "earliest": found.earliest,
        "latest": found.latest,
        "method": found.method or None,
        "confidence": found.confidence or None,
    }


def _lines(source: BinaryIO) -> Iterator[str]:
    first = True
    while line := source.readline(LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := source.readline(LONGEST_LINE)):
            pass
        yield line.decode("utf-8-sig" if first else "utf-8", "replace")
        first = False
