"""How often the DHCP servers were asked, and what they last said: hygiene.json in the state folder. Pure but for
read() and write().

A question is on the disk before it is asked, so that no restart buys another one, nor a clock that jumps while the PC
runs or falls back between two starts. The answer is told again until the next question, for a day at most.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Optional, Tuple

from ..files import Disk
from ..wire import codec
from ..wire.errors import WireError
from ..wire.sections_lan import DhcpOffer
from .dhcp import Asked
from .place import Place

FILE = "hygiene.json"
DAY_S = 86400.0
SPACING_S = 3600.0  # between two questions, however often the PC starts
MOST_A_DAY = 10  # whatever the policy says
_MAX_KEPT = 32


@dataclass(frozen=True)
class Question:
    at_s: float = 0.0  # since 1970 by this PC's clock
    mono_s: float = 0.0  # since boot
    boot_id: str = ""


@dataclass(frozen=True)
class LastAnswer:
    """What a question brought, and on which network."""

    question: Question = Question()
    network: str = ""
    gateway_mac_hash: str = ""
    asked: Optional[bool] = None
    offers: Tuple[DhcpOffer, ...] = ()


@dataclass(frozen=True)
class Ledger:
    questions: Tuple[Question, ...] = ()  # newest last
    answer: LastAnswer = LastAnswer()


def read(disk: Disk, path: str) -> Optional[Ledger]:
    """None when it cannot be read, which is not the same as empty: then nothing may be asked."""
    try:
        plain: Any = json.loads(disk.read(path).decode("utf-8"))
        return codec.read(Ledger, plain if isinstance(plain, dict) else {})
    except FileNotFoundError:
        return Ledger()
    except (ValueError, RecursionError, WireError):
        return Ledger()  # damaged; it is written anew before the next question
    except OSError:
        return None


def write(disk: Disk, path: str, ledger: Ledger) -> bool:
    try:
        disk.replace(path, json.dumps(codec.to_plain(ledger)).encode("ascii"))
        return True
    except OSError:
        return False


def may_ask(ledger: Ledger, now: Question, per_day: int) -> bool:
    """Whether one more question fits in the last 24 hours."""
    ages = [_age_s(question, now) for question in ledger.questions]
    recent = [age for age in ages if age < DAY_S]
    return len(recent) < min(max(per_day, 0), MOST_A_DAY) and all(age >= SPACING_S for age in recent)


def with_question(ledger: Ledger, now: Question) -> Ledger:
    recent = [question for question in ledger.questions if _age_s(question, now) < DAY_S]
    return dataclasses.replace(ledger, questions=(*recent, now)[-_MAX_KEPT:])


def with_answer(ledger: Ledger, now: Question, place: Place, said: Asked) -> Ledger:
    answer = LastAnswer(now, place.network, place.gateway_mac_hash, said.asked, said.offers)
    return dataclasses.replace(ledger, answer=answer)


def last_answer(ledger: Ledger, now: Question, place: Place) -> Asked:
    """What was heard within the last day on this network; nothing known otherwise."""
    kept = ledger.answer
    hashes = {kept.gateway_mac_hash, place.gateway_mac_hash} - {""}
    if kept.network != place.network or len(hashes) > 1 or _age_s(kept.question, now) >= DAY_S:
        return Asked(None)
    return Asked(kept.asked, kept.offers)


def _age_s(question: Question, now: Question) -> float:
    """Within one boot by the clock that nobody sets; else by the wall clock. A moment in the future was told by a clock
    that was wrong then or is now: it counts as this moment, the safe side."""
    if question.boot_id == now.boot_id:
        return max(now.mono_s - question.mono_s, 0.0)
    return max(now.at_s - question.at_s, 0.0)
