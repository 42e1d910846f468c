"""Getting stored reports to the collector: what goes first, when to try again, what an answer means.

The report just made goes first and alone: the collector learns that the site is back before it has to take in the
past. Then the backlog, newest first, in bounded batches with a pause between them. Nothing is thrown away because a
server refuses it: a refused report is set aside for some hours, a refused identity keeps quiet for a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Dict, List, NamedTuple, Optional, Protocol, Tuple

from . import backoff, report
from .errors import StateError, TransportError
from .identity import State
from .log import logger
from .report import Memory
from .spool import Ref, Spool
from .wire.exchange import CLOCK_HEADER, Ack, AgentPolicy, UploadAnswer
from .wire.report import Report

if TYPE_CHECKING:
    from .transport import Transport

BATCH_BYTES = 32 * 1024
BATCH_FRAMES = 128
FRESH_S = 60.0  # older reports need the clock header
REFUSED_PAUSE_S = 86400.0
ASIDE_S = 6 * 3600.0  # a report that was refused alone
RETRY_PAUSE_S = 300.0  # a report that the collector wants to have again later
LARGEST_LEASE_S = 86400
_MAX_CARRIED = 256
_AGENT_ID_IN_FRAME = slice(7, 23)


class Clock(Protocol):
    def monotonic_s(self) -> float: ...

    def boot_id(self) -> str: ...


class Item(NamedTuple):
    """One report in an upload; `ref` is None when it is not on disk."""

    seq: int
    frame: bytes
    ref: Optional[Ref]


class Fresh(NamedTuple):
    seq: int
    frame: bytes
    stored: bool
    made_at_s: float


class Delivery:
    def __init__(
        self, state: State, agent_id: str, spool: Spool, transport: Transport, clock: Clock, random: backoff.Random
    ) -> None:
        self.memory = Memory(known=state.known())
        self.next_at_s = clock.monotonic_s()
        self.last_error: Optional[TransportError] = None
        self.refused = False
        # Whether reports get through: True, the last one was accepted; False, nobody answered; None, not known yet, or
        # the collector answered and wanted none.
        self.reached: Optional[bool] = None
        self.outcome: Dict[int, str] = {}  # seq -> status of the last upload's acks
        self._lease_end_s: Optional[float] = None  # of the LAN's scanner; None: the collector has not said anything
        self._state = state
        self._agent_id = bytes.fromhex(agent_id)
        self._spool = spool
        self._transport = transport
        self._clock = clock
        self._random = random
        self._failures = 0
        self._away = True  # the collector has not been reached since the start or since the last failure
        self._frames = BATCH_FRAMES
        self._fresh: Optional[Fresh] = None
        self._carried: Dict[int, Dict[str, str]] = {}
        self._aside: Dict[int, float] = {}
        self._fresh_went_alone = False  # then the backlog travels along next time, or quick heartbeats would starve it

    def made(self, made: Report, frame: bytes, stored: bool) -> None:
        """A new report is there; it goes next."""
        self._let_go_of_unstored()
        self._fresh = Fresh(made.seq, frame, stored, made.monotonic_s)
        hashes = report.carried_hashes(made)
        if hashes:
            self._carried[made.seq] = hashes
            while len(self._carried) > _MAX_CARRIED:
                del self._carried[min(self._carried)]

    def send_if_due(self) -> Optional[AgentPolicy]:
        """One upload, when there is something to send and it is time. Returns a new policy when one came."""
        now = self._clock.monotonic_s()
        if self.next_at_s - now > 2 * REFUSED_PAUSE_S:
            self.next_at_s = now  # the monotonic clock went back
        if now < self.next_at_s:
            self._let_go_of_unstored()
            return None
        return self.send()

    def send(self) -> Optional[AgentPolicy]:
        """One upload now."""
        batch = self._next_batch()
        if not batch:
            return None
        try:
            with self._spool.sending(item.ref for item in batch if item.ref is not None):
                answer = self._transport.send(b"".join(item.frame for item in batch), self._headers(batch))
        except TransportError as error:
            self._failed(error, batch)
            return None
        return self._answered(answer, batch)

    def send_last(self) -> None:
        """The goodbye, if the line was good until now; else it is in the spool."""
        if self._failures == 0 and not self.refused:
            self.send()
        self._let_go_of_unstored()

    def collector_is_back(self, within_s: float) -> None:
        """The collector was seen to answer: the next try comes sooner, though not at the same moment as everybody's."""
        if self.last_error is not None and not self.last_error.retry_after_s:
            self.next_at_s = min(self.next_at_s, self._clock.monotonic_s() + self._random() * within_s)

    def carried(self, wanted: Callable[[int, int], bool], missing: Tuple[str, ...]) -> int:
        """A receipt came by hand (receipts.py): what it names has arrived. `wanted`: see Spool.matching. Returns how
        many reports that were."""
        refs = self._spool.matching(wanted)
        changed = False
        for ref in refs:
            changed = report.acknowledge(self._carried.pop(ref.seq, {}), ref.seq, self.memory) or changed
        report.ask_again(self._truly_missing(missing), self.memory)
        self._spool.done(refs)
        if changed:
            self._keep_known()
        return len(refs)

    def lease_left_s(self) -> Optional[float]:
        """How much longer this PC is its LAN's elected scanner; 0: it is not; None: not told since the start."""
        if self._lease_end_s is None:
            return None
        left = self._lease_end_s - self._clock.monotonic_s()
        # More than any lease: the monotonic clock went back, and nobody knows how much time has passed.
        return left if 0 < left <= LARGEST_LEASE_S else 0.0

    def waiting(self) -> bool:
        """Whether there are reports that could be sent as soon as it is time."""
        return self._spool.pending() > len(self._aside)

    # --- choosing

    def _next_batch(self) -> List[Item]:
        now = self._clock.monotonic_s()
        self._aside = {seq: until for seq, until in self._aside.items() if 0 < until - now <= ASIDE_S}
        batch: List[Item] = []
        passed = dict(self._aside)
        fresh = self._fresh
        if fresh is not None and fresh.seq not in self._aside:
            ref = self._spool.find(fresh.seq) if fresh.stored else None
            if ref is not None or not fresh.stored:
                batch.append(Item(fresh.seq, fresh.frame, ref))
                passed[fresh.seq] = now
                if not self._fresh_went_alone or self._failures:
                    return batch
        # While the line is down one report is enough to find out; a server that comes back is not met with batches.
        down = self._failures and not (self.last_error and self.last_error.permanent)
        for ref in self._spool.newest(BATCH_BYTES, 1 if down else max(1, self._frames - len(batch)), passed):
            waiting = self._spool.pending()
            frame = self._spool.frame(ref)
            if frame is None and self._spool.pending() == waiting:
                self._aside[ref.seq] = now + ASIDE_S  # a bad block, and not lost yet: it must not hold up the others
            # Reports of an identity before this one travel apart: whatever happens to them stays theirs.
            if frame is not None and (not batch or _sender(frame) == _sender(batch[0].frame)):
                batch.append(Item(ref.seq, frame, ref))
        return batch

    def _headers(self, batch: List[Item]) -> Dict[str, str]:
        now = self._clock.monotonic_s()
        fresh = self._fresh
        if fresh is not None and [item.seq for item in batch] == [fresh.seq] and abs(now - fresh.made_at_s) <= FRESH_S:
            return {}
        return {CLOCK_HEADER: "{} {:.1f}".format(self._clock.boot_id(), now)}

    # --- answers

    def _answered(self, answer: UploadAnswer, batch: List[Item]) -> Optional[AgentPolicy]:
        alone = self._fresh is not None and [item.seq for item in batch] == [self._fresh.seq]
        missing = self._truly_missing(answer.missing)  # before this batch's data is settled: it is not missing either
        finished = self._settle(_by_item(answer.acks, batch), busy=answer.come_back_s > 0)
        report.ask_again(missing, self.memory)
        self.reached = True if finished else None
        now = self._clock.monotonic_s()
        self._lease_end_s = now + min(max(answer.scan_lease_s, 0), LARGEST_LEASE_S)
        if self.last_error is not None and finished:
            logger.info("máy chủ lại nhận báo cáo; còn %d báo cáo chờ gửi", self._spool.pending())
        if finished:
            self._failures, self.last_error, self.refused = 0, None, False
            self._fresh_went_alone = alone
            self._frames = min(self._frames * 2, BATCH_FRAMES)
            wait = backoff.before_backlog(self._away, self._random) if self.waiting() else 0.0
            self._away = False
        elif answer.come_back_s > 0:
            wait, self._away = 0.0, True  # a busy collector says itself when it wants everything again
        else:
            self._failures += 1
            wait = backoff.after_failure(self._failures, self._random)
        away = backoff.after_answer(answer.come_back_s, answer.spread_s, self._random)
        self.next_at_s = now + max(wait, away)
        return answer.policy

    def _settle(self, acks: List[Tuple[Item, Ack]], busy: bool) -> int:
        """Removes what has arrived; returns how many reports that were."""
        finished: List[Item] = []
        changed = False
        self.outcome = {item.seq: ack.status for item, ack in acks}
        for item, ack in acks:
            if ack.status not in ("stored", "duplicate", "rejected"):
                if not busy:
                    self._aside[item.seq] = self._clock.monotonic_s() + RETRY_PAUSE_S * (0.5 + self._random())
                continue
            finished.append(item)
            hashes = self._carried.pop(item.seq, {})
            if ack.status == "rejected":
                logger.warning("máy chủ để riêng báo cáo số %d: %s", item.seq, ack.reason)
                report.ask_again(hashes, self.memory)
            else:
                changed = report.acknowledge(hashes, item.seq, self.memory) or changed
        self._spool.done([item.ref for item in finished if item.ref is not None])
        if self._fresh is not None and any(item.seq == self._fresh.seq for item in finished):
            self._fresh = None
        if changed:
            self._keep_known()
        return len(finished)

    def _truly_missing(self, names: Tuple[str, ...]) -> List[str]:
        """Without those whose data is on its way: the backlog arrives newest first, so an inventory that only names
        a hash can overtake the report that carries its data."""
        coming = {(name, digest) for hashes in self._carried.values() for name, digest in hashes.items()}
        return [name for name in names if (name, self.memory.carried.get(name)) not in coming]

    def _keep_known(self) -> None:
        try:
            self._state.keep_known(self.memory.known)
        except StateError as error:
            logger.warning("%s", error)  # costs a section sent twice after the next start, nothing else

    def _failed(self, error: TransportError, batch: List[Item]) -> None:
        now = self._clock.monotonic_s()
        if self.last_error is None or self.last_error.code != error.code:
            logger.error("%s (%d báo cáo chờ gửi)", error, self._spool.pending())
        self.last_error, self._away = error, True
        self._failures += 1
        # By the collector itself, not by something on the way:
        told = error.permanent and not error.code.startswith("http_")
        self.reached = None if told else False
        wait = backoff.after_failure(8 if error.permanent else self._failures, self._random, error.retry_after_s)
        if told and error.status in (401, 403):
            wait = self._identity_refused(batch, wait)
        elif told and error.status in (400, 413, 415, 422):
            wait = self._batch_refused(batch, now)
        self._let_go_of_unstored()
        self.next_at_s = now + wait

    def _identity_refused(self, batch: List[Item], wait: float) -> float:
        if _sender(batch[0].frame) != self._agent_id:  # of an identity that was given up
            self._spool.drop([item.ref for item in batch if item.ref is not None])
            return backoff.BACKLOG_PAUSE_S
        self.refused = True
        return REFUSED_PAUSE_S * (0.9 + 0.2 * self._random())

    def _batch_refused(self, batch: List[Item], now: float) -> float:
        if len(batch) > 1:
            self._frames = max(1, len(batch) // 2)  # one bad report among them: narrow it down
            return backoff.BACKLOG_PAUSE_S
        self._aside[batch[0].seq] = now + ASIDE_S
        return backoff.after_failure(self._failures, self._random)

    def _let_go_of_unstored(self) -> None:
        """A report that is neither on disk nor delivered is lost: say so in the next ones."""
        if self._fresh is not None and not self._fresh.stored:
            self._carried.pop(self._fresh.seq, None)
            self._fresh = None
            self._spool.give_up()


def _sender(frame: bytes) -> bytes:
    return frame[_AGENT_ID_IN_FRAME]


def _by_item(acks: Tuple[Ack, ...], batch: List[Item]) -> List[Tuple[Item, Ack]]:
    """Acks stand in the order of the frames. One that names another number is not believed; 0 stands for a report
    that the collector could not read."""
    pairs = ((batch[place], ack) for place, ack in enumerate(acks[: len(batch)]))
    return [(item, ack) for item, ack in pairs if ack.seq in (item.seq, 0)]
