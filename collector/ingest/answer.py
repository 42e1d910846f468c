"""Outcomes of an upload -> the acknowledgement that the agent reads."""

from __future__ import annotations

from collections.abc import Sequence

from agent.wire import codec
from agent.wire.exchange import Ack, AgentPolicy, UploadAnswer
from collector.ingest.read import Refusal
from inventory.store.arrival import Arrival, Outcome

# One agent of its own cannot go on: it must stop sending and say so locally.
AGENT_GONE = {
    "unknown_agent": ("this agent is not known here", "enrol the PC again with a token of its site"),
    "agent_revoked": ("this agent was revoked", "ask the Department whether this PC may report again"),
    "key_retired": ("the key of this agent was replaced", "enrol the PC again with a token of its site"),
    "seal": ("the seal does not match this agent's key", "enrol the PC again with a token of its site"),
}


def acknowledgement(
    entries: Sequence[Arrival | Refusal],
    outcomes: Sequence[Outcome],
    policy: AgentPolicy | None,
    scan_lease_s: int = 0,
) -> bytes:
    """JSON of an UploadAnswer, acks in the order of the frames."""
    if (
        len(outcomes) == 1
        and len(entries) == 1
        and policy is None
        and not scan_lease_s
        and outcomes[0].status == "stored"
        and not outcomes[0].missing
    ):
        # nearly every upload of the day: the same bytes as below, at a tenth of the cost
        return b'{"acks":[{"seq":%d,"status":"stored"}]}' % entries[0].seq  # type: ignore[union-attr]
    stored = iter(outcomes)
    acks: list[Ack] = []
    missing: dict[str, None] = {}
    for entry in entries:
        if isinstance(entry, Refusal):
            acks.append(Ack(0, "rejected", entry.code))
            continue
        outcome = next(stored)
        acks.append(Ack(entry.seq, outcome.status, outcome.reason))
        missing.update(dict.fromkeys(outcome.missing))
    answer = UploadAnswer(tuple(acks), tuple(missing), policy=policy, scan_lease_s=scan_lease_s)
    return codec.dumps(codec.to_plain(answer))


def come_back(entries: Sequence[Arrival | Refusal], after_s: int, spread_s: int) -> bytes:
    """Nothing was stored: every report is to come again, after a while and spread out."""
    acks = tuple(Ack(entry.seq if isinstance(entry, Arrival) else 0, "retry") for entry in entries)
    return codec.dumps(codec.to_plain(UploadAnswer(acks, come_back_s=after_s, spread_s=spread_s)))


def gone(entries: Sequence[Arrival | Refusal], outcomes: Sequence[Outcome]) -> str:
    """The reason why none of these reports can be taken from this sender for good; "" when some can."""
    stored = iter(outcomes)
    reasons = {entry.code if isinstance(entry, Refusal) else next(stored).reason for entry in entries}
    return next(iter(reasons)) if len(reasons) == 1 and reasons <= AGENT_GONE.keys() else ""
