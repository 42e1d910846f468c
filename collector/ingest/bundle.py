"""Bundles from USB sticks: opened part by part, stored, and a receipt made that only their agent can read.

Used by the command `gapwatch import-bundle` and by the page. Taking the same bundle twice changes nothing: every
report of it is a duplicate then, and the receipt is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from agent.wire import bundle as wire_bundle
from agent.wire import codec, envelope
from agent.wire.bundle import Bundle, Receipt, Settled
from agent.wire.errors import WireError
from collector.ingest.policy import PolicyBook
from collector.ingest.read import Refusal, carried, key_of, read_upload
from inventory.domain import ledger
from inventory.store import bundles, ingest, rejects
from inventory.store.arrival import Arrival, Outcome
from inventory.store.bundles import BundleResult
from inventory.store.engine import Store

MAX_BUNDLE = wire_bundle.MAX_BUNDLE
BUNDLE_SUFFIX, RECEIPT_SUFFIX = wire_bundle.BUNDLE_SUFFIX, wire_bundle.RECEIPT_SUFFIX
MAX_SETTLED = 1000  # boots of one receipt: within the reader's limit for lists; the rest comes with the next one
_REFUSED = "store_refused"
_AGENT_REASONS = ("unknown_agent", "agent_revoked", "key_retired")


@dataclass
class _Settling:
    """What one bundle has brought so far."""

    result: BundleResult
    seen: dict[str, list[list[int]]] = field(default_factory=dict)  # boot -> ranges of numbers that are settled
    missing: dict[str, None] = field(default_factory=dict)
    newest_policy: int = 0
    generation: int = 0  # of the key that the parts came with


class Importer:
    """Takes bundles for one store. Safe to use from several threads; nothing is kept between two bundles."""

    def __init__(self, store: Store, master: bytes, policies: PolicyBook, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._master = master
        self._policies = policies
        self._clock = clock

    def take(self, name: str, data: bytes, actor: str, address: str = "") -> BundleResult:
        """One file: what became of it, with the receipt to carry back. Raises the store's error when nothing could be
        stored; what was stored until then stays, and taking the file again is harmless."""
        now = self._clock()
        found = wire_bundle.read_bundle(data)
        work = _Settling(BundleResult(name, len(data), problem=found.problem, bad_parts=found.lost_parts))
        result = work.result
        if found.manifest is not None:
            result.bundle_id = found.manifest.bundle_id
        for part in found.parts:
            self._part(part, now, work)
        self._judge(found, work)
        with self._store.reading() as session:
            result.site_id, result.site_name, result.hostname, result.conflict = bundles.agent_place(
                session, result.agent_id
            )
        if work.seen and result.agent_id:
            result.receipt = self._receipt(work, now)
        bundles.keep_result(self._store, result, actor, now, address)
        return result

    def _part(self, part: envelope.Envelope, now: datetime, work: _Settling) -> None:
        result = work.result
        if result.agent_id and part.agent_id != result.agent_id:
            result.bad_parts += 1  # a bundle is one agent's: a part of another was put in by somebody
            return
        try:
            key = key_of(self._master, part.agent_id, part.key_generation)
            head, batch = envelope.unpack_load(envelope.open_envelope(part, key))
            entries = read_upload(batch, "", self._master, now, carried("usb", head, now))
        except WireError as error:
            result.bad_parts += 1
            result.problem = result.problem or error.code
            return
        result.agent_id, work.generation = part.agent_id, part.key_generation
        arrivals = [entry for entry in entries if isinstance(entry, Arrival)]
        outcomes = ingest.ingest(self._store, arrivals, self._policies.gap_s) if arrivals else []
        refused = [entry for entry in entries if isinstance(entry, Refusal)]
        for arrival, outcome in zip(arrivals, outcomes, strict=True):
            _count(arrival, outcome, work)
            if outcome.reason == _REFUSED:
                refused.append(Refusal(arrival.agent_id, _REFUSED, _REFUSED, arrival.frame, keep=True))
        self._keep_apart(refused, now, work)

    def _keep_apart(self, refused: Sequence[Refusal], now: datetime, work: _Settling) -> None:
        """Unreadable reports are shown to people; their agent keeps them, and thins them out in time."""
        for item in refused:
            work.result.rejected[item.code] = work.result.rejected.get(item.code, 0) + 1
        kept = [(item.agent_id, item.code, item.reason, item.frame) for item in refused if item.keep]
        if kept:
            rejects.keep(self._store, kept, now)

    @staticmethod
    def _judge(found: Bundle, work: _Settling) -> None:
        result = work.result
        taken = result.accepted + result.duplicates
        if taken:
            result.status = "partly" if result.problem or result.bad_parts or result.rejected else "whole"
        elif not result.problem:
            reason = next((code for code in _AGENT_REASONS if code in result.rejected), "")
            result.problem = reason or ("rejected" if result.rejected else "empty")

    def _receipt(self, work: _Settling, now: datetime) -> bytes:
        """For the generation of key that the parts came with; a policy only when the agent follows an older one."""
        result = work.result
        policy = None
        if result.site_id is not None and not result.conflict:
            current = self._policies.for_site(result.site_id)
            policy = current if current.version > work.newest_policy else None
        receipt = Receipt(
            result.bundle_id,
            round(now.timestamp(), 1),
            tuple(islice(_settled(work.seen), MAX_SETTLED)),
            tuple(work.missing),
            policy,
        )
        generation = work.generation
        key = key_of(self._master, result.agent_id, generation)
        content = codec.dumps(codec.to_plain(receipt))
        return envelope.seal_envelope(envelope.RECEIPT, content, result.agent_id, key, generation)


def _count(arrival: Arrival, outcome: Outcome, work: _Settling) -> None:
    result = work.result
    if outcome.status == "rejected":
        if outcome.reason == _REFUSED:  # kept apart for a person: the agent need not bring it again
            work.seen[arrival.boot_id] = ledger.add(work.seen.get(arrival.boot_id, []), arrival.seq)
        else:
            result.rejected[outcome.reason] = result.rejected.get(outcome.reason, 0) + 1
        return
    work.newest_policy = max(work.newest_policy, arrival.policy_version)
    work.missing.update(dict.fromkeys(outcome.missing))
    work.seen[arrival.boot_id] = ledger.add(work.seen.get(arrival.boot_id, []), arrival.seq)
    if outcome.status == "duplicate":
        result.duplicates += 1
        return
    result.accepted += 1
    if outcome.made_at is not None:
        result.from_at = min(result.from_at or outcome.made_at, outcome.made_at)
        result.to_at = max(result.to_at or outcome.made_at, outcome.made_at)


def _settled(seen: dict[str, list[list[int]]]) -> Iterable[Settled]:
    pairs = wire_bundle.MAX_RANGES // 2
    for boot_id, ranges in seen.items():
        for start in range(0, len(ranges), pairs):
            flat = [number for pair in ranges[start : start + pairs] for number in pair]
            yield Settled(boot_id, tuple(flat))
