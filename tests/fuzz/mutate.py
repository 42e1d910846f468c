"""Turns good inputs into bad ones: bit flips, lying numbers, cuts, splices, repeats."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

MAX_INPUT = 64 * 1024
_LIES = (0, 1, 2, 3, 4, 0x7F, 0x80, 0xFE, 0xFF)
_WIDE_LIES = (0, 1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

Change = Callable[[bytearray, random.Random, Sequence[bytes]], None]


def mutate(seeds: Sequence[bytes], words: Sequence[bytes], dice: random.Random) -> bytes:
    """One input: a seed, or two spliced, with one to eight changes. `words` are tokens of the format."""
    data = bytearray(dice.choice(seeds))
    if dice.random() < 0.2:
        other = dice.choice(seeds)
        data = data[: dice.randint(0, len(data))] + other[dice.randint(0, len(other)) :]
    for _ in range(dice.choice((1, 1, 1, 2, 3, 5, 8))):
        dice.choice(_CHANGES)(data, dice, words)
    return bytes(data[:MAX_INPUT])


def _flip_bit(data: bytearray, dice: random.Random, _words: Sequence[bytes]) -> None:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _set_byte(data: bytearray, dice: random.Random, _words: Sequence[bytes]) -> None:
    if data:
        data[dice.randrange(len(data))] = dice.choice(_LIES) if dice.random() < 0.7 else dice.randrange(256)


def _set_number(data: bytearray, dice: random.Random, _words: Sequence[bytes]) -> None:
    size = dice.choice((2, 4, 8))
    if len(data) >= size:
        at = dice.randrange(len(data) - size + 1)
        number = dice.choice(_WIDE_LIES) & (1 << 8 * size) - 1
        data[at : at + size] = number.to_bytes(size, dice.choice(("little", "big")))


def _cut_end(data: bytearray, dice: random.Random, _words: Sequence[bytes]) -> None:
    del data[dice.randint(0, len(data)) :]


def _remove(data: bytearray, dice: random.Random, _words: Sequence[bytes]) -> None:
    at = dice.randint(0, len(data))
    del data[at : at + dice.choice((1, 2, 4, 16, 64, 256))]


def _insert(data: bytearray, dice: random.Random, words: Sequence[bytes]) -> None:
    at = dice.randint(0, len(data))
    random_bytes = bytes(dice.randrange(256) for _ in range(dice.choice((1, 2, 4, 32))))
    data[at:at] = dice.choice(words) if words and dice.random() < 0.7 else random_bytes


def _repeat(data: bytearray, dice: random.Random, _words: Sequence[bytes]) -> None:
    at = dice.randint(0, len(data))
    piece = bytes(data[at : at + dice.choice((1, 2, 8, 64, 512))])
    times = dice.choice((1, 2, 16, 256, 4096))
    data[at:at] = piece * min(times, MAX_INPUT // max(1, len(piece)))


def _swap(data: bytearray, dice: random.Random, _words: Sequence[bytes]) -> None:
    size = dice.choice((1, 4, 16, 64))
    if len(data) >= 2 * size:
        one, two = dice.randrange(len(data) - size + 1), dice.randrange(len(data) - size + 1)
        piece = bytes(data[one : one + size])
        data[one : one + size] = data[two : two + size]
        data[two : two + size] = piece


def _zero_out(data: bytearray, dice: random.Random, _words: Sequence[bytes]) -> None:
    at = dice.randint(0, len(data))
    end = min(len(data), at + dice.choice((1, 8, 64, 512)))
    data[at:end] = dice.choice((b"\x00", b"\xff")) * (end - at)


_CHANGES: tuple[Change, ...] = (
    _flip_bit, _flip_bit, _set_byte, _set_byte, _set_number, _cut_end, _remove, _insert, _repeat, _swap, _zero_out,
)  # fmt: skip
