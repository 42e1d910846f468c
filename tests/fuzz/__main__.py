"""Fuzzes parsers of foreign bytes: no crash, no hang, bounded memory.

python -m tests.fuzz                          all of them, 10 seconds each
python -m tests.fuzz smbios edid --seconds 60
python -m tests.fuzz smbios --replay FILE     one input again, as it was saved
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.fuzz.fuzzer import Parser, Result, fuzz, try_one
from tests.fuzz.parsers import PARSERS


def main(argv: list[str]) -> int:
    options = _arguments(argv)
    wrong = [name for name in options.names if name not in PARSERS]
    if wrong:
        print(f"no such parser: {', '.join(wrong)}; there are {', '.join(PARSERS)}", file=sys.stderr)
        return 2
    failed = False
    for name in options.names or PARSERS:
        result = _replay(PARSERS[name], options.replay) if options.replay else _run(name, options)
        failed |= _tell(name, result, options.seed)
    return 1 if failed else 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", help="parsers; without, all of them")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each parser (default 10)")
    parser.add_argument("--seed", type=int, default=None, help="the same seed gives the same inputs")
    parser.add_argument("--replay", type=Path, help="a saved input")
    options = parser.parse_args(argv)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    return options


def _run(name: str, options: argparse.Namespace) -> Result:
    return fuzz(PARSERS[name], random.Random(f"{name}:{options.seed}"), options.seconds)


def _replay(parser: Parser, path: Path) -> Result:
    result = Result(cases=1)
    data = path.read_bytes()
    result.finding = try_one(parser, data, result, measure=False) or try_one(parser, data, result, measure=True)
    return result


def _tell(name: str, result: Result, seed: int) -> bool:
    print(
        f"{name}: {result.cases} inputs, slowest {result.slowest_s * 1000:.1f} ms, "
        f"peak {result.largest / 1024:.0f} KiB, seed {seed}"
    )
    if result.finding is None:
        return False
    with tempfile.NamedTemporaryFile(prefix=f"fuzz-{name}-", suffix=".bin", delete=False) as file:
        file.write(result.finding.data)
    print(f"  {result.finding.rule}: {result.finding.detail}\n  input ({len(result.finding.data)} bytes): {file.name}")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
