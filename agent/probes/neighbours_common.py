"""Rows that both systems' tables are read into."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ArpEntry:
    """A complete entry: the address answered with this MAC."""

    address: str
    mac: str


@dataclass(frozen=True)
class DefaultRoute:
    gateway: str
    metric: int
