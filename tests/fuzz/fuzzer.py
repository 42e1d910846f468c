"""Feeds a parser with mutated inputs and holds it to three rules: it does not raise, it is quick, it stays small."""

from __future__ import annotations

import contextlib
import random
import signal
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

from tests.fuzz.mutate import mutate

MEASURE_EVERY = 40  # tracemalloc makes a call several times slower


@dataclass(frozen=True)
class Parser:
    """A function of foreign bytes. `seeds` are good inputs, made when they are wanted."""

    run: Callable[[bytes], object]
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[bytes] = ()  # tokens of the format, inserted now and then
    limit_s: float = 1.0  # for one input
    memory: int = 16 * 1024 * 1024  # peak above what was there before


@dataclass(frozen=True)
class Finding:
    rule: str  # raised | slow | large
    detail: str
    data: bytes = field(repr=False)


@dataclass
class Result:
    cases: int = 0
    slowest_s: float = 0.0
    largest: int = 0
    finding: Finding | None = None


class Hang(Exception):
    """The parser ran longer than it may, and was interrupted."""


def fuzz(parser: Parser, dice: random.Random, seconds: float, cases: int | None = None) -> Result:
    """Until the time is over, `cases` are done or a rule is broken. The seeds themselves come first."""
    seeds = list(parser.seeds())
    result = Result()
    end = time.monotonic() + seconds
    while time.monotonic() < end and (cases is None or result.cases < cases):
        data = seeds[result.cases] if result.cases < len(seeds) else mutate(seeds, parser.words, dice)
        result.finding = try_one(parser, data, result, measure=result.cases % MEASURE_EVERY == 0)
        result.cases += 1
        if result.finding is not None:
            break
    return result


def try_one(parser: Parser, data: bytes, result: Result, measure: bool) -> Finding | None:
    """One input; with `measure` its memory is watched instead of its time, which watching would falsify."""
    if measure:
        tracemalloc.start()
    start = time.perf_counter()
    try:
        # The measured run is slower by nature: it gets more time, but it does get an end.
        with interrupted_after(parser.limit_s * (20 if measure else 1)):
            parser.run(data)
    except Hang:
        return Finding("slow", f"more than {parser.limit_s:g} s", data)
    except Exception as error:
        return Finding("raised", f"{type(error).__name__}: {error}", data)
    finally:
        took = time.perf_counter() - start
        peak = tracemalloc.get_traced_memory()[1] if measure else 0
        tracemalloc.stop()
    result.largest = max(result.largest, peak)
    if not measure:
        result.slowest_s = max(result.slowest_s, took)
    if peak > parser.memory:
        return Finding("large", f"{peak} bytes, allowed {parser.memory}", data)
    return None


@contextlib.contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Raises Hang inside the block; where there is no alarm (Windows, other threads) the clock is read afterwards."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise Hang

    start = time.perf_counter()
    try:
        before = signal.signal(signal.SIGALRM, ring)
    except (AttributeError, ValueError):
        yield
    else:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    if time.perf_counter() - start > seconds:
        raise Hang
