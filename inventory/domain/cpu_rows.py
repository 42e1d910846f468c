"""The rows of the processor tables: one generation or series of a maker, and the years in which its models came out.

The first year of a span is the year in which the first model that the row covers came out, the last year that of the
last one; `likely` is the best single guess where that is not the first year. Patterns are matched against the
normalised name (cpu_years.normalise): lower case, without trade marks, clock, "cpu" and "processor"; they begin at
a word and never end inside a number ("457" is not found in "4570"). The first row that matches decides, so special
models stand before their family. A pattern that contains "@" reads the clock too, in MHz: "pentium 4 @2800", or
"xeon @ 2800" where an "@" stood before it. Years are those of the makers' launch dates as generally published. To add a
processor, add a row.
"""

from __future__ import annotations

from typing import NamedTuple


class BrandRule(NamedTuple):
    pattern: str  # matched at the beginning of a word
    first: int
    last: int
    likely: int | None = None  # None: the first year


class ModelRule(NamedTuple):
    """CPUID numbers as the system shows them (decimal, family with its extension)."""

    family: int
    models: tuple[int, ...]  # empty: every model of the family
    name: str
    first: int
    last: int
    steppings: tuple[int, ...] = ()  # empty: every stepping
