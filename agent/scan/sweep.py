"""One scan: listens, asks at the polite rate, watches the gateway, knows when it is done. No socket and no clock of
its own: a door and a time function are arguments.

Two passes over all addresses and a third over those known to be there would do on a LAN that loses nothing. Where
frames are lost (loss.py), silent addresses are asked on, at the same rate: all of them while devices that nobody knew
have probably been missed, else only those seen in the last days.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import AbstractSet, Callable, Dict, FrozenSet, Iterable, List, Optional, Set, Tuple

from .door import Door, DriverBusy, Heard, LinkLost
from .frames import is_host_mac
from .loss import ENOUGH, Loss, unknown_share
from .pace import Pace, gap_s
from .targets import shuffled

MAX_TRIES = 14
KNOWN_TRIES = 3  # addresses seen lately get so many questions even where nothing is lost
CHECK_EVERY = 128  # questions between two looks at the gateway
LOSS_QUESTIONS = 100
_LOSS_EACH = 10
_STEP_S = 0.25  # how soon a reason to stop is noticed while waiting
_MAX_MACS = 4
_MAX_ANNOUNCEMENTS = 16
_LEAST_PASS_S = 1.0  # nobody is asked twice within it


@dataclass(frozen=True)
class Plan:
    kind: str  # sweep | recheck
    addresses: Tuple[str, ...]  # to be asked
    gateway: str
    own: Dict[str, str]  # this PC's addresses -> MAC
    everybody: FrozenSet[str]  # addresses of the network: whoever claims another is not listened to
    known: FrozenSet[str] = frozenset()  # answered in the last days
    gap_ms: float = 30.0
    passes: int = 2
    listen_s: float = 0.0
    max_frames: int = 1000


@dataclass
class Seen:
    """A device. `passes`: in how many of the passes it answered; 0: only overheard."""

    mac: str
    passes: int = 0


@dataclass
class Outcome:
    hosts: Dict[str, Seen] = field(default_factory=dict)
    clashes: Dict[str, Set[str]] = field(default_factory=dict)  # address -> MACs
    announcements: List[bytes] = field(default_factory=list)
    addresses: int = 0
    frames: int = 0
    duration_s: float = 0.0
    stopped: str = ""  # a reason of ScanRecord; "" when it ran to its end
    started_asking: bool = False  # False: the gateway did not answer before the first question
    tries: int = 0
    loss: float = 0.0  # share of questions lost, as judged


class Stop(Exception):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Sweep:
    def __init__(
        self, plan: Plan, door: Door, now: Callable[[], float], draw: random.Random, watch: Callable[[], str]
    ) -> None:
        """`watch` gives the reason to stop at once, "" while there is none."""
        self.plan = plan
        self.outcome = Outcome()
        self.loss = Loss()
        self._door = door
        self._now = now
        self._draw = draw
        self._watch = watch
        self._pace = Pace(gap_s(plan.gap_ms, door.tries))
        self._answered: Set[str] = set()  # in this pass
        self._gateway_at_s = float("-inf")
        self._since_check = 0
        self._tries = 0
        self._asked: Set[str] = set()

    def run(self) -> Outcome:
        outcome, start = self.outcome, self._now()
        try:
            self._listen(self.plan.listen_s)
            self._check_gateway()
            outcome.started_asking = True
            self._recheck() if self.plan.kind == "recheck" else self._sweep()
            self._check_gateway()
        except Stop as stop:
            outcome.stopped = stop.reason
        except DriverBusy:
            outcome.stopped = "driver_busy"
        except LinkLost:
            outcome.stopped = "gateway_lost"
        outcome.announcements = self._announced()
        outcome.addresses = len(self._asked)
        outcome.frames = self._door.frames
        outcome.duration_s = self._now() - start
        outcome.tries, outcome.loss = self._tries, self.loss.share()
        return outcome

    # --- what is asked

    def _sweep(self) -> None:
        full = min(max(self.plan.passes, 1), 2)
        first = frozenset(self._pass(self.plan.addresses))
        if self._tries < full:
            second = frozenset(self._pass(self.plan.addresses))
            self._note_loss(first, second)
            if second != first:
                self._measure_loss()
        self._go_on()

    def _go_on(self) -> None:
        """Silent addresses again, while it is worth it."""
        last_new: Set[str] = set()
        while self._tries < MAX_TRIES:
            silent = [address for address in self.plan.addresses if not self._passes_of(address)]
            unknown = [address for address in self.outcome.hosts if address not in self.plan.known]
            found = len(self.outcome.hosts)
            missed = self.loss.expected_missed(found, self._tries)
            likely = (self.plan.known | self._overheard()) & set(silent)
            news = last_new - self.plan.known
            if self.plan.passes > 1 and (missed * unknown_share(len(unknown), found) > ENOUGH or news):
                last_new = self._pass(silent) & set(silent)  # not the gateway, which is looked at in between
            elif likely and (self._tries < KNOWN_TRIES or missed > ENOUGH):
                self._pass(sorted(likely))
            else:
                return

    def _recheck(self) -> None:
        while self._tries < KNOWN_TRIES:
            silent = [address for address in self.plan.addresses if not self._passes_of(address)]
            if not silent:
                return
            self._pass(silent)

    def _measure_loss(self) -> None:
        """Devices that are there, asked some more times: what they leave unanswered tells how much is lost."""
        there = [address for address, seen in self.outcome.hosts.items() if seen.passes]
        questions = min(LOSS_QUESTIONS, _LOSS_EACH * len(there))
        while questions > 0:
            chosen = shuffled(there, self._draw)[:questions]
            questions -= len(chosen)
            self._note_loss(chosen, self._pass(chosen, counted=False))

    def _note_loss(self, there: Iterable[str], answered: AbstractSet[str]) -> None:
        for address in there:
            self.loss.note(address in answered)

    # --- how it is asked

    def _pass(self, addresses: Iterable[str], counted: bool = True) -> Set[str]:
        """Asks each once, in random order; returns who answered. Only `counted` passes make up the tries."""
        if self._asked:
            self._check_gateway()
        self._answered = set()
        start = self._now()
        for address in shuffled(list(addresses), self._draw):
            self._ask(address)
            self._asked.add(address)
            self._since_check += 1
            if self._since_check >= CHECK_EVERY:
                self._check_gateway()
        self._listen(max(self._door.settle_s, start + _LEAST_PASS_S - self._now()))
        if counted:
            self._tries += self._door.tries
            for address in self._answered:
                self.outcome.hosts[address].passes += 1
        return self._answered

    def _ask(self, address: str) -> None:
        while True:
            self._stop_if_told()
            wait = self._pace.wait_s(self._now())
            if wait <= 0:
                break
            self._take(self._door.hear(min(wait, _STEP_S)))
        if self._door.frames + self._door.tries > self.plan.max_frames:
            raise Stop("daily_cap")
        self._door.ask(address)
        self._pace.asked(self._now())

    def _listen(self, seconds: float) -> None:
        end = self._now() + seconds
        while True:
            left = end - self._now()
            if left <= 0:
                return
            self._stop_if_told()
            self._take(self._door.hear(min(left, _STEP_S)))

    def _check_gateway(self) -> None:
        """Goes on only while the gateway answers: some switches shut a port that asks a lot, and then people cannot
        work."""
        self._since_check = 0
        for _ in range(self._door.check_tries):
            asked_at = self._now()
            self._ask(self.plan.gateway)
            while self._now() - asked_at < self._door.check_wait_s:
                self._stop_if_told()
                self._take(self._door.hear(_STEP_S))
                if self._gateway_at_s >= asked_at:
                    return
        raise Stop("gateway_lost")

    def _stop_if_told(self) -> None:
        reason = self._watch()
        if reason:
            raise Stop(reason)

    # --- what is heard

    def _take(self, heard: List[Heard]) -> None:
        for item in heard:
            own = self.plan.own.get(item.address)
            if not is_host_mac(item.mac) or item.mac in self.plan.own.values():
                continue
            if own is not None:
                self._clash(item.address, own, item.mac)
            elif item.address in self.plan.everybody:
                self._note(item)

    def _note(self, item: Heard) -> None:
        if item.address == self.plan.gateway:
            self._gateway_at_s = self._now()
        seen: Optional[Seen] = self.outcome.hosts.get(item.address)
        if seen is None:
            seen = self.outcome.hosts[item.address] = Seen(item.mac)
            if item.answer and self._door.tries > 1:
                self.loss.note_repeats(item.misses, self._door.tries)
        elif seen.mac != item.mac:
            self._clash(item.address, seen.mac, item.mac)
        if item.answer:
            self._answered.add(item.address)

    def _clash(self, address: str, *macs: str) -> None:
        found = self.outcome.clashes.setdefault(address, set())
        for mac in macs:
            if len(found) < _MAX_MACS:
                found.add(mac)

    def _passes_of(self, address: str) -> int:
        seen = self.outcome.hosts.get(address)
        return seen.passes if seen else 0

    def _overheard(self) -> Set[str]:
        """Signs of life without an answer: heard during the scan, or in the system's own ARP table."""
        return {*self.outcome.hosts, *self._door.cached()}

    def _announced(self) -> List[bytes]:
        frames = self._door.announcements()
        return list(dict.fromkeys(frames))[:_MAX_ANNOUNCEMENTS]
